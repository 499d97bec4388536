package filter

import (
	"strings"
	"sync"

	"go.einride.tech/aip/filtering"
	expr "google.golang.org/genproto/googleapis/api/expr/v1alpha1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/index"
)

// Records are the records that others name, as whoever asks meets them.
type Records interface {
	// Kind is the message of the records of a collection, with its indexed fields. It is
	// not ok where whoever asks may not read them.
	Kind(collection string) (desc protoreflect.MessageDescriptor, fields []*index.Field, ok bool)
	// Record is one of them; nil where there is none, or none that is met.
	Record(name string) protoreflect.Message
}

// Through lets conditions go through references: supplier.display_name : "nord" is about
// the record that supplier names. A filter that does counts for one call: it remembers
// which records passed.
func Through(r Records) Option { return func(a *asked) { a.records = r } }

// Join is a condition about records that others name: whatever passes names, in a field
// that is indexed, one of those that fulfil it.
type Join struct {
	Field      *index.Field
	Collection string
	// Match tells whether a record of the collection fulfils the condition, and Equal, where
	// there is one, by which index such records are found.
	Match func(protoreflect.Message) bool
	Equal *Equality
}

// Joins are conditions through references of which each narrows the records down.
func (f *Filter) Joins() []Join { return f.joins }

const (
	// deepest is how many references a condition goes through.
	deepest = 2
	// rememberAtMost bounds of how many named records it is remembered whether they pass.
	rememberAtMost = 50_000
)

// through compiles a condition whose path goes through a reference, and the whole rest of
// it is about the record that is named. It is not ok where the path does not.
func (c *compiler) through(call *expr.Expr_Call, path string) (p predicate, ok bool, err error) {
	at, rest, steps := c.split(path)
	if rest == "" {
		return nil, false, nil
	}
	last := steps[len(steps)-1]
	inner, err := c.named(at, last)
	if err != nil {
		return nil, true, err
	}
	if other, bare := pathOf(call.GetArgs()[1]); bare && c.isField("", other) && !inner.means(rest, other) {
		return nil, true, problem("%s %s %s: fields of two records cannot be compared: write a value", path, call.GetFunction(), other)
	}
	passes, err := inner.comparison(&expr.Expr_Call{Function: call.GetFunction(), Args: []*expr.Expr{pathExpr(rest), call.GetArgs()[1]}})
	if err != nil {
		return nil, true, problem("in %s, %v", at, err)
	}
	return c.ofNamed(steps, passes), true, nil
}

// oneNamed compiles conditions that one and the same of the records that a field names
// fulfils.
func (c *compiler) oneNamed(path string, steps []protoreflect.FieldDescriptor, inner *expr.Expr) (predicate, error) {
	named, err := c.named(path, steps[len(steps)-1])
	if err != nil {
		return nil, err
	}
	passes, err := named.compile(inner)
	if err != nil {
		return nil, problem("in %s.any(…): %v", path, err)
	}
	return c.ofNamed(steps, passes), nil
}

// means tells whether a bare word is a value of a field, and no field.
func (c *compiler) means(path, word string) bool {
	steps, _, err := c.resolve(path)
	return err == nil && isEnumValue(steps[len(steps)-1], word)
}

// split takes a path apart behind the first reference on it; rest is empty where it goes
// through none.
func (c *compiler) split(path string) (at, rest string, steps []protoreflect.FieldDescriptor) {
	desc, names := c.desc, strings.Split(path, ".")
	for i, name := range names[:len(names)-1] {
		fd := index.FieldOf(desc, name)
		if fd == nil || fd.IsMap() {
			return "", "", nil
		}
		steps = append(steps, fd)
		if fd.Message() == nil {
			if collectionOf(fd) == "" {
				return "", "", nil
			}
			return strings.Join(names[:i+1], "."), strings.Join(names[i+1:], "."), steps
		}
		desc = fd.Message()
	}
	return "", "", nil
}

// named is a compiler for conditions about the records that a field names.
func (c *compiler) named(path string, fd protoreflect.FieldDescriptor) (*compiler, error) {
	if c.records == nil {
		return nil, noFieldsOfItsOwn(path, fd)
	}
	if c.depth == deepest {
		return nil, problem("%q has no fields of its own here: a condition goes through at most %d references", path, deepest)
	}
	desc, fields, ok := c.records.Kind(collectionOf(fd))
	if !ok {
		return nil, problem("%q has no fields of its own for you: to ask for those of %s takes the right to read them", path, collectionOf(fd))
	}
	c.goesThrough = true
	return &compiler{desc: desc, fields: fields, asked: c.asked, depth: c.depth + 1}, nil
}

// noFieldsOfItsOwn refuses a path, or conditions, behind a value.
func noFieldsOfItsOwn(path string, fd protoreflect.FieldDescriptor) error {
	if isOpen(fd) {
		return problem("%q names records of several kinds, so that it has no fields of its own that a condition could be about: compare the name, as in %s = \"suppliers/7\"", path, path)
	}
	return problem("%q has no fields of its own that conditions could be about: compare it with a value", path)
}

// ofNamed holds where one of the records that a field names passes.
func (c *compiler) ofNamed(steps []protoreflect.FieldDescriptor, passes predicate) predicate {
	records := c.records
	known := &remembered{passes: func(name string) bool {
		m := records.Record(name)
		return m != nil && passes(m)
	}}
	return func(m protoreflect.Message) bool {
		return anyElement(m, steps, func(v protoreflect.Value, _ bool) bool { return v.String() != "" && known.of(v.String()) })
	}
}

// remembered knows which records pass: the lines of a thousand orders name few products.
type remembered struct {
	passes func(name string) bool
	mu     sync.Mutex
	known  map[string]bool
}

func (r *remembered) of(name string) bool {
	r.mu.Lock()
	passes, found := r.known[name]
	r.mu.Unlock()
	if found {
		return passes
	}
	passes = r.passes(name)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil || len(r.known) >= rememberAtMost {
		r.known = map[string]bool{}
	}
	r.known[name] = passes
	return passes
}

// answered is the field that has what people call the records that one names.
const answered = "references"

// atHand refuses what a record does not have before it is answered: the names of others
// and, of one that another names, what is worked out of it.
func (c *compiler) atHand(path string, steps []protoreflect.FieldDescriptor) error {
	if steps[0].Name() == answered {
		return problem("%s is filled when a record is answered: ask for the field that names it, as in supplier.display_name : \"nord\"", path)
	}
	for _, fd := range steps {
		rule, _ := proto.GetExtension(fd.Options(), optionsv1.E_Field).(*optionsv1.FieldRule)
		if c.depth > 0 && rule.GetComputed() != optionsv1.Computed_COMPUTED_UNSPECIFIED {
			return problem("%s is worked out when the record itself is answered: ask for it in a list of %s", path, ownCollection(c.desc))
		}
	}
	return nil
}

// join is the join that a condition makes; none where no index has the reference.
func (c *compiler) join(call *expr.Expr_Call, within string) []Join {
	path, ok := pathOf(call.GetArgs()[0])
	if !ok || c.records == nil {
		return nil
	}
	outer := c.inside(within)
	if outer == nil {
		return nil
	}
	at, rest, steps := outer.split(path)
	var condition *expr.Expr
	switch one, several := conditions(call); {
	case rest != "":
		condition = &expr.Expr{ExprKind: &expr.Expr_CallExpr{CallExpr: &expr.Expr_Call{Function: call.GetFunction(), Args: []*expr.Expr{pathExpr(rest), call.GetArgs()[1]}}}}
	case several:
		found, _, err := outer.resolve(path)
		if err != nil || found[len(found)-1].Message() != nil {
			return nil
		}
		at, steps, condition = path, found, one
	default:
		return nil
	}
	inner, err := outer.named(at, steps[len(steps)-1])
	if err != nil {
		return nil
	}
	match, err := inner.compile(condition)
	if err != nil {
		return nil
	}
	whole := index.Spelling(c.desc, within+at)
	for _, f := range c.fields {
		if f.Path == whole {
			j := Join{Field: f, Collection: collectionOf(steps[len(steps)-1]), Match: match}
			if equal := inner.conjuncts(condition, ""); len(equal) > 0 {
				j.Equal = &equal[0]
			}
			return []Join{j}
		}
	}
	return nil
}

// inside is a compiler for the messages at a path, which ends with a point or is empty; nil
// where there are none.
func (c *compiler) inside(within string) *compiler {
	if within == "" {
		return c
	}
	steps, _, err := c.resolve(strings.TrimSuffix(within, "."))
	if err != nil || steps[len(steps)-1].Message() == nil {
		return nil
	}
	return c.in(steps[len(steps)-1].Message())
}

// joinsOf lists the joins that hold for whatever passes, as conjuncts lists equalities.
func (c *compiler) joinsOf(e *expr.Expr, within string) []Join {
	call := e.GetCallExpr()
	switch call.GetFunction() {
	case filtering.FunctionAnd, filtering.FunctionFuzzyAnd:
		var all []Join
		for _, arg := range call.GetArgs() {
			all = append(all, c.joinsOf(arg, within)...)
		}
		return all
	case filtering.FunctionHas, filtering.FunctionEquals:
		if found := c.join(call, within); found != nil {
			return found
		}
		if inner, ok := conditions(call); ok {
			if path, ok := pathOf(call.GetArgs()[0]); ok && c.inside(within+path+".") != nil {
				return c.joinsOf(inner, within+path+".")
			}
		}
	}
	return nil
}

// pathExpr is the expression of a dotted path.
func pathExpr(path string) *expr.Expr {
	return &expr.Expr{ExprKind: &expr.Expr_IdentExpr{IdentExpr: &expr.Expr_Ident{Name: path}}}
}

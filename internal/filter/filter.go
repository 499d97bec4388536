// Package filter understands filters as AIP-160 writes them, and as people do, and tells
// which records pass. The grammar is einride's parser; what is here binds it to a record's
// message: names, types, and which part of a filter an index answers.
//
//	gtin = "4006381333931"                       leading zeros do not count
//	supplier_prices.supplier = "suppliers/7"     true for any of the prices
//	lines.any(product = "products/5" AND received_quantity < quantity)   of one line
//	expiration_time < now() + duration("60d")
//	supplier.display_name : "nord"               of the record that supplier names
//
// `=` compares whole values, `:` on a text finds all its words in any order, whatever their
// case and accents, and `field:*` asks whether there is any value. White space at both ends
// of a text does not count. A name is found by the resource name and the display name.
package filter

import (
	"fmt"
	"strings"

	"go.einride.tech/aip/filtering"
	expr "google.golang.org/genproto/googleapis/api/expr/v1alpha1"
	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/index"
)

// Error says what is wrong with a filter, for the person who wrote it.
type Error struct{ Problem string }

func (e *Error) Error() string { return e.Problem }

func problem(format string, args ...any) error { return &Error{fmt.Sprintf(format, args...)} }

// Filter is a filter bound to one message. It is safe for concurrent use.
type Filter struct {
	match predicate
	equal []Equality
	joins []Join
	// clocked says that what passes depends on when one asks, named that it depends on
	// records that others name.
	clocked, named bool
	everything     bool
}

// predicate tells whether a record passes.
type predicate func(protoreflect.Message) bool

// Equality is a condition that every record that passes fulfils, and that an
// index can answer.
type Equality struct {
	Field *index.Field
	Value []byte
}

// Parse reads a filter on a message whose indexed fields are given. An error is
// an *Error. The empty filter passes everything.
func Parse(text string, desc protoreflect.MessageDescriptor, fields []*index.Field, options ...Option) (*Filter, error) {
	f := &Filter{match: func(protoreflect.Message) bool { return true }}
	if text = strings.TrimSpace(text); text == "" {
		f.everything = true
		return f, nil
	}
	spelt, err := spell(text)
	if err != nil {
		return nil, err
	}
	var p filtering.Parser
	p.Init(string(spelt.out))
	parsed, err := p.Parse()
	if err != nil {
		return nil, malformed(err, text, spelt)
	}
	c := &compiler{desc: desc, fields: fields, asked: &asked{}}
	for _, set := range options {
		set(c.asked)
	}
	if f.match, err = c.compile(parsed.GetExpr()); err != nil {
		return nil, err
	}
	f.equal, f.clocked, f.named = c.conjuncts(parsed.GetExpr(), ""), c.clocked, c.goesThrough
	f.joins = c.joinsOf(parsed.GetExpr(), "")
	return f, nil
}

// Match tells whether a record passes.
func (f *Filter) Match(m protoreflect.Message) bool { return f.match(m) }

// Equalities are conditions of which each alone narrows the records down by an index.
func (f *Filter) Equalities() []Equality { return f.equal }

// Everything says that the filter passes every record.
func (f *Filter) Everything() bool { return f.everything }

// Clocked says that what passes changes as time passes, without any record changing.
func (f *Filter) Clocked() bool { return f.clocked }

// Named says that what passes changes as records change that others name, without a change
// of those that name them.
func (f *Filter) Named() bool { return f.named }

type compiler struct {
	desc   protoreflect.MessageDescriptor
	fields []*index.Field
	// depth is how many references lead to the message.
	depth int
	*asked
}

// in is a compiler for conditions about what is inside a field.
func (c *compiler) in(desc protoreflect.MessageDescriptor) *compiler {
	return &compiler{desc: desc, asked: c.asked, depth: c.depth}
}

// compile makes a predicate of an expression that is true or false.
func (c *compiler) compile(e *expr.Expr) (predicate, error) {
	call := e.GetCallExpr()
	if call == nil {
		if path, ok := pathOf(e); ok {
			if c.isFlag(path) {
				return nil, problem("%q stands alone: a condition is a field, an operator and a value: did you mean %s = true?", path, path)
			}
			return nil, problem("%q stands alone: a condition is a field, an operator and a value, such as display_name : \"saline\"", path)
		}
		return nil, problem("a value stands alone: a condition is a field, an operator and a value, such as display_name : \"saline\"")
	}
	switch call.GetFunction() {
	case filtering.FunctionAnd, filtering.FunctionOr, filtering.FunctionFuzzyAnd:
		return c.both(call)
	case filtering.FunctionNot:
		inner, err := c.compile(call.GetArgs()[0])
		if err != nil {
			return nil, err
		}
		return func(m protoreflect.Message) bool { return !inner(m) }, nil
	case filtering.FunctionEquals, filtering.FunctionNotEquals, filtering.FunctionLessThan, filtering.FunctionLessEquals,
		filtering.FunctionGreaterThan, filtering.FunctionGreaterEquals, filtering.FunctionHas:
		return c.comparison(call)
	}
	switch call.GetFunction() {
	case nowFunction, todayFunction, "duration":
		return nil, problem("%s() is a value: a condition is a field, an operator and a value, such as update_time > now() - duration(\"24h\")", call.GetFunction())
	}
	return nil, problem("there is no function %s: there are any, as in lines.any(product = \"products/5\" AND quantity > 7), and now(), today() and duration(\"60d\")", call.GetFunction())
}

func (c *compiler) both(call *expr.Expr_Call) (predicate, error) {
	var parts []predicate
	for _, arg := range call.GetArgs() {
		p, err := c.compile(arg)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	or := call.GetFunction() == filtering.FunctionOr
	return func(m protoreflect.Message) bool {
		for _, p := range parts {
			if p(m) == or {
				return or
			}
		}
		return !or
	}, nil
}

// pathOf is the dotted path of a field, where the expression is one.
func pathOf(e *expr.Expr) (string, bool) {
	if id := e.GetIdentExpr(); id != nil {
		return id.GetName(), true
	}
	if s := e.GetSelectExpr(); s != nil {
		operand, ok := pathOf(s.GetOperand())
		return operand + "." + s.GetField(), ok
	}
	return "", false
}

// conjuncts lists the equalities that hold for whatever passes. within is put before
// the paths of conditions about one element.
func (c *compiler) conjuncts(e *expr.Expr, within string) []Equality {
	call := e.GetCallExpr()
	switch call.GetFunction() {
	case filtering.FunctionAnd, filtering.FunctionFuzzyAnd:
		var all []Equality
		for _, arg := range call.GetArgs() {
			all = append(all, c.conjuncts(arg, within)...)
		}
		return all
	case filtering.FunctionHas:
		path, _ := pathOf(call.GetArgs()[0])
		if inner, ok := conditions(call); ok {
			return c.conjuncts(inner, within+path+".")
		}
	case filtering.FunctionEquals:
		path, _ := pathOf(call.GetArgs()[0])
		path = index.Spelling(c.desc, within+path)
		text, isText := textOf(call.GetArgs()[1])
		if name, bare := pathOf(call.GetArgs()[1]); bare && c.isField(within, name) {
			break
		}
		for _, f := range c.fields {
			// Values of enumerations and booleans are shared by too many records
			// for an index to be of use.
			if f.Path != path || !isText || !f.IsText() {
				continue
			}
			if value := f.Text(text); len(value) > 0 {
				return []Equality{{Field: f, Value: value}}
			}
		}
	}
	return nil
}

// textOf is a value as it was written: a text in quotes, or a bare word.
func textOf(e *expr.Expr) (string, bool) {
	if s, ok := e.GetConstExpr().GetConstantKind().(*expr.Constant_StringValue); ok {
		return s.StringValue, true
	}
	return pathOf(e)
}

package mapping

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Spec is a mapping.yaml as it is written. docs/mapping-language.md describes
// the language for people.
type Spec struct {
	// Domain names the canonical domain, such as "product".
	Domain string `yaml:"domain"`
	// Version is raised whenever the same Odoo row would map to another record;
	// every record tells the version that made it.
	Version int `yaml:"version"`
	// Model is the Odoo model of which one row is one record.
	Model string `yaml:"model"`
	// Optional says that Odoo has Model in a module that need not be installed:
	// where it is not, there are no records.
	Optional bool `yaml:"optional"`
	// Members says which rows are records of the domain; empty means all. A row
	// is a member if any of these finds it.
	Members []Member `yaml:"members"`
	// GroupBy makes one record of all rows of Model that agree in these many2one
	// fields; their ids, 0 for empty, are its key. Empty: one row is one record.
	GroupBy []string `yaml:"group_by"`
	// Watch names models that are not read but whose change shows in a record.
	Watch []Watch `yaml:"watch"`
	// Fields maps canonical field paths.
	Fields map[string]*Node `yaml:"fields"`
	// Attributes maps a customer's own Odoo fields into the record's attributes.
	Attributes map[string]*Node `yaml:"attributes"`
	// Converters are the domain's own, beside those that every mapping may name.
	Converters Converters `yaml:"-"`

	// digest identifies the text that this was read from, overlays included.
	digest string
}

// Member finds rows of the domain: those of the root model that match Where or,
// with Model and Through, those that a matching row of another model points at.
// Through without a Model finds those that a member itself points at, and so on up.
type Member struct {
	Model   string `yaml:"model"`
	Through string `yaml:"through"`
	Where   []any  `yaml:"where"`
	// Optional says that Odoo has Model in a module that need not be installed.
	Optional bool `yaml:"optional"`
}

// Watch is a model whose change touches the records that reach it over Path, a
// dotted path of relations that starts at the root model. It is for what Odoo
// computes into a record's row: that leaves no stamp on the row itself.
type Watch struct {
	Model string `yaml:"model"`
	Path  Names  `yaml:"path"`
	// Back is as in Node.
	Back string `yaml:"back"`
	// Seldom says that a change may be seen some seconds later than others.
	Seldom bool `yaml:"seldom"`
	// Through names the models on the path before Model. With it the rows count as
	// the record's own, so that the deletion of one is noticed as well.
	Through []string `yaml:"through"`
}

// Node says where one canonical field comes from. Exactly one of Odoo, Follow,
// Each, Fields and Elements is its kind; the rest refines it.
type Node struct {
	// Odoo names the field or fields that the converter As reads.
	Odoo Names  `yaml:"odoo"`
	As   string `yaml:"as"`
	// Follow goes over a many2one to a row of Model, Each over a one2many or
	// many2many to many rows.
	Follow Names `yaml:"follow"`
	Each   Names `yaml:"each"`
	Model  Names `yaml:"model"`
	// Back is the operator that finds the records touched by a changed row of
	// Model: "in" unless said otherwise; "child_of" where a row shows its ancestors.
	Back string `yaml:"back"`
	// Take makes one value, not a message, out of the followed row; of many rows,
	// out of the first that is kept. For a list of values it takes those of all
	// rows, each once.
	Take *Node `yaml:"take"`
	// Fields maps the fields of a nested message.
	Fields map[string]*Node `yaml:"fields"`
	// Keep drops rows of Each, or the row of Follow, whose field is none of the
	// values; "$id" stands for the record's own Odoo id and false for empty.
	Keep map[string][]any `yaml:"keep"`
	// Drop drops rows of Each, or the row of Follow, whose field is one of the values.
	Drop map[string][]any `yaml:"drop"`
	// Set gives fields a constant.
	Set map[string]string `yaml:"set"`
	// Require drops an element in which this canonical field came out empty.
	Require string `yaml:"require"`
	// Currency is the many2one to the currency of an amount.
	Currency Names `yaml:"currency"`
	// Values translates a selection's keys to enum values, with "" for an empty
	// one; Source is the canonical string field that always carries the key itself.
	Values map[string]string `yaml:"values"`
	Source string            `yaml:"source"`
	// To is the collection that a reference points into, such as "suppliers".
	To string `yaml:"to"`
	// Optional marks a field of an Odoo module that need not be installed: where
	// Odoo does not have it, the canonical field stays empty.
	Optional bool `yaml:"optional"`
	// Seldom says that the rows of Each change so rarely that a change may be seen
	// some seconds later than others.
	Seldom bool `yaml:"seldom"`
	// Sort orders rows of Each by a whole number that they hold, then by id; else
	// they stand in Odoo's order.
	Sort string `yaml:"sort"`
	// Shared says that the rows of Each belong to many records, as taxes do; Own
	// that the row of Follow can be deleted without the record being written.
	Shared bool `yaml:"shared"`
	Own    bool `yaml:"own"`
	// Is makes a truth value: whether Odoo's text is one of these.
	Is []string `yaml:"is"`
	// Else is the source where this one has nothing to offer in a release.
	Else *Node `yaml:"else"`
	// Or is the source for records in which this one came out empty.
	Or *Node `yaml:"or"`
	// Elements lists the sources of a repeated field, in order.
	Elements []*Node `yaml:"-"`
}

// UnmarshalYAML reads the short forms: a string is a field name, a list is the
// sources of a repeated field.
func (n *Node) UnmarshalYAML(y *yaml.Node) error {
	switch y.Kind {
	case yaml.ScalarNode:
		n.Odoo = Names{{from: oldest, names: []string{y.Value}}}
		return nil
	case yaml.SequenceNode:
		return y.Decode(&n.Elements)
	default:
		type plain Node
		if err := strict(y, (*plain)(n)); err != nil {
			return err
		}
		kinds := 0
		for _, is := range []bool{n.Odoo != nil, n.Follow != nil, n.Each != nil} {
			if is {
				kinds++
			}
		}
		if kinds > 1 {
			return fmt.Errorf("line %d: odoo, follow and each exclude each other", y.Line)
		}
		return nil
	}
}

// strict decodes a mapping node and refuses keys that the target does not have:
// inside an UnmarshalYAML the decoder's own strictness is lost.
func strict(y *yaml.Node, into any) error {
	known := map[string]bool{"<<": true}
	for field := range reflect.TypeOf(into).Elem().Fields() {
		known[field.Tag.Get("yaml")] = true
	}
	if y.Kind == yaml.MappingNode {
		for i := 0; i < len(y.Content); i += 2 {
			if key := y.Content[i]; !known[key.Value] {
				return fmt.Errorf("line %d: %q is not part of the mapping language", key.Line, key.Value)
			}
		}
	}
	return y.Decode(into)
}

// oldest is the first Odoo release that the mesh reads.
const oldest = 16

// Names is one or several Odoo names that hold from a release on. Absent from a
// release on is written as null.
type Names []since

type since struct {
	from  int
	names []string
}

// UnmarshalYAML accepts "a", [a, b] and {16: a, 18: [b, c], 19: null}.
func (n *Names) UnmarshalYAML(y *yaml.Node) error {
	if y.Kind != yaml.MappingNode {
		names, err := nameList(y)
		*n = Names{{from: oldest, names: names}}
		return err
	}
	for i := 0; i < len(y.Content); i += 2 {
		var from int
		if err := y.Content[i].Decode(&from); err != nil {
			return fmt.Errorf("line %d: a major release of Odoo (16, 17, …) is wanted here: %w", y.Content[i].Line, err)
		}
		names, err := nameList(y.Content[i+1])
		if err != nil {
			return err
		}
		*n = append(*n, since{from, names})
	}
	slices.SortFunc(*n, func(a, b since) int { return a.from - b.from })
	return nil
}

func nameList(y *yaml.Node) ([]string, error) {
	if y.Tag == "!!null" {
		return nil, nil
	}
	if y.Kind == yaml.ScalarNode {
		return []string{y.Value}, nil
	}
	var names []string
	return names, y.Decode(&names)
}

// In returns the names in a release; nothing where Odoo has none there.
func (n Names) In(major int) []string {
	var names []string
	for _, s := range n {
		if s.from <= major {
			names = s.names
		}
	}
	return names
}

// one returns the single name in a release, or "".
func (n Names) one(major int) string {
	if names := n.In(major); len(names) > 0 {
		return names[0]
	}
	return ""
}

// Parse reads a mapping.yaml, and any number of overlays over it. An overlay has
// the same shape and may leave out everything but its domain; its fields and
// attributes replace those of the same name.
func Parse(base []byte, overlays ...[]byte) (*Spec, error) {
	spec, err := parseOne(base)
	if err != nil {
		return nil, err
	}
	if spec.Domain == "" || spec.Model == "" || spec.Version < 1 || len(spec.Fields) == 0 {
		return nil, errors.New("a mapping needs domain, version, model and fields")
	}
	digest := sha256.New()
	digest.Write(base)
	for _, raw := range overlays {
		over, err := parseOne(raw)
		if err != nil {
			return nil, fmt.Errorf("overlay: %w", err)
		}
		if over.Domain != spec.Domain {
			continue
		}
		for path, node := range over.Fields {
			spec.Fields[path] = node
		}
		if spec.Attributes == nil {
			spec.Attributes = map[string]*Node{}
		}
		for key, node := range over.Attributes {
			spec.Attributes[key] = node
		}
		digest.Write(raw)
		spec.Members = append(spec.Members, over.Members...)
		spec.Watch = append(spec.Watch, over.Watch...)
	}
	spec.digest = hex.EncodeToString(digest.Sum(nil))
	return spec, nil
}

func parseOne(raw []byte) (*Spec, error) {
	var spec Spec
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&spec); err != nil {
		return nil, fmt.Errorf("reading mapping: %w", err)
	}
	if err := d.Decode(new(Spec)); !errors.Is(err, io.EOF) {
		return nil, errors.New("reading mapping: a file holds one mapping")
	}
	return &spec, nil
}

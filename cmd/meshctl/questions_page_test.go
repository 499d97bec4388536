package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/filter"
	"odoomesh/internal/index"
	"odoomesh/services"
)

// questionPage is the page of a domain.
type questionPage struct {
	domain, about string
	questions     []question
	collections   []askedOf
}

// way is how a collection is looked through.
type way int

const (
	// byIndexes is by whatever index there is.
	byIndexes way = iota
	// byWalking is through all records, in the order of a field that is indexed.
	byWalking
	// inTime is through all, as they happened.
	inTime
)

// askedOf is a collection that can be asked for some of its records.
type askedOf struct {
	name   string
	record protoreflect.MessageDescriptor
	way    way
}

func (p questionPage) file() string { return p.domain + ".md" }

// beside are the collections that no domain lists as its own.
var beside = map[string][]askedOf{
	"inventory":  {{"inventoryEvents", (*inventoryv1.InventoryEvent)(nil).ProtoReflect().Descriptor(), inTime}},
	"event":      {{"events", (*eventv1.CloudEvent)(nil).ProtoReflect().Descriptor(), inTime}},
	"command":    {{"intents", (*commandv1.Intent)(nil).ProtoReflect().Descriptor(), inTime}},
	"operations": {{"exceptions", (*operationsv1.Exception)(nil).ProtoReflect().Descriptor(), inTime}},
}

// questionPages are the pages of all domains that can be asked for some of their records.
func questionPages() []questionPage {
	var pages []questionPage
	for _, d := range services.All() {
		page := questionPage{domain: d.Name, about: aboutDomains[d.Name], questions: questionsOf[d.Name]}
		for _, c := range d.Collections {
			page.collections = append(page.collections, askedOf{c.Name, c.Record.ProtoReflect().Descriptor(), byIndexes})
		}
		for _, c := range d.Kept {
			page.collections = append(page.collections, askedOf{c.Name, c.Record.ProtoReflect().Descriptor(), byWalking})
		}
		if page.collections = append(page.collections, beside[d.Name]...); len(page.collections) > 0 {
			pages = append(pages, page)
		}
	}
	return pages
}

const questionsIntro = `# Questions, and how to ask them

Generated from the contract by ` + "`" + askAgain + "`" + `; a test asks each question again, of a simulated hospital on 2026-11-23, and works out another way what the answer has to be.

| domain | questions | what can be asked for |
|---|---|---|
`

const questionsGrammar = `
## How a condition is written

| values | operators | for example |
|---|---|---|
| text | ` + "`=` `!=` `<` `<=` `>` `>=`" + `, and ` + "`:`" + ` for all its words, in any order, whatever case and accents | ` + "`display_name : \"500 saline\"`" + ` |
| name of another record | as text, and on to the fields of that record, over two references at most | ` + "`supplier = \"suppliers/7\"`, `supplier.display_name : \"nord\"`" + ` |
| number, amount | ` + "`=` `!=` `<` `<=` `>` `>=`" + `, with another field of the same meaning, too; an amount counts in its own currency | ` + "`quantity > 7`, `received_quantity < quantity`" + ` |
| time, day | the same; ` + "`now()`, `today()`, `duration(\"60d\")`" + ` | ` + "`due_date < today() + duration(\"7d\")`" + ` |
| true or false | ` + "`=` `!=`" + ` | ` + "`active = true`" + ` |
| one of some words | ` + "`=` `!=`, `IN`" + ` | ` + "`state IN (DRAFT, SENT)`" + ` |
| text by key | the operators of a text, and ` + "`:`" + ` for the key | ` + "`attributes.cost_centre = \"4711\"`, `attributes:cost_centre`" + ` |
| list of groups | ` + "`any`" + `, of one and the same element; a path through a list holds where it holds of any element | ` + "`lines.any(product = \"products/5\" AND quantity > 7)`" + ` |

` + "`:*`" + ` asks of each field whether it has a value. Conditions are joined by AND, OR and NOT, with parentheses.

## What is fast

- **index** under *filter*: ` + "`=`" + ` of this field finds its records without looking at the others, whatever else stands beside it with AND; of a reference also a condition that goes on through it. The first such condition counts.
- **walk** under *filter*: every record is looked at, so that it takes the longer the more there are. That is fine for thousands of records; for millions put a condition with an index beside it, or order by an index and take the first page.
- **index** under *order*: pages come straight from the index, also of millions. **walk**: each page looks at every record that the filter leaves.
- Sums over everything are not asked for by lists: [sums](../sums.md) are answered in milliseconds.
- Callers who are [narrowed](../access.md) meet fewer fields; one that is hidden from them is neither filtered nor ordered by, and has no index.
`

// questionsIndex is the page that leads to the others.
func questionsIndex() string {
	text := questionsIntro
	for _, page := range questionPages() {
		var asks, names []string
		for _, q := range page.questions {
			asks = append(asks, fmt.Sprintf("[%s](%s#%s)", q.asks, page.file(), anchor(q.asks)))
		}
		for _, c := range page.collections {
			names = append(names, "`"+c.name+"`")
		}
		text += fmt.Sprintf("| [%s](%s) | %s | %s |\n", page.domain, page.file(), strings.Join(asks, "<br>"), strings.Join(names, ", "))
	}
	return text + questionsGrammar
}

// anchor is how a heading is linked to.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, strings.ToLower(heading))
}

// text is the page with the answers to its questions.
func (p questionPage) text(answers []string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "# Questions about %s\n\nGenerated by `%s`. [How a condition is written, and what is fast](README.md).\nAnswers are those of a simulated hospital, without the fields that say nothing, `freshness`, positions and page tokens.\n", p.about, askAgain)
	for i, q := range p.questions {
		fmt.Fprintf(&text, "\n## %s\n\n", q.asks)
		if q.says != "" {
			text.WriteString(q.says + "\n\n")
		}
		text.WriteString(answers[i])
	}
	for _, c := range p.collections {
		fmt.Fprintf(&text, "\n## What `%s` can be asked for\n\n%s\n%s\n| field | values | filter | order |\n|---|---|---|---|\n", c.name, c.intro(), c.quickly())
		for _, f := range c.fields() {
			fmt.Fprintf(&text, "| `%s` | %s | %s | %s |\n", f.path, f.values, f.filtered, f.ordered)
		}
	}
	return text.String()
}

// intro says how the collection is asked.
func (c askedOf) intro() string {
	says := "`GET /v1/" + c.name + "`, `meshctl list " + c.name + "`"
	switch c.name {
	case "inventoryEvents":
		says = "`GET /v1/inventoryEvents` and `:stream`, `meshctl events list` and `stream`"
	case "events":
		says = "`GET /v1/events` and `:subscribe`, `meshctl business-events list` and `stream`"
	case "intents", "exceptions":
		says = "`GET /v1/" + c.name + "`, `meshctl " + c.name + " list`"
	}
	switch {
	case c.way == byIndexes:
		return says + "; changes with the same filter from `:watch`, as far as it asks neither the clock nor other records."
	case c.way == byWalking:
		return says + ". There are few: every one is looked at."
	case c.name == "intents" || c.name == "exceptions":
		return says + ", the newest first. Every one is looked at."
	}
	return says + ": as they happened, the last ones with `last`, from `start_time` to `end_time`. Between these every one is looked at."
}

// quickly says what is answered from an index.
func (c askedOf) quickly() string {
	var filtered, ordered []string
	for _, f := range c.fields() {
		if f.filtered == "index" {
			filtered = append(filtered, "`"+f.path+"`")
		}
		if f.ordered == "index" {
			ordered = append(ordered, "`"+f.path+"`")
		}
	}
	says := ""
	if len(filtered) > 0 {
		says = "\nFound from an index by `=`: " + strings.Join(filtered, ", ") + ".\n"
	}
	if len(ordered) > 0 && c.way == byIndexes {
		says += "\nOrdered from an index: " + strings.Join(ordered, ", ") + ".\n"
	} else if len(ordered) > 0 {
		says += "\nOrdered by: " + strings.Join(ordered, ", ") + "; by nothing else.\n"
	}
	return says
}

// askedField is a row of what can be asked for.
type askedField struct {
	path, values, filtered, ordered string
	fd                              protoreflect.FieldDescriptor
}

// fields are the rows of a collection.
func (c askedOf) fields() []askedField {
	indexed, err := index.Fields(c.record)
	if err != nil {
		panic(err) // the mesh would not start
	}
	var rows []askedField
	c.each(&rows, indexed, "", c.record)
	return rows
}

func (c askedOf) each(rows *[]askedField, indexed []*index.Field, before string, desc protoreflect.MessageDescriptor) {
	for i := range desc.Fields().Len() {
		fd := desc.Fields().Get(i)
		path := before + string(fd.Name())
		if path == "references" || path == "etag" {
			continue
		}
		row := askedField{path: path, fd: fd, filtered: "walk", ordered: "–"}
		group := fd.Message() != nil && !fd.IsMap() && fd.Message().ParentFile().Package().Parent() != "google"
		own := group && fd.Message().ParentFile().Package() == desc.ParentFile().Package()
		if row.values = valuesOf(fd); group && !own {
			var inner []string
			for i := range fd.Message().Fields().Len() {
				inner = append(inner, "`."+string(fd.Message().Fields().Get(i).Name())+"`")
			}
			row.values += " with " + strings.Join(inner, ", ")
		}
		if f := c.at(indexed, path); f != nil {
			i := slices.IndexFunc(indexed, func(x *index.Field) bool { return x.Path == path })
			if i >= 0 && c.way == byIndexes && f.IsText() {
				row.filtered = "index"
			}
			switch {
			case f.Many || c.way == inTime:
			case i >= 0:
				row.ordered = "index"
			case c.way == byIndexes:
				row.ordered = "walk"
			}
		}
		*rows = append(*rows, row)
		if own {
			c.each(rows, indexed, path+".", fd.Message())
		}
	}
}

// at is a field that has an order; nil for one that has none.
func (c askedOf) at(indexed []*index.Field, path string) *index.Field {
	if i := slices.IndexFunc(indexed, func(x *index.Field) bool { return x.Path == path }); i >= 0 {
		return indexed[i]
	}
	return index.FieldAt(c.record, path)
}

// valuesOf says what the values of a field are.
func valuesOf(fd protoreflect.FieldDescriptor) string {
	rule, _ := proto.GetExtension(fd.Options(), optionsv1.E_Field).(*optionsv1.FieldRule)
	says := kindOf(fd)
	if fd.IsList() {
		says = strings.Replace(says, "a ", "", 1) + ", several"
		if fd.Message() != nil && fd.Message().ParentFile().Package().Parent() != "google" {
			says = "list of groups"
		}
	}
	switch rule.GetComputed() {
	case optionsv1.Computed_COMPUTED_BY_RECORD, optionsv1.Computed_COMPUTED_BY_OTHERS:
		says += "; worked out when answered"
	case optionsv1.Computed_COMPUTED_BY_CLOCK:
		says += "; worked out when answered, by the clock"
	}
	if rule.GetMatching() == optionsv1.Matching_MATCHING_GTIN {
		says += "; leading zeros do not count"
	}
	return says
}

func kindOf(fd protoreflect.FieldDescriptor) string {
	if fd.IsMap() {
		return "text by key"
	}
	reference, _ := proto.GetExtension(fd.Options(), annotations.E_ResourceReference).(*annotations.ResourceReference)
	switch fd.Kind() {
	case protoreflect.BoolKind:
		return "true or false"
	case protoreflect.EnumKind:
		return "one of " + strings.Join(wordsOf(fd.Enum()), ", ")
	case protoreflect.StringKind:
		if plural := pluralOf(reference.GetType()); plural != "" {
			return "name of `" + plural + "`"
		}
		if reference.GetType() == "*" {
			return "name of a record of any kind"
		}
		return "text"
	case protoreflect.MessageKind:
		switch fd.Message().FullName() {
		case "google.protobuf.Timestamp":
			return "time"
		case "google.type.Date":
			return "day"
		case "google.type.Decimal":
			return "number"
		case "google.type.Money":
			return "amount"
		case "google.protobuf.Any":
			return "what the type has; not asked for"
		}
		return "group"
	}
	return "whole number"
}

// wordsOf are the values of an enumeration without what all have before them.
func wordsOf(e protoreflect.EnumDescriptor) []string {
	prefix := strings.TrimSuffix(string(e.Values().Get(0).Name()), "UNSPECIFIED")
	var words []string
	for i := range e.Values().Len() {
		words = append(words, strings.TrimPrefix(string(e.Values().Get(i).Name()), prefix))
	}
	return words
}

// pluralOf is the collection of a type of records.
func pluralOf(kind string) string {
	for _, c := range collections() {
		if own, _ := proto.GetExtension(c.record.Options(), annotations.E_Resource).(*annotations.ResourceDescriptor); kind != "" && own.GetType() == kind {
			return c.name
		}
	}
	if kind == "mesh/InventoryEvent" {
		return "inventoryEvents"
	}
	return ""
}

// written values of each kind of field.
var oneOfKind = map[string]string{
	"true or false": "true", "text": `"x"`, "time": `"2026-11-23"`, "day": `"2026-11-23"`, "number": "1", "amount": "1", "whole number": "1",
	"name of a record of any kind": `"suppliers/7"`,
}

// isAsSaid checks what the table says of each field: that it is filtered by its operators, and
// by which of them an index is asked; and that the mesh takes it as an order or refuses it.
func (c askedOf) isAsSaid(t *testing.T, s *site) {
	t.Helper()
	indexed, err := index.Fields(c.record)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range c.fields() {
		if f.fd.IsMap() || f.fd.Kind() == protoreflect.MessageKind && kindOf(f.fd) != "time" && oneOfKind[kindOf(f.fd)] == "" {
			continue
		}
		value, operators := oneOfKind[kindOf(f.fd)], []string{"=", "!=", "<", ">="}
		switch {
		case f.fd.Enum() != nil:
			value, operators = wordsOf(f.fd.Enum())[0], []string{"=", "!="}
		case f.fd.Kind() == protoreflect.BoolKind:
			operators = []string{"=", "!="}
		case f.path == "name" && c.record.Fields().ByName("provenance") != nil:
			value = `"` + c.name + `/1"`
		case value == "":
			value = `"` + strings.Trim(strings.TrimPrefix(kindOf(f.fd), "name of "), "`") + `/1"`
		}
		for _, operator := range operators {
			parsed, err := filter.Parse(f.path+" "+operator+" "+value, c.record, indexed)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			} else if found := len(parsed.Equalities()) > 0; c.way == byIndexes && found != (operator == "=" && f.filtered == "index") {
				t.Errorf("%s: %s %s: an index is asked: %v, and the page says %q", c.name, f.path, operator, found, f.filtered)
			}
		}
		if c.way == byIndexes {
			r, err := http.Get("http://" + s.http + "/v1/" + c.name + "?page_size=1&read_mask=name&order_by=" + f.path)
			if err != nil {
				t.Fatal(err)
			}
			if _ = r.Body.Close(); (r.StatusCode == http.StatusOK) != (f.ordered != "–") {
				t.Errorf("%s: ordered by %s: %s, and the page says %q", c.name, f.path, r.Status, f.ordered)
			}
		}
	}
}

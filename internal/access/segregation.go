package access

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Separation is a command that nobody carries out on a document who has carried out
// another one there.
type Separation struct {
	Of string
	// From are the commands that exclude it.
	From    []string
	Because string
}

// separations reads what a file keeps apart, by the full name of the method.
func (b *rulebook) separations(doc *document, wrong *problems) map[string][]Separation {
	all := map[string][]Separation{}
	commands := slices.Collect(maps.Keys(b.contract.commands))
	for i, e := range doc.Segregation {
		at := func(path ...string) int { return doc.line(append([]string{"segregation", fmt.Sprint(i)}, path...)...) }
		method, known := b.contract.commands[e.Of]
		if !known {
			wrong.add(at("of"), "segregation %d: of: there is no command %q%s; name one such as orders.release", i+1, e.Of, meant(e.Of, commands))
		}
		if len(e.From) == 0 {
			wrong.add(at("from"), "segregation %d: from: name the commands that exclude it, such as orders.create", i+1)
		}
		collection, _, _ := strings.Cut(e.Of, ".")
		for k, from := range e.From {
			_, fromKnown := b.contract.commands[from]
			of, _, _ := strings.Cut(from, ".")
			switch {
			case !fromKnown:
				wrong.add(at("from", fmt.Sprint(k)), "segregation %d: from: there is no command %q%s", i+1, from, meant(from, commands))
			case from == e.Of:
				wrong.add(at("from", fmt.Sprint(k)), "segregation %d: from: %s would exclude itself; name another one", i+1, from)
			case known && of != collection:
				wrong.add(at("from", fmt.Sprint(k)), "segregation %d: from: %s is not done to %s, so that it would exclude nothing; use conflicts for what one principal must not have at all", i+1, from, collection)
			}
		}
		if strings.TrimSpace(e.Because) == "" {
			wrong.add(at("because"), "segregation %d: because: say why one person does not do both", i+1)
		}
		all[method] = append(all[method], Separation(e))
	}
	return all
}

// Apart tells what excludes a method for the caller on one document. Nothing does for who
// has broken the glass: that is for when nobody else is there.
func (g *Guard) Apart(ctx context.Context, method string) []Separation {
	file := g.now.Load().file
	if file == nil || len(file.apart[method]) == 0 {
		return nil
	}
	if _, broken := From(ctx).BrokenGlass(); broken {
		return nil
	}
	return file.apart[method]
}

// exceptionsOf are what a file keeps apart from a method, and the fields that it writes and
// are another's than a principal's, in words behind a decision; empty for nothing.
func (f *File) exceptionsOf(method string, p *Principal) string {
	if f == nil {
		return ""
	}
	text := ""
	for _, s := range f.apart[method] {
		text += ", not where it has itself done " + strings.Join(s.From, " or ")
	}
	for _, o := range f.others(method, p) {
		text += fmt.Sprintf(", not %s, which is %s's", o.Field, o.Whose)
	}
	return text
}

package access

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// document is the access file as it is written. Ready roles stand in one of the same form.
type document struct {
	Roles     map[string]roleEntry `yaml:"roles"`
	Conflicts []conflictEntry      `yaml:"conflicts"`
	// Segregation says what nobody does to a document who has done something else to it.
	Segregation []segregationEntry `yaml:"segregation"`
	// Owners says whose alone a field is.
	Owners     []ownerEntry `yaml:"owners"`
	Principals []entry      `yaml:"principals"`

	root yaml.Node
}

// roleEntry is what those may do who have a role.
type roleEntry struct {
	About   string              `yaml:"about"`
	Rights  map[string][]string `yaml:"rights"`
	Methods []string            `yaml:"methods"`
	// Needs is a scope that a principal has to have for it, such as "supplier".
	Needs string `yaml:"needs"`
}

// conflictEntry says which two duties one principal must not have. A duty is a role, or a
// method that a role gives.
type conflictEntry struct {
	Between string `yaml:"between"`
	And     string `yaml:"and"`
	Because string `yaml:"because"`
}

// segregationEntry says that nobody carries out a command on a document who has carried
// out another one there.
type segregationEntry struct {
	Of      string   `yaml:"of"`
	From    []string `yaml:"from"`
	Because string   `yaml:"because"`
}

// ownerEntry says who alone writes a field of a collection's records through the mesh.
type ownerEntry struct {
	Field   string `yaml:"field"`
	Owner   string `yaml:"owner"`
	Because string `yaml:"because"`
}

// entry is a principal.
type entry struct {
	Name           string              `yaml:"name"`
	TokenSHA256    string              `yaml:"token_sha256"`
	Roles          []string            `yaml:"roles"`
	Rights         map[string][]string `yaml:"rights"`
	AcceptConflict string              `yaml:"accept_conflict"`
	BreakGlass     *glassEntry         `yaml:"break_glass"`
	Companies      []int64             `yaml:"companies"`
	Supplier       string              `yaml:"supplier"`
	Carrier        string              `yaml:"carrier"`
	Finance        bool                `yaml:"finance"`
	HidePrices     bool                `yaml:"hide_prices"`

	credentials `yaml:",inline"`
}

// glassEntry is what a principal can take for a while.
type glassEntry struct {
	Roles   []string `yaml:"roles"`
	Minutes int      `yaml:"minutes"`
}

// decode reads a document, and refuses keys that it does not know.
func decode(text []byte) (*document, error) {
	doc := &document{}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(doc); err != nil {
		return nil, fmt.Errorf("reading it: %w", err)
	}
	// What comes behind a line of three dashes would be left out in silence.
	if err := decoder.Decode(&document{}); err == nil {
		return nil, errors.New("reading it: it has more than one document; leave the first")
	}
	// Once more, for the lines. It was read before, so it can be read again.
	return doc, yaml.Unmarshal(text, &doc.root)
}

// line is where something stands: keys of mappings, numbers of list elements.
func (d *document) line(path ...string) int {
	at := &d.root
	if len(at.Content) > 0 && at.Kind == yaml.DocumentNode {
		at = at.Content[0]
	}
	line := at.Line
	for _, step := range path {
		if at.Kind == yaml.AliasNode {
			at = at.Alias
		}
		next := (*yaml.Node)(nil)
		switch i, err := strconv.Atoi(step); {
		case at.Kind == yaml.SequenceNode && err == nil && i < len(at.Content):
			next = at.Content[i]
			line = next.Line
		case at.Kind == yaml.MappingNode:
			for k := 0; k+1 < len(at.Content); k += 2 {
				if at.Content[k].Value == step {
					next, line = at.Content[k+1], at.Content[k].Line
				}
			}
		}
		if next == nil {
			return line
		}
		at = next
	}
	return line
}

// problems are all that is wrong with a document.
type problems []problem

type problem struct {
	line int
	text string
}

func (p *problems) add(line int, format string, args ...any) {
	*p = append(*p, problem{line, fmt.Sprintf(format, args...)})
}

// err reports all at once, from the top to the end; nil where nothing is wrong.
func (p problems) err() error {
	slices.SortStableFunc(p, func(a, b problem) int { return a.line - b.line })
	var errs []error
	for _, one := range p {
		errs = append(errs, fmt.Errorf("line %d: %s", one.line, one.text))
	}
	return errors.Join(errs...)
}

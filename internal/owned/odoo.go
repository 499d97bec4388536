package owned

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/store"
)

// fills is what Odoo fills of what the contract gives to others.
type fills struct {
	paths  []string
	fields map[*field]bool
}

func (f *fills) has(one *field) bool { return f != nil && f.fields[one] }

// newFills picks the paths that concern owned fields: Odoo fills a field where it fills
// it as a whole, a part of it, or what it is a part of.
func newFills(s *schema, paths []string) *fills {
	f := &fills{fields: map[*field]bool{}}
	for _, path := range paths {
		concerns := false
		for _, p := range s.places {
			for _, one := range p.fields {
				if path == one.path || strings.HasPrefix(path, one.path+".") || strings.HasPrefix(one.path, path+".") {
					f.fields[one], concerns = true, true
				}
			}
		}
		if concerns {
			f.paths = append(f.paths, path)
		}
	}
	slices.Sort(f.paths)
	f.paths = slices.Compact(f.paths)
	return f
}

// Fitted tells the book which fields of a collection Odoo fills, as a fitted mapping
// lists them. The book remembers it, for a start at which Odoo is down.
func (b *Book) Fitted(ctx context.Context, collection string, paths []string) error {
	c := b.kept[collection]
	if c == nil {
		return nil
	}
	found, known := newFills(c.schema, paths), c.odoo.Load()
	if known != nil && slices.Equal(found.paths, known.paths) {
		return nil
	}
	raw, err := proto.Marshal(&internalv1.OwnedByOdoo{Paths: found.paths})
	if err != nil {
		return err
	}
	// A fact of no bytes would be none.
	fact := store.Fact{Key: append([]byte{factOdoo}, collection...), Value: append([]byte{1}, raw...)}
	if _, err := b.journal.Record(ctx, b.clock.Now(), nil, []store.Fact{fact}); err != nil {
		return fmt.Errorf("noting what Odoo fills of %s: %w", collection, err)
	}
	c.odoo.Store(found)
	return nil
}

func (b *Book) readFills(c *collection) error {
	facts := b.journal.Facts()
	defer facts.Close()
	raw, err := facts.Get(append([]byte{factOdoo}, c.name...))
	if err != nil || len(raw) == 0 {
		return err
	}
	known := &internalv1.OwnedByOdoo{}
	if err := proto.Unmarshal(raw[1:], known); err != nil {
		return fmt.Errorf("reading what Odoo fills of %s: %w", c.name, err)
	}
	c.odoo.Store(newFills(c.schema, known.GetPaths()))
	return nil
}

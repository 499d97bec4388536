package read

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"odoomesh/internal/index"
	"odoomesh/internal/resource"
	"odoomesh/internal/scope"
	"odoomesh/internal/store"
)

// What bounds one search of one collection, so that it takes milliseconds however many
// records there are.
const (
	// mostLooks is how many entries of the index are looked at of which the caller may meet
	// the records, and mostPasses how many in all.
	mostLooks  = 12_000
	mostPasses = 10 * mostLooks
	// enoughCandidates is how many records that fit are ranked.
	enoughCandidates = 200
	// mostOwn is how many records are looked through for a caller who meets few of many.
	mostOwn = 4000
	// searchDrivers is of how many words the entries are walked over side by side: the walk
	// ends with the rarest of them.
	searchDrivers = 4
)

// Found is a record that a search found.
type Found struct {
	Name string
	// Record is as the caller meets it. It is shared and must not be changed.
	Record   proto.Message
	Rank     index.Rank
	Field    string
	Archived bool
}

// Searching says that records of the collection are complete and indexed for searches.
func (c *Collection[T]) Searching() bool {
	s := c.freshness.Status()
	return s.Loaded && s.Indexed
}

// Search answers the best of the records that fit a query, at most so many, the better ones
// first; more says that there are others, or that not all were looked at. What the caller
// does not meet changes nothing of it.
func (c *Collection[T]) Search(ctx context.Context, q index.Query, most int) (found []Found, more bool, err error) {
	view, err := c.view(ctx)
	if err != nil || view.Refused() || c.searched == nil {
		return nil, false, err
	}
	s := &search[T]{c: c, ctx: ctx, q: q, view: view, searched: c.searched, at: map[string]int{}}
	s.snapshot = c.cache.Snapshot()
	defer s.snapshot.Close()
	if err := s.gather(); err != nil {
		return nil, false, err
	}
	found, err = s.best(most)
	return found[:min(len(found), most)], s.more || len(found) > most, err
}

// candidate is a record that probably fits.
type candidate struct {
	key      []byte
	rank     index.Rank
	archived bool
}

// search is one search of one collection.
type search[T proto.Message] struct {
	c        *Collection[T]
	ctx      context.Context
	q        index.Query
	view     *scope.View
	searched *index.Searched
	snapshot store.Snapshot
	found    []candidate
	at       map[string]int // places of keys in found
	looks    int
	passes   int
	more     bool
}

func (s *search[T]) add(key []byte, rank index.Rank, archived bool) {
	if i, known := s.at[string(key)]; known {
		s.found[i].rank = min(s.found[i].rank, rank)
		return
	}
	s.at[string(key)] = len(s.found)
	s.found = append(s.found, candidate{key, rank, archived})
}

// gather finds the candidates.
func (s *search[T]) gather() error {
	if key, err := resource.KeyOf(s.c.kind.Collection, s.q.Text()); err == nil {
		s.add(key, index.ByName, false)
		return nil
	}
	for _, code := range s.q.Codes() {
		if err := s.byCode(store.Range{Prefix: code, Exact: true, KeysOnly: true}, index.ByCode); err != nil {
			return err
		}
	}
	if paths, called := s.view.Own(); len(paths) > 0 {
		return s.byOwn(paths, called)
	}
	if begin := s.q.CodeBeginning(); begin != nil {
		if err := s.byCode(store.Range{Prefix: begin, KeysOnly: true}, index.ByCodeBeginning); err != nil {
			return err
		}
	}
	if !s.searched.HasWords() {
		return nil
	}
	return s.byWords()
}

// look counts an entry of the index; go on is false where the search has to end.
func (s *search[T]) look(h store.Hit) (said index.Said, met, goOn bool) {
	s.passes++
	said, _ = index.ReadSaid(h.Carried)
	if met = s.view.HasCompany(said.Company); met {
		s.looks++
	}
	goOn = s.looks <= mostLooks && s.passes <= mostPasses && s.ctx.Err() == nil
	s.more = s.more || !goOn
	return said, met, goOn
}

// byCode takes the records of a range of codes.
func (s *search[T]) byCode(r store.Range, rank index.Rank) error {
	taken := 0
	own, _ := s.view.Own()
	for h, err := range s.snapshot.Index(s.c.kind.Collection, index.Search, r) {
		if err != nil {
			return err
		}
		said, met, goOn := s.look(h)
		if !goOn {
			return s.ctx.Err()
		}
		if !met {
			continue
		}
		if s.add(h.Key, rank, said.Archived); taken == enoughCandidates && len(own) == 0 {
			s.more = true
			return nil
		}
		taken++
	}
	return nil
}

// byWords walks over the entries of some words side by side, until those of one are all
// seen: whatever has all words is among them.
func (s *search[T]) byWords() error {
	drivers := s.q.Drivers(searchDrivers)
	walks := make([]*walk, len(drivers))
	for i, d := range drivers {
		walks[i] = newWalk(s.snapshot.Index(s.c.kind.Collection, index.Search, store.Range{Prefix: d, KeysOnly: true}))
		defer walks[i].stop()
	}
	enough := len(s.found) + enoughCandidates
	for len(walks) > 0 {
		for _, w := range walks {
			h, err, ok := w.next()
			if !ok || err != nil {
				return err
			}
			said, met, goOn := s.look(h)
			if !goOn {
				return s.ctx.Err()
			}
			if !met {
				continue
			}
			rank := s.q.FitWords(said.Words)
			if rank == index.NoFit && said.Cut {
				rank = index.ByBeginnings // the record itself will tell
			}
			if rank == index.NoFit {
				continue
			}
			if s.add(h.Key, rank, said.Archived); len(s.found) >= enough {
				s.more = true
				return nil
			}
		}
	}
	return nil
}

// byOwn looks through the records of a caller who meets those alone that name it, so that
// what others have does not even take time.
func (s *search[T]) byOwn(paths []string, called string) error {
	part, err := s.c.kind.Part(s.searched.Parts()...)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if path == "name" {
			if key, err := resource.KeyOf(s.c.kind.Collection, called); err == nil {
				s.add(key, index.ByCodeBeginning, false)
			}
			continue
		}
		f := s.c.indexOf(path)
		if f == nil {
			continue // found by whole codes alone
		}
		held, _ := f.Written(called)
		for h, err := range s.snapshot.Index(s.c.kind.Collection, path, store.Range{Prefix: held, Exact: true}) {
			if err != nil {
				return err
			}
			if s.looks++; s.looks > mostOwn {
				s.more = true
				return nil
			}
			m, err := part.Decode(h.Value)
			if err != nil {
				return err
			}
			if rank, _ := s.searched.Fit(s.q, m.ProtoReflect()); rank != index.NoFit {
				s.add(h.Key, rank, false)
			}
		}
		if err := s.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// best reads the best candidates, until there is one more than is wanted. What the caller
// meets of a record decides whether it fits.
func (s *search[T]) best(most int) ([]Found, error) {
	slices.SortFunc(s.found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(place(a.rank, a.archived), place(b.rank, b.archived)), bytes.Compare(a.key, b.key))
	})
	verified := s.c.freshness.Status().Verified
	var found []Found
	for _, one := range s.found {
		if len(found) > most {
			break
		}
		raw, err := s.snapshot.Get(s.c.kind.Collection, one.key)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading what was found: %w", err)
		}
		m, err := s.c.kind.Decode(raw, verified)
		if err != nil {
			return nil, err
		}
		if m = meet(s.view, m); m == nil {
			continue
		}
		f := Found{Name: resource.NameOf(s.c.kind.Collection, one.key), Record: m, Rank: index.ByName, Field: "name", Archived: s.searched.Archived(m.ProtoReflect())}
		if one.rank != index.ByName {
			if f.Rank, f.Field = s.searched.Fit(s.q, m.ProtoReflect()); f.Rank == index.NoFit {
				continue
			}
		}
		found = append(found, f)
	}
	slices.SortStableFunc(found, func(a, b Found) int {
		return cmp.Compare(place(a.Rank, a.Archived), place(b.Rank, b.Archived))
	})
	return found, nil
}

// place orders what was found: archived records come last among those that fit as well.
func place(rank index.Rank, archived bool) int {
	if archived {
		return 2*int(rank) + 1
	}
	return 2 * int(rank)
}

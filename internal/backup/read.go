package backup

import (
	"bytes"
	"io"
	"time"

	"odoomesh/internal/store"
)

// Contents is what a backup says that it holds.
type Contents struct {
	// Time is when it was begun, and Instance the configured name of Odoo.
	Time     time.Time
	Instance string
	// Sealed says that it takes a key to read it.
	Sealed bool
	Parts  []PartContents
}

// PartContents is what a backup says of a journal.
type PartContents struct {
	// Name is that of its folder in the data folder, LogID that of the log that it was.
	Name, LogID string
	// Oldest and Head are its first and its last position.
	Oldest, Head uint64
	// Facts is how many facts it has; known when all is read.
	Facts uint64
}

// Entries is how many entries the part has.
func (p PartContents) Entries() uint64 { return p.Head + 1 - p.Oldest }

// Receiver gets what a backup holds, in the order in which it was written. An error ends
// the reading. Nothing may be believed before Read has returned without an error.
type Receiver interface {
	// Begin comes first.
	Begin(Contents) error
	// Part begins a journal.
	Part(PartContents) error
	Entry(store.Entry) error
	Fact(store.Fact) error
	// PartEnd says that nothing more comes of it.
	PartEnd() error
}

// Read reads a whole backup. What is not as it was written is a *DamagedError; what was
// written by another program a ForeignError, by one of another version a *VersionError.
// What is sealed is opened with one of the keys, and a *KeyError where none fits.
func Read(from io.Reader, to Receiver, keys ...[]byte) (Contents, error) {
	blocks, err := newBlockReader(from, keys)
	if err != nil {
		return Contents{}, err
	}
	r := &reader{blockReader: blocks, to: to}
	if err := r.head(); err != nil {
		return Contents{}, err
	}
	for i := range r.contents.Parts {
		if err := r.part(&r.contents.Parts[i]); err != nil {
			return Contents{}, err
		}
	}
	item, err := r.item()
	if err != nil {
		return Contents{}, err
	}
	if item.GetEnd() == nil {
		return Contents{}, r.damaged("the end is missing")
	}
	return r.contents, r.end()
}

// Verify reads a whole backup, and keeps nothing of it.
func Verify(from io.Reader, keys ...[]byte) (Contents, error) {
	return Read(from, nobody{}, keys...)
}

// reader checks that what comes is in order.
type reader struct {
	*blockReader
	to       Receiver
	contents Contents
}

func (r *reader) head() error {
	item, err := r.item()
	if err != nil {
		return err
	}
	head := item.GetHead()
	if head == nil {
		return r.damaged("it does not begin with what it holds")
	}
	r.contents = Contents{Time: head.GetTime().AsTime(), Instance: head.GetInstance(), Sealed: r.sealed}
	named := map[string]bool{}
	for _, p := range head.GetParts() {
		if p.GetOldest() == 0 || p.GetOldest() > p.GetHead()+1 || p.GetHead()+1 == 0 {
			return r.damaged("%q reaches from %d to %d", p.GetName(), p.GetOldest(), p.GetHead())
		}
		if named[p.GetName()] {
			return r.damaged("%q is there twice", p.GetName())
		}
		named[p.GetName()] = true
		r.contents.Parts = append(r.contents.Parts, PartContents{Name: p.GetName(), LogID: p.GetLogId(), Oldest: p.GetOldest(), Head: p.GetHead()})
	}
	return r.to.Begin(r.contents)
}

// part reads one journal: its entries without a gap, and then its facts in order.
func (r *reader) part(p *PartContents) error {
	if err := r.to.Part(*p); err != nil {
		return err
	}
	next, last := p.Oldest, []byte(nil)
	for {
		item, err := r.item()
		if err != nil {
			return err
		}
		switch {
		case item.GetEntry() != nil:
			e := item.GetEntry()
			if e.GetPosition() != next || next > p.Head || p.Facts > 0 {
				return r.damaged("entry %d of %s stands where %d should", e.GetPosition(), p.Name, next)
			}
			next++
			err = r.to.Entry(store.Entry{Position: e.GetPosition(), Time: time.Unix(0, e.GetUnixNanos()).UTC(), Collection: e.GetCollection(), Payload: e.GetPayload()})
		case item.GetFact() != nil:
			f := item.GetFact()
			if p.Facts > 0 && bytes.Compare(last, f.GetKey()) >= 0 {
				return r.damaged("the facts of %s are not in order", p.Name)
			}
			last, p.Facts = f.GetKey(), p.Facts+1
			err = r.to.Fact(store.Fact{Key: f.GetKey(), Value: f.GetValue()})
		case item.GetPartEnd() != nil:
			if next != p.Head+1 || item.GetPartEnd().GetFacts() != p.Facts {
				return r.damaged("%s ends at %d of %d, with %d of %d facts", p.Name, next-1, p.Head, p.Facts, item.GetPartEnd().GetFacts())
			}
			return r.to.PartEnd()
		default:
			return r.damaged("something stands in %s that is no part of it", p.Name)
		}
		if err != nil {
			return err
		}
	}
}

// nobody receives nothing.
type nobody struct{}

func (nobody) Begin(Contents) error    { return nil }
func (nobody) Part(PartContents) error { return nil }
func (nobody) Entry(store.Entry) error { return nil }
func (nobody) Fact(store.Fact) error   { return nil }
func (nobody) PartEnd() error          { return nil }

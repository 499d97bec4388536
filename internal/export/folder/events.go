package folder

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/export"
)

const (
	eventsFolder = "events"
	partsFile    = "parts.json"
)

// Events are the sealed parts of inventory events, and what the next run goes on from.
type Events struct {
	dir string

	Format string `json:"format"`
	// First and Last are the numbers of the first and the last event of all parts.
	First int64  `json:"first_event"`
	Last  int64  `json:"last_event"`
	Parts []Part `json:"parts"`
	// Position is where the stream of events goes on. It may lie before Last.
	Position string `json:"position"`
	// Sums is the file of what all events up to Last add up to; nil where there are older
	// ones than the first.
	Sums    *Stored  `json:"sums,omitempty"`
	Columns []Column `json:"columns"`
}

// Part is one sealed file of events.
type Part struct {
	Stored
	First    int64     `json:"first_event"`
	Last     int64     `json:"last_event"`
	SealTime time.Time `json:"seal_time"`
}

// readEvents reads what is sealed in a folder, and refuses to go on with parts that are not
// there as they were sealed.
func readEvents(dir, format string) (*Events, error) {
	e := &Events{dir: filepath.Join(dir, eventsFolder), Format: format}
	path := filepath.Join(e.dir, partsFile)
	if _, err := readJSON(path, e); err != nil {
		return nil, err
	}
	if len(e.Parts) > 0 && e.Format != format {
		return nil, &ThereError{dir, fmt.Sprintf("has events sealed as %s: go on with --format %s, or choose another folder", e.Format, e.Format)}
	}
	e.Columns = ColumnsOf(export.Columns())
	for _, p := range e.Parts {
		info, err := os.Stat(filepath.Join(dir, p.File))
		if err == nil && info.Size() != p.Bytes {
			err = fmt.Errorf("it has %d bytes and not %d", info.Size(), p.Bytes)
		}
		if err != nil {
			return nil, &ThereError{dir, fmt.Sprintf("does not have the sealed part %s as %s lists it (%v): put it back, or remove the folder %s to have all events written anew", p.File, path, err, e.dir)}
		}
	}
	return e, nil
}

// NewPart is a part that is being written.
type NewPart struct {
	events *Events
	out    *output
	path   string
	writer *export.Writer
	sums   *sums
	rows   int64
	first  int64
}

// Begin begins a part behind the last one.
func (e *Events) Begin() (*NewPart, error) {
	if err := os.MkdirAll(e.dir, 0o777); err != nil {
		return nil, err
	}
	p := &NewPart{events: e, path: filepath.Join(e.dir, "part."+e.Format+".partial")}
	var err error
	if p.sums, err = e.readSums(); err != nil {
		return nil, err
	}
	if p.out, err = create(p.path); err != nil {
		return nil, err
	}
	p.writer, err = export.NewWriter(e.Format, p.out)
	return p, err
}

// Take adds events, in order.
func (p *NewPart) Take(events []*inventoryv1.InventoryEvent) error {
	for _, e := range events {
		if p.rows == 0 {
			first, err := export.Number(e)
			if err != nil {
				return err
			}
			p.first = first
			if first != 1 && len(p.events.Parts) == 0 {
				p.sums = nil // what came before is not kept any more
			}
		}
		p.rows++
		if p.sums != nil {
			if err := p.sums.add(e); err != nil {
				return err
			}
		}
	}
	return p.writer.Write(events)
}

// Seal ends a part, which nobody writes again, and notes where the next one begins.
func (p *NewPart) Seal(last int64, position string, now time.Time) error {
	e := p.events
	if p.rows == 0 {
		return p.Abandon()
	}
	if err := p.writer.Close(); err != nil {
		return err
	}
	name := fmt.Sprintf("part-%012d-%012d.%s", p.first, last, e.Format)
	stored, err := p.out.finish(filepath.Join(eventsFolder, name), p.rows)
	if err != nil {
		return err
	}
	if err := os.Rename(p.path, filepath.Join(e.dir, name)); err != nil {
		return err
	}
	next := *e
	if next.Sums = nil; p.sums != nil {
		if next.Sums, err = p.sums.write(e.dir, last); err != nil {
			return err
		}
	}
	if next.First == 0 {
		next.First = p.first
	}
	next.Parts = append(next.Parts[:len(next.Parts):len(next.Parts)], Part{Stored: stored, First: p.first, Last: last, SealTime: now.UTC()})
	next.Last, next.Position = last, position
	// The list makes the new part one of the sealed: until then it is as if it were not there.
	if err := writeJSON(filepath.Join(e.dir, partsFile), &next); err != nil {
		return err
	}
	old := e.Sums
	*e = next
	if old != nil && (e.Sums == nil || old.File != e.Sums.File) {
		return os.Remove(filepath.Join(filepath.Dir(e.dir), old.File))
	}
	return nil
}

// Abandon throws away a part that is not sealed.
func (p *NewPart) Abandon() error {
	_ = p.out.file.Close() // it may be closed already
	err := os.Remove(p.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// readSums reads what the sealed events add up to; nil where that is not known.
func (e *Events) readSums() (*sums, error) {
	s := newSums()
	if len(e.Parts) == 0 {
		return s, nil
	}
	if e.Sums == nil {
		return nil, nil
	}
	file, err := os.Open(filepath.Join(filepath.Dir(e.dir), e.Sums.File))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines := json.NewDecoder(bufio.NewReaderSize(file, writeSize))
	for lines.More() {
		var b Balance
		if err := lines.Decode(&b); err != nil {
			return nil, fmt.Errorf("reading %s: %w", e.Sums.File, err)
		}
		if err := s.put(b); err != nil {
			return nil, fmt.Errorf("reading %s: %w", e.Sums.File, err)
		}
	}
	return s, nil
}

// Balances are what all sealed events add up to, in the order of their places; known is
// false where the parts do not reach back to the first event.
func (e *Events) Balances() (all []Balance, known bool, err error) {
	s, err := e.readSums()
	if err != nil || s == nil {
		return nil, false, err
	}
	return s.sorted(), true, nil
}

package backup

import (
	"context"
	"fmt"
	"io"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/store"
)

// reportEvery is how many entries are written between two reports.
const reportEvery = 1000

// Part is a journal that a backup takes.
type Part struct {
	// Name is that of its folder in the data folder.
	Name    string
	Journal store.Journal
}

// Source is what a backup is made of.
type Source struct {
	// Time is now, and Instance the configured name of Odoo.
	Time     time.Time
	Instance string
	// Parts are looked at in this order, all before the first is written: what one of them
	// says that another has comes before that other.
	Parts []Part
	// Key seals the backup; nil leaves it open.
	Key []byte
}

// Write writes a backup while others append. report is told how many entries of how many
// are written, and ends the backup by an error. What retention takes away meanwhile ends
// it with a *store.TruncatedError.
func Write(ctx context.Context, to io.Writer, s Source, report func(done, total int64) error) error {
	head := &internalv1.BackupHead{Time: timestamppb.New(s.Time), Instance: s.Instance}
	views := make([]store.Facts, len(s.Parts))
	var total int64
	for i, p := range s.Parts {
		views[i] = p.Journal.Facts()
		defer views[i].Close()
		at := views[i].Position()
		part := &internalv1.BackupPart{Name: p.Name, LogId: p.Journal.ID(), Oldest: min(p.Journal.Oldest(), at+1), Head: at}
		head.Parts = append(head.Parts, part)
		total += int64(part.GetHead() + 1 - part.GetOldest())
	}
	var sealed *sealedWriter
	if len(s.Key) > 0 {
		var err error
		if sealed, err = newSealed(to, s.Key); err != nil {
			return err
		}
		to = sealed
	}
	blocks, err := newBlockWriter(to)
	if err != nil {
		return err
	}
	w := &writer{blockWriter: blocks, total: total, report: report}
	if err := w.put(&internalv1.BackupItem{Item: &internalv1.BackupItem_Head{Head: head}}); err != nil {
		return err
	}
	for i, p := range s.Parts {
		if err := w.part(ctx, p.Journal, head.GetParts()[i], views[i]); err != nil {
			return fmt.Errorf("writing %s: %w", p.Name, err)
		}
	}
	if err := w.put(&internalv1.BackupItem{Item: &internalv1.BackupItem_End{End: &internalv1.BackupEnd{}}}); err != nil {
		return err
	}
	if err := w.flush(); err != nil {
		return err
	}
	if sealed != nil {
		if err := sealed.Close(); err != nil {
			return err
		}
	}
	return report(w.done, w.total)
}

// writer writes parts and says how far it is.
type writer struct {
	*blockWriter
	done, total int64
	report      func(done, total int64) error
}

// part writes a journal up to where its facts are of.
func (w *writer) part(ctx context.Context, j store.Journal, p *internalv1.BackupPart, facts store.Facts) error {
	if p.GetOldest() <= p.GetHead() {
		if err := w.entries(ctx, j, p); err != nil {
			return err
		}
	}
	end := &internalv1.BackupPartEnd{}
	for fact, err := range facts.Scan(nil) {
		if err == nil {
			err = w.put(&internalv1.BackupItem{Item: &internalv1.BackupItem_Fact{Fact: &internalv1.BackupFact{Key: fact.Key, Value: fact.Value}}})
		}
		if end.Facts++; err == nil && end.Facts%reportEvery == 0 {
			err = w.tell(ctx)
		}
		if err != nil {
			return err
		}
	}
	return w.put(&internalv1.BackupItem{Item: &internalv1.BackupItem_PartEnd{PartEnd: end}})
}

func (w *writer) entries(ctx context.Context, j store.Journal, p *internalv1.BackupPart) error {
	for e, err := range j.Read(ctx, p.GetOldest()) {
		if err != nil {
			return err
		}
		if err := w.put(&internalv1.BackupItem{Item: &internalv1.BackupItem_Entry{Entry: &internalv1.BackupEntry{
			Position: e.Position, UnixNanos: e.Time.UnixNano(), Collection: e.Collection, Payload: e.Payload,
		}}}); err != nil {
			return err
		}
		if w.done++; w.done%reportEvery == 0 {
			if err := w.tell(ctx); err != nil {
				return err
			}
		}
		if e.Position == p.GetHead() {
			break
		}
	}
	return nil
}

func (w *writer) tell(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return w.report(w.done, w.total)
}

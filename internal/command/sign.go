package command

import (
	"context"
	"fmt"
	"html"
	"time"

	"odoomesh/internal/clock"
	"odoomesh/internal/odoo"
)

const (
	// persistence is how often what comes behind a command is tried, for the caller who
	// waits, and longestRest how long a server that asks for a pause is heeded.
	persistence = 4
	longestRest = 3 * time.Second
)

// refreshing brings the copy of a document up to Odoo, beside what else is done.
func (d *Desk) refreshing(ctx context.Context, k Kind, document string) <-chan error {
	return Beside(func() error {
		return d.persist(ctx, k, func(ctx context.Context) error { return d.Refresh(ctx, document) })
	})
}

// unsigned begins the warning that the note is missing.
const unsigned = "Who asked for it could not be written into Odoo"

// signed writes into Odoo who asked for what is done, where Odoo's own users and
// auditors see it: as a note on the document. Beside it, the copy is brought up to Odoo.
// What is done stays done where either fails, and the intent says so. fresh says that
// nobody can have written the note before.
func (d *Desk) signed(ctx context.Context, work *Work, w *wish, s Standing, fresh bool, refreshed <-chan error) result {
	err := d.persist(ctx, w.kind, func(ctx context.Context) error {
		err := work.sign(ctx, s, fresh)
		fresh = false
		return err
	})
	stale := <-refreshed
	if ctx.Err() != nil {
		return result{event: lost, standing: s, cause: ctx.Err()}
	}
	if err != nil {
		s.Warnings = append(s.Warnings, unsigned+": "+textOf(err))
	}
	if stale != nil && !w.kind.Own { // capture does it anyway, a moment later
		s.Warnings = append(s.Warnings, "The mesh's copy of "+s.Document+" could not be brought up to Odoo yet: "+textOf(stale))
	}
	return result{event: seenDone, standing: s}
}

func isRefusal(err error) bool { return eventOf(err, false) == refused }

// sign writes a note on a document and its twins, once for an intent.
func (w *Work) sign(ctx context.Context, s Standing, fresh bool) error {
	if s.Noted {
		return nil
	}
	for _, id := range append([]int64{s.ID}, s.Twins...) {
		if err := w.signOne(ctx, s.Model, id, s.Because, fresh); err != nil {
			return err
		}
	}
	return nil
}

func (w *Work) signOne(ctx context.Context, model string, id int64, because string, fresh bool) error {
	if !fresh {
		if there, err := w.Noted(ctx, model, id); err != nil || there {
			return err
		}
	}
	note := w.note()
	if because != "" {
		// Up to 16 Odoo takes it for HTML; later releases for text.
		if note += ": " + because; w.Odoo.Major() < 17 {
			note = html.EscapeString(note)
		}
	}
	_, err := w.Odoo.Do(ctx, model, "message_post", []int64{id}, map[string]any{"body": note})
	return err
}

// note is what stands on a document.
func (w *Work) note() string {
	return fmt.Sprintf("odoomesh: %s, asked for by %s (%s)", w.Command, w.Principal, nameOf(w.ID))
}

// notedOn is the row if the note of an intent stands on it.
func notedOn(id int64, intent string) odoo.Domain {
	return odoo.Where("id", "=", id).And("message_ids.body", "ilike", intent)
}

// Noted tells whether a document has the note of the intent.
func (w *Work) Noted(ctx context.Context, model string, id int64) (bool, error) {
	_, there, err := first(w.Odoo.Rows(ctx, model, notedOn(id, nameOf(w.ID)), "id"))
	return there, err
}

// Note is what a write of a document takes as its message_ids to be noted in the same
// transaction: where the note stands, the write was done, whatever people have changed
// since. Model and id are needed, as Odoo's create of a message looks for the document
// before it is told which one it is [mail.message, tried on 16, 17 and 19].
func (w *Work) Note(ctx context.Context, model string, id int64) ([]any, error) {
	internal, err := w.Odoo.Find(ctx, "mail.mt_note")
	if err != nil {
		return nil, err
	}
	return []any{[]any{0, 0, map[string]any{
		"model": model, "res_id": id, "body": html.EscapeString(w.note()), "message_type": "comment", "subtype_id": internal, "is_internal": true,
	}}}, nil
}

// persist tries something until it works, is refused, or was tried often enough. What
// Odoo does not own is done without it: nobody waits for an Odoo that is down.
func (d *Desk) persist(ctx context.Context, k Kind, do func(ctx context.Context) error) (err error) {
	if k.Own {
		short, cancel := context.WithTimeout(ctx, longestRest)
		defer cancel()
		return do(short)
	}
	for try := range persistence {
		if err = do(ctx); err == nil || isRefusal(err) || !clock.Sleep(ctx, d.Clock, min(max(odoo.RetryAfter(err), pauses[try]), longestRest)) {
			break
		}
	}
	return err
}

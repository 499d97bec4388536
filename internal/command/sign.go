package command

import (
	"context"
	"fmt"

	"odoomesh/internal/odoo"
)

// signatures are how often it is tried to write down who asked.
const signatures = 3

// signed writes into Odoo who asked for what is done, where Odoo's own users and
// auditors see it: as a note on the document. What is done stays done where that fails,
// and the intent says so. fresh says that nobody can have written it before.
func (d *Desk) signed(ctx context.Context, work *Work, w *wish, s Standing, fresh bool) result {
	var err error
	for range signatures {
		if err = work.Odoo.sign(ctx, s, w, fresh); err == nil || isRefusal(err) || ctx.Err() != nil {
			break
		}
		fresh = false
	}
	if ctx.Err() != nil {
		return result{event: lost, standing: s, cause: ctx.Err()}
	}
	if err != nil {
		s.Warnings = append(s.Warnings, "Who asked for it could not be written into Odoo: "+textOf(err))
	}
	if warning := d.refresh(ctx, s.Document); warning != "" {
		s.Warnings = append(s.Warnings, warning)
	}
	return result{event: seenDone, standing: s}
}

func isRefusal(err error) bool { return eventOf(err, false) == refused }

// sign writes a note on a document, once for an intent.
func (o *Odoo) sign(ctx context.Context, s Standing, w *wish, fresh bool) error {
	if !fresh {
		there, err := o.Rows(ctx, s.Model, odoo.Where("id", "=", s.ID).And("message_ids.body", "ilike", nameOf(w.id)), "id")
		if err != nil || len(there) > 0 {
			return err
		}
	}
	_, err := o.Do(ctx, s.Model, "message_post", []int64{s.ID}, map[string]any{
		"body": fmt.Sprintf("odoomesh: %s, asked for by %s (%s)", w.kind.Name, w.principal, nameOf(w.id)),
	})
	return err
}

package invoice

import (
	"context"

	"odoomesh/internal/command"
)

// book posts a draft.
func book(ctx context.Context, w *command.Work, draft bill) error {
	if err := renumber(ctx, w, draft); err != nil {
		return err
	}
	_, err := w.Odoo.Do(ctx, invoiceModel, "action_post", []int64{draft.id}, nil)
	return err
}

// renumber has Odoo give a draft another number than that of a bill which is posted. Up to
// 17 the first draft of a month is numbered as it is made [_compute_name of account.move]:
// drafts of one moment all get the first number, and Odoo refuses for ever to post the
// second of them. A number that was never in the books is taken off; posting gives the next
// one. An earlier call that is still under way could take the new one off again.
func renumber(ctx context.Context, w *command.Work, draft bill) error {
	if draft.number == "" || draft.number == "/" || draft.postedBefore {
		return nil
	}
	others, err := w.Odoo.Rows(ctx, invoiceModel, command.Where("name", "=", draft.number).And("journal_id", "=", draft.journal).
		And("state", "=", "posted").And("id", "!=", draft.id), "name")
	if err != nil || len(others) == 0 {
		return err
	}
	if w.Adrift {
		return command.Wait()
	}
	_, err = w.Odoo.Do(ctx, invoiceModel, "write", []int64{draft.id}, map[string]any{"vals": map[string]any{"name": "/"}})
	return err
}

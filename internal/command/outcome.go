package command

import (
	"errors"
	"log/slog"
	"strings"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/fault"
)

// write notes in the ledger how an attempt ended. What cannot be written, as on a full
// disk, stays as it was, and is tried again.
func (d *Desk) write(kept *internalv1.KeptIntent, w *wish, work *Work, out result) *internalv1.KeptIntent {
	if out.event == unsent && kept.GetPlace() != 0 {
		out.event = deferred // nobody waits for it: its turn comes once more
	}
	changed, err := d.ledger.move(d.working, kept, out.event, d.Clock.Now(), func(i *commandv1.Intent) {
		if out.standing.Document != "" {
			i.Document = out.standing.Document
		}
		i.Attempts++
		i.Evidence, i.Deviations, i.Warnings = out.standing.Evidence, out.standing.Deviations, out.standing.Warnings
		i.Explanation, i.Reason = explained(w.kind, out)
		i.FollowUps, i.OdooRecord = out.standing.FollowUps, recordOf(out.standing)
		if len(work.Odoo.calls) > 0 {
			i.Calls = work.Odoo.calls
		}
		bound(i)
	})
	level := slog.LevelInfo
	if err != nil || out.event == lost {
		level = slog.LevelWarn
	}
	if err != nil {
		changed = kept
	}
	d.Logger.LogAttrs(d.working, level, "command "+out.event.String(), slog.String("intent", kept.GetIntent().GetName()), slog.String("command", w.kind.Name),
		slog.String("document", changed.GetIntent().GetDocument()), slog.String("principal", w.principal), slog.Any("cause", out.cause), slog.Any("error", err))
	if out.event == seenDone && !w.kind.Own {
		select {
		case d.written <- struct{}{}:
		default:
		}
	}
	if err == nil {
		d.metrics.settled.WithLabelValues(w.kind.Name, strings.ToLower(strings.TrimPrefix(changed.GetIntent().GetState().String(), "STATE_"))).Inc()
	}
	return changed
}

// explained says of an attempt what people are told, and the reason of the refusal.
func explained(k Kind, out result) (text, reason string) {
	switch out.event {
	case seenDone:
		return k.holder() + " holds what was asked for.", ""
	case deferred:
		return "It waits for its turn: " + textOf(out.cause), ""
	case asked:
		return textOf(out.cause), reasonName(errorsv1.Reason_REASON_ACTION_REQUIRED)
	case lost:
		return "It is not known yet whether it was done: " + textOf(out.cause), reasonName(errorsv1.Reason_REASON_UNKNOWN_OUTCOME)
	case unsent:
		if isChanged(out.cause) {
			return textOf(out.cause), reasonName(errorsv1.Reason_REASON_ODOO_CHANGED)
		}
		if fault.ReasonOf(out.cause) == errorsv1.Reason_REASON_OVERLOADED {
			return "It was not sent to Odoo: " + textOf(out.cause), reasonName(errorsv1.Reason_REASON_OVERLOADED)
		}
		return "It was not done: " + textOf(out.cause), reasonName(errorsv1.Reason_REASON_ODOO_UNAVAILABLE)
	}
	reason = reasonName(fault.ReasonOf(out.cause))
	text = textOf(out.cause)
	if out.standing.Stage == Begun {
		text += " A part of it is done: " + out.standing.Evidence + "."
	}
	return text, reason
}

func reasonName(r errorsv1.Reason) string { return strings.TrimPrefix(r.String(), "REASON_") }

// textOf is what people are told of an error.
func textOf(err error) string {
	var question *Question
	if errors.As(err, &question) {
		return question.Text
	}
	var known *fault.Error
	if from := fault.FromError(err); errors.As(from, &known) {
		return known.Message()
	}
	return ""
}

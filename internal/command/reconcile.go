package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/types/known/timestamppb"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/fingerprint"
	"odoomesh/internal/gather"
	"odoomesh/internal/odoo"
)

// enough is how many commands in a row Odoo has to have for those before them not to be
// asked for: a restore takes away what came last.
const enough = 200

// newestSeen is how many of the newest commands that are done are looked up at a sign-in,
// beside those that were done after the last look at Odoo; both are among the newest
// newestDone.
const (
	newestSeen = 3
	newestDone = 50
)

// Loss is how a command that is done is missing in Odoo.
type Loss int32

// The losses; the numbers are those of the contract.
const (
	// Gone: its document is not there.
	Gone Loss = iota + 1
	// Other: the id of its document belongs to another one.
	Other
	// Undone: its document is there, and neither shows it nor has the note of it.
	Undone
	// Unseen: it could not be looked up.
	Unseen
)

// Lost is a command that the ledger says is done and Odoo does not have.
type Lost struct {
	Intent   *commandv1.Intent
	Loss     Loss
	Evidence string
	kept     *internalv1.KeptIntent
	// own says that the mesh keeps what it changed.
	own bool
}

// Comparison is what a comparison of the ledger with Odoo has shown.
type Comparison struct {
	// Lost are the newest first.
	Lost []Lost
	// Compared counts the commands that are done and were looked up, LeftOut those that
	// are older.
	Compared, LeftOut int64
}

// Compare looks up in Odoo what the ledger says is done, the newest first. It fails where
// Odoo does not answer: half a comparison would say that the rest is there.
func (d *Desk) Compare(ctx context.Context) (Comparison, error) {
	ctx = odoo.WithPriority(ctx, odoo.PriorityCommand)
	var c Comparison
	ids, err := d.ledger.newest(math.MaxInt)
	if err != nil {
		return c, err
	}
	there := 0
	for _, id := range ids {
		kept, err := d.ledger.find(id)
		if err != nil {
			return c, err
		}
		if kept.GetIntent().GetState() != stateDone {
			continue
		}
		if there >= enough {
			c.LeftOut++
			continue
		}
		c.Compared++
		lost, err := d.missing(ctx, kept)
		if err != nil {
			return c, fault.FromError(err)
		}
		if there++; lost != nil {
			c.Lost, there = append(c.Lost, *lost), 0
		}
	}
	return c, nil
}

// missing looks up one command that is done; nil where Odoo has it, also where people
// have changed since what it did: then there is a note of it.
func (d *Desk) missing(ctx context.Context, kept *internalv1.KeptIntent) (*Lost, error) {
	lost := &Lost{Intent: kept.GetIntent(), kept: kept}
	w, err := d.wishOf(kept)
	if err != nil {
		lost.Loss, lost.Evidence = Unseen, err.Error()
		return lost, nil
	}
	lost.own = w.kind.Own
	work := w.work(d, true)
	standing, err := w.command.Look(ctx, work)
	switch {
	case fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_FOUND:
		lost.Loss, lost.Evidence = Gone, kept.GetIntent().GetDocument()+" is not in Odoo."
		return lost, nil
	case err != nil && (isOfTransport(err) || ctx.Err() != nil):
		return nil, err
	case err != nil:
		lost.Loss, lost.Evidence = Unseen, textOf(err)
		return lost, nil
	case standing.Stage == Done && !w.kind.Own:
		return nil, nil
	}
	model, id := standing.Model, standing.ID
	if id == 0 {
		model, id = noted(kept.GetIntent())
	}
	row, err := work.Odoo.has(ctx, model, id, "")
	if err != nil {
		return nil, err
	}
	if !row {
		lost.Loss, lost.Evidence = Gone, sentences(standing.Evidence, kept.GetIntent().GetDocument()+" is not in Odoo.")
		return lost, nil
	}
	note, err := work.Odoo.has(ctx, model, id, kept.GetIntent().GetName())
	switch {
	case err != nil:
		return nil, err
	case note, w.kind.Own && len(kept.GetIntent().GetWarnings()) > 0:
		return nil, nil // of the mesh's own, the note may never have been written
	case w.command.Document() == "", w.kind.Own:
		lost.Loss, lost.Evidence = Other, sentences(standing.Evidence, fmt.Sprintf("%s is another record now: it has no note of this.", kept.GetIntent().GetDocument()))
	default:
		lost.Loss, lost.Evidence = Undone, sentences(standing.Evidence, "There is no note of it on "+kept.GetIntent().GetDocument()+".")
	}
	return lost, nil
}

// undone says what of the newest commands that are done Odoo does not have, although
// nobody can have taken it away: a document that is gone counts only where it was made
// after the last look at Odoo, as people delete documents. What is open waits for it: they
// are looked up together, and what they ask alike is asked at once.
func (d *Desk) undone(ctx context.Context, looked time.Time) (evidence []string, err error) {
	ids, err := d.ledger.newest(newestDone)
	if err != nil {
		return nil, err
	}
	ctx = gather.OneOfMany(ctx)
	seen, looks := 0, errgroup.Group{}
	found := make([]string, len(ids))
	for n, id := range ids {
		kept, err := d.ledger.find(id)
		if err != nil {
			return nil, errors.Join(err, looks.Wait())
		}
		i := kept.GetIntent()
		since := i.GetUpdateTime().AsTime().After(looked)
		if i.GetState() != stateDone || d.kinds[kept.GetMethod()].Own || !since && seen >= newestSeen {
			continue
		}
		seen++
		looks.Go(func() error {
			lost, err := d.missing(ctx, kept)
			if err != nil || lost == nil || lost.Loss == Unseen || lost.Loss == Gone && !since {
				return err
			}
			found[n] = fmt.Sprintf("%s of %s was done at %s, and Odoo does not have it: %s", i.GetCommand(), i.GetDocument(), i.GetUpdateTime().AsTime().UTC().Format(time.RFC3339), lost.Evidence)
			return nil
		})
	}
	if err := looks.Wait(); err != nil {
		return nil, err
	}
	evidence = slices.DeleteFunc(found, func(text string) bool { return text == "" })
	return evidence, nil
}

// has tells whether there is a row, with a note that names an intent, where one is given.
func (o *Odoo) has(ctx context.Context, model string, id int64, intent string) (bool, error) {
	if model == "" || id == 0 {
		return false, nil
	}
	domain := odoo.Where("id", "=", id)
	if intent != "" {
		domain = notedOn(id, intent)
	}
	rows, err := o.Rows(ctx, model, domain, "id")
	if k := faultKind(err); k == odoo.AccessDenied || k == odoo.UnknownModel {
		return false, nil
	}
	return len(rows) > 0, err
}

// noted is the row on which the mesh has written its note of an intent.
func noted(i *commandv1.Intent) (model string, id int64) {
	for _, call := range i.GetCalls() {
		if call.GetMethod() == "message_post" {
			model = call.GetModel()
			_, _ = fmt.Sscanf(call.GetSubject(), "[%d]", &id) // 0 where it is none
		}
	}
	return model, id
}

func sentences(first, second string) string {
	if first == "" {
		return second
	}
	return first + ". " + second
}

// Accept lets commands go on by a person's word, after Odoo was found to be another one
// than it was. What Odoo does not have is lost from then on, and never carried out again
// by itself.
func (d *Desk) Accept(ctx context.Context, by, reason, etag string) (Comparison, error) {
	leave, err := d.identity.turn.Enter(ctx, "odoo")
	if err != nil {
		return Comparison{}, fault.FromError(err)
	}
	defer leave()
	change, is := d.Changed()
	switch {
	case !is:
		return Comparison{}, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "etag", "Odoo is the one that it was: there is nothing to accept")
	case change.Etag == "" || change.Etag != etag:
		return Comparison{}, fault.New(errorsv1.Reason_REASON_STALE_ETAG, "What was found of Odoo has changed since you read it: read it again.")
	}
	found, err := d.Compare(ctx)
	if err != nil {
		return found, err
	}
	finding, err := d.Probe(ctx, nil, fingerprint.SignIn)
	if err != nil {
		return found, fault.FromError(err)
	}
	now := d.Clock.Now()
	if by == "" {
		by = "someone on the mesh's machine"
	}
	for _, lost := range found.Lost {
		if lost.own || lost.Loss == Unseen {
			continue
		}
		if err := d.lose(ctx, lost, now, by, reason); err != nil {
			return found, err
		}
	}
	kept := &internalv1.KeptOdoo{Fingerprint: finding.Print, LookTime: timestamppb.New(now), AcceptedBy: by, Reason: reason, AcceptTime: timestamppb.New(now)}
	if err := d.ledger.keepOdoo(ctx, kept, now, true); err != nil {
		return found, err
	}
	d.setOdoo(kept)
	d.Logger.LogAttrs(ctx, slog.LevelWarn, "Odoo was accepted as it is now: commands go on",
		slog.String("by", by), slog.String("reason", reason), slog.Int("lost", len(found.Lost)), slog.Int64("compared", found.Compared))
	return found, nil
}

// lose writes down that an intent that was done is not in the Odoo that was accepted. It
// is no run: nobody else changes what is done.
func (d *Desk) lose(ctx context.Context, l Lost, now time.Time, by, reason string) error {
	_, err := d.ledger.move(ctx, l.kept, putBack, now, func(i *commandv1.Intent) {
		i.Explanation = fmt.Sprintf("It was done, and the Odoo that %s accepted does not have it (%s). Where it is still wanted, send it with a new request_id.", by, reason)
		i.Evidence = sentences("At "+l.kept.GetIntent().GetUpdateTime().AsTime().UTC().Format(time.RFC3339)+": "+l.kept.GetIntent().GetEvidence(), l.Evidence)
		i.Reason = reasonName(errorsv1.Reason_REASON_ACTION_REQUIRED)
		bound(i)
	})
	if err != nil {
		return errors.Join(fmt.Errorf("marking %s as lost", l.Intent.GetName()), err)
	}
	d.metrics.settled.WithLabelValues(l.Intent.GetCommand(), "lost").Inc()
	return nil
}

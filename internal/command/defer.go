package command

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/fault"
)

const (
	// preferMetadata and appliedMetadata are the headers of RFC 7240, which metadata has the
	// same names for.
	preferMetadata  = "prefer"
	appliedMetadata = "preference-applied"
	respondAsync    = "respond-async"
	// turns are how many deferred commands are carried out at the same time. What is looked
	// up after a lost answer is among them: an Odoo that loses answers gets no more of them.
	turns = 8
)

// prefersLater tells whether a caller wishes its command to be taken on now and carried out
// later: Prefer: respond-async.
func prefersLater(ctx context.Context) bool {
	md, _ := metadata.FromIncomingContext(ctx)
	for _, header := range md.Get(preferMetadata) {
		for preference := range strings.SplitSeq(header, ",") {
			name, _, _ := strings.Cut(preference, ";")
			if strings.EqualFold(strings.TrimSpace(name), respondAsync) {
				return true
			}
		}
	}
	return false
}

// putOff takes a command on without asking Odoo, and answers its intent at once: what
// cannot be known without Odoo is looked up when its turn comes.
func (d *Desk) putOff(ctx context.Context, w *wish) (*commandv1.Intent, error) {
	if err := d.queueRead(); err != nil {
		return nil, err
	}
	r, mine := d.claim(w.id)
	if r == nil {
		return nil, shuttingDown()
	}
	if !mine {
		return d.underWay(ctx, w)
	}
	kept, err := d.intoQueue(ctx, w)
	d.settle(r, kept)
	if err != nil {
		return nil, refusal(err)
	}
	return later(ctx, kept.GetIntent())
}

// underWay tells who wishes a command to be carried out later that it is just being worked
// on, or looked at, whether it can be done now.
func (d *Desk) underWay(ctx context.Context, w *wish) (*commandv1.Intent, error) {
	// The ledger knows a moment earlier than the run how it has ended.
	kept, err := d.ledger.find(w.id)
	if err != nil {
		return nil, err
	}
	if kept == nil {
		return nil, inProgress(nameOf(w.id))
	}
	if err := w.same(kept); err != nil {
		return nil, err
	}
	return later(ctx, kept.GetIntent())
}

// intoQueue writes a command down among those that are carried out later, unless it is
// known already.
func (d *Desk) intoQueue(ctx context.Context, w *wish) (*internalv1.KeptIntent, error) {
	if err := d.halted(w.kind); err != nil {
		return nil, err
	}
	kept, err := d.ledger.find(w.id)
	if err != nil {
		return nil, err
	}
	now := d.Clock.Now()
	if kept != nil {
		if err := w.same(kept); err != nil {
			return nil, err
		}
		if state := kept.GetIntent().GetState(); state != stateNotDone && state != stateAsks {
			return kept, nil
		}
		kept = proto.CloneOf(kept)
	} else {
		kept = d.newIntent(w, now)
	}
	if err := d.entitled(ctx, w); err != nil {
		return nil, err
	}
	kept.Others = keptOwners(w.others) // those of now, where it was tried before
	kept.Apart = d.keptApart(ctx, w)
	if !d.queue.reserve(d.DeferredLimit) {
		return nil, fault.New(errorsv1.Reason_REASON_OVERLOADED, fmt.Sprintf("%d commands are put off already, which is as many as may be: wait until some are carried out, or cancel some.", d.DeferredLimit),
			fault.RetryAfter(fault.AskAgain))
	}
	return d.enqueue(ctx, w, kept, "It was put off, as was wished, and waits for its turn.")
}

// enqueue writes a command down, in the room that the queue has reserved for it.
func (d *Desk) enqueue(ctx context.Context, w *wish, kept *internalv1.KeptIntent, because string) (*internalv1.KeptIntent, error) {
	kept, err := d.ledger.move(ctx, kept, deferred, d.Clock.Now(), func(i *commandv1.Intent) {
		i.Explanation, i.Reason, i.Evidence, i.Calls = because, "", "", nil
	})
	if err != nil {
		d.queue.add(nil)
		return nil, err
	}
	d.queue.add(waitingOf(kept, w.command.Document()))
	d.metrics.settled.WithLabelValues(w.kind.Name, "deferred").Inc()
	return kept, nil
}

// later is what a caller gets who has wished that a command is carried out later.
func later(ctx context.Context, i *commandv1.Intent) (*commandv1.Intent, error) {
	if state := i.GetState(); state != stateDeferred && state != stateAccepted {
		return answer(i)
	}
	// A caller without a transport, such as a test, has no headers.
	_ = grpc.SetHeader(ctx, metadata.Pairs(appliedMetadata, respondAsync))
	return i, nil
}

func waitingOf(kept *internalv1.KeptIntent, document string) *waiting {
	return &waiting{id: idIn(kept.GetIntent().GetName()), document: document, place: kept.GetPlace(), since: kept.GetIntent().GetUpdateTime().AsTime()}
}

// keptApart is what excludes a command for its caller, which is looked at again when its
// turn comes: by then its caller may have carried out something else.
func (d *Desk) keptApart(ctx context.Context, w *wish) (all []*internalv1.KeptApart) {
	for _, rule := range d.rulesOf(ctx, w) {
		all = append(all, &internalv1.KeptApart{From: rule.From, Because: rule.Because})
	}
	return all
}

// queueRead reads once what waits in the ledger, before anything else is put behind it.
func (d *Desk) queueRead() error {
	d.queueOnce.Do(func() { d.queueFailed = d.readQueue() })
	return d.queueFailed
}

func (d *Desk) readQueue() error {
	facts := d.Ledger.Facts()
	defer facts.Close()
	d.queue.mu.Lock()
	defer d.queue.mu.Unlock()
	for fact, err := range facts.Scan([]byte{queueTag}) {
		if err != nil {
			return fmt.Errorf("reading what was put off: %w", err)
		}
		kept, err := read(facts, string(fact.Value))
		if err != nil {
			return err
		}
		document := ""
		if w, err := d.wishOf(kept); err == nil {
			document = w.command.Document()
		}
		d.queue.insert(waitingOf(kept, document))
	}
	return nil
}

// Deferred tells how many commands wait to be carried out later, since when the oldest of
// them does, and how many may.
func (d *Desk) Deferred() (n int, oldest time.Time, limit int) {
	_ = d.queueRead() // whoever takes something on says why it failed
	n, oldest = d.queue.standing()
	return n, oldest, d.DeferredLimit
}

// afterQueue waits until nothing that was put off is before a command on its document.
func (d *Desk) afterQueue(ctx context.Context, w *wish) error {
	if w.kind.Own || w.kind.Protects {
		return nil // it needs no Odoo, and nobody who keeps goods from people waits for one
	}
	if err := d.queueRead(); err != nil {
		return err
	}
	for {
		ahead := d.queue.ahead(w.command.Document())
		if ahead == nil {
			return nil
		}
		select {
		case <-ahead:
		case <-ctx.Done():
			document := w.command.Document()
			return fault.New(errorsv1.Reason_REASON_CONTENTION, "What was put off before on "+document+" is not carried out yet: ask again, or put this off, too (Prefer: respond-async).",
				fault.Resource("", document), fault.RetryAfter(fault.AskAgain), fault.Because(ctx.Err()))
		}
	}
}

// newIntent is a new intent.
func (d *Desk) newIntent(w *wish, now time.Time) *internalv1.KeptIntent {
	return &internalv1.KeptIntent{Method: w.kind.Method, Request: w.body, Others: keptOwners(w.others), Intent: &commandv1.Intent{
		Name: nameOf(w.id), RequestId: w.requestID, Principal: w.principal, Command: w.kind.Name,
		Document: w.command.Document(), CreateTime: timestamppb.New(now),
	}}
}

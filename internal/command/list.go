package command

import (
	"context"
	"encoding/binary"
	"strings"
	"time"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/fault"
	"odoomesh/internal/filter"
	"odoomesh/internal/index"
	"odoomesh/internal/scope"
	"odoomesh/internal/token"
)

const (
	defaultPage = 50
	maxPage     = 1000
	// readAtMost bounds how many intents one page looks at: a filter that few pass gives
	// short pages, and the token of the next.
	readAtMost = 20_000
)

// domain is what rights on intents are rights on.
const domain = "command"

// meets tells whether a caller meets an intent: its own, or that of anybody where it
// operates commands and is not narrowed.
func meets(ctx context.Context, i *commandv1.Intent) bool {
	return scope.From(ctx) == nil && access.From(ctx).Operates(domain) || i.GetPrincipal() == callerOf(ctx)
}

// kept finds an intent that the caller meets.
func (d *Desk) kept(ctx context.Context, name string) (*internalv1.KeptIntent, error) {
	kept, err := d.ledger.find(idIn(name))
	if err != nil {
		return nil, err
	}
	if kept == nil || !meets(ctx, kept.GetIntent()) {
		return nil, fault.NotFound(name)
	}
	return kept, nil
}

// Get answers an intent.
func (d *Desk) Get(ctx context.Context, name string) (*commandv1.Intent, error) {
	kept, err := d.kept(ctx, name)
	return shownTo(ctx, kept.GetIntent()), err
}

// List answers a page of the intents that the caller meets and that pass a filter, the
// newest first.
func (d *Desk) List(ctx context.Context, r *commandv1.ListIntentsRequest) (*commandv1.ListIntentsResponse, error) {
	desc := (*commandv1.Intent)(nil).ProtoReflect().Descriptor()
	fields, err := index.Fields(desc)
	if err != nil {
		return nil, err
	}
	hash := token.CallHash(collection, r.GetFilter(), callerOf(ctx))
	from, asked, err := d.pageAt(ctx, r.GetPageToken(), hash)
	if err != nil {
		return nil, err
	}
	passes, err := filter.Parse(r.GetFilter(), desc, fields, filter.At(asked, d.Zone()), filter.Open("document"))
	if err != nil {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_FILTER, "filter", err.Error())
	}
	size := min(int(r.GetPageSize()), maxPage)
	if size <= 0 {
		size = defaultPage
	}
	facts := d.Ledger.Facts()
	defer facts.Close()
	answer, looked := &commandv1.ListIntentsResponse{}, 0
	for fact, err := range facts.ScanFrom([]byte{newestTag}, from) {
		if err != nil {
			return nil, err
		}
		if looked == readAtMost || len(answer.GetIntents()) == size {
			answer.NextPageToken = d.Tokens.For(ctx).Page(&internalv1.PageToken{StoreId: d.Ledger.ID(), CallHash: hash, AfterKey: fact.Key[1:], AskedMicros: uint64(asked.UnixMicro())})
			break
		}
		looked++
		kept, err := read(facts, string(fact.Value))
		if err != nil {
			return nil, err
		}
		if !meets(ctx, kept.GetIntent()) {
			continue
		}
		if shown := shownTo(ctx, kept.GetIntent()); passes.Match(shown.ProtoReflect()) {
			answer.Intents = append(answer.Intents, shown)
		}
	}
	return answer, nil
}

// pageAt is the fact that a page begins with, and when the first one was asked for.
func (d *Desk) pageAt(ctx context.Context, text string, hash []byte) ([]byte, time.Time, error) {
	if text == "" {
		return []byte{newestTag}, d.Clock.Now(), nil
	}
	page, err := d.Tokens.For(ctx).ReadPage(text, d.Ledger.ID(), hash)
	if err != nil {
		return nil, time.Time{}, fault.Token("page_token", err)
	}
	if len(page.GetAfterKey()) != 8 {
		return nil, time.Time{}, fault.InvalidField(errorsv1.Reason_REASON_INVALID_PAGE_TOKEN, "page_token", "it is no token of this list: begin with the first page")
	}
	return newestKey(^binary.BigEndian.Uint64(page.GetAfterKey())), token.AskedAt(page, d.Clock.Now()), nil
}

// Retry tries an intent again that is not done, and answers what became of it.
func (d *Desk) Retry(ctx context.Context, name string) (*commandv1.Intent, error) {
	kept, err := d.kept(ctx, name)
	if err != nil {
		return nil, err
	}
	w, err := d.wishOf(kept)
	if err != nil {
		return nil, err
	}
	// The right on intents is not the one on what they change: "/mesh.order.v1.…".
	_, rest, _ := strings.Cut(kept.GetMethod(), ".")
	changed, _, _ := strings.Cut(rest, ".")
	if !access.From(ctx).MayCall(optionsv1.Access_ACCESS_WRITE, changed, kept.GetMethod()) {
		return nil, fault.NotPermitted("write", changed)
	}
	w.refusedToo = true
	patient, cancel := context.WithTimeout(ctx, d.Patience)
	defer cancel()
	d.queue.wake()
	// What became of it is the answer, whatever that is.
	if _, err = d.carryOut(ctx, patient, w); err != nil && !isOutcome(err, name) {
		return nil, err
	}
	return d.Get(ctx, name)
}

// isOutcome tells whether an error is what became of the intent.
func isOutcome(err error, name string) bool {
	switch fault.ReasonOf(err) {
	case errorsv1.Reason_REASON_IN_PROGRESS, errorsv1.Reason_REASON_UNKNOWN_OUTCOME:
		return true
	}
	return fault.About(err) == name
}

// Cancel gives an intent up that is not done.
func (d *Desk) Cancel(ctx context.Context, name, explanation string) (*commandv1.Intent, error) {
	if err := d.queueRead(); err != nil {
		return nil, err
	}
	kept, err := d.kept(ctx, name)
	if err != nil {
		return nil, err
	}
	id := idIn(name)
	r, mine := d.claim(id)
	// What was put off may just be looked at, whether it can be done now.
	for r != nil && !mine && kept.GetIntent().GetState() == stateDeferred {
		select {
		case <-r.ended:
		case <-d.Clock.After(pauses[0]):
		case <-ctx.Done():
			return nil, fault.FromError(ctx.Err())
		}
		if kept, err = d.ledger.find(id); err != nil {
			return nil, err
		}
		r, mine = d.claim(id)
	}
	switch {
	case r == nil:
		return nil, shuttingDown()
	case !mine:
		return nil, inProgress(name)
	}
	defer func() { d.settle(r, nil) }()
	// It may have been carried out since it was looked for.
	if kept, err = d.ledger.find(id); err != nil {
		return nil, err
	}
	if state := kept.GetIntent().GetState(); state == stateCancelled {
		return kept.GetIntent(), nil
	} else if _, err := next(state, givenUp); err != nil {
		return nil, Refused("%s is %s: it cannot be given up.", name, stateWord(state))
	}
	kept, err = d.ledger.move(ctx, kept, givenUp, d.Clock.Now(), func(i *commandv1.Intent) {
		i.Explanation = explanation + " (given up by " + callerOf(ctx) + ")"
	})
	if err == nil {
		d.queue.leave(id)
	}
	return kept.GetIntent(), err
}

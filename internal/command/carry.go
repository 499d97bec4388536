package command

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/gather"
	"odoomesh/internal/odoo"
)

// pauses are how long a worker waits between two looks at what became of a call whose
// answer was lost: Odoo goes on with it, and is often done within a second or two. The
// last one stays.
var pauses = []time.Duration{200 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}

// unreached is the longest pause while Odoo cannot be asked: that costs Odoo nothing, and
// whoever waits is answered soon after it is there.
const unreached = time.Second

// contentions are how often a command is tried again, after a moment, because somebody
// else was in its way.
const contentions = 20

// attempt is one try to carry a command out.
type attempt struct {
	// standing is what a look before has shown; nil where nobody has looked.
	standing *Standing
	// looking makes no call where nothing of the command is in Odoo.
	looking bool
	// over makes no call at all.
	over bool
}

// result is how an attempt ended.
type result struct {
	event event
	// standing is what the last look has shown; looked says that there was one, behind the
	// last call.
	standing Standing
	looked   bool
	// cause is why it is not done.
	cause error
	// contended says that it is worth while to try again at once.
	contended bool
	// ruled says that a rule of the mesh keeps it from being tried, and nothing else.
	ruled bool
}

// course is what is known of a command while it is worked on.
type course struct {
	began time.Time
	// sent is when a call that changes something may have left for Odoo last; zero where
	// none has.
	sent time.Time
	// adrift is the same of a call whose answer is missing: Odoo may still be at it.
	adrift    time.Time
	contended int
	refusedAt string
	// held is how an attempt ended while another call was adrift, and refusal why; nil
	// where none has.
	held    event
	refusal error
}

// takeUp carries on with an intent that was open when the mesh stopped.
func (d *Desk) takeUp(r *run, w *wish) {
	kept := r.intent()
	leave, err := d.lanes.Enter(d.working, w.command.Document())
	if err != nil {
		d.settle(r, kept)
		return
	}
	defer leave()
	// The last call may have left when the mesh stopped.
	now := d.Clock.Now()
	d.settle(r, d.carry(r, w, attempt{looking: true}, &course{began: now, sent: now, adrift: now}))
}

// carry works on an intent until it is settled, or the desk closes.
func (d *Desk) carry(r *run, w *wish, a attempt, c *course) *internalv1.KeptIntent {
	kept := r.intent()
	for try := 0; ; try++ {
		if !d.awaitWord(w, &a, c) {
			return kept
		}
		work := w.work(d, false)
		work.Adrift = !c.adrift.IsZero() && d.Clock.Now().Sub(c.adrift) <= d.LongestRequest
		// Where Odoo has refused it, or asked, it is not called once more before the call that is
		// adrift must have ended: else each call could lose its answer, and nobody would be told.
		a.over = d.Clock.Now().Sub(c.began) > d.LongestRequest || c.refusal != nil && work.Adrift
		seen := d.nextSeen()
		out := d.guarded(w, work, a)
		if work.Odoo.sent {
			c.sent = d.Clock.Now()
		}
		if work.Odoo.adrift {
			c.adrift = d.Clock.Now()
		}
		if d.working.Err() != nil {
			return kept
		}
		if out.contended && c.contended < contentions {
			c.contended++
			if !clock.Sleep(d.working, d.Clock, pauses[0]/4+rand.N(pauses[0])) {
				return kept
			}
			a.standing = nil
			continue
		}
		if c.doubts(out, work) {
			c.refusedAt, a.standing = work.Odoo.last(), nil
			continue
		}
		d.judge(c, &out)
		if out.event != lost || kept.GetIntent().GetState() != stateUnknown {
			kept = d.write(kept, w, work, out)
			r.set(kept)
		}
		if !open(kept.GetIntent().GetState()) {
			return kept
		}
		a.standing = nil
		wait := pauses[min(try, len(pauses)-1)]
		if notReached(out) {
			wait = min(wait, unreached)
		} else {
			seen = nil
		}
		if !d.pause(r, wait, &a, c, seen) {
			return kept
		}
	}
}

// doubts tells whether a refusal is to be heard twice: a race with another client reads
// like a rule, and what is deleted twice is missing. One is believed when the same call
// is refused once more.
func (c *course) doubts(out result, work *Work) bool {
	k := faultKind(out.cause)
	return out.event == refused && (k == odoo.BusinessRule || k == odoo.Missing) && work.Odoo.last() != c.refusedAt
}

// judge says what follows from an attempt with what is known of those before. What may
// have been sent is not called undone, nor refused, before Odoo's longest request has
// passed since, and somebody has looked after that.
func (d *Desk) judge(c *course, out *result) {
	if c.sent.IsZero() {
		return
	}
	certain := out.looked && d.Clock.Now().Sub(c.sent) > d.LongestRequest
	switch {
	case out.event == unsent, out.event == refused && out.ruled && !certain:
		out.event = lost
	case (out.event == refused || out.event == asked) && !c.adrift.IsZero() && d.Clock.Now().Sub(c.adrift) <= d.LongestRequest:
		out.event, c.held, c.refusal = lost, out.event, out.cause
	}
	if out.event == refused && fault.ReasonOf(out.cause) == errorsv1.Reason_REASON_NOT_FOUND {
		out.event, out.cause = asked, &Question{Text: textOf(out.cause) + " It was deleted in Odoo, and whether this was done before is not known."}
	}
	if out.event != lost || !certain {
		return
	}
	if c.refusal != nil {
		out.event, out.cause = c.held, c.refusal
		return
	}
	out.event = unsent
	if out.standing.Stage != Nothing {
		out.event = asked
		out.cause = &Question{Text: fmt.Sprintf("A part of it is done (%s), and the rest cannot be: %s", out.standing.Evidence, textOf(out.cause))}
	}
}

// notReached tells whether an attempt ended since Odoo could not be asked anything, or the
// mesh has not signed in there yet.
func notReached(out result) bool {
	var t *odoo.TransportError
	return errors.As(out.cause, &t) && !t.Sent || fault.ReasonOf(out.cause) == errorsv1.Reason_REASON_ODOO_UNAVAILABLE
}

// pause waits before the next try. Somebody who sends the request once more wants it to
// be carried out, if nothing of it has been: what a command does is harmless twice. An
// attempt that could not ask Odoo anything is made again as soon as Odoo is seen; after a
// start that is the moment of the sign-in, and pauses have grown by then.
func (d *Desk) pause(r *run, wait time.Duration, a *attempt, c *course, seen <-chan struct{}) bool {
	select {
	case <-d.working.Done():
		return false
	case <-seen:
	case <-r.wanted:
		heard := !a.looking
		a.looking, c.began = false, d.Clock.Now()
		if heard { // who sends it ten times a second is heard twice
			return clock.Sleep(d.working, d.Clock, pauses[1])
		}
	case <-d.Clock.After(wait):
	}
	return true
}

// guarded is an attempt that a panic does not end the mesh with: it would meet it again at
// each start.
func (d *Desk) guarded(w *wish, work *Work, a attempt) (out result) {
	defer func() {
		if p := recover(); p != nil {
			d.Logger.LogAttrs(d.working, slog.LevelError, "a command panicked", slog.String("intent", nameOf(w.id)), slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
			out = result{event: lost, cause: fault.Internal(fmt.Errorf("panic: %v", p))}
		}
	}()
	return d.attempt(w, work, a)
}

// Beside does something beside what else is done for a command, and tells how it ended; a
// panic is an error here, too.
func Beside(do func() error) <-chan error {
	ended := make(chan error, 1)
	go func() {
		defer close(ended)
		defer func() {
			if p := recover(); p != nil {
				ended <- fault.Internal(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
			}
		}()
		ended <- do()
	}()
	return ended
}

// attempt looks, does what is missing, and looks again: what Odoo answers is advice.
func (d *Desk) attempt(w *wish, work *Work, a attempt) result {
	ctx, before := d.working, a.standing
	if w.oneOfMany {
		ctx = gather.OneOfMany(ctx)
	}
	unsettled := odoo.WithPriority(ctx, odoo.PriorityUnsettled)
	if before == nil { // it is no first try
		ctx = unsettled
	}
	if err := d.admitted(ctx, w.kind); isChanged(err) {
		return result{event: unsent, cause: err}
	} else if err != nil {
		return result{event: lost, cause: err}
	}
	if before == nil {
		standing, err := w.command.Look(ctx, work)
		if err != nil {
			return gone(result{event: lost, cause: err})
		}
		before = &standing
	}
	out := result{event: lost, standing: *before, looked: true}
	switch {
	case before.Stage == Done:
		return d.signed(ctx, work, w, *before, false, d.refreshing(ctx, w.kind, before.Document))
	case before.Stage == Asks:
		out.event, out.cause = asked, &Question{Text: before.Question}
		return out
	case a.over, a.looking && before.Stage == Nothing:
		out.cause = NotSeen("Odoo does not show anything more of it.")
		return out
	case a.standing == nil && before.Stage == Nothing:
		// Much can have happened since the first try.
		if err := w.command.Check(ctx, work); err != nil {
			out.cause, out.event = err, eventOf(err, false)
			out.ruled = out.event == refused
			return out
		}
	}
	cause := w.command.Do(ctx, work)
	ctx = unsettled
	// Where Odoo says that it is done, it mostly is: the copy need not wait for the look. A
	// command that makes its record does not know it yet.
	var refreshed <-chan error
	if cause == nil && before.Document != "" && !w.kind.Own {
		early := d.refreshing(ctx, w.kind, before.Document)
		defer func() { <-early }()
		refreshed = early
	}
	after, err := w.command.Look(ctx, work)
	if err != nil {
		return gone(result{event: lost, standing: *before, cause: errors.Join(cause, err)})
	}
	switch after.Stage {
	case Done:
		if refreshed == nil || after.Document != before.Document {
			refreshed = d.refreshing(ctx, w.kind, after.Document)
		}
		return d.signed(ctx, work, w, after, cause == nil, refreshed)
	case Asks:
		return result{event: asked, standing: after, looked: true, cause: &Question{Text: after.Question}}
	}
	out = result{event: eventOf(cause, work.Odoo.sent), standing: after, looked: true, cause: cause, contended: isContention(cause)}
	if out.event == unsent && after.Stage != Nothing {
		out.event = lost // what is begun is finished
	}
	if cause == nil {
		out.cause = NotSeen("Odoo said that it was done, and does not hold it: " + after.Evidence + ".")
	}
	return out
}

// NotSeen is why it is not known whether something was done, where no call has failed.
func NotSeen(text string) error { return fault.New(errorsv1.Reason_REASON_UNKNOWN_OUTCOME, text) }

// gone knows a document that was deleted meanwhile.
func gone(out result) result {
	if fault.ReasonOf(out.cause) == errorsv1.Reason_REASON_NOT_FOUND {
		out.event, out.looked, out.ruled = refused, true, true
	}
	return out
}

// resume takes up what was open when the mesh stopped.
func (d *Desk) resume() error {
	ids, err := d.ledger.unsettled()
	if err != nil {
		return err
	}
	for _, id := range ids {
		kept, err := d.ledger.find(id)
		if err != nil {
			return err
		}
		if kept.GetPlace() != 0 {
			continue // its turn in the queue takes it up
		}
		w, err := d.wishOf(kept)
		if err != nil {
			d.Logger.LogAttrs(d.working, slog.LevelError, "a command cannot be taken up", slog.String("intent", nameOf(id)), slog.Any("error", err))
			continue
		}
		if r, mine := d.claim(id); mine {
			r.set(kept)
			d.start(func() { d.takeUp(r, w) })
		}
	}
	return nil
}

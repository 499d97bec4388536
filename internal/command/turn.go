package command

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/fault"
)

// workOff carries out what was put off, until the desk closes.
func (d *Desk) workOff() {
	free := make(chan struct{}, turns)
	for {
		select {
		case free <- struct{}{}:
		case <-d.working.Done():
			return
		}
		one := d.awaitTurn()
		if one == nil {
			return
		}
		d.start(func() {
			defer func() { <-free }()
			d.turn(one)
		})
	}
}

// awaitTurn waits for what may begin; nil says that the desk closes.
func (d *Desk) awaitTurn() *waiting {
	for {
		var lifted <-chan struct{}
		one, pause := (*waiting)(nil), time.Hour
		if lifted = d.lifting(); lifted == nil {
			one, pause = d.queue.next(d.Clock.Now())
		}
		if one != nil {
			return one
		}
		select {
		case <-d.working.Done():
			return nil
		case <-lifted:
		case <-d.queue.stirred:
		case <-d.Clock.After(pause):
		}
	}
}

// turn carries out one that was put off, as far as that goes now.
func (d *Desk) turn(one *waiting) {
	r, mine := d.claim(one.id)
	switch {
	case r == nil:
		return
	case !mine: // somebody is about to cancel it, say
		select {
		case <-r.ended:
		case <-d.working.Done():
		}
		d.queue.back(one, d.Clock.Now())
		return
	}
	leave, free := d.lanes.TryEnter(one.document)
	if free && !d.queue.isFirst(one) {
		leave()
		free = false
	}
	if !free {
		d.settle(r, nil)
		d.queue.back(one, d.Clock.Now().Add(pauses[0]))
		return
	}
	kept, err := d.takeTurn(r, one)
	leave()
	d.settle(r, kept)
	state := kept.GetIntent().GetState()
	switch {
	case d.working.Err() != nil:
	case err == nil && state != stateDeferred && !open(state):
		d.queue.leave(one.id)
	default:
		if away(err) {
			d.queue.rest(d.Clock.Now())
		}
		d.Logger.LogAttrs(d.working, slog.LevelDebug, "what was put off waits on", slog.String("intent", nameOf(one.id)), slog.Any("error", err))
		d.queue.back(one, d.Clock.Now().Add(pauses[min(one.tries, len(pauses)-1)]))
		one.tries++
	}
}

// away tells whether an error would meet every command, since Odoo does not answer or is
// not the one that it was.
func away(err error) bool {
	return err != nil && (isChanged(err) || eventOf(err, false) == unsent)
}

// takeTurn looks whether what was put off can be done now, and does it. An error says why
// it waits on.
func (d *Desk) takeTurn(r *run, one *waiting) (*internalv1.KeptIntent, error) {
	kept, err := d.ledger.find(one.id)
	if err != nil || kept == nil {
		return nil, errors.Join(fmt.Errorf("finding %s", nameOf(one.id)), err)
	}
	r.set(kept)
	w, err := d.wishOf(kept)
	if err != nil {
		return kept, err
	}
	now := d.Clock.Now()
	switch state := kept.GetIntent().GetState(); {
	case open(state): // the mesh has stopped over it
		return d.carry(r, w, attempt{looking: true}, &course{began: now, sent: now, adrift: now}), nil
	case state != stateDeferred:
		return kept, nil
	}
	standing, err := d.examineLater(w, kept)
	switch e := eventOf(err, false); {
	case err == nil:
	case isChanged(err), e == unsent, e == lost:
		return kept, err
	default:
		return d.write(kept, w, w.work(d, false), result{event: e, standing: standing, cause: err}), nil
	}
	kept, err = d.ledger.move(d.working, kept, begun, now, func(i *commandv1.Intent) { i.Explanation = "It is being carried out." })
	if err != nil {
		return kept, err
	}
	r.set(kept)
	return d.carry(r, w, attempt{standing: &standing}, &course{began: now}), nil
}

// examineLater is examine for who has gone away.
func (d *Desk) examineLater(w *wish, kept *internalv1.KeptIntent) (standing Standing, err error) {
	defer func() {
		if p := recover(); p != nil {
			d.Logger.LogAttrs(d.working, slog.LevelError, "a command panicked", slog.String("intent", nameOf(w.id)), slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
			err = fault.New(errorsv1.Reason_REASON_INTERNAL, "The mesh failed over it.")
		}
	}()
	if err := d.admitted(d.working, w.kind); err != nil {
		return standing, err
	}
	var rules []Apart
	for _, rule := range kept.GetApart() {
		rules = append(rules, Apart{From: rule.GetFrom(), Because: rule.GetBecause()})
		if err := d.excluded(d.working, w, rules[len(rules)-1]); err != nil {
			return standing, err
		}
	}
	if err := d.permitted(d.working, w.kind); err != nil {
		return standing, err
	}
	// What it has been tried at may be its own.
	if standing, err = d.look(d.working, w, w.work(d, false), kept.GetIntent().GetAttempts() == 0); err != nil {
		return standing, err
	}
	return standing, d.stillEntitled(d.working, w, rules)
}

package capture

import (
	"context"
	"log/slog"
	"time"
)

// answer is how a probe has ended.
type answer struct {
	of       detector
	findings findings
	began    time.Time
	err      error
}

// loop lets the detectors ask, turn by turn, until Odoo cannot be asked at all. A
// detector that takes long goes on beside the turns that follow.
func (e *Engine) loop(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	w := &looping{Engine: e, answers: make(chan answer), asking: map[string]int{}}
	defer func() {
		stop()
		// A look that has ended remembers what it saw: nobody else would tell of it.
		for ; w.running > 0; w.running-- {
			a := <-w.answers
			w.deliver(a.findings)
			a.of.health().running.Store(false)
		}
	}()
	for {
		began := e.clock.Now()
		hinted := e.hints.models(began)
		next, wait := turn(e.plan().all, began, func(d detector) bool { return d.kind() == "stamps" && hinted[d.model()] }, len(w.asking))
		rest := wait
		if len(next) > 0 {
			if err := w.turn(ctx, next); err != nil {
				return err
			}
			rest = min(e.clock.Now().Sub(began), restMost)
		}
		if err := e.trim(ctx, began); err != nil {
			return err
		}
		if len(hinted) > 0 {
			rest = min(rest, hintPause)
		}
		if err := w.pause(ctx, rest); err != nil {
			return err
		}
	}
}

// looping is what one run of loop knows of the questions that are under way.
type looping struct {
	*Engine
	answers chan answer
	running int
	// asking counts those that run, by model: all questions about a slow one are slow,
	// and hold up the others no more than one of them does.
	asking map[string]int
}

// turn puts some questions, a few at a time, and hears the answers, as long as
// patience lasts.
func (w *looping) turn(ctx context.Context, next []detector) error {
	late := w.running
	patient := w.clock.After(patience)
	for len(next) > 0 || w.running > late {
		for len(next) > 0 && w.running < askAtOnce+late {
			w.ask(ctx, next[0])
			next = next[1:]
		}
		var impatient <-chan time.Time
		if len(w.asking) <= slowAtOnce {
			impatient = patient
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case a := <-w.answers:
			w.count(a.of, -1)
			late = min(late, w.running)
			if err := w.hear(ctx, a); err != nil {
				return err
			}
		case <-impatient:
			if len(next) == 0 {
				return nil
			}
			late = w.running
			patient = w.clock.After(patience)
		}
	}
	return nil
}

// ask lets a detector probe beside the others.
func (w *looping) ask(ctx context.Context, d detector) {
	d.health().running.Store(true)
	w.count(d, 1)
	began := w.clock.Now()
	go func() {
		f, err := d.probe(ctx, began)
		w.answers <- answer{of: d, findings: f, began: began, err: err}
	}()
}

// count notes that a question begins or ends. One about no model in particular hangs
// with a model that others hang with, too.
func (w *looping) count(d detector, by int) {
	w.running += by
	model := d.model()
	if model == "" {
		return
	}
	if w.asking[model] += by; w.asking[model] == 0 {
		delete(w.asking, model)
	}
}

// hear takes in what a detector has found, or how it has failed. It returns an error
// only when Odoo cannot be asked at all.
func (w *looping) hear(ctx context.Context, a answer) error {
	h := a.of.health()
	defer h.running.Store(false)
	w.deliver(a.findings)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	now := w.clock.Now()
	if a.err == nil {
		h.succeeded(a.began, now.Sub(a.began))
		w.answered(now)
		w.observeHeader()
		for _, c := range w.collections {
			if a.of.feeds(c) {
				c.inbox.mark(a.of, a.began, a.findings.until)
			}
		}
		return nil
	}
	if w.ofConnection(a.err, a.began) {
		return a.err
	}
	if h.failed(a.began, now, w.Backoff, reasonOf(a.err)) {
		w.logger.LogAttrs(ctx, slog.LevelWarn, "Odoo cannot be asked about a model", slog.String("detector", a.of.kind()),
			slog.String("model", a.of.model()), slog.Any("reason", a.err))
	}
	return nil
}

// pause waits for a hint, at most for a while, and hears late answers meanwhile.
func (w *looping) pause(ctx context.Context, d time.Duration) error {
	over := w.clock.After(d)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case a := <-w.answers:
			w.count(a.of, -1)
			if err := w.hear(ctx, a); err != nil {
				return err
			}
		case <-w.hints.wake:
			return nil
		case <-over:
			return nil
		}
	}
}

// deliver gives findings to the collections that they concern.
func (e *Engine) deliver(f findings) {
	for _, s := range f.rows {
		for _, c := range e.collections {
			if c.follows(s.model) {
				c.inbox.suspectRows(s)
			}
		}
	}
	for _, s := range f.keys {
		s.to.inbox.suspectKeys(s.cause, s.keys)
	}
}

// observeHeader takes in the time that came with Odoo's latest answer.
func (e *Engine) observeHeader() {
	if c := e.connection.Load(); c.Header != nil {
		e.database.observe(c.Header(), e.clock.Now())
	}
}

// leastEffort is what any look takes of Odoo.
func (e *Engine) leastEffort() time.Duration {
	least := slowest
	for _, s := range e.plan().stamps {
		if !s.state.lastAsked().IsZero() {
			least = min(least, s.state.effort().least())
		}
	}
	return least
}

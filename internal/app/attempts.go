package app

import (
	"errors"
	"sync"
	"time"

	"odoomesh/internal/capture"
	"odoomesh/internal/clock"
	"odoomesh/internal/config"
	"odoomesh/internal/exit"
	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
)

const (
	// secondLook is how long something other than Odoo has to go on answering before
	// it is taken for a wrong address: a page for maintenance passes.
	secondLook = 5 * time.Second
	// untilMended is the pause before it is looked again whether somebody has mended,
	// in Odoo, what the mesh cannot work with.
	untilMended = 15 * time.Second
)

// ends says which failures to connect end the program at its start, by exit code:
// those that no waiting cures. While there is a copy it is served instead, and said
// to be degraded, as readers are better off with it. Only a company that may not be
// seen ends it then too: the copy may hold what the settings keep back.
var ends = map[int]struct{ empty, warm bool }{
	5:  {empty: true},
	6:  {empty: true},
	7:  {}, // but see strange
	8:  {empty: true},
	9:  {empty: true},
	11: {empty: true, warm: true},
}

// attempts decides what a failure to connect means, and when it is tried again.
type attempts struct {
	clock clock.Clock
	// warm tells whether there is a copy to serve.
	warm func() bool

	mu   sync.Mutex
	next time.Time
	last error
	// strange is since when something that is no Odoo has answered; zero: it has not.
	strange time.Time
}

// waiting is a failure to connect that is not worth while to repeat at once.
type waiting struct {
	error
	in time.Duration
}

func (w waiting) Unwrap() error { return w.error }

// RetryIn is how long to wait before connecting again; 0 where nobody says.
func (w waiting) RetryIn() time.Duration { return w.in }

// waits is the latest failure while it is not worth while to try again.
func (p *attempts) waits() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.clock.Now(); now.Before(p.next) {
		return waiting{p.last, p.next.Sub(now)}
	}
	return nil
}

// judge makes a *capture.FatalError of what is to end the program, and of the rest an
// error that tells when to try again.
func (p *attempts) judge(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	wait := odoo.RetryAfter(err)
	code, warm := exit.Code(err), p.warm()
	var connect *odoo.ConnectError
	var missing *mapping.MissingError
	var setting *config.Error
	named := errors.As(err, &connect) || errors.As(err, &missing)
	// A setting that cannot be is mended by a person, whatever there is to serve.
	fatal := errors.As(err, &setting) || named && (ends[code].empty && !warm || ends[code].warm && warm)
	if connect != nil && connect.Reason == odoo.NotOdoo {
		if p.strange.IsZero() {
			p.strange = now
		}
		fatal = !warm && now.Sub(p.strange) >= secondLook
		wait = secondLook
	} else {
		p.strange = time.Time{}
	}
	if fatal {
		return &capture.FatalError{Err: err}
	}
	if named && wait == 0 && code != 7 {
		wait = untilMended
	}
	p.last, p.next = err, now.Add(wait)
	return waiting{err, wait}
}

// connected ends all waiting.
func (p *attempts) connected() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last, p.next, p.strange = nil, time.Time{}, time.Time{}
}

// warm tells whether a copy of an earlier run, or of this one, can be served.
func (a *App) warm() bool {
	for _, s := range a.engine.Statuses() {
		if s.Loaded {
			return true
		}
	}
	return false
}

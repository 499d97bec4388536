package capture

import (
	"sync/atomic"
	"time"
)

// later moves a time forward, never back.
func later(to *atomic.Int64, at time.Time) {
	if !at.IsZero() && at.UnixNano() > to.Load() {
		to.Store(at.UnixNano())
	}
}

// comparedAt is when the oldest of the probes began that the collection depends on;
// zero where one has not been made yet. What changes seldom, and what is counted, may
// be a while ago without making the copy older. counted is the oldest of all but what
// changes seldom.
func (c *collection) comparedAt(now time.Time) (verified, counted time.Time) {
	p := c.engine.plan()
	oldest := func(of *time.Time, at time.Time) {
		if of.IsZero() || at.Before(*of) {
			*of = at
		}
	}
	fed := false
	for _, d := range p.all {
		if !d.feeds(c) {
			continue
		}
		fed = true
		at := c.probed[d]
		if at.IsZero() {
			return time.Time{}, time.Time{}
		}
		w, stamped := d.(*stamps)
		if !stamped || !w.seldom {
			oldest(&counted, at)
		}
		if stamped && !w.seldom {
			oldest(&verified, at)
			continue
		}
		if age := now.Sub(at); age > seldomLate && age > d.pace(now)+seldomLate {
			oldest(&verified, at)
		}
	}
	if !fed || verified.IsZero() {
		// Where this Odoo has none of its models there is nothing to look at, and what is
		// known holds as long as anything answers.
		verified = c.engine.lastAnswer()
	}
	if !fed {
		counted = verified
	}
	return verified, counted
}

// seldomLate is how late a probe of what changes seldom may be before the copy counts
// as no newer than it.
const seldomLate = 10 * time.Second

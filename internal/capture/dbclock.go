package capture

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"odoomesh/internal/odoo"
)

const (
	// clockSlack is added to what a sign-in shows: clocks drift, and a stamp is the
	// start of a transaction.
	clockSlack = 2 * time.Second
	// unknownBy is how far the database's clock may lie behind where nothing tells its
	// time, beyond the overlap: windows reach back as far.
	unknownBy = 15 * time.Minute
	// disagreeBy is from when on clocks are said to disagree.
	disagreeBy = time.Minute
	// headerShift is a change of the header's time against the mesh's that lets the
	// database's be learnt anew: mostly one machine has both.
	headerShift = 5 * time.Second
	// strangersEnough newcomers whose stamps lie behind by the same, give or take
	// strangersWithin, show where the clock stands that nothing else tells of.
	strangersEnough = 3
	strangersWithin = time.Minute
)

// databaseClock is what is known of the time of Odoo's database, by which its
// stamps go. It is known as an offset from the mesh's own clock, whose differences
// survive a clock that is set. What stamps rows say, and what headers say, is no
// knowledge: a row can be stamped with any time, and a header be written by whatever
// stands before Odoo.
type databaseClock struct {
	mu sync.Mutex
	// known says that a sign-in or newcomers have shown it. The database's time is
	// then that of the mesh plus low at least and plus high at most.
	known     bool
	low, high time.Duration
	learned   time.Time
	// header is the last offset of the header's time, and whether there was one;
	// headerThen is what it was when the database's time was learnt.
	header, headerThen time.Duration
	hasHeader          bool
	// back is a time of the database's to which windows go back, because its clock
	// went back; rewinds counts how often that was so.
	back    time.Time
	rewinds int
	// strangers are newcomers whose stamps lie too far back for their windows, as
	// offsets from the mesh's time. due asks for a sign-in.
	strangers []time.Duration
	due       bool
}

// bound is a time of the database that has passed: what will be committed from now
// on is stamped no earlier than one overlap before it.
func (c *databaseClock) bound(now time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.boundLocked(now)
}

func (c *databaseClock) boundLocked(now time.Time) time.Time {
	if c.known {
		return now.Add(c.low - clockSlack)
	}
	guess := now
	if c.hasHeader && c.header < 0 {
		guess = now.Add(c.header)
	}
	return guess.Add(-unknownBy)
}

// settled is a time before which every second of the database's has ended; false
// where its time is not known.
func (c *databaseClock) settled(now time.Time) (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return now.Add(c.low - clockSlack), c.known
}

// latest is a time that the database's clock has surely not reached yet, with a minute
// for what the clocks drift apart; false where its time is not known.
func (c *databaseClock) latest(now time.Time) (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return now.Add(c.high + disagreeBy), c.known
}

// learn takes in what a sign-in has shown. A clock that stands further back than
// was known lets all windows go back to where it may have stood meanwhile.
func (c *databaseClock) learn(e Evidence) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.take(e.Database.Sub(e.After), e.Database.Add(time.Second).Sub(e.Before), e.After)
}

func (c *databaseClock) take(low, high time.Duration, at time.Time) {
	wasBound := c.boundLocked(at)
	since := c.learned
	c.known, c.low, c.high, c.learned, c.due = true, low, high, at, false
	c.headerThen = c.header
	c.strangers = nil
	if is := c.boundLocked(at); is.Before(wasBound.Add(-clockSlack)) && !since.IsZero() {
		c.back, c.rewinds = is.Add(-at.Sub(since)), c.rewinds+1
	}
}

// rewind tells a window from where it has to look again: where it stands, unless the
// clock has gone back since it last asked. Then it looks wide at once.
func (c *databaseClock) rewind(until time.Time, heeded int, reachedBack *time.Time) (time.Time, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if heeded == c.rewinds {
		return until, heeded
	}
	*reachedBack = time.Time{}
	if c.back.Before(until) {
		until = c.back
	}
	return until, c.rewinds
}

// observe takes in the time in the header of Odoo's latest answer.
func (c *databaseClock) observe(header, now time.Time) {
	if header.IsZero() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	offset := header.Sub(now)
	if !c.hasHeader {
		c.headerThen = offset
	}
	c.header, c.hasHeader = offset, true
	if (offset - c.headerThen).Abs() > headerShift {
		c.due = true
	}
}

// notice takes in newcomers that no window has met.
func (c *databaseClock) notice(rows []odoo.Stamp, now time.Time, overlap time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range rows {
		if r.Written.IsZero() || !r.Written.Before(c.boundLocked(now).Add(-overlap)) {
			continue
		}
		c.due = true
		c.strangers = append(c.strangers, r.Written.Sub(now))
		c.strangers = c.strangers[max(0, len(c.strangers)-strangersEnough):]
	}
	if c.known || len(c.strangers) < strangersEnough {
		return
	}
	if low, high := slices.Min(c.strangers), slices.Max(c.strangers); high-low < strangersWithin {
		c.take(low-strangersWithin, high+strangersWithin, now)
	}
}

// ClockState is what is known of the time of Odoo's database.
type ClockState struct {
	// Known says that a sign-in, or what Odoo wrote itself, shows it. Where it is not,
	// windows reach back a quarter of an hour further.
	Known bool
	// Database is how far it is ahead of the mesh's clock, Header how far the time is
	// that comes with Odoo's answers. Either may be negative.
	Database, Header time.Duration
	// Learned is when it was learnt last.
	Learned time.Time
}

// Disagrees tells whether two of the clocks differ by more than a minute.
func (c ClockState) Disagrees() bool {
	return c.Header.Abs() > disagreeBy || c.Known && (c.Database.Abs() > disagreeBy || (c.Header-c.Database).Abs() > disagreeBy)
}

// Evidence says in a sentence, for people, how the clocks differ.
func (c ClockState) Evidence() string {
	header := "Odoo's answers come with a time that is " + ahead(c.Header) + " the mesh's clock"
	if !c.Known {
		return header + "; the clock of Odoo's database is not known."
	}
	return fmt.Sprintf("The clock of Odoo's database is %s the mesh's; %s.", ahead(c.Database), header)
}

// ahead says where a clock stands. The times that Odoo gives have whole seconds.
func ahead(d time.Duration) string {
	if d.Abs() <= 1500*time.Millisecond {
		return "within a second of"
	}
	if d < 0 {
		return d.Abs().Round(time.Second).String() + " behind"
	}
	return d.Round(time.Second).String() + " ahead of"
}

func (c *databaseClock) state() ClockState {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := ClockState{Known: c.known, Learned: c.learned}
	if c.known {
		s.Database = (c.low + c.high) / 2
	}
	if c.hasHeader {
		s.Header = c.header
	} else {
		s.Header = s.Database
	}
	return s
}

// signIns learns the database's time anew now and then, and when something speaks
// against what is known.
type signIns struct {
	engine *Engine
	state  health
}

func (s *signIns) kind() string           { return "clock" }
func (s *signIns) model() string          { return "" }
func (s *signIns) health() *health        { return &s.state }
func (s *signIns) feeds(*collection) bool { return false }

// weight lets a sign-in come before the looks, whose paces are far shorter and who are
// overdue by far more of them where Odoo is slow.
func (s *signIns) weight(time.Time) float64 { return rareWeight }

func (s *signIns) pace(time.Time) time.Duration {
	c := &s.engine.database
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.due {
		return min(disagreeBy, s.engine.Relearn)
	}
	return s.engine.Relearn
}

func (s *signIns) probe(ctx context.Context, _ time.Time) (findings, error) {
	c := s.engine.connection.Load()
	if c.SignIn == nil {
		return findings{}, nil
	}
	e, err := c.SignIn(ctx)
	if err != nil {
		return findings{}, err
	}
	if e != nil {
		s.engine.database.learn(*e)
	}
	return findings{}, nil
}

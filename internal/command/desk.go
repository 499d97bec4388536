package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/odoo"
	"odoomesh/internal/store"
	"odoomesh/internal/token"
)

// Config is what a Desk needs.
type Config struct {
	// Ledger keeps the intents.
	Ledger store.Journal
	// Tokens makes positions and the tokens of the next pages.
	Tokens *token.Maker
	Client Client
	// Refresh brings the copy of a record up to Odoo, by its name.
	Refresh func(ctx context.Context, name string) error
	// Zone is the company's time zone, once Odoo was reached.
	Zone func() *time.Location
	// Apart tells what excludes a method on one document for the caller; nil: nothing.
	Apart func(ctx context.Context, method string) []Apart
	// Others tells which fields that a method writes are somebody else's than the caller's;
	// nil: none.
	Others func(ctx context.Context, method string) []Owner
	// Probe looks at Odoo's fingerprint; nil where nobody asks whether it is the one that
	// it was.
	Probe Probe
	// LongestRequest is how long Odoo works on one request at most: after that what was
	// sent and cannot be seen will not come any more [limit_time_real].
	LongestRequest time.Duration
	// DeferredLimit is how many commands may wait to be carried out later.
	DeferredLimit int
	// Patience is how long a caller waits who has set no deadline.
	Patience   time.Duration
	Clock      clock.Clock
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Desk carries out the commands of all domains. It is safe for concurrent use.
type Desk struct {
	Config
	ledger  ledger
	lanes   Lanes
	metrics metrics
	kinds   map[string]Kind

	// queue has what was put off; queueOnce reads it, and queueFailed says how that failed.
	queue       *queue
	queueOnce   sync.Once
	queueFailed error

	// working ends when the desk closes: workers stop then, and leave open what is open.
	working context.Context
	stop    context.CancelFunc
	workers sync.WaitGroup

	mu      sync.Mutex
	running map[string]*run
	closed  bool
	lacks   examined

	identity identity
	// written has something in it when a command was done since Odoo was looked at.
	written chan struct{}
}

// run is an intent that is being carried out.
type run struct {
	// ended is closed when it is settled, or the desk closes.
	ended chan struct{}
	// wanted has something in it when somebody sent the request once more.
	wanted chan struct{}

	mu   sync.Mutex
	kept *internalv1.KeptIntent
}

func (r *run) intent() *internalv1.KeptIntent {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.kept
}

func (r *run) set(kept *internalv1.KeptIntent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = kept
}

// New makes a desk; it starts nothing.
func New(c Config) *Desk {
	c.Client = &gathered{Client: c.Client}
	d := &Desk{Config: c, ledger: ledger{journal: c.Ledger}, kinds: map[string]Kind{}, running: map[string]*run{}, written: make(chan struct{}, 1), queue: newQueue()}
	d.metrics = newMetrics(c.Registerer, d.Deferred, c.Clock)
	d.working, d.stop = context.WithCancel(odoo.WithPriority(context.Background(), odoo.PriorityCommand))
	return d
}

// Register adds the commands of a domain, before the first is carried out.
func (d *Desk) Register(kinds ...Kind) {
	for _, k := range kinds {
		d.kinds[k.Method] = k
	}
}

// Run takes up what was open when the mesh stopped, until the context ends; it closes
// the desk.
func (d *Desk) Run(ctx context.Context) error {
	defer d.Close()
	if err := errors.Join(d.queueRead(), d.resume()); err != nil {
		return fmt.Errorf("taking up the commands that were open: %w", err)
	}
	d.start(d.workOff)
	if d.Probe != nil {
		return d.watchOdoo(ctx)
	}
	<-ctx.Done()
	return ctx.Err()
}

// Close ends what is under way, and waits for it. Nothing is lost: it is taken up again
// at the next start.
func (d *Desk) Close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.stop()
	d.workers.Wait()
}

// Carry carries a request out and answers its intent when it is done. Whatever keeps it
// from being done is an error that carries its reason, and names the intent where there
// is one.
func (d *Desk) Carry(ctx context.Context, method string, request Request) (*commandv1.Intent, error) {
	ctx = odoo.WithPriority(ctx, odoo.PriorityCommand)
	w, err := d.wish(ctx, method, request)
	if err != nil {
		return nil, err
	}
	if prefersLater(ctx) && !w.kind.Own && !request.GetValidateOnly() {
		return d.putOff(ctx, w)
	}
	patient, cancel := context.WithTimeout(ctx, d.Patience)
	defer cancel()
	if request.GetValidateOnly() {
		return d.validate(patient, w)
	}
	return d.carryOut(ctx, patient, w)
}

func (d *Desk) carryOut(ctx, patient context.Context, w *wish) (*commandv1.Intent, error) {
	r, mine := d.claim(w.id)
	switch {
	case r == nil:
		return nil, shuttingDown()
	case !mine:
		return d.join(r, w)
	}
	if settled, err := d.begin(patient, r, w); settled != nil || err != nil {
		d.settle(r, settled)
		if err != nil {
			return nil, refusal(err)
		}
		return answer(settled.GetIntent())
	}
	return d.await(ctx, patient, r)
}

// claim makes the caller the one who begins an intent, unless it is being carried out
// already; without a run the desk is closed.
func (d *Desk) claim(id string) (r *run, mine bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, false
	}
	if r := d.running[id]; r != nil {
		return r, false
	}
	r = &run{ended: make(chan struct{}), wanted: make(chan struct{}, 1)}
	d.running[id] = r
	d.metrics.running.Set(float64(len(d.running)))
	return r, true
}

// settle ends a run.
func (d *Desk) settle(r *run, kept *internalv1.KeptIntent) {
	if kept != nil {
		r.set(kept)
	}
	d.mu.Lock()
	for id, other := range d.running {
		if other == r {
			delete(d.running, id)
		}
	}
	d.metrics.running.Set(float64(len(d.running)))
	d.mu.Unlock()
	close(r.ended)
}

// join is for a request that is being carried out already.
func (d *Desk) join(r *run, w *wish) (*commandv1.Intent, error) {
	kept := r.intent()
	if kept == nil {
		return nil, inProgress(nameOf(w.id))
	}
	if err := w.same(kept); err != nil {
		return nil, err
	}
	if err := d.halted(w.kind); err != nil {
		return nil, named(err, kept.GetIntent())
	}
	select {
	case r.wanted <- struct{}{}:
	default:
	}
	return answer(kept.GetIntent())
}

// begin brings an intent to where a worker carries it out, or answers it where it is
// settled already. An error leaves nothing behind.
func (d *Desk) begin(ctx context.Context, r *run, w *wish) (settled *internalv1.KeptIntent, err error) {
	// What was done before may be gone: that is not for the ledger alone to say.
	if err := d.halted(w.kind); err != nil {
		return nil, err
	}
	kept, err := d.ledger.find(w.id)
	if err != nil {
		return nil, err
	}
	event := accepted
	if kept != nil {
		if err := w.same(kept); err != nil {
			return nil, err
		}
		switch state := kept.GetIntent().GetState(); {
		case open(state):
			r.set(kept)
			select { // whoever sends it wants it carried out
			case r.wanted <- struct{}{}:
			default: // another one has said so already
			}
			d.start(func() { d.takeUp(r, w) })
			return nil, nil
		case state != stateNotDone && state != stateAsks && (state != stateRefused || !w.refusedToo):
			return kept, nil
		}
		event = retried
	}
	if err := d.afterQueue(ctx, w); err != nil {
		return nil, err
	}
	leave, err := d.lanes.Enter(ctx, w.command.Document())
	if err != nil {
		return nil, occupied(w.command.Document(), err)
	}
	before := kept
	kept, standing, err := d.accept(ctx, w, kept, event)
	if err != nil {
		leave()
		switch {
		case before == nil:
			return nil, err
		case before.GetIntent().GetState() == stateAsks && fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_FOUND:
			return before, nil // the document is gone, and what a person has to decide still stands
		}
		return nil, named(err, before.GetIntent())
	}
	r.set(kept)
	d.start(func() {
		defer leave()
		d.settle(r, d.carry(r, w, attempt{standing: standing}, &course{began: d.Clock.Now()}))
	})
	return nil, nil
}

// accept looks how far a command has come, refuses what is impossible, and takes it on.
func (d *Desk) accept(ctx context.Context, w *wish, kept *internalv1.KeptIntent, e event) (*internalv1.KeptIntent, *Standing, error) {
	// Whether Odoo is the one that it was is looked up beside: all of it only reads.
	admitted := Beside(func() error { return d.admitted(ctx, w.kind) })
	standing, err := d.examine(ctx, w, kept == nil)
	if refused := <-admitted; refused != nil {
		err = refused
	}
	if err != nil {
		return nil, nil, err
	}
	now := d.Clock.Now()
	if kept == nil {
		kept = d.newIntent(w, now)
	}
	kept, err = d.ledger.move(ctx, kept, e, now, func(i *commandv1.Intent) {
		i.Explanation, i.Reason, i.Evidence, i.Calls, i.Warnings = "It is being carried out.", "", "", nil, warned(w.command, nil)
	})
	return kept, &standing, err
}

// examine looks how far a command has come, and refuses what is impossible.
func (d *Desk) examine(ctx context.Context, w *wish, first bool) (standing Standing, err error) {
	if err := d.entitled(ctx, w); err != nil {
		return standing, err
	}
	if err := d.permitted(ctx, w.kind); err != nil {
		return standing, err
	}
	if standing, err = d.look(ctx, w, w.work(d, false), first); err != nil {
		return standing, err
	}
	return standing, d.stillEntitled(ctx, w, d.rulesOf(ctx, w))
}

func (d *Desk) start(work func()) {
	d.workers.Go(work)
}

// await waits for the end of a run, as long as the caller does.
func (d *Desk) await(ctx, patient context.Context, r *run) (*commandv1.Intent, error) {
	select {
	case <-r.ended:
	case <-patient.Done():
		select {
		case <-r.ended:
		default:
			if ctx.Err() != nil {
				return nil, fault.FromError(ctx.Err())
			}
		}
	}
	return answer(r.intent().GetIntent())
}

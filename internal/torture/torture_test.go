package torture

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/metadata"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/store/badgerstore"
)

var (
	rounds = flag.Int("torture.rounds", 12, "rounds of the torture; each is a ledger, an Odoo and some minutes of their time")
	seed   = flag.Uint64("torture.seed", 1, "seed of the first round; each further round has the next")
)

const (
	// longest is how long Odoo works on a request.
	longest = 30 * time.Second
	// enoughRounds is how many rounds give every failpoint its chance.
	enoughRounds = 50
	callers      = 6
	orders       = 3
	receipts     = 3
)

// Whatever is killed, cut, answered falsely or sent again, in whatever order: each
// request is carried out once or not at all, what is said of it is true, and in the end
// it is known of each what became of it.
func TestTorture(t *testing.T) {
	follows, err := documented()
	if err != nil || len(follows) < 10 {
		t.Fatalf("the table of states: %v, %v", follows, err)
	}
	reached := map[string]int{}
	happened := 0
	for round := range *rounds {
		var all []happening
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, *seed+uint64(round), reached)
			w.play(t)
			all = w.all
		})
		happened += len(all)
		if intent, err := judge(all, follows); err != nil {
			t.Fatalf("seed %d: %v\nwhat happened to it:\n%s", *seed+uint64(round), err, of(all, intent))
		}
	}
	t.Logf("%d things happened in %d rounds: %v", happened, *rounds, reached)
	for _, at := range failpoints {
		if *rounds >= enoughRounds && reached[at] == 0 {
			t.Errorf("in %d rounds nothing failed %s", *rounds, at)
		}
	}
}

// failpoints are where the mesh is killed, and what goes wrong beside.
var failpoints = []string{
	"before a sync", "after a sync", "before a keep", "after a keep", "full disk", "before a call", "before a commit", "after a commit", "before an answer", "at a look", "at a note", "before a reply",
	"unreachable", "unreachable at a look", "lost on the way", "contention", "cut while Odoo works", "slow", "a yes for nothing", "a question", "a lie after the commit",
	"rows together", "kept and not shown",
}

// world is one round.
type world struct {
	*history
	house   *house
	kinds   map[string]command.Kind
	log     *badgerstore.Log
	reached map[string]int
	odoo    sync.WaitGroup
	// deadly is at one of how many failpoints the mesh is killed: in some rounds it lives long
	// enough for what many ask at once to go together.
	deadly int

	dice   sync.Mutex
	random *rand.Rand
	calm   bool

	turn sync.Mutex
	now  *life
}

func newWorld(t *testing.T, seed uint64, reached map[string]int) *world {
	w := &world{history: &history{began: time.Now()}, kinds: map[string]command.Kind{}, reached: reached, random: rand.New(rand.NewPCG(seed, 0)), deadly: 15}
	if seed%4 == 0 {
		w.deadly = 300
	}
	w.house = newHouse(w.history)
	for _, k := range w.house.kinds(nil) {
		w.kinds[k.Method] = k
	}
	var err error
	if w.log, err = badgerstore.OpenLog(t.TempDir(), badgerstore.LogOptions{}); err != nil {
		t.Fatal(err)
	}
	return w
}

// below is a choice of the round's, chance one that is made once in so many times, until
// it is calm; span is a time of up to some length, and never a round one, so that what
// happens has an order.
func (w *world) below(n int) int {
	w.dice.Lock()
	defer w.dice.Unlock()
	return w.random.IntN(n)
}

func (w *world) chance(once int) bool {
	w.dice.Lock()
	defer w.dice.Unlock()
	return w.random.IntN(once) == 0 && !w.calm
}

func (w *world) span(most time.Duration) time.Duration {
	w.dice.Lock()
	defer w.dice.Unlock()
	return time.Duration(w.random.Int64N(int64(most))) + 1
}

// rest lets up to some seconds pass, or 20 ms; false when the context has ended.
func (w *world) rest(ctx context.Context, seconds int) bool {
	return clock.Sleep(ctx, clock.System{}, w.span(max(time.Duration(seconds)*time.Second, 20*time.Millisecond)))
}

// hit counts what went wrong.
func (w *world) hit(what string) {
	w.dice.Lock()
	defer w.dice.Unlock()
	w.reached[what]++
}

// start begins a life of the mesh over the same ledger.
func (w *world) start() {
	l := &life{world: w, Journal: w.log, dead: make(chan struct{}), ended: make(chan struct{}), late: map[string]bool{}}
	l.desk = command.New(command.Config{
		Ledger: l, Client: l, LongestRequest: longest, Patience: 5 * time.Second, DeferredLimit: 20, Zone: func() *time.Location { return time.UTC },
		Refresh: func(context.Context, string) error { return nil },
		Clock:   clock.System{}, Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(),
	})
	for _, k := range w.house.kinds(l) {
		l.desk.Register(k)
	}
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	go func() {
		defer close(l.ended)
		_ = l.desk.Run(ctx)
	}()
	w.turn.Lock()
	w.now = l
	w.turn.Unlock()
}

func (w *world) life() *life {
	w.turn.Lock()
	defer w.turn.Unlock()
	return w.now
}

// rises starts the mesh again whenever it was killed.
func (w *world) rises(ctx context.Context) {
	for {
		l := w.life()
		select {
		case <-l.dead:
		case <-ctx.Done():
			return
		}
		l.stop()
		<-l.ended
		w.rest(context.Background(), 2)
		w.start()
	}
}

// play plays a round, and ends it when all is quiet.
func (w *world) play(t *testing.T) {
	w.start()
	ctx, stop := context.WithCancel(context.Background())
	var beside, group sync.WaitGroup
	beside.Go(func() { w.rises(ctx) })
	beside.Go(func() { w.house.people(ctx, w) })
	for n := range callers {
		group.Go(func() { w.caller(fmt.Sprintf("erp%d", n%2)) })
	}
	group.Wait()
	w.dice.Lock()
	w.calm = true
	w.dice.Unlock()
	<-time.After(3 * longest)
	stop()
	beside.Wait()
	w.odoo.Wait()
	last := w.life()
	last.stop()
	<-last.ended
	if err := w.log.Close(); err != nil {
		t.Error(err)
	}
}

// caller sends requests, most of them several times. Its ids are also those of others.
func (w *world) caller(principal string) {
	ctx := access.WithPrincipal(context.Background(), access.NewPrincipal(principal, map[string][]optionsv1.Access{"order": {optionsv1.Access_ACCESS_WRITE}, "receipt": {optionsv1.Access_ACCESS_WRITE}, "product": {optionsv1.Access_ACCESS_WRITE}, "inventory": {optionsv1.Access_ACCESS_WRITE}}))
	for range 12 {
		n := w.below(16)
		w.rest(ctx, 3)
		switch w.below(12) {
		case 10:
			w.imports(ctx, principal)
			continue
		case 0:
			w.cancelled(ctx, principal, fmt.Sprint("r", n))
			continue
		case 1:
			w.retried(ctx, principal, fmt.Sprint("r", n))
			continue
		case 2:
			n += 1000 // another body under the same id
		}
		for range 1 + w.below(3) {
			if w.send(ctx, principal, n) {
				break
			}
			w.rest(ctx, 2)
		}
	}
}

// send sends a request; true when its caller has what it wants.
func (w *world) send(ctx context.Context, principal string, n int) bool {
	_, method, r := request(n)
	return w.carried(ctx, principal, method, r)
}

// carried has a request carried out; true when its caller has what it wants.
func (w *world) carried(ctx context.Context, principal, method string, r command.Request) bool {
	said := happening{principal: principal, request: r.GetRequestId(), body: bodyOf(r)}
	if w.chance(6) { // the caller goes away
		var gone context.CancelFunc
		ctx, gone = context.WithTimeout(ctx, w.span(time.Second))
		defer gone()
	}
	if w.chance(6) { // it is to be carried out later
		ctx = metadata.NewIncomingContext(ctx, metadata.Pairs("prefer", "respond-async"))
		w.hit("put off")
	}
	return w.told(said, func(d *command.Desk) (*commandv1.Intent, error) { return d.Carry(ctx, method, r) })
}

func (w *world) cancelled(ctx context.Context, principal, id string) {
	if known, is := w.taken(principal, id); is {
		w.told(known, func(d *command.Desk) (*commandv1.Intent, error) {
			return d.Cancel(ctx, "intents/"+known.intent, "not wanted")
		})
	}
}

func (w *world) retried(ctx context.Context, principal, id string) {
	if known, is := w.taken(principal, id); is {
		w.told(known, func(d *command.Desk) (*commandv1.Intent, error) { return d.Retry(ctx, "intents/"+known.intent) })
	}
}

// taken is what is known of a request that was taken on.
func (w *world) taken(principal, id string) (happening, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := slices.IndexFunc(w.all, func(h happening) bool { return h.what == moved && h.principal == principal && h.request == id })
	if n < 0 {
		return happening{}, false
	}
	h := w.all[n]
	return happening{principal: principal, request: id, body: h.body, intent: h.intent}, true
}

// told makes a call of the mesh, and notes its answer, unless the mesh was killed before.
func (w *world) told(said happening, do func(*command.Desk) (*commandv1.Intent, error)) bool {
	l := w.life()
	if l.isDead() {
		return false
	}
	said.op = w.ask(said)
	intent, err := do(l.desk)
	w.mu.Lock()
	defer w.mu.Unlock()
	if l.dies("before a reply") {
		return false
	}
	said.what, said.intent = answered, ""
	switch reason := fault.ReasonOf(err); {
	case err == nil:
		said.intent, said.state = path.Base(intent.GetName()), intent.GetState()
		if intent.GetState() == commandv1.State_STATE_DEFERRED && said.intent != "" {
			w.hit("told that it waits")
		}
		if intent.GetPrincipal() != said.principal || intent.GetRequestId() != said.request {
			said.principal = intent.GetPrincipal()
		}
	default:
		said.reason = strings.TrimPrefix(reason.String(), "REASON_")
		if about := fault.About(err); strings.HasPrefix(about, "intents/") {
			said.intent = path.Base(about)
		}
		switch reason {
		case errorsv1.Reason_REASON_UNKNOWN_OUTCOME:
			said.state = commandv1.State_STATE_UNKNOWN
		case errorsv1.Reason_REASON_ACTION_REQUIRED:
			said.state = commandv1.State_STATE_ACTION_REQUIRED
		}
	}
	w.add(said)
	return err == nil
}

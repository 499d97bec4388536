package e2e

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	"odoomesh/internal/odooproxy"
)

// killing is a mesh that is killed again and again while clients use it. What stands before
// its Odoo cuts answers, and answers for Odoo before and after the commit.
type killing struct {
	*person
	*mesh
	t       *testing.T
	odoo    *visible
	seed    uint64
	spoiled *atomic.Int64
	// through is the person's Odoo as the mesh meets it, args what the mesh is started with.
	through *person
	args    []string
	running *process
	killed  int
	// done are the parts that clients have done.
	done atomic.Int64
	// whole and there are how long commands were visible in Odoo before they were settled,
	// with and without the time in which Odoo or the mesh was away.
	whole, there []time.Duration
}

// killable starts a mesh, with more arguments, that can be killed.
func killable(t *testing.T, p *person, odoo *visible, more ...string) *killing {
	t.Helper()
	k := &killing{person: p, t: t, odoo: odoo, seed: rand.Uint64()}
	t.Logf("seed %d", k.seed)
	proxy, through, address := odooproxy.New(odoo), *p, [2]string{freeAddress(t), freeAddress(t)}
	through.url = served(t, proxy)
	k.through, k.spoiled = &through, spoil(proxy, k.seed)
	k.args = append(arguments(k.through, t.TempDir(), more...), "--grpc-addr", address[0], "--http-addr", address[1])
	k.running = spawn(t, k.through, k.args...)
	k.running.await(t, "ready")
	k.mesh = dial(t, address[0], address[1])
	t.Cleanup(k.mesh.stop)
	return k
}

// play lets eight clients do so many things of so many parts each, while the mesh is killed
// so often, and Odoo is restarted. One does the nth thing.
func (k *killing) play(things, parts, kills int, one func(n int, random *rand.Rand)) {
	var group, restarts sync.WaitGroup
	todo := make(chan int, things)
	for n := range things {
		todo <- n
	}
	close(todo)
	for client := range 8 {
		group.Go(func() {
			random := rand.New(rand.NewPCG(k.seed, uint64(client)))
			for n := range todo {
				one(n, random)
			}
		})
	}
	ended := make(chan struct{})
	go func() { group.Wait(); close(ended) }()
	made := func() float64 { return float64(k.done.Load()) / float64(things*parts) }
	restarts.Go(func() { restartOdoo(k.t, k.odoo, ended, made) })
	random := rand.New(rand.NewPCG(k.seed, 99))
	least, more := 300, 2500
	if k.sim != nil { // all is over in seconds
		least, more = 100, 500
	}
	for running := true; running; {
		select {
		case <-ended:
			running = false
		case <-time.After(time.Duration(least+random.IntN(more)) * time.Millisecond):
			// As many are left for the rest as it has things to do.
			if k.killed < kills && float64(k.killed) <= made()*float64(kills) {
				k.kill()
			}
		}
	}
	restarts.Wait()
}

// kill ends the mesh as a power cut does, and starts it again.
func (k *killing) kill() {
	from := time.Now()
	k.running.kill()
	k.running = spawn(k.t, k.through, k.args...)
	k.odoo.isAway(from, time.Now())
	k.killed++
}

// settled waits until of every intent it is known what became of it: its state is one of
// those.
func (k *killing) settled(ctx context.Context, states ...commandv1.State) {
	k.t.Helper()
	eventually(k.t, func() (bool, any) {
		left := slices.DeleteFunc(k.ledger(ctx), func(i *commandv1.Intent) bool { return slices.Contains(states, i.GetState()) })
		return len(left) == 0, left
	})
}

// ledger is all intents.
func (k *killing) ledger(ctx context.Context) (all []*commandv1.Intent) {
	k.t.Helper()
	for page := ""; ; {
		list, err := commandv1.NewIntentServiceClient(k.conn).ListIntents(ctx, &commandv1.ListIntentsRequest{PageSize: 1000, PageToken: page})
		if err != nil {
			k.t.Fatal(err)
		}
		all = append(all, list.GetIntents()...)
		if page = list.GetNextPageToken(); page == "" {
			return all
		}
	}
}

// timely checks that a command was settled soon after Odoo held it, and that nobody was told
// before that it was not done. Of what ends with no call of its own nothing is known.
func (k *killing) timely(mark string, i *commandv1.Intent, undone []time.Time) {
	k.t.Helper()
	if !endsByACall(i) {
		return
	}
	calls := k.odoo.of(i)
	for _, at := range undone {
		if len(calls) > 0 && calls[0].from.Before(at) {
			k.t.Errorf("%s: %s was called not done at %v, and Odoo did it from %v to %v", mark, i.GetCommand(), at, calls[0].from, calls[0].to)
		}
	}
	w, h, ok := k.odoo.settling(i)
	if !ok {
		k.t.Errorf("%s: nobody has seen Odoo do %v", mark, i)
		return
	}
	k.whole, k.there = append(k.whole, w), append(k.there, h)
	if h > 10*time.Second && k.sim == nil { // beside all other tests everything takes long
		k.t.Errorf("%s: %s was settled %v after it was visible, %v of them with Odoo and the mesh there, in %d attempts; %s", mark, i.GetCommand(), w, h, i.GetAttempts(),
			k.odoo.meanwhile(calls[0].to, i.GetUpdateTime().AsTime()))
	}
}

// says how much was done, and how long it took.
func (k *killing) says(what string) {
	k.t.Logf("%s, %d kills, %d restarts of Odoo, %d spoiled calls", what, k.killed, len(k.odoo.away)-k.killed, k.spoiled.Load())
	if n := len(k.there); n > 0 {
		slices.Sort(k.whole)
		slices.Sort(k.there)
		k.t.Logf("%d commands were settled %v after they were visible at the latest, %v without the time in which Odoo or the mesh was away; %v half of them, %v all but one in a hundred",
			n, k.whole[n-1], k.there[n-1], k.there[n/2], k.there[n*99/100])
	}
}

// undoneSaid notes when a client was told that a command was not done, by its steps.
type undoneSaid struct{ steps [][]time.Time }

func (u *undoneSaid) noting(insist send) send {
	return func(call func(ctx context.Context) error) error {
		step := len(u.steps)
		u.steps = append(u.steps, nil)
		return insist(func(ctx context.Context) error {
			err := call(ctx)
			// Without an intent it is the refusal of something that was never begun.
			if r := refusalOf(err); r.reason == "ODOO_UNAVAILABLE" && r.intent != "" {
				u.steps[step] = append(u.steps[step], time.Now())
			}
			return err
		})
	}
}

// restartOdoo runs the command that E2E_ODOO_RESTART holds now and then while clients are
// at work; E2E_ODOO_RESTARTS says how often.
func restartOdoo(t *testing.T, odoo *visible, ended <-chan struct{}, made func() float64) {
	command, restarts := os.Getenv("E2E_ODOO_RESTART"), times(t, "E2E_ODOO_RESTARTS", 5)
	if command == "" {
		return
	}
	for n := range restarts {
		for made() < float64(n+1)/float64(restarts+1) {
			select {
			case <-ended:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
		from := time.Now()
		if out, err := exec.Command("sh", "-c", command).CombinedOutput(); err != nil {
			t.Errorf("restarting Odoo: %v\n%s", err, out)
		}
		odoo.isAway(from, time.Now())
	}
}

// repeating is a client that sends each call up to three times more than it has to, and
// waits for some answers not at all.
func repeating(t testing.TB, random *rand.Rand) send {
	insist := insisting(t)
	return func(call func(ctx context.Context) error) error {
		for range random.IntN(3) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(5+random.IntN(400))*time.Millisecond)
			err := call(ctx)
			cancel()
			if err != nil && !mayBeSentAgain(err) {
				return err
			}
		}
		return insist(call)
	}
}

// spoil lets what stands before Odoo spoil one call in ten of those that change something,
// and counts them.
func spoil(proxy *odooproxy.Proxy, seed uint64) *atomic.Int64 {
	var mu sync.Mutex
	var count atomic.Int64
	random := rand.New(rand.NewPCG(seed, 7))
	calls := odooproxy.Method("load", "create", "write", "unlink", "message_post", "button_confirm", "button_cancel", "button_validate",
		"action_confirm", "action_assign", "action_cancel", "action_post", "action_archive", "action_unarchive")
	for _, trouble := range []odooproxy.Trouble{
		odooproxy.Cut(), odooproxy.AfterCommit(odooproxy.Forbidden()), odooproxy.AfterCommit(odooproxy.BadGateway()), odooproxy.BadGateway(),
	} {
		proxy.Always(calls, func(c odooproxy.Call, w http.ResponseWriter, next http.Handler) {
			mu.Lock()
			spoiled := random.IntN(40) == 0
			mu.Unlock()
			if spoiled {
				count.Add(1)
				trouble(c, w, next)
				return
			}
			next.ServeHTTP(w, c.Request)
		})
	}
	return &count
}

// freeAddress is an address that nobody listens on.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

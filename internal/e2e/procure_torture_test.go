package e2e

import (
	"context"
	"fmt"
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

// Clients buy through the mesh and send each call again at random, also where it was
// answered; meshd is killed again and again; what stands before Odoo cuts answers, and
// answers for Odoo after the commit. In the end Odoo holds each purchase once.
func TestPurchasesWhileTheMeshIsKilled(t *testing.T) {
	t.Parallel()
	ownProcess(t)
	p := simulated(t, 18, 20)
	buyWhileKilled(t, p, before(p.sim))
}

func TestLivePurchasesWhileTheMeshIsKilled(t *testing.T) {
	p := live(t)
	buyWhileKilled(t, p, before(p.server(t)))
}

func buyWhileKilled(t *testing.T, p *person, odoo *visible) {
	proxy := odooproxy.New(odoo)
	purchases, kills, clients := times(t, "E2E_PURCHASES", 8), times(t, "E2E_MESH_KILLS", 3), 8
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	behind := *p
	behind.url = served(t, proxy)
	on := shelfOf(t, p)
	spoiled := spoil(proxy, seed)
	address := [2]string{freeAddress(t), freeAddress(t)}
	args := append(arguments(&behind, t.TempDir()), "--local-writes", "--grpc-addr", address[0], "--http-addr", address[1])
	s := spawn(t, &behind, args...)
	s.await(t, "ready")
	m := dial(t, address[0], address[1])
	defer m.stop()

	var done atomic.Int64
	var mu sync.Mutex
	var bought []*purchase
	undone := map[*purchase][][]time.Time{}
	var group sync.WaitGroup
	todo := make(chan int, purchases)
	for n := range purchases {
		todo <- n
	}
	close(todo)
	for client := range clients {
		group.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(client)))
			for n := range todo {
				said := &undoneSaid{}
				b, err := purchased(m, on, fmt.Sprintf("%s-%d", p.mark, n), said.noting(repeating(t, random)))
				if err != nil {
					t.Error(err)
					continue
				}
				mu.Lock()
				bought, undone[b] = append(bought, b), said.steps
				mu.Unlock()
				done.Add(1)
			}
		})
	}
	ended := make(chan struct{})
	go func() { group.Wait(); close(ended) }()
	var restarts sync.WaitGroup
	restarts.Go(func() {
		restartOdoo(t, odoo, ended, func() float64 { return float64(done.Load()) / float64(purchases) })
	})
	killed := 0
	random := rand.New(rand.NewPCG(seed, 99))
	for running := true; running; {
		select {
		case <-ended:
			running = false
		case <-time.After(time.Duration(300+random.IntN(2500)) * time.Millisecond):
			// As many are left for the rest as it has purchases.
			if made := float64(done.Load()) / float64(purchases); killed < kills && float64(killed) <= made*float64(kills) {
				from := time.Now()
				s.kill()
				s = spawn(t, &behind, args...)
				odoo.isAway(from, time.Now())
				killed++
			}
		}
	}
	restarts.Wait()
	if len(bought) == 0 {
		return
	}
	unsettled := func() []*commandv1.Intent {
		list, err := commandv1.NewIntentServiceClient(m.conn).ListIntents(t.Context(), &commandv1.ListIntentsRequest{Filter: "NOT state = DONE", PageSize: 100})
		if err != nil {
			t.Fatal(err)
		}
		return list.GetIntents()
	}
	eventually(t, func() (bool, any) { left := unsettled(); return len(left) == 0, left })
	var whole, there []time.Duration
	for _, b := range bought {
		p.heldInOdoo(t, on, b)
		for step, i := range b.intents {
			calls := odoo.of(i)
			for _, at := range undone[b][step] {
				if len(calls) > 0 && calls[0].from.Before(at) {
					t.Errorf("%s: %s was called not done at %v, and Odoo did it from %v to %v", b.mark, i.GetCommand(), at, calls[0].from, calls[0].to)
				}
			}
			if w, h, ok := odoo.settling(i); ok {
				whole, there = append(whole, w), append(there, h)
				if h > 10*time.Second && p.sim == nil { // beside all other tests everything takes long
					t.Errorf("%s: %s was settled %v after it was visible, %v of them with Odoo and the mesh there, in %d attempts; %s", b.mark, i.GetCommand(), w, h, i.GetAttempts(),
						odoo.meanwhile(calls[0].to, i.GetUpdateTime().AsTime()))
				}
			} else {
				t.Errorf("%s: nobody has seen Odoo do %v", b.mark, i)
			}
		}
	}
	slices.Sort(whole)
	slices.Sort(there)
	t.Logf("%d purchases, %d kills, %d restarts of Odoo, %d spoiled calls", done.Load(), killed, len(odoo.away)-killed, spoiled.Load())
	t.Logf("%d commands were settled %v after they were visible at the latest, %v without the time in which Odoo or the mesh was away; %v half of them, %v all but one in a hundred",
		len(there), whole[len(whole)-1], there[len(there)-1], there[len(there)/2], there[len(there)*99/100])
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

// restartOdoo runs the command that E2E_ODOO_RESTART holds now and then while purchases
// are made; E2E_ODOO_RESTARTS says how often.
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
	calls := odooproxy.Method("load", "button_confirm", "button_validate", "action_post", "unlink", "message_post")
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

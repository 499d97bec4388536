package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
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
	buyWhileKilled(t, p, odooproxy.New(p.sim))
}

func TestLivePurchasesWhileTheMeshIsKilled(t *testing.T) {
	p := live(t)
	root, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	buyWhileKilled(t, p, odooproxy.To(root))
}

func buyWhileKilled(t *testing.T, p *person, proxy *odooproxy.Proxy) {
	purchases, kills, clients := times(t, "E2E_PURCHASES", 8), times(t, "E2E_MESH_KILLS", 3), 8
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	behind := *p
	behind.url = served(t, proxy)
	on := shelfOf(t, p)
	spoil(proxy, seed)
	address := [2]string{freeAddress(t), freeAddress(t)}
	args := append(arguments(&behind, t.TempDir()), "--local-writes", "--grpc-addr", address[0], "--http-addr", address[1])
	s := spawn(t, &behind, args...)
	s.await(t, "ready")
	m := dial(t, address[0], address[1])
	defer m.stop()

	var done atomic.Int64
	var mu sync.Mutex
	var bought []*purchase
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
				b, err := purchased(m, on, fmt.Sprintf("%s-%d", p.mark, n), repeating(t, random))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				bought = append(bought, b)
				mu.Unlock()
				done.Add(1)
			}
		})
	}
	ended := make(chan struct{})
	go func() { group.Wait(); close(ended) }()
	killed := 0
	random := rand.New(rand.NewPCG(seed, 99))
	for running := true; running; {
		select {
		case <-ended:
			running = false
		case <-time.After(time.Duration(300+random.IntN(2500)) * time.Millisecond):
			if killed < kills {
				s.kill()
				s = spawn(t, &behind, args...)
				killed++
			}
		}
	}
	if t.Failed() {
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
	for _, b := range bought {
		p.heldInOdoo(t, on, b)
	}
	t.Logf("%d purchases, %d kills", done.Load(), killed)
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

// spoil lets what stands before Odoo spoil one call in ten of those that change something.
func spoil(proxy *odooproxy.Proxy, seed uint64) {
	var mu sync.Mutex
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
				trouble(c, w, next)
				return
			}
			next.ServeHTTP(w, c.Request)
		})
	}
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

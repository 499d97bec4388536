package rpc_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	eventv1 "odoomesh/gen/go/mesh/event/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/audit"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/rpc"
)

// still is a clock that a test moves.
type still struct {
	clock.System
	now time.Time
}

func (s *still) Now() time.Time { return s.now }

// kept keeps what was recorded.
type kept struct {
	mu      sync.Mutex
	records []audit.Record
	// full is why nothing can be kept.
	full error
}

func (k *kept) Ready() error { return k.full }

func (k *kept) Record(_ context.Context, r audit.Record) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.records = append(k.records, r)
	return k.full
}

type stubs struct {
	operationsv1.UnimplementedOperationsServiceServer
	eventv1.UnimplementedEventServiceServer
}

// chainOf is the standard chain before some services.
func chainOf(t *testing.T, p rpc.Parts) (*rpc.Chain, error) {
	t.Helper()
	chain := rpc.Standard(p)
	server := grpc.NewServer()
	productv1.RegisterProductServiceServer(server, &products{})
	operationsv1.RegisterOperationsServiceServer(server, stubs{}.UnimplementedOperationsServiceServer)
	return chain, chain.Cover(server.GetServiceInfo())
}

func call(t *testing.T, chain *rpc.Chain, method string, request any, handler grpc.UnaryHandler) error {
	t.Helper()
	ctx := peer.NewContext(t.Context(), &peer.Peer{Addr: localAddr{}})
	_, err := chain.Unary(grpc.NewContextWithServerTransportStream(ctx, &transport{}), request, &grpc.UnaryServerInfo{FullMethod: method}, handler)
	return err
}

type localAddr struct{}

func (localAddr) Network() string { return "unix" }
func (localAddr) String() string  { return "/test" }

func answers(context.Context, any) (any, error) { return &productv1.Product{}, nil }

func TestACallerThatUsesUpItsUnitsIsToldWhenToComeBack(t *testing.T) {
	p, clk := quiet(parts(t, &logBuffer{}, newRegistry(), "")), &still{now: time.Unix(1, 0)}
	p.Clock, p.Limits = clk, rpc.Limits{UnitsPerSecond: 500}
	chain, err := chainOf(t, p)
	if err != nil {
		t.Fatal(err)
	}
	get := func() error {
		return call(t, chain, productv1.ProductService_GetProduct_FullMethodName, &productv1.GetProductRequest{Name: "products/1"}, answers)
	}
	for i := range 1000 { // what two quiet seconds have saved
		if err := get(); err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
	}
	refused := get()
	if fault.ReasonOf(refused) != errorsv1.Reason_REASON_OVERLOADED {
		t.Fatalf("%v", refused)
	}
	clk.now = clk.now.Add(2 * time.Millisecond)
	if err := get(); err != nil {
		t.Errorf("after the pause: %v", err)
	}
	if err := get(); err == nil {
		t.Error("a pause of one unit paid for two")
	}
}

func TestAMethodThatNobodyCouldPayKeepsTheServerFromStarting(t *testing.T) {
	p := quiet(parts(t, &logBuffer{}, newRegistry(), ""))
	p.Limits = rpc.Limits{UnitsPerSecond: 499}
	if _, err := chainOf(t, p); err == nil || !strings.Contains(err.Error(), "caller-max-units-per-second to 500") {
		t.Errorf("%v", err)
	}
}

func TestStreamsAreCountedWhileTheyAreOpen(t *testing.T) {
	p := quiet(parts(t, &logBuffer{}, newRegistry(), ""))
	p.Limits = rpc.Limits{Streams: 1}
	chain, err := chainOf(t, p)
	if err != nil {
		t.Fatal(err)
	}
	ctx := peer.NewContext(t.Context(), &peer.Peer{Addr: localAddr{}})
	info := &grpc.StreamServerInfo{FullMethod: productv1.ProductService_WatchProducts_FullMethodName}
	watch := func(handler grpc.StreamHandler) error {
		return chain.Stream(nil, &serverStream{ctx: grpc.NewContextWithServerTransportStream(ctx, &transport{})}, info, handler)
	}
	err = watch(func(any, grpc.ServerStream) error {
		second := watch(func(any, grpc.ServerStream) error { return nil })
		if fault.ReasonOf(second) != errorsv1.Reason_REASON_OVERLOADED {
			t.Errorf("a second stream: %v", second)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := watch(func(any, grpc.ServerStream) error { return nil }); err != nil {
		t.Errorf("after the first has ended: %v", err)
	}
}

type serverStream struct {
	grpc.ServerStream
	ctx context.Context
}

func (s *serverStream) Context() context.Context { return s.ctx }

func TestAPageIsNoLargerThanAllowed(t *testing.T) {
	for _, c := range []struct{ limit, asked, want int32 }{{10, 1000, 10}, {10, 5, 5}, {10, 0, 10}, {100, 0, 0}, {0, 1000, 1000}} {
		p := quiet(parts(t, &logBuffer{}, newRegistry(), ""))
		p.Limits = rpc.Limits{PageSize: int(c.limit)}
		chain, err := chainOf(t, p)
		if err != nil {
			t.Fatal(err)
		}
		err = call(t, chain, productv1.ProductService_ListProducts_FullMethodName, &productv1.ListProductsRequest{PageSize: c.asked}, func(_ context.Context, r any) (any, error) {
			if got := r.(*productv1.ListProductsRequest).GetPageSize(); got != c.want {
				t.Errorf("%+v: got %d", c, got)
			}
			return &productv1.ListProductsResponse{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// The audit has a record of each call that the contract marks, however it ends, and of
// no other.
func TestTheAuditSeesEveryOutcome(t *testing.T) {
	recorder := &kept{}
	p := quiet(parts(t, &logBuffer{}, newRegistry(), ""))
	p.Audit, p.Clock = recorder, &still{now: time.Unix(1, 0)}
	chain, err := chainOf(t, p)
	if err != nil {
		t.Fatal(err)
	}
	verify := operationsv1.OperationsService_VerifyRecord_FullMethodName
	request := &operationsv1.VerifyRecordRequest{Name: "products/1"}
	_ = call(t, chain, verify, request, answers)
	_ = call(t, chain, verify, request, func(context.Context, any) (any, error) { return nil, fault.NotFound("products/1") })
	_ = call(t, chain, verify, request, func(context.Context, any) (any, error) { panic("broken") })
	_ = call(t, chain, verify, &operationsv1.VerifyRecordRequest{}, answers)
	_, _ = chain.Unary(grpc.NewContextWithServerTransportStream(t.Context(), &transport{}), request, &grpc.UnaryServerInfo{FullMethod: verify}, answers)
	_ = call(t, chain, productv1.ProductService_GetProduct_FullMethodName, &productv1.GetProductRequest{Name: "products/1"}, answers)

	var got [][3]string
	for _, r := range recorder.records {
		if r.Method != verify || r.RequestID == "" || r.Began.IsZero() {
			t.Errorf("%+v", r)
		}
		got = append(got, [3]string{r.Principal, r.Subject, r.Outcome})
	}
	want := [][3]string{
		{"local", "products/1", audit.Answered}, {"local", "products/1", "REASON_NOT_FOUND"}, {"local", "products/1", "REASON_INTERNAL"},
		{"local", "", "REASON_INVALID_NAME"}, {"", "products/1", "REASON_UNAUTHENTICATED"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Who was refused for what it is, or at its limit, is recorded whatever it called; and
// nothing is changed, nor called done, without a record of it.
func TestRefusalsAreRecordedAndNothingIsDoneUnrecorded(t *testing.T) {
	recorder := &kept{}
	p := quiet(parts(t, &logBuffer{}, newRegistry(), ""))
	p.Audit = recorder
	p.AuditedReads = func(method string) bool { return method == productv1.ProductService_BatchGetProducts_FullMethodName }
	chain, err := chainOf(t, p)
	if err != nil {
		t.Fatal(err)
	}
	get, read := productv1.ProductService_GetProduct_FullMethodName, &productv1.GetProductRequest{Name: "products/1"}
	_, _ = chain.Unary(grpc.NewContextWithServerTransportStream(t.Context(), &transport{}), read, &grpc.UnaryServerInfo{FullMethod: get}, answers)
	_ = call(t, chain, get, read, func(context.Context, any) (any, error) { return nil, fault.NotPermitted("read", "product") })
	_ = call(t, chain, get, read, func(context.Context, any) (any, error) { return nil, fault.NotFound("products/1") })
	_ = call(t, chain, get, read, answers)
	_ = call(t, chain, productv1.ProductService_BatchGetProducts_FullMethodName, &productv1.BatchGetProductsRequest{Names: []string{"products/1"}}, answers)
	var got []string
	for _, r := range recorder.records {
		got = append(got, r.Principal+" "+r.Outcome+" "+r.Says)
	}
	if diff := cmp.Diff([]string{" REASON_UNAUTHENTICATED ", "local REASON_NOT_PERMITTED The caller lacks the right read on product.", "local OK "}, got); diff != "" {
		t.Error(diff)
	}

	recorder.full = errors.New("the disk is full")
	resync, request := operationsv1.OperationsService_AcceptOdoo_FullMethodName, &operationsv1.AcceptOdooRequest{Etag: "1-1", Reason: "upgraded"}
	done := false
	err = call(t, chain, resync, request, func(context.Context, any) (any, error) { done = true; return request, nil })
	if fault.ReasonOf(err) != errorsv1.Reason_REASON_AUDIT_UNAVAILABLE || !strings.Contains(err.Error(), "the disk is full") || done {
		t.Errorf("%v, done: %v", err, done)
	}
	recorder.full = nil
	err = call(t, chain, resync, request, func(ctx context.Context, _ any) (any, error) {
		if c, is := audit.CallerOf(ctx); !is || c.Principal != "local" || c.CallID == "" {
			t.Errorf("the caller is %+v", c)
		}
		recorder.full = errors.New("the disk is full")
		return request, nil
	})
	if fault.ReasonOf(err) != errorsv1.Reason_REASON_AUDIT_UNAVAILABLE {
		t.Errorf("it was called done without a record: %v", err)
	}
	if err := call(t, chain, get, read, answers); err != nil {
		t.Errorf("a read is refused: %v", err)
	}
}

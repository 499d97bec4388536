package e2e

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/odoosim"
)

const (
	// hugeLines is more than an order has that anybody has entered.
	hugeLines = 20_000
	// hugeMemory is what meshd may take for it, in bytes: the log and the cache hold the
	// record several times over while it is changed.
	hugeMemory = 640 << 20
)

// An order of very many lines is loaded, followed, found and sent like any other, by
// clients that take it, and others are told why they do not get it. So is a product
// with a text of megabytes.
func TestAnOrderOfTwentyThousandLines(t *testing.T) {
	t.Parallel()
	ownProcess(t)
	p := simulated(t, 18, 40)
	order, line := p.hugeOrder(t, hugeLines)
	text := strings.Repeat("Keep dry. ", 200_000)
	worded := p.create(t, "product.product", map[string]any{"name": "Worded", "default_code": "WORDED"})
	p.write(t, "product.product", worded, map[string]any{"description": text})
	dir := t.TempDir()
	s := spawn(t, p, arguments(p, dir)...)
	s.await(t, "ready")
	name := fmt.Sprintf("orders/%d", order)

	s.showsHuge(t, name, line, "")
	small, whole := s.watchOrders(t, t.Context()), s.watchOrders(t, wide(t.Context()), wideCall...)
	p.write(t, "purchase.order.line", line, map[string]any{"name": "Changed"})
	stub := small.next(t, func(r *orderv1.WatchOrdersResponse) bool { return r.GetChangeType() == updated })
	if got := stub.GetTooLarge(); got.GetName() != name || stub.GetOrder() != nil || got.GetSizeBytes() < 4<<20 {
		t.Errorf("a client that takes 4 MiB gets %v", got)
	}
	change := whole.next(t, func(r *orderv1.WatchOrdersResponse) bool { return r.GetChangeType() == updated })
	if n := len(change.GetOrder().GetLines()); n != hugeLines {
		t.Errorf("a client that takes more gets %d lines", n)
	}
	s.comesToSay(t, name, line, "Changed")
	s.showsHuge(t, name, line, "Changed")
	if _, err := s.orders.GetOrder(t.Context(), &orderv1.GetOrderRequest{Name: name}); status.Code(err) != codes.OutOfRange {
		t.Errorf("a client that takes 4 MiB: %v", err)
	}
	product, err := s.products.GetProduct(t.Context(), &productv1.GetProductRequest{Name: productName(worded)})
	if err != nil || !strings.HasPrefix(product.GetDescription(), text[:10_000]) {
		t.Errorf("a long text: %d bytes of %d, %v", len(product.GetDescription()), len(text), err)
	}

	s.boundedMemory(t, "after a change")
	s.kill()
	again := spawn(t, p, arguments(p, dir)...)
	again.await(t, "ready")
	again.showsHuge(t, name, line, "Changed")
	p.write(t, "purchase.order.line", line, map[string]any{"name": "Once more"})
	again.comesToSay(t, name, line, "Once more")
	again.boundedMemory(t, "after a restart")
	// A business event holds its record by name: it does not grow with the lines.
	for _, journal := range []string{"events", "stock"} {
		if n := sizeOf(t, filepath.Join(dir, journal)); n > 8<<20 {
			t.Errorf("the folder %s has %d bytes", journal, n)
		}
	}
}

// hugeOrder makes an order of so many lines, and gives its id and that of its first line.
func (p *person) hugeOrder(t *testing.T, lines int) (order, line int64) {
	t.Helper()
	err := p.sim.Do(func(tx *odoosim.Tx) error {
		products, err := tx.Search("product.product", []any{[]any{"purchase_ok", "=", true}})
		if err != nil {
			return err
		}
		suppliers, err := tx.Search("res.partner", []any{[]any{"supplier_rank", ">", int64(0)}})
		if err != nil {
			return err
		}
		first := []any{0, 0, map[string]any{"product_id": products[0], "product_qty": 2.0, "name": "As agreed in the frame contract; to be delivered to the central store of the hospital, door 4, before noon"}}
		if order, err = tx.Create("purchase.order", map[string]any{"partner_id": suppliers[0], "order_line": []any{first}}); err != nil {
			return err
		}
		made, err := tx.Search("purchase.order.line", []any{[]any{"order_id", "=", order}})
		line = made[0]
		return err
	})
	if err == nil {
		err = p.sim.LoadLines(line, lines-1)
	}
	if err != nil {
		t.Fatal(err)
	}
	return order, line
}

// wideCall and wide let a client take an order of any length, and say so.
var wideCall = []grpc.CallOption{grpc.MaxCallRecvMsgSize(64 << 20)}

func wide(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "mesh-max-message-bytes", strconv.Itoa(64<<20))
}

// textOf is the description of a line of an order.
func textOf(o *orderv1.Order, line int64) string {
	for _, l := range o.GetLines() {
		if l.GetId() == fmt.Sprint(line) {
			return l.GetDescription()
		}
	}
	return ""
}

// comesToSay waits until the order's line has a text.
func (m *mesh) comesToSay(t *testing.T, name string, line int64, says string) {
	t.Helper()
	eventually(t, func() (bool, any) {
		o, err := m.orders.GetOrder(wide(t.Context()), &orderv1.GetOrderRequest{Name: name}, wideCall...)
		return err == nil && textOf(o, line) == says, err
	})
}

// showsHuge reads the order, finds it, and lists it; says is the text of one of its
// lines where that is known.
func (m *mesh) showsHuge(t *testing.T, name string, line int64, says string) {
	t.Helper()
	o, err := m.orders.GetOrder(wide(t.Context()), &orderv1.GetOrderRequest{Name: name}, wideCall...)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(o.GetLines()); n != hugeLines || len(o.GetProvenance().GetFaults()) > 0 {
		t.Fatalf("it has %d lines and faults %v", n, o.GetProvenance().GetFaults())
	}
	if has := textOf(o, line); says != "" && has != says {
		t.Errorf("a line says %q, want %q", has, says)
	}
	list, err := m.orders.ListOrders(t.Context(), &orderv1.ListOrdersRequest{
		Filter: fmt.Sprintf("lines.product = %q", o.GetLines()[0].GetProduct()), ReadMask: &fieldmaskpb.FieldMask{Paths: []string{"name", "number"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, o := range list.GetOrders() {
		found = found || o.GetName() == name
	}
	if !found {
		t.Errorf("a filter by a line's product finds %v", list.GetOrders())
	}
}

// orderWatch receives what a watch of orders sends.
type orderWatch struct {
	grpc.ServerStreamingClient[orderv1.WatchOrdersResponse]
}

// watchOrders watches from now on: its first message has come.
func (m *mesh) watchOrders(t *testing.T, ctx context.Context, options ...grpc.CallOption) orderWatch {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, patience)
	t.Cleanup(cancel)
	stream, err := m.orders.WatchOrders(ctx, &orderv1.WatchOrdersRequest{}, options...)
	if err != nil {
		t.Fatal(err)
	}
	w := orderWatch{stream}
	w.next(t, func(*orderv1.WatchOrdersResponse) bool { return true })
	return w
}

// next waits for a message.
func (w orderWatch) next(t *testing.T, fits func(*orderv1.WatchOrdersResponse) bool) *orderv1.WatchOrdersResponse {
	t.Helper()
	for {
		r, err := w.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if fits(r) {
			return r
		}
	}
}

var mostMemory = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// boundedMemory tells whether meshd has ever taken more than it may.
func (s *process) boundedMemory(t *testing.T, when string) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Skipf("this system does not tell a process's memory: %v", err)
	}
	kb, err := strconv.ParseInt(string(mostMemory.FindSubmatch(text)[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s meshd has taken %d MiB at most", when, kb>>10)
	if kb<<10 > hugeMemory {
		t.Errorf("%s meshd has taken %d MiB", when, kb>>10)
	}
}

// sizeOf is how much the files in a folder hold, as far as they are written.
func sizeOf(t *testing.T, dir string) int64 {
	t.Helper()
	var n int64
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if i, err := d.Info(); err == nil {
				n += i.Sys().(*syscall.Stat_t).Blocks * 512
			}
		}
		return nil
	})
	return n
}

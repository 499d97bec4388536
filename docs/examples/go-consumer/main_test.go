package main

import (
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/fault"
)

// brittle is a mesh whose streams break after two messages of three events.
type brittle struct {
	inventoryv1.UnimplementedInventoryServiceServer
	head int
}

func (b *brittle) StreamInventoryEvents(in *inventoryv1.StreamInventoryEventsRequest, out inventoryv1.InventoryService_StreamInventoryEventsServer) error {
	at, _ := strconv.Atoi(in.GetPosition())
	for range 2 {
		m := &inventoryv1.StreamInventoryEventsResponse{NewestEvent: int64(b.head)}
		for range min(3, b.head-at) {
			at++
			balance := &decimal.Decimal{Value: strconv.Itoa(at)}
			m.InventoryEvents = append(m.InventoryEvents, &inventoryv1.InventoryEvent{
				Name: fmt.Sprintf("inventoryEvents/%d", at), Product: "products/1", DestinationLocation: "locations/8", DestinationBalance: balance,
			})
		}
		m.Position, m.ReachedEvent = strconv.Itoa(at), int64(at)
		if err := out.Send(m); err != nil {
			return err
		}
	}
	return fault.Unavailable(errorsv1.Reason_REASON_SHUTTING_DOWN, "stopping", 0)
}

func TestItGoesOnOverBrokenStreamsAndKills(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, mesh := grpc.NewServer(), &brittle{}
	inventoryv1.RegisterInventoryServiceServer(server, mesh)
	go func() { _ = server.Serve(listener) }()
	defer server.Stop()
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	path := filepath.Join(t.TempDir(), "stock.json")
	for _, head := range []int{20, 20, 23} {
		mesh.head = head
		s, err := load(path) // what a kill has left
		if err != nil {
			t.Fatal(err)
		}
		for s.Event < int64(head) {
			if err := follow(t.Context(), inventoryv1.NewInventoryServiceClient(conn), s, path); !passes(err) {
				t.Fatal(err)
			}
		}
		if s, err = load(path); err != nil || s.Event != int64(head) || s.Stock["products/1 locations/8"] != strconv.Itoa(head) {
			t.Errorf("at event %d the file holds %+v, %v", head, s, err)
		}
	}
	if passes(fault.PositionTooOld("x")) {
		t.Error("a position that is gone is asked for again and again")
	}
}

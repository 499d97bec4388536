// Command go-consumer is an example of a consumer of inventory events: it keeps, in
// a file, how much of each product and lot is in each location, and goes on with
// what happens.
//
// The file holds the stock together with the position that it belongs to, and is
// replaced as a whole. So a kill at any instant costs nothing but the events since
// the last time, which come again, and none counts twice.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/signal"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

// saveEvery is after how many events the state is saved at the latest. It is saved
// too whenever nothing is left to be read.
const saveEvery = 10_000

func main() {
	server := flag.String("server", "127.0.0.1:9090", "address of meshd's gRPC")
	path := flag.String("state", "stock.json", "file of the stock and the position")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *server, *path); err != nil && ctx.Err() == nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, server, path string) error {
	conn, err := grpc.NewClient(server, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	s, err := load(path)
	if err != nil {
		return err
	}
	log.Printf("going on behind event %d", s.Event)
	for {
		err := follow(ctx, inventoryv1.NewInventoryServiceClient(conn), s, path)
		if !passes(err) {
			return err
		}
		log.Printf("the stream broke, next try in a second: %v", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// passes tells whether to try again. A position that the mesh no longer keeps, or
// does not know, never comes back: remove the file, and begin anew.
func passes(err error) bool {
	switch status.Code(err) {
	case codes.Unavailable, codes.Internal, codes.ResourceExhausted, codes.Aborted:
		return true
	}
	return false
}

func follow(ctx context.Context, inventory inventoryv1.InventoryServiceClient, s *state, path string) error {
	stream, err := inventory.StreamInventoryEvents(ctx, &inventoryv1.StreamInventoryEventsRequest{Position: s.Position})
	if err != nil {
		return err
	}
	unsaved := 0
	for {
		m, err := stream.Recv()
		if err != nil {
			return err
		}
		for _, e := range m.GetInventoryEvents() {
			s.apply(e)
		}
		s.Position, s.Event = m.GetPosition(), m.GetReachedEvent()
		unsaved += len(m.GetInventoryEvents())
		if unsaved > 0 && (unsaved >= saveEvery || m.GetReachedEvent() == m.GetNewestEvent()) {
			if err := s.save(path); err != nil {
				return err
			}
			log.Printf("event %d of %d, stock in %d places", s.Event, m.GetNewestEvent(), len(s.Stock))
			unsaved = 0
		}
	}
}

// state is what this consumer makes of the events.
type state struct {
	// Position is where the stream goes on. It is opaque, and belongs to one mesh
	// and one filter.
	Position string `json:"position"`
	// Event is the number of the last event that is in here.
	Event int64 `json:"event"`
	// Stock is the quantity by "product location lot".
	Stock map[string]string `json:"stock"`
}

// apply takes over the balances that an event tells. Nothing has to be added up, and
// an event that comes again changes nothing.
func (s *state) apply(e *inventoryv1.InventoryEvent) {
	before := e.GetLot()
	if e.GetType() == inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_LOT_ASSIGNED {
		before = e.GetSourceLot() // nothing moves, and the lot changes
	}
	s.put(e.GetProduct(), e.GetSourceLocation(), before, e.GetSourceBalance().GetValue())
	s.put(e.GetProduct(), e.GetDestinationLocation(), e.GetLot(), e.GetDestinationBalance().GetValue())
}

func (s *state) put(product, location, lot, balance string) {
	if balance != "" { // a hold moves nothing
		s.Stock[strings.TrimSpace(fmt.Sprintf("%s %s %s", product, location, lot))] = balance
	}
}

func load(path string) (*state, error) {
	s := &state{Stock: map[string]string{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	return s, json.Unmarshal(text, s)
}

// save writes beside the file and then renames, so that the file is always whole.
func (s *state) save(path string) error {
	text, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return err
	}
	file, err := os.Create(path + ".new")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

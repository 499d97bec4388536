package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/odoosim"
)

const (
	// moved is how many movements there are to stream, eventTurns how often bare
	// and mesh take turns to send them all.
	moved      = 20_000
	eventTurns = 5
	// subscribers are at the live tail while edits change that many lines; sleepers
	// are those of them that do not read.
	subscribers, tailConnections = 1000, 20
	sleepers                     = 50
	edits                        = 2000
)

// measureEvents compares a stream of events with a bare one, and with that of a
// thousand subscribers at the live tail.
func measureEvents(ctx context.Context, p *place) ([]row, error) {
	m, err := p.startMoved(ctx, "events")
	if err != nil {
		return nil, err
	}
	defer m.stop()
	bare, err := startBareStream(m.events)
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	streamed, bareRate, err := measureHistory(ctx, m.mesh, bare, len(m.events))
	if err != nil {
		return nil, err
	}
	tail, err := measureTail(ctx, m.mesh, m.sim, bareRate)
	return append([]row{streamed}, tail...), err
}

// movedMesh is a mesh that has all movements as events, beside the Odoo that they are of.
type movedMesh struct {
	*mesh
	sim    *odoosim.Sim
	odoo   *httptest.Server
	secret string
	events [][]byte
}

// startMoved brings one up, and waits until all events are there.
func (p *place) startMoved(ctx context.Context, data string) (*movedMesh, error) {
	sim, odoo, err := startOdoo(50)
	if err != nil {
		return nil, err
	}
	m := &movedMesh{sim: sim, odoo: odoo}
	if err := m.start(ctx, p, data); err != nil {
		m.stop()
		return nil, err
	}
	return m, nil
}

func (m *movedMesh) start(ctx context.Context, p *place, data string) error {
	if err := m.sim.LoadVolume(200, moved); err != nil {
		return err
	}
	secret, more, err := p.hinted()
	if err != nil {
		return err
	}
	if m.mesh, err = p.startMesh(p.path(data), m.odoo.URL, more...); err != nil {
		return err
	}
	if _, err := m.ready(ctx); err != nil {
		return err
	}
	m.secret = secret
	if m.events, err = m.history(ctx); err != nil {
		return err
	}
	// Who streams from now on is let in when history is taken over, a moment later.
	all, err := dial(m.grpcAddr)
	if err != nil {
		return err
	}
	defer all.close()
	return awaitBooks(ctx, all[0])
}

func (m *movedMesh) stop() {
	if m.mesh != nil {
		m.mesh.stop()
	}
	m.odoo.Close()
}

// history waits until all events are there, and gives them as they are on the wire.
func (m *mesh) history(ctx context.Context) ([][]byte, error) {
	ctx, cancel := context.WithTimeout(signedIn(ctx), patience)
	defer cancel()
	all, err := dial(m.grpcAddr)
	if err != nil {
		return nil, err
	}
	defer all.close()
	stream, err := inventoryv1.NewInventoryServiceClient(all[0]).StreamInventoryEvents(ctx, &inventoryv1.StreamInventoryEventsRequest{})
	if err != nil {
		return nil, err
	}
	var events [][]byte
	for len(events) < moved {
		message, err := stream.Recv()
		if err != nil {
			return nil, fmt.Errorf("after %d of %d events: %w", len(events), moved, err)
		}
		for _, e := range message.GetInventoryEvents() {
			wire, err := proto.Marshal(e)
			if err != nil {
				return nil, err
			}
			events = append(events, wire)
		}
	}
	return events, nil
}

// measureHistory sends all events in turns, and tells the bare rate too.
func measureHistory(ctx context.Context, m *mesh, bare *bareStream, n int) (row, float64, error) {
	to, err := dial(m.grpcAddr)
	if err != nil {
		return row{}, 0, err
	}
	defer to.close()
	beside, err := dial(bare.addr)
	if err != nil {
		return row{}, 0, err
	}
	defer beside.close()
	var full, plain, ratios []float64
	for turn := range eventTurns + 1 {
		b, err := rateOf(ctx, beside[0], bareStreamMethod, n, func([]byte) (int, time.Time, error) { return 1, time.Time{}, nil })
		if err != nil {
			return row{}, 0, fmt.Errorf("the bare stream: %w", err)
		}
		f, err := rateOf(signedIn(ctx), to[0], inventoryv1.InventoryService_StreamInventoryEvents_FullMethodName, n, eventsIn)
		if err != nil {
			return row{}, 0, err
		}
		if turn > 0 {
			plain, full, ratios = append(plain, b), append(full, f), append(ratios, f/b)
		}
	}
	return row{"event stream, history, one subscriber", median(full), "events/s", median(plain), median(ratios), atLeast(1.5)}, median(plain), nil
}

// rateOf reads a stream until n events have come.
func rateOf(ctx context.Context, conn *grpc.ClientConn, method string, n int, count func([]byte) (int, time.Time, error)) (float64, error) {
	began := now()
	err := readEvents(ctx, conn, method, &inventoryv1.StreamInventoryEventsRequest{}, func(message []byte) (bool, error) {
		got, _, err := count(message)
		n -= got
		return n > 0, err
	})
	if err == nil && n > 0 {
		err = fmt.Errorf("the stream ended %d events early", n)
	}
	return float64(moved) / now().Sub(began).Seconds(), err
}

// readEvents hands on messages, as the bytes that they are, while more are wanted.
func readEvents(ctx context.Context, conn *grpc.ClientConn, method string, r *inventoryv1.StreamInventoryEventsRequest, take func([]byte) (bool, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, method, grpc.ForceCodecV2(bytesCodec{}))
	if err != nil {
		return err
	}
	request, err := proto.Marshal(r)
	if err != nil {
		return err
	}
	if err := errors.Join(stream.SendMsg(&request), stream.CloseSend()); err != nil {
		return err
	}
	for {
		var message []byte
		if err := stream.RecvMsg(&message); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if more, err := take(message); err != nil || !more {
			return err
		}
	}
}

// eventsIn counts the events in a StreamInventoryEventsResponse, and tells when the
// last of them was recorded.
func eventsIn(message []byte) (n int, recorded time.Time, err error) {
	var last []byte
	for len(message) > 0 {
		number, kind, tag := protowire.ConsumeTag(message)
		if tag < 0 {
			return n, recorded, protowire.ParseError(tag)
		}
		size := protowire.ConsumeFieldValue(number, kind, message[tag:])
		if size < 0 {
			return n, recorded, protowire.ParseError(size)
		}
		if number == 1 {
			last, _ = protowire.ConsumeBytes(message[tag:])
			n++
		}
		message = message[tag+size:]
	}
	event := &inventoryv1.InventoryEvent{}
	err = proto.Unmarshal(last, event)
	return n, event.GetRecordedTime().AsTime(), err
}

// edit changes the done quantity of lines, one event each.
func edit(sim *odoosim.Sim, by float64, lines ...int64) error {
	return sim.Do(func(tx *odoosim.Tx) error {
		return tx.Write("stock.move.line", lines, map[string]any{"quantity": delivery + by})
	})
}

// delivery is what a delivered line of the volume has, at a place in each ten.
const delivery = 20.0

// delivered lists n lines of the volume that are deliveries.
func deliveredLines(ctx context.Context, m *mesh, n int) ([]int64, error) {
	all, err := dial(m.grpcAddr)
	if err != nil {
		return nil, err
	}
	defer all.close()
	stream, err := inventoryv1.NewInventoryServiceClient(all[0]).StreamInventoryEvents(signedIn(ctx), &inventoryv1.StreamInventoryEventsRequest{Filter: "type = DELIVERY"})
	if err != nil {
		return nil, err
	}
	var lines []int64
	for len(lines) < n {
		message, err := stream.Recv()
		if err != nil {
			return nil, err
		}
		for _, e := range message.GetInventoryEvents() {
			lines = append(lines, e.GetOdooMoveLineId())
		}
	}
	return lines[:n], nil
}

const tailPatience = 2 * time.Minute

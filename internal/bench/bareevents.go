package main

import (
	"context"
	"encoding/gob"
	"fmt"
	"io"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

// bareEventsRole makes this program a grpc-go server that sends what it was given.
const bareEventsRole = "bare-events"

const bareStreamMethod = "/bench.Bare/Stream"

// bareStream is that server in a process of its own.
type bareStream struct {
	*process
	addr string
}

// startBareStream runs this very program as a server of the events, given as they
// are on the wire.
func startBareStream(events [][]byte) (*bareStream, error) {
	b := &bareStream{}
	var err error
	b.process, err = spawnSelf(bareEventsRole, events, &b.addr)
	return b, err
}

// serveBareStream reads events, writes its address, and sends to whoever asks one
// event a message, each once.
func serveBareStream(ctx context.Context, in io.Reader, out io.Writer) error {
	var raw [][]byte
	if err := gob.NewDecoder(in).Decode(&raw); err != nil {
		return fmt.Errorf("reading the events: %w", err)
	}
	events := make([]*inventoryv1.InventoryEvent, len(raw))
	for i, wire := range raw {
		events[i] = &inventoryv1.InventoryEvent{}
		if err := proto.Unmarshal(wire, events[i]); err != nil {
			return err
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "bench.Bare",
		HandlerType: (*any)(nil),
		Streams: []grpc.StreamDesc{{StreamName: "Stream", ServerStreams: true, Handler: func(_ any, s grpc.ServerStream) error {
			if err := s.RecvMsg(&inventoryv1.StreamInventoryEventsRequest{}); err != nil {
				return err
			}
			for _, e := range events {
				if err := s.SendMsg(e); err != nil {
					return err
				}
			}
			return nil
		}}},
	}, nil)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	fmt.Fprintln(out, listener.Addr())
	select {
	case <-ctx.Done():
		server.Stop()
		return nil
	case err := <-failed:
		return err
	}
}

package gateway

import (
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// checkedStream is one watch, seen from the gateway.
type checkedStream struct {
	grpc.ClientStream
	method string
	call   *call
	// lines says that many requests are sent, each of which is a line of the body.
	lines bool
	// first was received before the answer began.
	first proto.Message
	// end is what came instead of a first message.
	end error
}

func (s *checkedStream) SendMsg(m any) error {
	if !s.lines {
		if err := complete(s.Context(), s.method, m); err != nil {
			return err
		}
	}
	err := s.ClientStream.SendMsg(m)
	if errors.Is(err, io.EOF) && !s.lines {
		return nil // it was refused before its request was read: Header says why
	}
	return err
}

// Header waits for the first message too, so that a watch that is refused is
// answered with the right HTTP status and not with 200 and an error behind it.
func (s *checkedStream) Header() (metadata.MD, error) {
	md, err := s.ClientStream.Header()
	if err != nil {
		return nil, err
	}
	first, err := newOutput(s.method)
	if err != nil {
		return nil, err
	}
	switch err := s.ClientStream.RecvMsg(first); {
	case errors.Is(err, io.EOF):
		s.end = io.EOF
	case err != nil:
		return nil, err
	default:
		s.first = first
	}
	return md, nil
}

// RecvMsg ends quietly when the client is gone: nobody is left to be told.
func (s *checkedStream) RecvMsg(m any) error {
	if first := s.first; first != nil {
		s.first = nil
		return sharer{}.Copy(m, first)
	}
	if s.end != nil {
		return s.end
	}
	if s.call.clientGone() {
		return io.EOF
	}
	err := s.ClientStream.RecvMsg(m)
	if err != nil && s.call.clientGone() {
		return io.EOF
	}
	return err
}

func newOutput(method string) (proto.Message, error) {
	rpc := methodOf(method)
	if rpc == nil {
		return nil, protoregistry.NotFound
	}
	t, err := protoregistry.GlobalTypes.FindMessageByName(rpc.Output().FullName())
	if err != nil {
		return nil, err
	}
	return t.New().Interface(), nil
}

package client

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	optionsv1 "odoomesh.invalid/client/mesh/options/v1"
)

// NewRequestID is an id for a wish. Keep it where the wish is kept: after a crash the same
// is sent again.
func NewRequestID() string { return uuid.NewString() }

// again sends a call again for as long as its refusals say that this is right.
func again(patience time.Duration) grpc.UnaryClientInterceptor {
	return func(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, o ...grpc.CallOption) error {
		pauses := newPauses(patience, safe(method, request))
		for {
			err := invoke(ctx, method, request, reply, conn, o...)
			if err == nil {
				return nil
			}
			after, ok := sendAgain(err)
			if !ok || !pauses.wait(ctx, after) {
				return told(err)
			}
		}
	}
}

// told makes a refusal of an error where it is one.
func told(err error) error {
	if r, ok := AsRefusal(err); ok {
		return r
	}
	return err
}

// safe tells whether sending a call twice does no more than sending it once.
func safe(method string, request any) bool {
	name := protoreflect.FullName(strings.ReplaceAll(strings.TrimPrefix(method, "/"), "/", "."))
	if d, err := protoregistry.GlobalFiles.FindDescriptorByName(name); err == nil {
		if rule, ok := proto.GetExtension(d.Options(), optionsv1.E_Method).(*optionsv1.MethodRule); ok && rule.GetAccess() == optionsv1.Access_ACCESS_READ {
			return true
		}
	}
	m, ok := request.(proto.Message)
	return ok && text(m, "request_id") != ""
}

// text is a field of a message that holds a text; empty where there is none.
func text(m proto.Message, field protoreflect.Name) string {
	if f := textField(m, field); f != nil {
		return m.ProtoReflect().Get(f).String()
	}
	return ""
}

func textField(m proto.Message, field protoreflect.Name) protoreflect.FieldDescriptor {
	f := m.ProtoReflect().Descriptor().Fields().ByName(field)
	if f == nil || f.Kind() != protoreflect.StringKind || f.IsList() {
		return nil
	}
	return f
}

// pauses grow, until patience is at its end.
type pauses struct {
	until time.Time
	next  time.Duration
	safe  bool
}

func newPauses(patience time.Duration, safe bool) *pauses {
	return &pauses{time.Now().Add(patience), 100 * time.Millisecond, safe}
}

func (p *pauses) wait(ctx context.Context, told time.Duration) bool {
	pause := told
	if pause == 0 {
		pause = p.next/2 + rand.N(p.next/2)
	}
	p.next = min(2*p.next, 10*time.Second)
	if !p.safe || time.Now().Add(pause).After(p.until) {
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

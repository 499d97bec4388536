package gateway

import (
	"context"
	"net/http"
	"unicode/utf8"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
)

// checkedConn is where a request that the router has parsed passes before it
// becomes a call: the one place that sees the HTTP request and the message.
type checkedConn struct{ grpc.ClientConnInterface }

func (c checkedConn) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	if err := callFrom(ctx).ticket.opensNoStream(); err != nil {
		return err
	}
	if err := complete(ctx, method, args); err != nil {
		return err
	}
	return c.ClientConnInterface.Invoke(withForwardedHosts(ctx), method, args, reply, opts...)
}

func (c checkedConn) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	call := callFrom(ctx)
	if call.request != nil && call.request.Method == http.MethodHead {
		return nil, &runtime.HTTPStatusError{
			HTTPStatus: http.StatusMethodNotAllowed,
			Err:        refusal(errorsv1.Reason_REASON_NOT_SUPPORTED, "A watch has no HEAD.").Err(),
		}
	}
	takesLines := desc.ClientStreams && call.request != nil
	if takesLines {
		pattern, _ := runtime.HTTPPathPattern(ctx)
		if err := checkQuery(call.request, method, pattern, inputOf(method).Descriptor()); err != nil {
			return nil, err
		}
	}
	ctx, err := call.ticket.shown(ctx)
	if err != nil {
		return nil, err
	}
	stream, err := c.ClientConnInterface.NewStream(withForwardedHosts(ctx), desc, method, opts...)
	if err != nil {
		return nil, err
	}
	if takesLines && !sendsLines(call.request.Header) {
		return nil, notLines(stream, method)
	}
	if takesLines && call.takeLines != nil {
		call.takeLines()
		call.lines = true
	}
	call.streaming = true
	return &checkedStream{ClientStream: stream, method: method, call: call, lines: desc.ClientStreams}, nil
}

func withForwardedHosts(ctx context.Context) context.Context {
	r := callFrom(ctx).request
	if r == nil {
		return ctx
	}
	for _, host := range forwardedHosts(r) {
		ctx = metadata.AppendToOutgoingContext(ctx, "x-forwarded-host", host)
	}
	return ctx
}

// complete checks and completes the request message of a call over HTTP.
func complete(ctx context.Context, method string, args any) error {
	call := callFrom(ctx)
	req, ok := args.(proto.Message)
	if !ok || call.request == nil {
		return nil
	}
	// gRPC refuses such text on the wire, and in this process nothing else would.
	if !utf8.ValidString(call.request.URL.Path) || !utf8.ValidString(call.request.Header.Get(headerLastEventID)) {
		return refusal(errorsv1.Reason_REASON_INVALID_ARGUMENT, "The path or a header is not UTF-8.").Err()
	}
	m := req.ProtoReflect()
	pattern, _ := runtime.HTTPPathPattern(ctx)
	if err := checkQuery(call.request, method, pattern, m.Descriptor()); err != nil {
		return err
	}
	mask := normalizeMasks(m)
	if call.fields = fieldsWanted(method, mask); call.fields != nil {
		addHeaderFields(method, mask)
	}
	resumeFrom(m, call.request.Header.Get(headerLastEventID))
	return nil
}

// normalizeMasks turns the paths of field masks into proto names: in JSON a mask
// has lowerCamelCase names, and the router takes those of a query as they are.
// It answers the read mask.
func normalizeMasks(m protoreflect.Message) (read *fieldmaskpb.FieldMask) {
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if field.Message() == nil || field.IsList() || field.IsMap() {
			return true
		}
		mask, ok := value.Message().Interface().(*fieldmaskpb.FieldMask)
		if !ok {
			return true
		}
		for i, path := range mask.GetPaths() {
			mask.Paths[i] = protoPath(path)
		}
		if field.Name() == "read_mask" {
			read = mask
		}
		return true
	})
	return read
}

// protoPath answers displayName as display_name. The contract's names have no
// capital letters, so nothing else can be meant.
func protoPath(path string) string {
	text := make([]byte, 0, len(path)+4)
	for i := range len(path) {
		c := path[i]
		if c >= 'A' && c <= 'Z' {
			text = append(text, '_', c-'A'+'a')
			continue
		}
		text = append(text, c)
	}
	return string(text)
}

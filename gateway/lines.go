package gateway

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
)

// longestUnreadable bounds what is said of a line that cannot be read, in bytes.
const longestUnreadable = 500

// sendsLines tells whether a body is lines of JSON, which have no end that is known before.
func sendsLines(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && kind == mimeLines
}

// notLines is what is said of a body of another kind: that it has to be lines; but to who
// may not make the call, that, as the empty call tells.
func notLines(stream grpc.ClientStream, method string) error {
	if err := stream.CloseSend(); err != nil {
		return err
	}
	told, err := newOutput(method)
	if err != nil {
		return err
	}
	if err := stream.RecvMsg(told); err != nil && status.Code(err) != codes.InvalidArgument {
		return err
	}
	return &runtime.HTTPStatusError{
		HTTPStatus: http.StatusUnsupportedMediaType,
		Err:        refusal(errorsv1.Reason_REASON_INVALID_ARGUMENT, "This takes lines of JSON, one for each row: say Content-Type: "+mimeLines+".").Err(),
	}
}

// takeLines lets a body of lines be read while it is answered, for as long as that takes.
func takeLines(w http.ResponseWriter) {
	control := http.NewResponseController(w)
	// HTTP/2 always does; a writer that has no such limit says so.
	_ = control.EnableFullDuplex()
	_ = control.SetReadDeadline(time.Time{})
	_ = control.SetWriteDeadline(time.Time{})
}

// leaveLines lets nobody read on in a body whose call has ended: the server would wait for
// it.
func leaveLines(w http.ResponseWriter, now time.Time) {
	_ = http.NewResponseController(w).SetReadDeadline(now)
}

// lineMarshaler reads a body line by line: one that cannot be read is a message that says
// so, and the next one counts again.
type lineMarshaler struct {
	*jsonMarshaler
	// longest is how long a line may be.
	longest int64
}

func (m lineMarshaler) NewDecoder(r io.Reader) runtime.Decoder {
	return &lineDecoder{lines: bufio.NewReaderSize(r, 64<<10), marshaler: m}
}

type lineDecoder struct {
	lines     *bufio.Reader
	marshaler lineMarshaler
	line      []byte
	// ended is why there are no more lines.
	ended error
}

// Decode reads the next line that is not empty. The router drops what Decode fails with,
// so that it would look like the end of the body.
func (d *lineDecoder) Decode(v any) error {
	message, ok := v.(proto.Message)
	if !ok {
		return errors.New("lines are messages")
	}
	for d.ended == nil {
		why := d.next()
		switch {
		case why == "" && len(bytes.TrimSpace(d.line)) == 0:
			continue
		case why == "":
			if err := d.marshaler.Unmarshal(d.line, v); err != nil {
				why = "the line is not the JSON of a row: " + withoutPrefix(err.Error())
			}
		}
		if why == "" {
			// Only the gateway says of a line that it cannot be read.
			if f := unreadableOf(message); f != nil && message.ProtoReflect().Has(f) {
				why = "unreadable is not the caller's to say: leave it out"
			}
		}
		if why == "" {
			return nil
		}
		f := unreadableOf(message)
		if f == nil {
			return errors.New(why)
		}
		proto.Reset(message)
		message.ProtoReflect().Set(f, protoreflect.ValueOfString(string(bytes.ToValidUTF8([]byte(why)[:min(len(why), longestUnreadable)], nil))))
		return nil
	}
	return d.ended
}

// next reads a line; it says why it could not. The rest of one that is too long is passed
// over.
func (d *lineDecoder) next() (why string) {
	d.line = d.line[:0]
	for {
		piece, err := d.lines.ReadSlice('\n')
		if int64(len(d.line)+len(piece)) > d.marshaler.longest {
			why = "the line is too long"
		} else {
			d.line = append(d.line, piece...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			d.ended = io.EOF
		case err != nil:
			d.ended = io.EOF
			return "the body was cut off here: send it again under the same id"
		}
		return why
	}
}

// unreadableOf is the field of a message that says that a line could not be read; nil where
// it has none.
func unreadableOf(m proto.Message) protoreflect.FieldDescriptor {
	f := m.ProtoReflect().Descriptor().Fields().ByName("unreadable")
	if f == nil || f.Kind() != protoreflect.StringKind {
		return nil
	}
	return f
}

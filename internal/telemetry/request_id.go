package telemetry

import (
	"context"
	"encoding/hex"
	"math/rand/v2"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// RequestIDKey is the metadata key, and the HTTP header, of the request id.
const RequestIDKey = "x-request-id"

const maxRequestID = 128

type requestIDKey struct{}

// WithRequestID keeps a request id for RequestID and for the log.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID is the id of the call; empty outside of one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// NameRequest takes the caller's request id, if it is of at most 128 characters
// that are safe in logs and headers, or makes a random one, and answers it in
// the response header.
func NameRequest(ctx context.Context) context.Context {
	id := ""
	if given := metadata.ValueFromIncomingContext(ctx, RequestIDKey); len(given) == 1 && safeID(given[0]) {
		id = given[0]
	}
	if id == "" {
		id = randomID()
	}
	// It fails only where there is no transport to answer on.
	_ = grpc.SetHeader(ctx, metadata.MD{RequestIDKey: {id}})
	return WithRequestID(ctx, id)
}

func safeID(id string) bool {
	if id == "" || len(id) > maxRequestID {
		return false
	}
	for i := range len(id) {
		c := id[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-', c == '_', c == '.', c == ':', c == '/', c == '+', c == '=':
		default:
			return false
		}
	}
	return true
}

// randomID is 128 bits. They tell calls apart and keep no secret.
func randomID() string {
	var raw [16]byte
	hi, lo := rand.Uint64(), rand.Uint64()
	for i := range 8 {
		raw[i], raw[8+i] = byte(hi>>(8*i)), byte(lo>>(8*i))
	}
	var text [32]byte
	hex.Encode(text[:], raw[:])
	return string(text[:])
}

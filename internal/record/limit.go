package record

import (
	"context"
	"strconv"

	"google.golang.org/grpc/metadata"
)

const (
	// MessageLimitKey is the metadata in which a gRPC client tells how many bytes a
	// message to it may have.
	MessageLimitKey = "mesh-max-message-bytes"
	// defaultMessageLimit is what clients of gRPC take where nobody has told them else.
	defaultMessageLimit = 4 << 20
	// leastMessageLimit is room for what is around a record.
	leastMessageLimit = 16 << 10
	// pageBytes is where a page ends: clear of what clients take.
	pageBytes = 3584 << 10
	// around is what a message has beside its records, at most.
	around = 8 << 10
)

// MessageLimit is how many bytes of records a message to the caller may have; 0 where there
// is no limit, as over HTTP and from inside. Callers over gRPC have the limit of their
// client, which only they know: what they do not tell is taken to be what clients have by
// default.
func MessageLimit(ctx context.Context) int {
	if !OverGRPC(ctx) {
		return 0
	}
	limit := defaultMessageLimit
	if told := metadata.ValueFromIncomingContext(ctx, MessageLimitKey); len(told) == 1 {
		if n, err := strconv.ParseUint(told[0], 10, 31); err == nil {
			limit = int(n)
		}
	}
	return max(limit, leastMessageLimit) - around
}

// PageLimit is how many bytes of records a page has, unless it is one record that has
// more.
func PageLimit(ctx context.Context) int {
	if limit := MessageLimit(ctx); limit > 0 {
		return min(limit, pageBytes)
	}
	return pageBytes
}

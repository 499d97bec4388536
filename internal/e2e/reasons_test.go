package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"google.golang.org/grpc"

	"odoomesh"
)

// foretold are the reasons for which, as the OpenAPI document says, each method is
// refused.
var foretold = sync.OnceValues(func() (map[string][]string, error) {
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string   `json:"operationId"`
			Reasons     []string `json:"x-mesh-reasons"`
		}
	}
	if err := json.Unmarshal(odoomesh.OpenAPI(), &document); err != nil {
		return nil, err
	}
	reasons := map[string][]string{}
	for _, operations := range document.Paths {
		for _, o := range operations {
			reasons[o.OperationID] = o.Reasons
		}
	}
	return reasons, nil
})

// aboutGRPC are reasons that no call over REST is refused for.
var aboutGRPC = []string{"TOO_LARGE"}

// surprises are refusals of any test that the document does not foretell: whoever has
// generated a client of it does not know what to do with them.
var surprises = struct {
	mu   sync.Mutex
	seen map[string]int
}{seen: map[string]int{}}

// foresee notes a refusal that surprises.
func foresee(method string, err error) {
	reason := refusalOf(err).reason
	if reason == "" || slices.Contains(aboutGRPC, reason) {
		return
	}
	known, broken := foretold()
	if reasons, ok := known[path.Base(method)]; broken == nil && (!ok || slices.Contains(reasons, reason)) {
		return
	}
	surprises.mu.Lock()
	defer surprises.mu.Unlock()
	surprises.seen[path.Base(method)+": "+reason]++
}

func surprising() error {
	surprises.mu.Lock()
	defer surprises.mu.Unlock()
	if len(surprises.seen) == 0 {
		return nil
	}
	return fmt.Errorf("refusals that x-mesh-reasons of the OpenAPI document does not have (internal/tools/openapi/reasons.go):\n%s",
		strings.Join(slices.Sorted(maps.Keys(surprises.seen)), "\n"))
}

func foreseeing(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, o ...grpc.CallOption) error {
	err := invoke(ctx, method, request, reply, conn, o...)
	foresee(method, err)
	return err
}

func foreseeingStream(ctx context.Context, d *grpc.StreamDesc, conn *grpc.ClientConn, method string, begin grpc.Streamer, o ...grpc.CallOption) (grpc.ClientStream, error) {
	stream, err := begin(ctx, d, conn, method, o...)
	if err != nil {
		foresee(method, err)
		return nil, err
	}
	return foreseenStream{stream, method}, nil
}

type foreseenStream struct {
	grpc.ClientStream
	method string
}

func (s foreseenStream) RecvMsg(m any) error {
	err := s.ClientStream.RecvMsg(m)
	if err != nil && !errors.Is(err, io.EOF) {
		foresee(s.method, err)
	}
	return err
}

package fault_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

func TestAClientReadsWhatItIsTold(t *testing.T) {
	made := fault.WithRequestID(fault.Unavailable(errorsv1.Reason_REASON_NOT_LOADED, "Not yet.", 3*time.Second), "id-1")
	cases := []struct {
		name string
		err  error
		want fault.Told
		ok   bool
	}{
		{"the mesh's own", made, fault.Told{
			Code: codes.Unavailable, Reason: "NOT_LOADED", Message: "Not yet.", RequestID: "id-1", RetryAfter: 3 * time.Second,
			WhatToDo: "Send the same call again after the delay in RetryInfo.",
			WhoActs:  "nobody", Retry: "same_request",
		}, true},
		{"gRPC's own", status.Error(codes.Unavailable, "nobody listens"), fault.Told{Code: codes.Unavailable, Message: "nobody listens"}, true},
		{"no status", errors.New("x"), fault.Told{}, false},
		{"none", nil, fault.Told{}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, ok := fault.Read(c.err)
			if diff := cmp.Diff(c.want, got); ok != c.ok || diff != "" {
				t.Errorf("%v, (-want +got)\n%s", ok, diff)
			}
		})
	}
}

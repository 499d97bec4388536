package main

import (
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
)

// Whoever is on call sees who reads events, how far behind it is, and can forget one.
func consumersAreSeen(t *testing.T, s *site) {
	conn, err := grpc.NewClient(s.addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	events := eventv1.NewEventServiceClient(conn)
	page, err := events.ListEvents(t.Context(), &eventv1.ListEventsRequest{PageSize: 1})
	if err != nil || len(page.GetEvents()) != 1 {
		t.Fatalf("%v, %v", page, err)
	}
	if _, err := events.Acknowledge(t.Context(), &eventv1.AcknowledgeRequest{Consumer: "consumers/ward-supply", Position: page.GetPosition()}); err != nil {
		t.Fatal(err)
	}
	if r := s.run("consumers", "list"); r.code != 0 || !strings.Contains(r.out, "BEHIND BY") || !strings.Contains(r.out, "consumers/ward-supply  local") || !strings.Contains(r.out, "none") {
		t.Errorf("%+v", r)
	}
	if r := s.run("consumers", "list", "-o", "json"); !strings.Contains(r.out, `"acknowledgedSequence":"1"`) {
		t.Errorf("%+v", r)
	}
	if r := s.run("consumers", "get", "ward-supply"); r.code != 0 || !strings.Contains(r.out, "consumers/ward-supply  local") {
		t.Errorf("%+v", r)
	}
	if r := s.run("consumers", "get", "consumers/ward-supply", "ward-none", "-o", "json"); r.code != codeNotFound || !strings.Contains(r.out, `"acknowledgedSequence":"1"`) || !strings.Contains(r.errs, "there is no ward-none") {
		t.Errorf("%+v", r)
	}
	if r := s.run("consumers", "delete", "ward-supply"); r.code != 0 || !strings.Contains(r.errs, "consumers/ward-supply is forgotten") {
		t.Errorf("%+v", r)
	}
	if r := s.run("consumers", "delete", "ward-supply"); r.code != codeNotFound {
		t.Errorf("a second time: %+v", r)
	}
	if r := s.run("consumers"); r.code != codeUsage {
		t.Errorf("%+v", r)
	}
}

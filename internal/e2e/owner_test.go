package e2e

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
)

// A consumer is whose who acknowledged first: another who does so in its place would
// let it miss events. Whoever may operate can step in.
func TestAConsumerIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 17, 20)
	c := settings(t, p)
	c.AccessFile = filepath.Join(t.TempDir(), "access.yaml")
	file := "principals:\n"
	for name, right := range map[string]string{"ward": "read", "lab": "read", "operator": "read, operate"} {
		file += fmt.Sprintf("- name: %s\n  token_sha256: %x\n  rights: {\"*\": [%s]}\n", name, sha256.Sum256([]byte(name)), right)
	}
	if err := os.WriteFile(c.AccessFile, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	m := start(t, c)
	as := func(name string) context.Context {
		return metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+name)
	}
	subscribe := func(name string) (eventv1.EventService_SubscribeClient, *eventv1.CloudEvent, error) {
		t.Helper()
		s, err := m.events().Subscribe(as(name), &eventv1.SubscribeRequest{Consumer: ward})
		if err != nil {
			t.Fatal(err)
		}
		for {
			// Until there are events, and while there are none, it says that it is there.
			if e, err := s.Recv(); err != nil || e.GetSequence() != "" {
				return s, e, err
			}
		}
	}
	acknowledge := func(name string, e *eventv1.CloudEvent) (*eventv1.Consumer, error) {
		return m.events().Acknowledge(as(name), &eventv1.AcknowledgeRequest{Consumer: ward, Position: e.GetPosition()})
	}
	refused := func(what string, err error) {
		t.Helper()
		if r := refusalOf(err); r.code != codes.PermissionDenied || r.reason != "NOT_PERMITTED" {
			t.Errorf("%s: %v", what, err)
		}
	}
	open, first, err := subscribe("ward")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = subscribe("lab")
	refused("taking over the open stream of another", err)
	_, err = acknowledge("lab", first)
	refused("acknowledging for the open stream of another", err)
	second, err := open.Recv()
	if err != nil {
		t.Fatalf("the owner's stream was disturbed: %v", err)
	}
	if got, err := acknowledge("ward", first); err != nil || got.GetOwner() != "ward" || got.GetAcknowledgedSequence() != 1 {
		t.Errorf("the owner: %v, %v", got, err)
	}
	_, err = acknowledge("lab", second)
	refused("acknowledging for another", err)
	if got, err := acknowledge("operator", second); err != nil || got.GetOwner() != "ward" || got.GetAcknowledgedSequence() != 2 {
		t.Errorf("an operator: %v, %v", got, err)
	}
	if _, next, err := subscribe("operator"); err != nil || next.GetSequence() != "3" {
		t.Errorf("an operator goes on with %v, %v", next, err)
	}
	_, err = open.Recv()
	for ; err == nil; _, err = open.Recv() {
	}
	if r := refusalOf(err); r.reason != "TAKEN_OVER" {
		t.Errorf("the stream that was taken over: %v", err)
	}
}

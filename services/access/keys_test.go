package access_test

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
	engine "odoomesh/internal/access"
	"odoomesh/internal/audit"
	"odoomesh/internal/clock"
	"odoomesh/internal/identity/apikey"
	"odoomesh/internal/store/badgerstore"
	"odoomesh/internal/token"
	"odoomesh/services/access"
)

// ring is a ring for every principal.
type ring struct {
	*apikey.Ring
	byTwo bool
}

func (ring) ID() string                          { return "ring" }
func (ring) Tokens(context.Context) token.Tokens { return token.Tokens{} }
func (ring) Knows(string) bool                   { return true }
func (r ring) ByTwo() bool                       { return r.byTwo }

// The audit says of a key what it was and what it is, and nothing by which one could call.
func TestTheAuditSaysWhatAKeyWasAndIs(t *testing.T) {
	t.Parallel()
	journal, err := badgerstore.OpenLog(filepath.Join(t.TempDir(), "keys"), badgerstore.LogOptions{Name: "keys"})
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	noon := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	keys, err := apikey.Open(apikey.Config{Journal: journal, Environment: "test", Clock: clock.Func(func() time.Time { return noon }), Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	s := access.NewKeys(ring{Ring: keys})

	var secrets []string
	check := func(step string, changes []audit.Change, want ...audit.Change) {
		t.Helper()
		if len(changes) != len(want) {
			t.Fatalf("%s: %+v", step, changes)
		}
		for i, c := range changes {
			if c.Document != want[i].Document || c.Before != want[i].Before || c.After != want[i].After {
				t.Errorf("%s: %+v, want %+v", step, c, want[i])
			}
			for _, line := range strings.Split(want[i].Says, "\n") {
				if !strings.Contains(c.Says, line) {
					t.Errorf("%s: %q is not in\n%s", step, line, c.Says)
				}
			}
			for _, hidden := range secrets {
				if strings.Contains(c.Says, hidden) {
					t.Errorf("%s: a secret is in\n%s", step, c.Says)
				}
			}
		}
	}

	ctx, said := audit.WithChanges(t.Context())
	made, err := s.CreateApiKey(ctx, &accessv1.CreateApiKeyRequest{Principal: "portal", Purpose: "orders", Lifetime: durationpb.New(48 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	secrets = append(secrets, made.GetKey(), strings.Split(made.GetKey(), "_")[3], "hash")
	first := made.GetApiKey().GetName()
	check("create", said(), audit.Change{Document: first, After: "API_KEY_STATE_ACTIVE", Says: "+ principal: \"portal\"\n+ purpose: \"orders\"\n+ expire_time: \"2026-12-01T12:00:00Z\""})

	// That it was used is no change of whoever rotates it.
	if _, err := keys.Find(made.GetKey()); err != nil {
		t.Fatal(err)
	}
	ctx, said = audit.WithChanges(t.Context())
	rotated, err := s.RotateApiKey(ctx, &accessv1.RotateApiKeyRequest{Name: first, Overlap: durationpb.New(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	secrets = append(secrets, rotated.GetKey(), strings.Split(rotated.GetKey(), "_")[3], "last_use_time")
	second := rotated.GetApiKey().GetName()
	check("rotate", said(),
		audit.Change{Document: first, Before: "API_KEY_STATE_ACTIVE", After: "API_KEY_STATE_ROTATED", Says: "- expire_time: \"2026-12-01T12:00:00Z\"\n+ expire_time: \"2026-11-29T13:00:00Z\"\n+ successor: \"" + second + "\""},
		audit.Change{Document: second, After: "API_KEY_STATE_ACTIVE", Says: "+ principal: \"portal\""})

	for _, before := range []string{"API_KEY_STATE_ROTATED", "API_KEY_STATE_REVOKED"} {
		ctx, said = audit.WithChanges(t.Context())
		if _, err := s.RevokeApiKey(ctx, &accessv1.RevokeApiKeyRequest{Name: first, Reason: "stolen"}); err != nil {
			t.Fatal(err)
		}
		says := ""
		if before == "API_KEY_STATE_ROTATED" {
			says = "+ revoke_reason: \"stolen\""
		}
		check("revoke", said(), audit.Change{Document: first, Before: before, After: "API_KEY_STATE_REVOKED", Says: says})
	}

	ctx, said = audit.WithChanges(t.Context())
	if _, err := s.RevokeApiKey(ctx, &accessv1.RevokeApiKeyRequest{Name: "apiKeys/aaaaaaaaaaaaaaaa", Reason: "x"}); err == nil || len(said()) != 0 {
		t.Errorf("what is refused changes %+v, %v", said(), err)
	}
}

// Where a key takes two persons, the audit says of each step what it changes: of a key that is
// only proposed nothing but itself.
func TestTheAuditSaysWhoHasConfirmedAKey(t *testing.T) {
	t.Parallel()
	journal, err := badgerstore.OpenLog(filepath.Join(t.TempDir(), "keys"), badgerstore.LogOptions{Name: "keys"})
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	keys, err := apikey.Open(apikey.Config{Journal: journal, Environment: "test", Clock: clock.System{}, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	s := access.NewKeys(ring{keys, true})
	by := func(name string) context.Context {
		return engine.WithCaller(t.Context(), &engine.Principal{Name: name}, &engine.Proof{Kind: engine.ByFileToken})
	}
	confirmed := func(name string) (changes []audit.Change) {
		t.Helper()
		ctx, said := audit.WithChanges(by("bob"))
		if _, err := s.ConfirmApiKey(ctx, &accessv1.ConfirmApiKeyRequest{Name: name}); err != nil {
			t.Fatal(err)
		}
		return said()
	}

	made, err := s.CreateApiKey(by("ann"), &accessv1.CreateApiKeyRequest{Principal: "portal", Purpose: "orders"})
	if err != nil {
		t.Fatal(err)
	}
	first := made.GetApiKey().GetName()
	if c := confirmed(first); len(c) != 1 || c[0].Document != first || c[0].Before != "API_KEY_STATE_PROPOSED" || c[0].After != "API_KEY_STATE_ACTIVE" || !strings.Contains(c[0].Says, `+ confirmed_by: "bob"`) {
		t.Errorf("%+v", c)
	}
	ctx, said := audit.WithChanges(by("ann"))
	turned, err := s.RotateApiKey(ctx, &accessv1.RotateApiKeyRequest{Name: first})
	if err != nil {
		t.Fatal(err)
	}
	second := turned.GetApiKey().GetName()
	if c := said(); len(c) != 1 || c[0].Document != second || c[0].After != "API_KEY_STATE_PROPOSED" || turned.GetReplaced().GetState() != accessv1.ApiKeyState_API_KEY_STATE_ACTIVE {
		t.Errorf("%+v, %v", c, turned.GetReplaced())
	}
	if c := confirmed(second); len(c) != 2 || c[0].Document != second || c[1].Document != first || c[1].After != "API_KEY_STATE_ROTATED" {
		t.Errorf("%+v", c)
	}
}

func TestTheAuditSaysWhoHasTakenWhat(t *testing.T) {
	t.Parallel()
	ctx, said := audit.WithChanges(t.Context())
	if _, err := access.New(told{}, none, nil).BreakGlass(ctx, &accessv1.BreakGlassRequest{Reason: "night", Minutes: 2}); err != nil {
		t.Fatal(err)
	}
	if got := said(); len(got) != 1 || got[0].Before != "as usual" || got[0].After != "break-glass until 1970-01-01T00:02:00Z" || got[0].Says != "+ roles: receiver\n+ reason: \"night\"\n" {
		t.Errorf("%+v", got)
	}
}

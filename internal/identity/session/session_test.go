package session_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/access"
	"odoomesh/internal/clock"
	"odoomesh/internal/identity/oidc"
	"odoomesh/internal/identity/oidc/oidctest"
	"odoomesh/internal/identity/session"
)

// people are who signs in: tokens that were verified, by subject.
type people struct {
	t      *testing.T
	issuer *oidctest.Issuer
	tokens *oidc.Verifier
}

func newPeople(t *testing.T) *people {
	t.Helper()
	p := &people{t: t, issuer: oidctest.New(t)}
	var err error
	p.tokens, err = oidc.Open(oidc.Config{
		Issuer: p.issuer.URL, Audiences: []string{"mesh"}, Algorithms: []string{"ES256"}, File: filepath.Join(t.TempDir(), "keys"),
		Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler), Transport: p.issuer.Client().Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.tokens.Close)
	return p
}

func (p *people) is(subject, group string) *oidc.Verified {
	p.t.Helper()
	who, err := p.tokens.Verify(p.t.Context(), p.issuer.Token(clock.System{}.Now(), map[string]any{"sub": subject, "groups": group}))
	if err != nil {
		p.t.Fatal(err)
	}
	return who
}

func fileOf(t *testing.T, text string) *access.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "access.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := access.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

const accessFile = `principals:
- {name: buyers, rights: {"*": [read]}, oidc: {claims: {groups: buyers}}}
- {name: sellers, rights: {"*": [read]}, oidc: {claims: {groups: sellers}}}
`

// A stream is asked every two seconds whether its caller is still believed: that keeps no
// session alive.
func TestWhatIsShownCountsAsUseOnce(t *testing.T) {
	p, file := newPeople(t), fileOf(t, accessFile)
	who := p.is("ann", "buyers")
	synctest.Test(t, func(t *testing.T) {
		s := session.New(session.Config{Lifetime: 8 * time.Hour, Idle: 30 * time.Minute, Bounds: session.DefaultBounds(), File: func() *access.File { return file }, Clock: clock.System{}, Random: rand.Reader})
		id, err := s.Begin(who, "buyers")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Minute)
		stream := session.Show(id)
		if found, err := s.Find(stream, file); err != nil || found.Principal.Name != "buyers" {
			t.Fatalf("%+v, %v", found, err)
		}
		time.Sleep(29 * time.Minute)
		if _, err := s.Find(stream, file); err != nil {
			t.Fatalf("it was used 29 minutes ago: %v", err)
		}
		time.Sleep(time.Minute)
		if _, err := s.Find(stream, file); !errors.Is(err, session.ErrEnded) {
			t.Errorf("an open stream keeps it alive: %v", err)
		}
	})
}

func TestASessionThatHasEndedIsForgotten(t *testing.T) {
	p := newPeople(t)
	ann, bob := p.is("ann", "buyers"), p.is("bob", "sellers")
	file, less := fileOf(t, accessFile), fileOf(t, `principals: [{name: sellers, rights: {"*": [read]}, oidc: {claims: {groups: sellers}}}]`)
	synctest.Test(t, func(t *testing.T) {
		var now atomic.Pointer[access.File]
		now.Store(file)
		metrics := prometheus.NewRegistry()
		s := session.New(session.Config{Lifetime: time.Hour, Idle: 30 * time.Minute, Bounds: session.DefaultBounds(), File: now.Load, Clock: clock.System{}, Random: rand.Reader, Registerer: metrics})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = s.Run(ctx) }()
		open := func() int { return count(t, metrics, "mesh_sessions") }
		taken, err := s.Begin(ann, "buyers")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Begin(bob, "sellers"); err != nil {
			t.Fatal(err)
		}
		if synctest.Wait(); open() != 2 {
			t.Fatalf("%d are open", open())
		}
		// Without a call in between.
		now.Store(less)
		time.Sleep(3 * time.Second)
		now.Store(file)
		if _, err := s.Find(session.Show(taken), file); open() != 1 || !errors.Is(err, session.ErrEnded) {
			t.Errorf("what the access file took comes back with its entry: %d, %v", open(), err)
		}
		if time.Sleep(30 * time.Minute); open() != 0 {
			t.Errorf("%d are open", open())
		}
	})
}

func count(t *testing.T, metrics *prometheus.Registry, name string) int {
	t.Helper()
	all, err := metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range all {
		if family.GetName() == name {
			return int(family.GetMetric()[0].GetGauge().GetValue())
		}
	}
	t.Fatalf("there is no %s", name)
	return 0
}

// Where there is no room, what was not used for longest goes: of the person, of the
// principal, of all.
func TestSessionsAreBounded(t *testing.T) {
	p, file := newPeople(t), fileOf(t, accessFile)
	now := clock.System{}.Now()
	s := session.New(session.Config{
		Lifetime: time.Hour, Idle: time.Hour, Bounds: session.Bounds{Person: 2, Principal: 3, All: 5}, File: func() *access.File { return file }, Random: rand.Reader,
		Clock: clock.Func(func() time.Time { now = now.Add(time.Second); return now }),
	})
	var ids []string
	begin := func(subject, principal string) {
		t.Helper()
		id, err := s.Begin(p.is(subject, principal), principal)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	live := func() (all string) {
		for i, id := range ids {
			if _, err := s.Find(session.Show(id), file); err == nil {
				all += fmt.Sprint(i)
			}
		}
		return all
	}
	for _, step := range []struct{ subject, principal, live string }{
		{"ann", "buyers", "0"}, {"ann", "buyers", "01"}, {"ann", "buyers", "12"}, // of the person
		{"bob", "buyers", "123"}, {"cy", "buyers", "234"}, // of the principal
		{"di", "sellers", "2345"}, {"di", "sellers", "23456"}, {"ed", "sellers", "34567"}, // of all
	} {
		if begin(step.subject, step.principal); live() != step.live {
			t.Fatalf("after %s there are %s, want %s", step.subject, live(), step.live)
		}
	}
	if ended := s.End(ids[7]); ended == nil || ended.Principal != "sellers" || ended.Proof.Credential != p.issuer.URL+" ed" || ended.Who.Subject != "ed" {
		t.Errorf("it was %+v", ended)
	}
	if s.End(ids[7]) != nil || live() != "3456" {
		t.Errorf("there are %s", live())
	}
}

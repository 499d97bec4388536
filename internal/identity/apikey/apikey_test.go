package apikey_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"odoomesh/internal/access"
	"odoomesh/internal/clock"
	"odoomesh/internal/identity/apikey"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// hand is a clock that a test moves.
type hand struct{ past atomic.Int64 }

func (h *hand) Now() time.Time                       { return noon.Add(time.Duration(h.past.Load())) }
func (h *hand) After(time.Duration) <-chan time.Time { return nil }
func (h *hand) move(d time.Duration)                 { h.past.Add(int64(d)) }

func openJournal(t testing.TB, dir string) *badgerstore.Log {
	t.Helper()
	journal, err := badgerstore.OpenLog(dir, badgerstore.LogOptions{Name: "keys"})
	if err != nil {
		t.Fatal(err)
	}
	return journal
}

func open(t testing.TB, journal store.Journal, environment string, clk clock.Clock) *apikey.Ring {
	t.Helper()
	r, err := apikey.Open(apikey.Config{Journal: journal, Environment: environment, Clock: clk, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// newRing is a ring over a journal of its own.
func newRing(t testing.TB, clk clock.Clock) *apikey.Ring {
	t.Helper()
	journal := openJournal(t, t.TempDir())
	t.Cleanup(func() {
		if err := journal.Close(); err != nil {
			t.Error(err)
		}
	})
	return open(t, journal, "test", clk)
}

func create(t testing.TB, r *apikey.Ring, w apikey.Wish) (string, apikey.Key) {
	t.Helper()
	text, made, err := r.Create(context.Background(), "op", w)
	if err != nil {
		t.Fatal(err)
	}
	return text, made
}

var portal = apikey.Wish{Principal: "portal", Purpose: "orders"}

func TestAKeyIsKnownAndSaysHowItWasProven(t *testing.T) {
	r := newRing(t, &hand{})
	text, made := create(t, r, portal)
	owner, err := r.Find(text)
	if err != nil || owner.Principal != "portal" || *owner.Proof != (access.Proof{Kind: access.ByAPIKey, Credential: "apiKeys/" + made.GetId()}) {
		t.Errorf("%+v, %v", owner, err)
	}
	if strings.Contains(owner.Proof.Credential, strings.Split(text, "_")[3]) {
		t.Error("the proof holds the secret")
	}
	if !strings.HasPrefix(text, "mesh_test_"+made.GetId()+"_") {
		t.Errorf("the key does not tell its environment and id: %s", made.GetId())
	}
	if want := noon.Add(90 * 24 * time.Hour); !made.GetExpireTime().AsTime().Equal(want) || made.GetCreatedBy() != "op" || made.State != apikey.Active {
		t.Errorf("%+v", made)
	}
}

// Whatever one mistypes is told apart from a key that is unknown.
func TestATypoIsToldApartFromAnUnknownKey(t *testing.T) {
	r, other := newRing(t, &hand{}), newRing(t, &hand{})
	text, _ := create(t, r, portal)
	if _, err := other.Find(text); !errors.Is(err, apikey.ErrUnknown) {
		t.Errorf("another ring's key: %v", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(len(apikey.Prefix), len(text)-1).Draw(t, "at")
		typed := rapid.SampledFrom([]byte("abcdefghijklmnopqrstuvwxyz234567_-A ")).Draw(t, "typed")
		wrong := text[:at] + string(typed) + text[at+1:]
		if rapid.Bool().Draw(t, "left out") {
			wrong = text[:at] + text[at+1:]
		}
		if _, err := r.Find(wrong); wrong != text && !errors.Is(err, apikey.ErrMistyped) {
			t.Errorf("%q: %v", wrong, err)
		}
	})
}

func TestAKeyOfAnotherEnvironmentIsRefusedWithItsReason(t *testing.T) {
	dir := t.TempDir()
	journal := openJournal(t, dir)
	defer journal.Close()
	text, _ := create(t, open(t, journal, "production", &hand{}), portal)
	// The data folder of production, copied to a test system.
	disguised := strings.Replace(text[:strings.LastIndex(text, "_")], "production", "test", 1)
	disguised += fmt.Sprintf("_%08x", crc32.ChecksumIEEE([]byte(disguised)))
	if _, err := open(t, journal, "test", &hand{}).Find(disguised); !errors.Is(err, apikey.ErrUnknown) {
		t.Errorf("a key whose environment was changed: %v", err)
	}
	var wrong *apikey.EnvironmentError
	if _, err := open(t, journal, "test", &hand{}).Find(text); !errors.As(err, &wrong) || wrong.Of != "production" || wrong.Here != "test" {
		t.Error(err)
	}
}

func TestKeysEndAndAreRevoked(t *testing.T) {
	clk := &hand{}
	r := newRing(t, clk)
	text, made := create(t, r, apikey.Wish{Principal: "portal", Purpose: "x", Lifetime: time.Hour})
	stolen, bad := create(t, r, portal)
	if before, k, err := r.Revoke(t.Context(), "op", bad.GetId(), "stolen"); err != nil || before.State != apikey.Active || k.State != apikey.Revoked || k.GetRevokeReason() != "stolen" {
		t.Errorf("%+v, %v", k, err)
	}
	if _, err := r.Find(stolen); !errors.Is(err, apikey.ErrRevoked) {
		t.Error(err)
	}
	if before, k, err := r.Revoke(t.Context(), "other", bad.GetId(), "again"); err != nil || before.State != apikey.Revoked || k.GetRevokedBy() != "op" {
		t.Errorf("a second revocation changed something: %+v, %v", k, err)
	}
	clk.move(time.Hour - time.Second)
	if _, err := r.Find(text); err != nil {
		t.Error(err)
	}
	clk.move(time.Second)
	if _, err := r.Find(text); !errors.Is(err, apikey.ErrExpired) {
		t.Error(err)
	}
	for id, want := range map[string]error{made.GetId(): apikey.ErrNotLive, bad.GetId(): apikey.ErrNotLive, "aaaaaaaaaaaaaaaa": apikey.ErrNoKey} {
		if _, err := r.Rotate(t.Context(), "op", id, apikey.Turn{}); !errors.Is(err, want) {
			t.Errorf("rotating %s: %v", id, err)
		}
	}
	if _, _, err := r.Revoke(t.Context(), "op", "aaaaaaaaaaaaaaaa", "x"); !errors.Is(err, apikey.ErrNoKey) {
		t.Error(err)
	}
}

func TestTwoKeysAreBelievedWhileOneIsRotated(t *testing.T) {
	clk := &hand{}
	r := newRing(t, clk)
	before, made := create(t, r, portal)
	overlap := time.Hour
	rotated, err := r.Rotate(t.Context(), "op", made.GetId(), apikey.Turn{Overlap: &overlap})
	after, next, replaced := rotated.Text, rotated.Made, rotated.Replaced
	if was := rotated.Before; was.State != apikey.Active || was.GetSuccessor() != "" || !was.GetExpireTime().AsTime().Equal(made.GetExpireTime().AsTime()) {
		t.Errorf("before it was %+v", was)
	}
	if err != nil || replaced.GetSuccessor() != next.GetId() || replaced.State != apikey.Rotated || next.GetPrincipal() != "portal" || next.GetPurpose() != "orders" {
		t.Fatalf("%+v, %+v, %v", next, replaced, err)
	}
	for _, text := range []string{before, after} {
		if _, err := r.Find(text); err != nil {
			t.Error(err)
		}
	}
	if _, err := r.Rotate(t.Context(), "op", made.GetId(), apikey.Turn{}); !errors.Is(err, apikey.ErrRotated) {
		t.Errorf("a third key: %v", err)
	}
	clk.move(time.Hour)
	if _, err := r.Find(before); !errors.Is(err, apikey.ErrExpired) {
		t.Error(err)
	}
	if _, err := r.Find(after); err != nil {
		t.Error(err)
	}
	// An overlap does not make a key last longer than it was to.
	_, short := create(t, r, apikey.Wish{Principal: "portal", Purpose: "x", Lifetime: time.Minute})
	if rotated, err = r.Rotate(t.Context(), "op", short.GetId(), apikey.Turn{}); err != nil || !rotated.Replaced.GetExpireTime().AsTime().Equal(short.GetExpireTime().AsTime()) {
		t.Errorf("%+v, %v", rotated, err)
	}
}

// A key that one person proposes is believed once another one has confirmed it, and what it
// takes the place of stays as it was until then.
func TestAProposedKeyTakesTwoPersons(t *testing.T) {
	clk := &hand{}
	r := newRing(t, clk)
	text, made := create(t, r, apikey.Wish{Principal: "portal", Purpose: "orders", Proposed: true})
	if made.State != apikey.Proposed {
		t.Fatalf("%+v", made)
	}
	if _, err := r.Find(text); !errors.Is(err, apikey.ErrProposed) {
		t.Errorf("before anybody has confirmed it: %v", err)
	}
	if _, err := r.Rotate(t.Context(), "op", made.GetId(), apikey.Turn{}); !errors.Is(err, apikey.ErrProposed) {
		t.Errorf("rotating it: %v", err)
	}
	if _, err := r.Confirm(t.Context(), made.GetCreatedBy(), made.GetId()); !errors.Is(err, apikey.ErrOwn) {
		t.Errorf("its maker confirms it: %v", err)
	}
	for _, what := range []string{"once", "again"} {
		if c, err := r.Confirm(t.Context(), "other", made.GetId()); err != nil || c.Now.State != apikey.Active || c.Now.GetConfirmedBy() != "other" || len(c.Replaced) != 0 {
			t.Fatalf("%s: %+v, %v", what, c, err)
		}
	}
	if _, err := r.Find(text); err != nil {
		t.Error(err)
	}

	overlap := time.Hour
	turned, err := r.Rotate(t.Context(), "op", made.GetId(), apikey.Turn{Overlap: &overlap, Proposed: true})
	if err != nil || turned.Replaced.State != apikey.Active || turned.Replaced.GetSuccessor() != "" || turned.Made.State != apikey.Proposed {
		t.Fatalf("%+v, %v", turned, err)
	}
	if _, err := r.Rotate(t.Context(), "op", made.GetId(), apikey.Turn{Proposed: true}); !errors.Is(err, apikey.ErrAwaited) {
		t.Errorf("a second one for the same place: %v", err)
	}
	clk.move(2 * time.Hour) // nobody has looked at it for longer than the overlap
	if _, err := r.Find(text); err != nil {
		t.Errorf("the old one while nobody has confirmed the new one: %v", err)
	}
	c, err := r.Confirm(t.Context(), "other", turned.Made.GetId())
	if err != nil || len(c.Replaced) != 2 || c.Replaced[1].State != apikey.Rotated || c.Replaced[1].GetSuccessor() != turned.Made.GetId() {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, text := range []string{text, turned.Text} {
		if _, err := r.Find(text); err != nil {
			t.Error(err)
		}
	}
	clk.move(overlap)
	if _, err := r.Find(text); !errors.Is(err, apikey.ErrExpired) {
		t.Errorf("the old one after the overlap: %v", err)
	}
	for id, want := range map[string]error{made.GetId(): apikey.ErrNotLive, "aaaaaaaaaaaaaaaa": apikey.ErrNoKey} {
		if _, err := r.Confirm(t.Context(), "other", id); !errors.Is(err, want) {
			t.Errorf("confirming %s: %v", id, err)
		}
	}
}

// A proposed key that is revoked, or in whose stead another one was made meanwhile, is not
// confirmed; one whose predecessor has ended is.
func TestWhatIsProposedMayBeOvertaken(t *testing.T) {
	clk := &hand{}
	r := newRing(t, clk)
	propose := func(id string) apikey.Key {
		turned, err := r.Rotate(t.Context(), "op", id, apikey.Turn{Proposed: true})
		if err != nil {
			t.Fatal(err)
		}
		return turned.Made
	}
	_, first := create(t, r, portal)
	revoked := propose(first.GetId())
	if _, _, err := r.Revoke(t.Context(), "op", revoked.GetId(), "not wanted"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Confirm(t.Context(), "other", revoked.GetId()); !errors.Is(err, apikey.ErrNotLive) {
		t.Errorf("one that is revoked: %v", err)
	}
	late := propose(first.GetId())
	// Nor does somebody alone overtake it where the access file is no longer governed.
	if _, err := r.Rotate(t.Context(), "op", first.GetId(), apikey.Turn{}); !errors.Is(err, apikey.ErrAwaited) {
		t.Errorf("while one waits: %v", err)
	}
	clk.move(89 * 24 * time.Hour)
	_, second := create(t, r, portal)
	alone := propose(second.GetId())
	if _, _, err := r.Revoke(t.Context(), "op", second.GetId(), "stolen"); err != nil {
		t.Fatal(err)
	}
	if c, err := r.Confirm(t.Context(), "other", alone.GetId()); err != nil || c.Now.State != apikey.Active || len(c.Replaced) != 0 {
		t.Errorf("one whose predecessor is revoked: %+v, %v", c, err)
	}
	clk.move(2 * 24 * time.Hour)
	if _, err := r.Confirm(t.Context(), "other", late.GetId()); !errors.Is(err, apikey.ErrNotLive) {
		t.Errorf("one that has ended: %v", err)
	}
}

func TestAPrincipalHasSoManyKeys(t *testing.T) {
	r := newRing(t, &hand{})
	var last apikey.Key
	for range 32 {
		_, last = create(t, r, portal)
	}
	if _, _, err := r.Create(t.Context(), "op", portal); !errors.Is(err, apikey.ErrTooMany) {
		t.Error(err)
	}
	if _, _, err := r.Revoke(t.Context(), "op", last.GetId(), "x"); err != nil {
		t.Fatal(err)
	}
	create(t, r, portal)
	create(t, r, apikey.Wish{Principal: "another", Purpose: "x"})
}

// What is kept survives a restart, and no file of the folder holds a key.
func TestWhatIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		journal := openJournal(t, dir)
		r := open(t, journal, "test", clock.System{})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- r.Run(ctx) }()
		text, made := create(t, r, portal)
		stolen, bad := create(t, r, portal)
		if _, _, err := r.Revoke(t.Context(), "op", bad.GetId(), "stolen"); err != nil {
			t.Fatal(err)
		}
		head := journal.Head()
		time.Sleep(10 * time.Minute)
		for range 100 {
			if _, err := r.Find(text); err != nil {
				t.Fatal(err)
			}
		}
		used := time.Now().UTC().Truncate(time.Minute)
		time.Sleep(time.Minute)
		stop()
		<-ended
		if journal.Head() != head {
			t.Error("the use of a key is an entry of the journal")
		}
		if err := journal.Close(); err != nil {
			t.Fatal(err)
		}
		journal = openJournal(t, dir)
		defer func() { _ = journal.Close() }()
		again := open(t, journal, "test", clock.System{})
		for _, k := range again.All() {
			if k.GetId() == made.GetId() && !k.Used.Equal(used) {
				t.Errorf("used %v, want %v", k.Used, used)
			}
		}
		if _, err := again.Find(text); err != nil {
			t.Error(err)
		}
		if _, err := again.Find(stolen); !errors.Is(err, apikey.ErrRevoked) {
			t.Error(err)
		}
		secret := strings.Split(text, "_")[3]
		err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
			if err != nil || info.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds a key", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func FuzzFind(f *testing.F) {
	r := newRing(f, &hand{})
	text, _ := create(f, r, portal)
	for _, seed := range []string{text, text + "\n", "mesh_", "mesh____", strings.ToUpper(text), text[:len(text)-9], "mesh_production" + text[len("mesh_test"):], strings.Repeat("mesh_", 1000)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		owner, err := r.Find(typed)
		if (err == nil) != (typed == text) || (owner == nil) == (err == nil) {
			t.Errorf("%q: %+v, %v", typed, owner, err)
		}
		if err != nil && len(typed) > 60 && strings.Contains(err.Error(), typed) {
			t.Errorf("the error repeats what was typed: %v", err)
		}
	})
}

// The cost of a key in each call.
func BenchmarkFind(b *testing.B) {
	r := newRing(b, clock.System{})
	text, _ := create(b, r, portal)
	for range 20 {
		create(b, r, portal)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Find(text); err != nil {
			b.Fatal(err)
		}
	}
}

package govern_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	governancev1 "odoomesh/gen/go/mesh/governance/v1"
	"odoomesh/internal/audit"
	"odoomesh/internal/fault"
	"odoomesh/internal/govern"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}

// hand is a clock that a test moves.
type hand struct{ past atomic.Int64 }

func (h *hand) Now() time.Time {
	return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC).Add(time.Duration(h.past.Load()))
}

// After comes at once: who waits for the hand looks again and again.
func (h *hand) After(time.Duration) <-chan time.Time { return time.After(time.Millisecond) }

// page is a document whose lines are names, each of somebody whom a change is about.
type page struct {
	configured, used []byte
}

func (*page) Check(text []byte) error {
	if bytes.Contains(text, []byte("wrong")) {
		return errors.New("line 1: wrong")
	}
	return nil
}

func (*page) Effect(_ context.Context, before, after []byte) (govern.Effect, error) {
	e := govern.Effect{Basis: "all lines"}
	for name := range strings.Lines(string(after)) {
		if !bytes.Contains(before, []byte(name)) {
			e.Decisions = append(e.Decisions, govern.Decision{Principal: strings.TrimSpace(name), Before: "never", After: "always"})
		}
	}
	return e, nil
}

func (p *page) Use(text []byte) error { p.used = text; return nil }

func (p *page) Configured() ([]byte, error) { return p.configured, nil }

// world is a register with all around it.
type world struct {
	*govern.Register
	t       testing.TB
	journal store.Journal
	clock   *hand
	page    *page
	told    []audit.Statement
	mute    error
}

func newWorld(t testing.TB) *world {
	t.Helper()
	journal, err := badgerstore.OpenLog(t.TempDir(), badgerstore.LogOptions{Name: "governance"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := journal.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{t: t, journal: journal, clock: &hand{}, page: &page{configured: []byte("ann\n")}}
	w.open()
	return w
}

// open is a start of the mesh.
func (w *world) open() {
	w.t.Helper()
	var err error
	w.Register, err = govern.Open(govern.Config{Journal: w.journal, Clock: w.clock, Logger: slog.New(slog.DiscardHandler), Tell: func(_ context.Context, s audit.Statement) error {
		if w.mute == nil {
			w.told = append(w.told, s)
		}
		return w.mute
	}})
	if err == nil {
		w.page.used, err = w.Adopt(context.Background(), govern.AccessFile, w.page)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) propose(by, text string) *governancev1.Proposal {
	w.t.Helper()
	p, err := w.Propose(context.Background(), by, govern.Wish{Kind: govern.AccessFile, Text: []byte(text), Reason: "because"})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// approved is a proposal of ann that bob has approved.
func (w *world) approved(text string) *governancev1.Proposal {
	w.t.Helper()
	p := w.propose("ann", text)
	p, err := w.Review(context.Background(), "bob", p.GetName(), true, "fine", p.GetEtag())
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) refused(want errorsv1.Reason, about string, err error) {
	w.t.Helper()
	if fault.ReasonOf(err) != want || !strings.Contains(err.Error(), about) {
		w.t.Errorf("refused with %v, want %v about %q", err, want, about)
	}
}

func (w *world) state(name string) governancev1.ProposalState {
	w.t.Helper()
	p, err := w.Get(name)
	if err != nil {
		w.t.Fatal(err)
	}
	return p.GetState()
}

func TestOneProposesAnotherApprovesThenItIsInForce(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	p := w.propose("ann", "ann\ncarl\n")
	if len(p.GetEffect().GetDecisions()) != 1 || p.GetEffect().GetDecisions()[0].GetPrincipal() != "carl" || p.GetEffect().GetBasis() == "" {
		t.Errorf("its effect: %v", p.GetEffect())
	}
	_, err := w.Activate(ctx, "ann", p.GetName(), time.Time{})
	w.refused(errorsv1.Reason_REASON_INVALID_ARGUMENT, "is proposed, and cannot be put in force", err)
	_, err = w.Review(ctx, "ann", p.GetName(), true, "fine", "")
	w.refused(errorsv1.Reason_REASON_NOT_PERMITTED, "does not review", err)
	_, err = w.Review(ctx, "bob", p.GetName(), true, "fine", "another")
	w.refused(errorsv1.Reason_REASON_STALE_ETAG, "changed", err)
	if _, err = w.Review(ctx, "bob", p.GetName(), true, "fine", p.GetEtag()); err != nil {
		t.Fatal(err)
	}
	if string(w.page.used) != "ann\n" {
		t.Error("it is in force before it was put in force")
	}
	p, err = w.Activate(ctx, "ann", p.GetName(), time.Time{})
	if err != nil || p.GetState() != governancev1.ProposalState_PROPOSAL_STATE_ACTIVE || string(w.page.used) != "ann\ncarl\n" {
		t.Fatalf("%v, %v, %q", p, err, w.page.used)
	}
	w.open()
	if string(w.page.used) != "ann\ncarl\n" {
		t.Error("a restart forgets what is in force")
	}
	var steps []string
	for _, s := range w.told {
		steps = append(steps, s.Leaf.Command+" "+s.Payload.Principal)
		if s.Leaf.Kind != audit.OfProposal || s.Leaf.Before != "sha256:"+govern.Digest([]byte("ann\n")) || s.Leaf.After != "sha256:"+govern.Digest([]byte("ann\ncarl\n")) {
			t.Errorf("the audit is told %+v", s)
		}
		if says := strings.Contains(s.Payload.Explanation, "carl : always, before: never\n"); says == (s.Leaf.Command == "proposals.approve") {
			t.Errorf("of %s the audit is told %q", s.Leaf.Command, s.Payload.Explanation)
		}
	}
	if got := strings.Join(steps, ", "); got != "proposals.propose ann, proposals.approve bob, proposals.activate ann" {
		t.Errorf("the audit is told %s", got)
	}
}

func TestWhatCannotBeUsedIsRefused(t *testing.T) {
	w := newWorld(t)
	for about, wish := range map[string]govern.Wish{
		"line 1: wrong":      {Kind: govern.AccessFile, Text: []byte("wrong")},
		"is in force":        {Kind: govern.AccessFile, Text: []byte("ann\n")},
		"not the one in for": {Kind: govern.AccessFile, Text: []byte("x"), Base: govern.Digest([]byte("another"))},
		"is not governed":    {Kind: govern.MappingOverlays, Text: []byte("x")},
	} {
		if _, err := w.Propose(t.Context(), "ann", wish); err == nil || !strings.Contains(err.Error(), about) {
			t.Errorf("%v, want something about %q", err, about)
		}
	}
	if p, err := w.Propose(t.Context(), "ann", govern.Wish{Kind: govern.AccessFile, Text: []byte("x"), Dry: true}); err != nil || p.GetName() != "" || w.journal.Head() != 0 {
		t.Errorf("a dry run left something: %v, %v", p, err)
	}
}

func TestAProposalWhoseBaseIsGoneIsStale(t *testing.T) {
	w := newWorld(t)
	one, other := w.approved("ann\none\n"), w.approved("ann\nother\n")
	if _, err := w.Activate(t.Context(), "bob", one.GetName(), time.Time{}); err != nil {
		t.Fatal(err)
	}
	_, err := w.Activate(t.Context(), "bob", other.GetName(), w.clock.Now().Add(time.Hour))
	w.refused(errorsv1.Reason_REASON_STALE_ETAG, "in force no longer", err)
	if w.state(other.GetName()) != governancev1.ProposalState_PROPOSAL_STATE_STALE || string(w.page.used) != "ann\none\n" {
		t.Errorf("%v, %q", w.state(other.GetName()), w.page.used)
	}
}

func TestADateIsKeptAlsoOverARestart(t *testing.T) {
	w := newWorld(t)
	due, late, never := w.approved("ann\ndue\n"), w.approved("ann\nlate\n"), w.approved("ann\nnever\n")
	for name, after := range map[string]time.Duration{due.GetName(): time.Hour, late.GetName(): 2 * time.Hour, never.GetName(): time.Minute} {
		if _, err := w.Activate(t.Context(), "bob", name, w.clock.Now().Add(after)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.Activate(t.Context(), "bob", due.GetName(), w.clock.Now().Add(400*24*time.Hour))
	w.refused(errorsv1.Reason_REASON_INVALID_ARGUMENT, "366 days", err)
	if _, err := w.Withdraw(t.Context(), "carl", never.GetName(), "not now"); err != nil {
		t.Fatal(err)
	}
	w.open()
	w.clock.past.Store(int64(3 * time.Hour))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	for w.state(due.GetName()) == governancev1.ProposalState_PROPOSAL_STATE_SCHEDULED || w.state(late.GetName()) == governancev1.ProposalState_PROPOSAL_STATE_SCHEDULED {
		<-w.clock.After(0)
	}
	stop()
	<-ended
	states := map[governancev1.ProposalState]int{w.state(due.GetName()): 1}
	states[w.state(late.GetName())]++
	if states[governancev1.ProposalState_PROPOSAL_STATE_ACTIVE] != 1 || states[governancev1.ProposalState_PROPOSAL_STATE_STALE] != 1 {
		t.Errorf("of two with one base %v", states)
	}
	if w.state(never.GetName()) != governancev1.ProposalState_PROPOSAL_STATE_WITHDRAWN {
		t.Error("what was withdrawn was put in force")
	}
}

func TestRevertingPutsTheOneBeforeInForce(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	p := w.approved("carl\n")
	if _, err := w.Activate(ctx, "bob", p.GetName(), time.Time{}); err != nil {
		t.Fatal(err)
	}
	_, err := w.Revert(ctx, "ann", p.GetName(), "mine again")
	w.refused(errorsv1.Reason_REASON_NOT_PERMITTED, "what the caller itself", err)
	back, err := w.Revert(ctx, "bob", p.GetName(), "carl is ill")
	if err != nil || back.GetReverts() != p.GetName() || string(w.page.used) != "ann\n" || w.state(p.GetName()) != governancev1.ProposalState_PROPOSAL_STATE_REVERTED {
		t.Fatalf("%v, %v, %q", back, err, w.page.used)
	}
	_, err = w.Revert(ctx, "dora", back.GetName(), "again")
	w.refused(errorsv1.Reason_REASON_INVALID_ARGUMENT, "a reversal cannot be reverted", err)
	if last := w.told[len(w.told)-1].Leaf; last.Command != "proposals.revert" || last.After != "sha256:"+govern.Digest([]byte("ann\n")) {
		t.Errorf("the audit is told %+v", last)
	}
}

func TestAFileThatIsChangedBesideHasNoEffectAndIsTold(t *testing.T) {
	w := newWorld(t)
	look := func() map[string]string {
		ctx, stop := context.WithCancel(t.Context())
		stop()
		_ = w.Run(ctx) // one round
		return w.Beside()
	}
	if told := look(); len(told) > 0 {
		t.Errorf("%v", told)
	}
	p := w.approved("ann\ncarl\n")
	if _, err := w.Activate(t.Context(), "bob", p.GetName(), time.Time{}); err != nil {
		t.Fatal(err)
	}
	if told := look(); len(told) > 0 {
		t.Errorf("the first file, left where it is: %v", told)
	}
	w.page.configured = []byte("mallory\n")
	if told := look(); told["accessFile"] == "" {
		t.Error("nobody is told of a change beside")
	}
	w.open()
	if string(w.page.used) != "ann\ncarl\n" {
		t.Errorf("in force is %q", w.page.used)
	}
	w.page.configured = []byte("ann\ncarl\n")
	if told := look(); len(told) > 0 {
		t.Errorf("a file that says what is in force: %v", told)
	}
}

func TestTheAuditIsToldLaterWhereItCannotBeAtOnce(t *testing.T) {
	w := newWorld(t)
	w.mute = errors.New("the disk is full")
	_, err := w.Propose(t.Context(), "ann", govern.Wish{Kind: govern.AccessFile, Text: []byte("x"), Reason: "because"})
	w.refused(errorsv1.Reason_REASON_AUDIT_UNAVAILABLE, "the disk is full", err)
	w.mute = nil
	w.propose("ann", "y")
	if len(w.told) != 2 || w.told[0].Leaf.Document == w.told[1].Leaf.Document {
		t.Errorf("it is told %+v", w.told)
	}
}

// Whatever the steps: nothing is ever in force but the first document, or one that another
// than its author has approved.
func TestNothingIsInForceThatOnePersonAlonePutThere(t *testing.T) {
	w := newWorld(t)
	approved := map[string]bool{"ann\n": true}
	rapid.Check(t, func(rt *rapid.T) {
		people := rapid.SampledFrom([]string{"ann", "bob"})
		var names []string
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			by := people.Draw(rt, "by")
			if len(names) == 0 || rapid.Bool().Draw(rt, "new") {
				text := rapid.SampledFrom([]string{"ann\n", "bob\n", "carl\n", "dora\n"}).Draw(rt, "text")
				if p, err := w.Propose(t.Context(), by, govern.Wish{Kind: govern.AccessFile, Text: []byte(text), Reason: "x"}); err == nil {
					names = append(names, p.GetName())
				}
				continue
			}
			name := rapid.SampledFrom(names).Draw(rt, "name")
			switch rapid.IntRange(0, 3).Draw(rt, "step") {
			case 0:
				before, _ := w.Get(name)
				if p, err := w.Review(t.Context(), by, name, true, "x", ""); err == nil {
					if before.GetAuthor() == by {
						rt.Fatalf("%s approved its own", by)
					}
					approved[p.GetDocument()] = true
				}
			case 1:
				_, _ = w.Activate(t.Context(), by, name, time.Time{})
			case 2:
				if p, err := w.Revert(t.Context(), by, name, "x"); err == nil {
					names = append(names, p.GetName())
				}
			case 3:
				_, _ = w.Withdraw(t.Context(), by, name, "x")
			}
			kept, _ := w.Active(govern.AccessFile)
			if !approved[string(kept.GetText())] || !bytes.Equal(kept.GetText(), w.page.used) {
				rt.Fatalf("in force is %q, used is %q", kept.GetText(), w.page.used)
			}
		}
		for _, name := range names {
			_, _ = w.Withdraw(t.Context(), "ann", name, "x")
		}
	})
}

func TestAListIsPagedFromTheNewest(t *testing.T) {
	w := newWorld(t)
	var names []string
	for _, text := range []string{"a", "b", "c"} {
		names = append(names, w.propose("ann", text).GetName())
	}
	found, err := w.List(govern.AccessFile, 0, 2)
	if err != nil || len(found) != 2 || found[0].GetName() != names[2] || found[1].GetName() != names[1] || found[0].GetDocument() != "" {
		t.Fatalf("%v, %v", found, err)
	}
	if rest, err := w.List(0, 2, 10); err != nil || len(rest) != 1 || rest[0].GetName() != names[0] {
		t.Errorf("%v, %v", rest, err)
	}
	if other, err := w.List(govern.MappingOverlays, 0, 10); err != nil || len(other) != 0 {
		t.Errorf("%v, %v", other, err)
	}
}

package command

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/fingerprint"
)

// known is an Odoo that is the one that it was, until a test says otherwise.
type known struct {
	mu      sync.Mutex
	finding fingerprint.Finding
	err     error
	looks   int
	// compared is the fingerprint of the last look, and depth how deep it was.
	compared *internalv1.KeptFingerprint
	depth    fingerprint.Depth
}

func (k *known) probe(_ context.Context, kept *internalv1.KeptFingerprint, depth fingerprint.Depth) (fingerprint.Finding, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.looks++
	k.compared, k.depth = kept, depth
	f := k.finding
	f.Print = &internalv1.KeptFingerprint{Release: "17.0", Numbers: []*internalv1.KeptNumber{{Id: 1, Next: int64(k.looks)}}}
	return f, k.err
}

func (k *known) is(f fingerprint.Finding, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.finding, k.err = f, err
}

func (k *known) looked() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.looks
}

var restored = fingerprint.Finding{Kind: fingerprint.Restored, Certain: true, Evidence: []string{"It went back."}}

// recognising is a world whose Odoo is looked at.
func recognising(t *testing.T) (*world, *known) {
	w, k := newWorld(t), &known{}
	w.Probe = k.probe
	return w, k
}

// long lets the last look be long ago.
func (w *world) long() {
	w.identity.mu.Lock()
	defer w.identity.mu.Unlock()
	w.identity.looked = time.Time{}
	if w.identity.doubt != nil {
		w.identity.doubt.Noticed = w.identity.doubt.Noticed.Add(-passing)
	}
}

func TestNothingIsWrittenToAnOdooThatWasPutBackBeforeAPersonsWord(t *testing.T) {
	w, k := recognising(t)
	erp := as(t, "erp")
	for order := 1; order <= 3; order++ {
		if _, err := w.press(erp, "r"+string(rune('0'+order)), order); err != nil {
			t.Fatal(err)
		}
	}
	if k.looks != 1 {
		t.Errorf("Odoo was looked at %d times for three commands at once", k.looks)
	}
	// Order 1 is not pressed any more, 2 is gone, and people have changed 3 since.
	w.pressed[1], w.pressed[3], w.notes = 0, 0, w.notes[2:]
	w.gone[2] = true
	k.is(restored, nil)
	w.long()
	refused := func(requestID string, order int) {
		t.Helper()
		if _, err := w.press(erp, requestID, order); fault.ReasonOf(err) != errorsv1.Reason_REASON_ODOO_CHANGED || !strings.Contains(err.Error(), "It went back.") {
			t.Errorf("%s: %v", requestID, err)
		}
	}
	refused("r4", 4)
	refused("r1", 1) // also what the ledger says is done
	k.is(fingerprint.Finding{}, nil)
	w.restart(t)
	w.Probe = k.probe
	if err := w.Recognise(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	refused("r4", 4)
	if w.pressed[1]+w.pressed[4] != 0 {
		t.Fatalf("pressed: %v", w.pressed)
	}

	change, _ := w.Changed()
	found, err := w.Compare(t.Context())
	if err != nil || found.Compared != 3 || len(found.Lost) != 2 || found.Lost[0].Loss != Gone || found.Lost[1].Loss != Undone {
		t.Fatalf("%+v, %v", found, err)
	}
	if _, err := w.Accept(t.Context(), "ann", "restored on Sunday", "1-1"); fault.ReasonOf(err) != errorsv1.Reason_REASON_STALE_ETAG {
		t.Errorf("another change is accepted: %v", err)
	}
	if _, err := w.Accept(t.Context(), "ann", "restored on Sunday", change.Etag); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Accept(t.Context(), "ann", "again", change.Etag); fault.ReasonOf(err) != errorsv1.Reason_REASON_INVALID_ARGUMENT {
		t.Errorf("accepted twice: %v", err)
	}
	lost := w.state(t, erp, "r1", commandv1.State_STATE_LOST)
	if !strings.Contains(lost.GetExplanation(), "ann") || !strings.Contains(lost.GetExplanation(), "restored on Sunday") || !strings.Contains(lost.GetEvidence(), "thing is pressed") {
		t.Errorf("%v", lost)
	}
	w.state(t, erp, "r3", commandv1.State_STATE_DONE)
	if _, err := w.press(erp, "r1", 1); fault.ReasonOf(err) != errorsv1.Reason_REASON_ACTION_REQUIRED || w.pressed[1] != 0 {
		t.Errorf("what is lost is done again by itself: %v", err)
	}
	if _, err := w.press(erp, "r1-anew", 1); err != nil || w.pressed[1] != 1 {
		t.Errorf("under another id: %v", err)
	}
	w.restart(t)
	if _, is := w.Changed(); is {
		t.Error("the acceptance is forgotten by a restart")
	}
}

// A whole look costs Odoo eight calls: a command that comes soon after one glances.
func TestACommandGlancesAtAnOdooThatWasLookedAtLately(t *testing.T) {
	w, k := recognising(t)
	if err := w.Recognise(t.Context(), true); err != nil || k.depth != fingerprint.SignIn {
		t.Fatal(k.depth, err)
	}
	glances := func(requestID string, want fingerprint.Depth) {
		t.Helper()
		w.long()
		if _, err := w.press(as(t, "erp"), requestID, 1); err != nil || k.depth != want {
			t.Errorf("%s: depth %d, %v", requestID, k.depth, err)
		}
	}
	glances("r1", fingerprint.Glance)
	w.identity.whole = w.identity.whole.Add(-recogniseEvery)
	glances("r2", fingerprint.Whole)
	glances("r3", fingerprint.Glance)
}

// An answer of a replica that lags behind refuses what comes meanwhile, and no more.
func TestWhatMayPassIsLookedAtAgain(t *testing.T) {
	w, k := recognising(t)
	erp := as(t, "erp")
	doubtful := restored
	doubtful.Certain = false
	if err := w.Recognise(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	k.is(doubtful, nil)
	w.long()
	var known *fault.Error
	if _, err := w.press(erp, "r1", 1); !errors.As(err, &known) || fault.ReasonOf(err) != errorsv1.Reason_REASON_ODOO_CHANGED {
		t.Fatal(err)
	}
	if change, is := w.Changed(); !is || change.Etag != "" {
		t.Errorf("%+v", change)
	}
	k.is(fingerprint.Finding{}, nil)
	w.identity.looked = time.Time{}
	if err := w.Recognise(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if _, err := w.press(erp, "r1", 1); err != nil {
		t.Error(err)
	}
	k.is(doubtful, nil)
	for range 2 {
		w.long()
		if err := w.Recognise(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
	if change, _ := w.Changed(); change.Etag == "" {
		t.Error("what lasts is taken for something that passes")
	}
}

// What is open when Odoo turns out to be another one is neither carried on nor called
// undone; after a person's word it is looked up, and not begun by itself.
func TestWhatIsOpenWaitsForAPersonsWord(t *testing.T) {
	w, k := recognising(t)
	w.longest = 500 * time.Millisecond
	w.restart(t)
	w.Probe = k.probe
	erp := as(t, "erp")
	tries := make(chan struct{}, 100)
	w.before = func(int64) error { tries <- struct{}{}; return cut } // nothing is committed, and nobody knows
	if err := w.Recognise(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	k.is(restored, nil)
	w.long()
	ctx, cancel := context.WithCancel(erp)
	go func() { <-tries; cancel() }()
	w.identity.looked = time.Now() // the look before the command was before the restore
	_, _ = w.press(ctx, "r1", 1)
	w.long()
	if err := w.Recognise(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	<-time.After(2 * w.longest)
	if i := w.state(t, erp, "r1", commandv1.State_STATE_UNKNOWN); len(tries) > 1 {
		t.Errorf("it was tried %d times: %v", len(tries)+1, i)
	}
	change, _ := w.Changed()
	k.is(fingerprint.Finding{}, nil)
	if _, err := w.Accept(t.Context(), "ann", "restored", change.Etag); err != nil {
		t.Fatal(err)
	}
	w.state(t, erp, "r1", commandv1.State_STATE_NOT_DONE)
	if w.pressed[1] != 0 {
		t.Errorf("%v", w.pressed)
	}
}

// What was done after the last look is not in the fingerprint: the ledger knows it, also
// after a kill. What people have deleted since a look stops nothing.
func TestASignInLooksForWhatWasDoneLast(t *testing.T) {
	for _, c := range []struct {
		name   string
		happen func(w *world)
		looked bool
		want   bool
	}{
		{"it is there", func(*world) {}, false, false},
		{"it is gone, and was made after the last look", func(w *world) { w.gone[1] = true }, false, true},
		{"it was deleted after a look", func(w *world) { w.gone[1] = true }, true, false},
		{"it is undone, and so is the note", func(w *world) { w.pressed[1], w.notes = 0, nil }, true, true},
		{"people have changed it", func(w *world) { w.pressed[1] = 0 }, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, k := recognising(t)
			if _, err := w.press(as(t, "erp"), "r1", 1); err != nil {
				t.Fatal(err)
			}
			if c.looked {
				if err := w.Recognise(t.Context(), false); err != nil {
					t.Fatal(err)
				}
			}
			w.restart(t)
			w.Probe = k.probe
			c.happen(w)
			if err := w.Recognise(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			if change, is := w.Changed(); is != c.want {
				t.Errorf("%+v", change)
			}
		})
	}
}

// Who cannot look does not write.
func TestAnOdooThatCannotBeLookedAtIsNotWrittenTo(t *testing.T) {
	w, k := recognising(t)
	k.is(fingerprint.Finding{}, unreachable)
	if _, err := w.press(as(t, "erp"), "r1", 1); fault.ReasonOf(err) != errorsv1.Reason_REASON_ODOO_UNAVAILABLE || w.pressed[1] != 0 {
		t.Errorf("%v", err)
	}
}

// standing still, no pause ends by itself.
type stopped struct{ clock.System }

func (stopped) After(time.Duration) <-chan time.Time { return nil }

// What was open when the mesh stopped is settled as soon as Odoo is there, however long
// it was awaited: after a start all that is open would otherwise be asked about when its
// pause, which has grown meanwhile, is over.
func TestWhatIsOpenIsLookedAtAsSoonAsOdooIsSeen(t *testing.T) {
	w, k := recognising(t)
	ctx := as(t, "erp")
	w.before = func(int64) error { return cut }
	w.Patience = 20 * time.Millisecond
	if _, err := w.press(ctx, "r1", 42); err == nil {
		t.Fatal("it was done")
	}
	w.house.mu.Lock()
	w.pressed[42] = 1
	w.house.mu.Unlock()
	w.shut(t)
	w.open(t)
	k.is(fingerprint.Finding{}, unreachable)
	looks := k.looked()
	w.Probe, w.Clock = k.probe, stopped{}
	if err := w.resume(); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return k.looked() > looks })
	k.is(fingerprint.Finding{}, nil)
	if err := w.Recognise(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	w.state(t, ctx, "r1", stateDone)
}

// hasty waits for nothing, and notes for how long it was asked to.
type hasty struct {
	clock.System
	waits chan time.Duration
}

func (h hasty) After(d time.Duration) <-chan time.Time {
	select {
	case h.waits <- d:
	default: // enough are noted
	}
	return h.System.After(0)
}

// What is open is looked at each second while the mesh has not signed in at Odoo, and less
// and less often while Odoo answers and does not show it.
func TestPausesGrowOnlyWhileOdooIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		looks   error
		longest time.Duration
	}{
		"not signed in yet": {fault.New(errorsv1.Reason_REASON_ODOO_UNAVAILABLE, "Odoo has not been reached."), time.Second},
		"not shown":         {nil, 4 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.before = func(int64) error { return cut }
			w.Patience = 20 * time.Millisecond
			if _, err := w.press(as(t, "erp"), "r1", 42); err == nil {
				t.Fatal("it was done")
			}
			w.shut(t)
			w.open(t)
			w.house.mu.Lock()
			w.looks = func() error { return c.looks }
			w.house.mu.Unlock()
			waits := make(chan time.Duration, 10)
			w.Clock = hasty{waits: waits}
			if err := w.resume(); err != nil {
				t.Fatal(err)
			}
			longest := time.Duration(0)
			for range 10 {
				longest = max(longest, <-waits)
			}
			if longest != c.longest {
				t.Errorf("the longest pause was %v, want %v", longest, c.longest)
			}
		})
	}
}

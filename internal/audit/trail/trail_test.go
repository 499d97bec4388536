package trail_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"

	"odoomesh/internal/audit"
	"odoomesh/internal/audit/tlog"
	"odoomesh/internal/audit/trail"
	"odoomesh/internal/clock"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// memory is a log in memory that can be cut off at any moment, as by a kill.
type memory struct {
	trail.Log
	leaves [][]byte
	// cut says that the next Append is broken off, with a part of it written, in any order.
	cut bool
	rnd *rand.Rand
}

var errKilled = errors.New("killed")

func (m *memory) Append(_ context.Context, leaves [][]byte) error {
	leaves = slices.Clone(leaves)
	if m.rnd != nil {
		m.rnd.Shuffle(len(leaves), func(i, k int) { leaves[i], leaves[k] = leaves[k], leaves[i] })
	}
	if m.cut {
		m.cut = false
		m.leaves = append(m.leaves, leaves[:m.rnd.IntN(len(leaves)+1)]...)
		return errKilled
	}
	m.leaves = append(m.leaves, leaves...)
	return nil
}

func (m *memory) Size(context.Context) (uint64, error) { return uint64(len(m.leaves)), nil }

func (m *memory) Leaves(_ context.Context, from, to uint64) ([][]byte, error) {
	return m.leaves[from:min(to, uint64(len(m.leaves)))], nil
}

func (m *memory) Holds(ctx context.Context, before tlog.Checkpoint) error {
	root, err := m.Root(ctx, before.Size)
	if err == nil && before.Size > 0 && !bytes.Equal(root, before.Root) {
		err = errors.New("it does not hold what it held")
	}
	return err
}

func (m *memory) Root(_ context.Context, size uint64) ([]byte, error) {
	if size == 0 {
		return nil, nil
	}
	tree := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	for _, leaf := range m.leaves[:size] {
		if err := tree.Append(rfc6962.DefaultHasher.HashLeaf(leaf), nil); err != nil {
			return nil, err
		}
	}
	return tree.GetRootHash(nil)
}

// journal is a journal whose next write can be broken off before it is made.
type journal struct {
	*badgerstore.Log
	cut bool
}

func (j *journal) RecordAfter(ctx context.Context, head uint64, at time.Time, drafts []store.Draft, facts []store.Fact) (uint64, error) {
	if j.cut {
		j.cut = false
		return 0, errKilled
	}
	return j.Log.RecordAfter(ctx, head, at, drafts, facts)
}

func open(t testing.TB, name string) *badgerstore.Log {
	t.Helper()
	l, err := badgerstore.OpenLog(filepath.Join(t.TempDir(), name), badgerstore.LogOptions{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// told reads an entry of the ledger that is an intent and its state, "intents/a DONE".
func told(entry store.Entry) (audit.Statement, bool, error) {
	intent, after, _ := strings.Cut(string(entry.Payload), " ")
	return audit.Statement{
		Leaf:    audit.Leaf{Kind: audit.OfTransition, Intent: intent, After: after},
		Payload: audit.Payload{Principal: "erp", Request: []byte("body")},
	}, true, nil
}

// set is what a trail is made of.
type set struct {
	ledger  *badgerstore.Log
	journal *journal
	log     trail.Log
	clock   clock.Clock
	out     bytes.Buffer
	retain  time.Duration
}

func newSet(t testing.TB, log trail.Log) *set {
	return &set{ledger: open(t, "ledger"), journal: &journal{Log: open(t, "payloads")}, log: log, clock: clock.System{}}
}

// start is a trail as after a start of the mesh.
func (s *set) start(ctx context.Context) *trail.Trail {
	t := trail.New(trail.Config{
		Journal: s.journal, Log: s.log, Ledger: s.ledger, Tell: told, Retention: func() time.Duration { return s.retain },
		Clock: s.clock, Logger: slog.New(slog.NewTextHandler(&s.out, nil)),
	})
	t.Open(ctx)
	return t
}

func (s *set) transition(t testing.TB, text string) {
	t.Helper()
	if _, err := s.ledger.Append(t.Context(), time.Now(), store.Drafts("intents", []byte(text))); err != nil {
		t.Fatal(err)
	}
}

var answered = audit.Record{Method: "/mesh.order.v1.OrderService/ReleaseOrder", Principal: "erp", Outcome: audit.Answered}

// Whatever is broken off, and wherever: each transition has one record, in the order of the
// ledger, and so has each call that was answered.
func TestEachTransitionIsThereOnceWhateverIsKilled(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	log := &memory{rnd: rnd}
	s := newSet(t, log)
	at := s.start(t.Context())
	states := map[string][]string{}
	transitions, answers := 0, 0
	for range 250 {
		switch rnd.IntN(8) {
		case 0, 1, 2:
			for range 1 + rnd.IntN(5) {
				intent, state := fmt.Sprintf("intents/%d", rnd.IntN(4)), fmt.Sprint(transitions)
				s.transition(t, intent+" "+state)
				states[intent] = append(states[intent], state)
				transitions++
			}
		case 3:
			log.cut = true
		case 4:
			s.journal.cut = true
		case 5:
			at = s.start(t.Context())
		default:
			if at.Record(t.Context(), answered) == nil {
				answers++
				if told := transitionsIn(t, log); len(told) != transitions {
					t.Fatalf("a call was answered, and of %d transitions %d are in the log", transitions, len(told))
				}
			}
		}
	}
	log.cut, s.journal.cut = false, false
	at = s.start(t.Context())
	if err := at.Ready(); err != nil {
		t.Fatal(err)
	}
	found := transitionsIn(t, log)
	slices.SortFunc(found, func(a, b audit.Leaf) int { return int(a.Ledger) - int(b.Ledger) })
	before, seen := map[string]string{}, map[string][]string{}
	for i, l := range found {
		if l.Ledger != uint64(i+1) || l.Before != before[l.Intent] {
			t.Fatalf("transition %d is %+v, want before %q", i, l, before[l.Intent])
		}
		before[l.Intent], seen[l.Intent] = l.After, append(seen[l.Intent], l.After)
	}
	for intent, want := range states {
		if !slices.Equal(seen[intent], want) {
			t.Errorf("%s went %v, want %v", intent, seen[intent], want)
		}
	}
	sequences := map[uint64]bool{}
	calls := 0
	for _, raw := range log.leaves {
		leaf := read(t, raw)
		if sequences[leaf.Sequence] || leaf.Sequence > uint64(len(log.leaves)) {
			t.Fatalf("record %d is there twice, or beyond the end", leaf.Sequence)
		}
		sequences[leaf.Sequence] = true
		if leaf.Kind == audit.OfCall {
			calls++
		}
	}
	if calls < answers || answers == 0 || transitions < 60 {
		t.Errorf("%d calls were answered, and %d are in the log; %d transitions", answers, calls, transitions)
	}
}

func read(t testing.TB, raw []byte) audit.Leaf {
	t.Helper()
	leaf, err := audit.ReadLeaf(raw)
	if err != nil {
		t.Fatal(err)
	}
	return leaf
}

func transitionsIn(t testing.TB, m *memory) (found []audit.Leaf) {
	t.Helper()
	for _, raw := range m.leaves {
		if leaf := read(t, raw); leaf.Kind == audit.OfTransition {
			found = append(found, leaf)
		}
	}
	return found
}

// A ledger that was restored has another name: what was followed of it is not told twice,
// and one that was put back, or is another, is told.
func TestALedgerThatWasRestoredIsKnownAgain(t *testing.T) {
	log := &memory{}
	s := newSet(t, log)
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	ledgerOf := func(texts ...string) *badgerstore.Log {
		l := open(t, "ledger")
		for _, text := range texts {
			if _, err := l.Append(t.Context(), noon, store.Drafts("intents", []byte(text))); err != nil {
				t.Fatal(err)
			}
		}
		return l
	}
	for _, tt := range []struct {
		name        string
		ledger      []string
		transitions int
		told        bool
	}{
		{"the first", []string{"intents/a A", "intents/a B"}, 2, false},
		{"restored, and gone on", []string{"intents/a A", "intents/a B", "intents/a C"}, 3, false},
		{"an older one, put back", []string{"intents/a A"}, 3, true},
		{"which goes on", []string{"intents/a A", "intents/b A"}, 4, false},
		{"another one", []string{"intents/c A", "intents/d A", "intents/e A"}, 7, true},
	} {
		before := len(log.leaves)
		s.ledger = ledgerOf(tt.ledger...)
		if err := s.start(t.Context()).Ready(); err != nil {
			t.Fatal(tt.name, err)
		}
		told := slices.ContainsFunc(log.leaves[before:], func(raw []byte) bool { return read(t, raw).Kind == audit.OfLog })
		if got := transitionsIn(t, log); len(got) != tt.transitions || told != tt.told {
			t.Errorf("%s: %d transitions, told: %v", tt.name, len(got), told)
		}
	}
}

func TestWhatCannotBeWrittenStopsCommandsUntilItCan(t *testing.T) {
	log := &memory{}
	s := newSet(t, log)
	at := s.start(t.Context())
	if err := errors.Join(at.Ready(), at.Record(t.Context(), answered)); err != nil {
		t.Fatal(err)
	}
	log.cut, log.rnd = true, rand.New(rand.NewPCG(1, 2))
	if err := at.Record(t.Context(), answered); !errors.Is(err, errKilled) || at.Ready() == nil {
		t.Errorf("what cannot be written is answered: %v, %v", err, at.Ready())
	}
	reads := answered
	reads.Reads = true
	if err := at.Record(t.Context(), reads); err != nil {
		t.Errorf("a read waits for the audit: %v", err)
	}
	if err := at.Record(t.Context(), answered); err != nil || at.Ready() != nil {
		t.Errorf("commands do not go on: %v, %v", err, at.Ready())
	}
}

// slow is a log that writes when it is let.
type slow struct {
	*memory
	let chan struct{}
}

func (s *slow) Append(ctx context.Context, leaves [][]byte) error {
	<-s.let
	return s.memory.Append(ctx, leaves)
}

// Who waits for a record waits as long as its time lasts, and the record is written.
func TestARecordIsWaitedForAsLongAsTheCallLasts(t *testing.T) {
	log := &slow{&memory{}, make(chan struct{}, 100)}
	log.let <- struct{}{}
	s := newSet(t, log)
	at := s.start(t.Context())
	for len(log.let) > 0 {
		<-log.let
	}
	before := len(log.leaves)
	for range 3 { // the first has the turn, the others wait for it
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		if err := at.Record(ctx, answered); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		cancel()
	}
	close(log.let)
	if err := at.Record(t.Context(), answered); err != nil || len(log.leaves) != before+4 || at.Ready() != nil {
		t.Errorf("%d records were written, %v, %v", len(log.leaves)-before, err, at.Ready())
	}
}

// What is set has a record when it is another than before, over restarts too, and none when
// it is the same.
func TestWhatIsSetIsRecordedWhenItChanges(t *testing.T) {
	log := &memory{}
	s := newSet(t, log)
	for i, text := range []string{"a", "a", "b", "b", "a"} {
		before := ""
		if err := s.start(t.Context()).Setting(t.Context(), "access file", []byte(text), func(b []byte) string { before = string(b); return "it is another" }); err != nil {
			t.Fatal(err)
		}
		if want := []string{"", "", "a", "", "b"}[i]; before != want {
			t.Errorf("%d: what was before is %q, want %q", i, before, want)
		}
	}
	var told []audit.Leaf
	for _, raw := range log.leaves {
		if leaf := read(t, raw); leaf.Kind == audit.OfSetting {
			told = append(told, leaf)
		}
	}
	if len(told) != 3 || told[0].Before != "" || told[1].Before != told[0].After || told[2].Before != told[1].After || told[2].After != told[0].After {
		t.Errorf("%+v", told)
	}
}

func TestStrangersAndCallersAtTheirLimitAreSummed(t *testing.T) {
	log := &memory{}
	s := newSet(t, log)
	at := s.start(t.Context())
	for i := range 1000 {
		_ = at.Record(t.Context(), audit.Record{Outcome: "REASON_UNAUTHENTICATED", Address: fmt.Sprintf("10.0.0.%d:%d", i%2, i)})
		_ = at.Record(t.Context(), audit.Record{Outcome: "REASON_OVERLOADED", AtLimit: true, Principal: "erp", Address: fmt.Sprint("10.0.0.9:", i)})
		_ = at.Record(t.Context(), audit.Record{Outcome: audit.Answered, Reads: true, Principal: "erp", Method: "/mesh.order.v1.OrderService/GetOrder"})
	}
	for range 3 {
		_ = at.Record(t.Context(), audit.Record{Outcome: "REASON_NOT_PERMITTED", Says: "The caller lacks the right read on order.", Principal: "erp", Method: "/mesh.order.v1.OrderService/GetOrder"})
	}
	if err := at.Close(); err != nil {
		t.Fatal(err)
	}
	found, _, err := at.Find(t.Context(), trail.Query{}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		got = append(got, fmt.Sprint(f.Leaf.Kind, " ", f.Payload.Principal, " ", f.Payload.Address, " ", f.Leaf.Outcome, " ", f.Leaf.Count, strings.TrimRight(" "+f.Payload.Explanation, " ")))
	}
	slices.Sort(got)
	want := []string{
		"call erp  REASON_NOT_PERMITTED 0 The caller lacks the right read on order.", "call erp  REASON_NOT_PERMITTED 0 The caller lacks the right read on order.",
		"call erp  REASON_NOT_PERMITTED 0 The caller lacks the right read on order.",
		"sum  10.0.0.0 REASON_UNAUTHENTICATED 500", "sum  10.0.0.1 REASON_UNAUTHENTICATED 500",
		"sum erp  OK 1000", "sum erp 10.0.0.9 REASON_OVERLOADED 1000",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A page holds as many as are wanted of those that ended as is asked for, whatever lies
// between them.
func TestAPageIsFullOfWhatWasAskedFor(t *testing.T) {
	s := newSet(t, &memory{})
	at := s.start(t.Context())
	s.transition(t, "intents/a ACCEPTED")
	for i := range 30 {
		one := answered
		if one.RequestID = fmt.Sprint("call ", i); i%10 == 9 {
			one.Outcome = "REASON_NOT_FOUND"
		}
		if i == 19 {
			one.Outcome = "REASON_NOT_PERMITTED"
		}
		if err := at.Record(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
	if err := at.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		query trail.Query
		most  int
		calls string
		more  bool
	}{
		"refusals":           {trail.Query{Refused: true}, 10, "call 9, call 19, call 29", false},
		"a page of refusals": {trail.Query{Refused: true}, 2, "call 9, call 19", true},
		"a reason":           {trail.Query{Outcome: "REASON_NOT_FOUND"}, 2, "call 9, call 29", false},
		"a call":             {trail.Query{Call: "call 12"}, 10, "call 12", false},
		"no call":            {trail.Query{Call: "call 12", Refused: true}, 10, "", false},
		"what was answered":  {trail.Query{Outcome: audit.Answered}, 2, "call 0, call 1", true},
	} {
		found, next, err := at.Find(t.Context(), c.query, 0, c.most)
		var calls []string
		for _, f := range found {
			calls = append(calls, f.Payload.CallID)
		}
		if got := strings.Join(calls, ", "); err != nil || got != c.calls || (next > 0) != c.more {
			t.Errorf("%s: %s, next %d, %v", name, got, next, err)
		}
	}
}

func TestAnOlderCopyThatWasPutBackIsToldAndWrittenAgain(t *testing.T) {
	log := &memory{}
	s := newSet(t, log)
	at := s.start(t.Context())
	for range 9 {
		if err := at.Record(t.Context(), answered); err != nil {
			t.Fatal(err)
		}
	}
	if err := at.Close(); err != nil {
		t.Fatal(err)
	}
	whole := slices.Clone(log.leaves)
	log.leaves = log.leaves[:4:4]
	at = s.start(t.Context())
	if err := at.Ready(); err != nil || len(log.leaves) != 10 || !slices.EqualFunc(log.leaves[:9], whole, bytes.Equal) {
		t.Fatalf("%d records, %v", len(log.leaves), err)
	}
	found, _, err := at.Find(t.Context(), trail.Query{}, 10, 1)
	if err != nil || len(found) != 1 || found[0].Leaf.Kind != audit.OfLog || !strings.Contains(found[0].Payload.Explanation, "held 4 records where 9 were written") || !strings.Contains(s.out.String(), "put back") {
		t.Errorf("%+v, %v, %s", found, err, s.out.String())
	}
	log.leaves[9] = bytes.Replace(log.leaves[9], []byte(`"log"`), []byte(`"sum"`), 1)
	if err := s.start(t.Context()).Ready(); err == nil || !strings.Contains(err.Error(), "record 10 of the audit's log is not the one that was written") {
		t.Errorf("a record that was changed: %v", err)
	}
}

func TestPayloadsAreErasedAndTheRecordsStay(t *testing.T) {
	log := &memory{}
	s := newSet(t, log)
	s.retain = time.Hour
	now := time.Now()
	s.clock = clock.Func(func() time.Time { return now })
	at := s.start(t.Context())
	for _, text := range []string{"intents/held A", "intents/free A"} {
		s.transition(t, text)
	}
	before, err := at.Hold(t.Context(), "intents/held", true)
	if err := errors.Join(at.Record(t.Context(), answered), err); err != nil || before {
		t.Fatal(before, err)
	}
	erased := func() (names []string) {
		if err := at.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		found, _, err := at.Find(t.Context(), trail.Query{}, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if f.Payload == nil {
				names = append(names, f.Leaf.Intent)
			}
		}
		return names
	}
	if got := erased(); len(got) != 0 {
		t.Errorf("erased before its time: %q", got)
	}
	now = now.Add(2 * time.Hour)
	if got := erased(); !slices.Equal(got, []string{"intents/free", ""}) {
		t.Errorf("erased %q", got)
	}
	if before, err := at.Hold(t.Context(), "intents/held", false); err != nil || !before {
		t.Fatal(before, err)
	}
	if got := erased(); len(got) != 3 {
		t.Errorf("erased %q", got)
	}
	if err := s.start(t.Context()).Ready(); err != nil {
		t.Error(err)
	}
}

func TestAProofHoldsOnAStrangersMachine(t *testing.T) {
	log, err := tlog.Open(t.Context(), filepath.Join(t.TempDir(), "audit"), tlog.Options{Origin: "mesh/test"})
	if err != nil {
		t.Fatal(err)
	}
	s := newSet(t, log)
	at := s.start(t.Context())
	for _, text := range []string{"intents/a ACCEPTED", "intents/b ACCEPTED", "intents/a DONE"} {
		s.transition(t, text)
	}
	proof, err := at.Prove(t.Context(), "intents/a")
	if err != nil || len(proof.Records) != 2 {
		t.Fatalf("%d records, %v", len(proof.Records), err)
	}
	raw, err := proof.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	key, err := tlog.ParseKey(log.Key())
	if err != nil {
		t.Fatal(err)
	}
	_, shown, err := audit.Check(raw, key)
	if err != nil || len(shown) != 2 || shown[1].Leaf.After != "DONE" || shown[1].Leaf.Before != "ACCEPTED" || shown[0].Payload.Principal != "erp" {
		t.Fatalf("%+v, %v", shown, err)
	}
	leaf, payload := proof.Records[0].Leaf, proof.Records[0].Payload
	for name, change := range map[string]func(){
		"another record":   func() { proof.Records[0].Leaf = bytes.Replace(leaf, []byte("ACCEPTED"), []byte("REJECTED"), 1) },
		"another payload":  func() { proof.Records[0].Payload = bytes.Replace(payload, []byte("erp"), []byte("boss"), 1) },
		"no salt":          func() { proof.Records[0].Salt = nil },
		"another place":    func() { proof.Records[0].Index++ },
		"no checkpoint":    func() { proof.Checkpoint = "" },
		"nothing to prove": func() { proof.Records = nil },
	} {
		kept := proof
		kept.Records = slices.Clone(proof.Records)
		change()
		raw, err := proof.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := audit.Check(raw, key); err == nil {
			t.Errorf("%s passes", name)
		}
		proof = kept
	}
	proof.Records[0].Salt, proof.Records[0].Payload = nil, nil
	if raw, err = proof.Marshal(); err != nil {
		t.Fatal(err)
	}
	if _, shown, err = audit.Check(raw, key); err != nil || shown[0].Payload != nil {
		t.Errorf("a record whose payload was erased: %+v, %v", shown, err)
	}
	if err := errors.Join(at.Close(), log.Close()); err != nil {
		t.Error(err)
	}
}

// What a command waits for the audit: one round, after its last transition.
func BenchmarkRecord(b *testing.B) {
	log, err := tlog.Open(b.Context(), filepath.Join(b.TempDir(), "audit"), tlog.Options{Origin: "mesh/test"})
	if err != nil {
		b.Fatal(err)
	}
	s := newSet(b, log)
	at := s.start(b.Context())
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			b.SetParallelism(callers)
			if callers == 1 {
				for b.Loop() {
					s.transition(b, "intents/a A")
					if err := at.Record(b.Context(), answered); err != nil {
						b.Fatal(err)
					}
				}
				return
			}
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if err := at.Record(b.Context(), answered); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
	if err := errors.Join(at.Close(), log.Close()); err != nil {
		b.Error(err)
	}
}

// A folder that is lost is made anew of the journal, with the same tree under another key.
func TestALostFolderIsMadeAnew(t *testing.T) {
	folder := func() *tlog.Log {
		l, err := tlog.Open(t.Context(), filepath.Join(t.TempDir(), "audit"), tlog.Options{Origin: "mesh/test"})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	log := folder()
	s := newSet(t, log)
	at := s.start(t.Context())
	for range 7 {
		s.transition(t, "intents/a A")
		if err := at.Record(t.Context(), answered); err != nil {
			t.Fatal(err)
		}
	}
	size, err := log.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	root, err := log.Root(t.Context(), size)
	if err := errors.Join(err, at.Close(), log.Close()); err != nil {
		t.Fatal(err)
	}
	anew := folder()
	s.log = anew
	at = s.start(t.Context())
	if err := errors.Join(at.Ready(), anew.Holds(t.Context(), tlog.Checkpoint{Size: size, Root: root})); err != nil {
		t.Error(err)
	}
	if now, err := anew.Size(t.Context()); err != nil || now != size+1 {
		t.Errorf("it has %d records, and had %d: %v", now, size, err)
	}
	if err := errors.Join(at.Close(), anew.Close()); err != nil {
		t.Error(err)
	}
}

// A call that has changed something has a record for each thing, with what was before and
// what is; what could name people goes with the payload.
func TestARecordSaysWhatWasAndWhatIs(t *testing.T) {
	s := newSet(t, &memory{})
	at := s.start(t.Context())
	call := answered
	call.RequestID, call.Subject = "call-1", "apiKeys/a"
	call.Changes = []audit.Change{
		{Document: "apiKeys/a", Before: "ACTIVE", After: "ROTATED", Says: "+ successor: \"apiKeys/b\"\n"},
		{Document: "apiKeys/b", After: "ACTIVE", Says: strings.Repeat("é", 40<<10)},
	}
	if err := at.Record(t.Context(), call); err != nil {
		t.Fatal(err)
	}
	for document, want := range map[string]audit.Change{"apiKeys/a": call.Changes[0], "apiKeys/b": call.Changes[1]} {
		found, _, err := at.Find(t.Context(), trail.Query{Document: document}, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		// What a call names finds its records, too.
		last := found[slices.IndexFunc(found, func(f trail.Found) bool { return f.Leaf.Document == document })]
		if last.Leaf.Document != document || last.Leaf.Before != want.Before || last.Leaf.After != want.After || last.Payload.CallID != "call-1" || last.Payload.Principal != "erp" || last.Leaf.Outcome != audit.Answered {
			t.Errorf("%s: %+v, by %s of %s", document, last.Leaf, last.Payload.Principal, last.Payload.CallID)
		}
		says := last.Payload.Explanation
		if cut := strings.TrimSuffix(says, "…"); !strings.HasPrefix(want.Says, cut) || len(says) > 33<<10 || cut == "" || strings.Contains(string(last.Sealed.Leaf), "successor") {
			t.Errorf("%s: it says %d bytes, %.60s", document, len(says), says)
		}
	}
}

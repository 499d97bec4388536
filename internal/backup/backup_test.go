package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"odoomesh/internal/backup"
	"odoomesh/internal/store"
)

// kept is a journal, as far as a backup reads one.
type kept struct {
	store.Journal
	id      string
	oldest  uint64
	entries []store.Entry
	facts   []store.Fact
	// taken is called when the facts are looked at.
	taken func()
}

func (k *kept) ID() string     { return k.id }
func (k *kept) Oldest() uint64 { return k.oldest }

func (k *kept) Read(ctx context.Context, from uint64) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		if from < k.oldest {
			yield(store.Entry{}, &store.TruncatedError{Asked: from, Oldest: k.oldest})
			return
		}
		for _, e := range k.entries[from-k.oldest:] {
			if !yield(e, ctx.Err()) {
				return
			}
		}
	}
}

func (k *kept) Facts() store.Facts {
	if k.taken != nil {
		k.taken()
	}
	return &view{facts: slices.Clone(k.facts), position: k.oldest + uint64(len(k.entries)) - 1}
}

// view is what a journal's facts were.
type view struct {
	store.Facts
	facts    []store.Fact
	position uint64
}

func (v *view) Position() uint64 { return v.position }
func (v *view) Close()           {}

func (v *view) Scan([]byte) iter.Seq2[store.Fact, error] {
	return func(yield func(store.Fact, error) bool) {
		for _, f := range v.facts {
			if !yield(f, nil) {
				return
			}
		}
	}
}

// received is what a receiver got.
type received struct {
	begun backup.Contents
	parts []*kept
	ended int
}

func (r *received) Begin(c backup.Contents) error { r.begun = c; return nil }

func (r *received) Part(p backup.PartContents) error {
	r.parts = append(r.parts, &kept{id: p.LogID, oldest: p.Oldest})
	return nil
}

func (r *received) last() *kept { return r.parts[len(r.parts)-1] }

func (r *received) Entry(e store.Entry) error {
	r.last().entries = append(r.last().entries, e)
	return nil
}

func (r *received) Fact(f store.Fact) error {
	r.last().facts = append(r.last().facts, f)
	return nil
}

func (r *received) PartEnd() error { r.ended++; return nil }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func unheard(int64, int64) error { return nil }

func written(t testing.TB, parts ...backup.Part) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := backup.Write(context.Background(), &file, backup.Source{Time: noon, Instance: "erp", Parts: parts}, unheard); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func entry(at uint64, payload string) store.Entry {
	return store.Entry{Position: at, Time: noon.Add(time.Duration(at)), Collection: "intents", Payload: []byte(payload)}
}

// two are a ledger that retention has shortened, and a book without entries.
func two() []backup.Part {
	return []backup.Part{
		{Name: "ledger", Journal: &kept{
			id: "a", oldest: 7, entries: []store.Entry{entry(7, "seven"), entry(8, "eight")},
			facts: []store.Fact{{Key: []byte("i1"), Value: []byte("one")}, {Key: []byte("i2"), Value: []byte("two")}},
		}},
		{Name: "owned", Journal: &kept{id: "b", oldest: 1}},
	}
}

func TestWhatIsReadIsWhatWasWritten(t *testing.T) {
	got := &received{}
	contents, err := backup.Read(bytes.NewReader(written(t, two()...)), got)
	if err != nil {
		t.Fatal(err)
	}
	want := backup.Contents{Time: noon, Instance: "erp", Parts: []backup.PartContents{
		{Name: "ledger", LogID: "a", Oldest: 7, Head: 8, Facts: 2}, {Name: "owned", LogID: "b", Oldest: 1},
	}}
	if diff := cmp.Diff(want, contents); diff != "" {
		t.Errorf("it says that it holds (-want +got):\n%s", diff)
	}
	for i, p := range two() {
		same(t, p.Journal.(*kept), got.parts[i])
	}
	if got.ended != 2 || got.begun.Instance != "erp" || len(got.begun.Parts) != 2 {
		t.Errorf("%d parts ended, of %+v", got.ended, got.begun)
	}
}

func same(t interface {
	Helper()
	Errorf(string, ...any)
}, want, got *kept) {
	t.Helper()
	if want.id != got.id || want.oldest != got.oldest {
		t.Errorf("log %s from %d on, want %s from %d on", got.id, got.oldest, want.id, want.oldest)
	}
	if !slices.EqualFunc(want.entries, got.entries, func(a, b store.Entry) bool {
		return a.Position == b.Position && a.Time.Equal(b.Time) && a.Collection == b.Collection && bytes.Equal(a.Payload, b.Payload)
	}) {
		t.Errorf("entries %.999v, want %.999v", got.entries, want.entries)
	}
	if !slices.EqualFunc(want.facts, got.facts, func(a, b store.Fact) bool { return bytes.Equal(a.Key, b.Key) && bytes.Equal(a.Value, b.Value) }) {
		t.Errorf("facts %.999v, want %.999v", got.facts, want.facts)
	}
}

// Whatever journals hold comes back, in however many blocks.
func TestAnyJournalComesBack(t *testing.T) {
	// What is long is made of two short draws: rapid writes each draw down.
	text := func(t *rapid.T, what string) []byte {
		times := rapid.SampledFrom([]int{0, 1, 1, 1, 3, 70_000}).Draw(t, what+" times")
		return bytes.Repeat(rapid.SliceOfN(rapid.Byte(), 1, 9).Draw(t, what), times)
	}
	rapid.Check(t, func(t *rapid.T) {
		var parts []backup.Part
		for n := range rapid.IntRange(0, 3).Draw(t, "parts") {
			k := &kept{id: rapid.StringN(0, 5, -1).Draw(t, "id"), oldest: rapid.Uint64Range(1, 1<<40).Draw(t, "oldest")}
			for i := range rapid.IntRange(0, 8).Draw(t, "entries") {
				k.entries = append(k.entries, store.Entry{
					Position: k.oldest + uint64(i), Time: time.Unix(0, rapid.Int64().Draw(t, "nanos")).UTC(),
					Collection: rapid.StringN(1, 5, -1).Draw(t, "collection"), Payload: text(t, "payload"),
				})
			}
			keys := rapid.SliceOfNDistinct(rapid.StringN(1, 8, -1), 0, 8, rapid.ID).Draw(t, "keys")
			slices.Sort(keys)
			for _, key := range keys {
				k.facts = append(k.facts, store.Fact{Key: []byte(key), Value: text(t, "value")})
			}
			parts = append(parts, backup.Part{Name: fmt.Sprint(n), Journal: k})
		}
		var file bytes.Buffer
		if err := backup.Write(context.Background(), &file, backup.Source{Time: noon, Parts: parts}, unheard); err != nil {
			t.Fatal(err)
		}
		got := &received{}
		if _, err := backup.Read(&file, got); err != nil {
			t.Fatal(err)
		}
		for i, p := range parts {
			same(t, p.Journal.(*kept), got.parts[i])
		}
	})
}

// Every byte counts: a file that is cut off anywhere, that lacks, has or repeats anything,
// or in which a single bit is another, is refused, and the error says where.
func TestADamagedFileIsRefused(t *testing.T) {
	whole := written(t, two()...)
	refused := func(what string, file []byte) {
		t.Helper()
		_, err := backup.Verify(bytes.NewReader(file))
		var damaged *backup.DamagedError
		var version *backup.VersionError
		switch {
		case errors.As(err, &damaged) && damaged.Offset <= int64(len(whole)):
		case errors.As(err, &version), errors.As(err, &backup.ForeignError{}):
		default:
			t.Fatalf("%s: %v", what, err)
		}
	}
	for n := range whole {
		refused(fmt.Sprintf("cut off at %d", n), whole[:n])
		for bit := range 8 {
			other := bytes.Clone(whole)
			other[n] ^= 1 << bit
			refused(fmt.Sprintf("bit %d of byte %d", bit, n), other)
		}
	}
	refused("a byte more", append(bytes.Clone(whole), 0))
	refused("twice", append(bytes.Clone(whole), whole...))
}

func TestWhatIsNoBackupOfThisVersionSaysSo(t *testing.T) {
	for text, says := range map[string]string{
		"":                                  "this is no backup of a mesh",
		"PK\x03\x04":                        "this is no backup of a mesh",
		"odoomesh backup 1":                 "this is no backup of a mesh",
		strings.Repeat("odoomesh", 100_000): "this is no backup of a mesh",
		"odoomesh backup 7\nmore":           "the backup is of version 7, and this program reads versions 1 and 2: use the meshd and meshctl that made it, or later ones",
		"odoomesh backup 1\n":               "the backup is damaged at byte 18: it ends there, and is not complete",
	} {
		if _, err := backup.Verify(strings.NewReader(text)); err == nil || err.Error() != says {
			t.Errorf("%.20q: %v, want %q", text, err, says)
		}
	}
}

// All journals are looked at before the first is written, in the order that was asked for.
func TestJournalsAreLookedAtInTheirOrderBeforeAnythingIsWritten(t *testing.T) {
	parts, order := two(), []string(nil)
	for _, p := range parts {
		p.Journal.(*kept).taken = func() { order = append(order, p.Name) }
	}
	first := func(b []byte) (int, error) {
		order = append(order, "written")
		return len(b), nil
	}
	if err := backup.Write(t.Context(), writing(first), backup.Source{Time: noon, Parts: parts}, unheard); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(order[:3]); got != "[ledger owned written]" {
		t.Error(got)
	}
}

type writing func([]byte) (int, error)

func (w writing) Write(b []byte) (int, error) { return w(b) }

// What comes after a journal was looked at is not in the backup.
func TestABackupEndsWhereItsFactsAreOf(t *testing.T) {
	parts := two()
	ledger := parts[0].Journal.(*kept)
	parts[1].Journal.(*kept).taken = func() {
		ledger.entries = append(ledger.entries, entry(9, "nine"))
		ledger.facts = append(ledger.facts, store.Fact{Key: []byte("i3")})
	}
	contents, err := backup.Verify(bytes.NewReader(written(t, parts...)))
	if err != nil || contents.Parts[0].Head != 8 || contents.Parts[0].Facts != 2 {
		t.Errorf("%+v, %v", contents, err)
	}
}

// What retention takes away under a backup ends it.
func TestATruncationEndsABackup(t *testing.T) {
	parts := two()
	parts[1].Journal.(*kept).taken = func() { parts[0].Journal.(*kept).oldest = 8 }
	var truncated *store.TruncatedError
	if err := backup.Write(t.Context(), io.Discard, backup.Source{Parts: parts}, unheard); !errors.As(err, &truncated) {
		t.Error(err)
	}
}

func TestProgressIsToldAndEndsABackup(t *testing.T) {
	long := &kept{id: "c", oldest: 1}
	for n := range 2500 {
		long.entries = append(long.entries, entry(uint64(n+1), "x"))
	}
	source := backup.Source{Parts: []backup.Part{{Name: "ledger", Journal: long}}}
	var told []int64
	if err := backup.Write(t.Context(), io.Discard, source, func(done, total int64) error {
		told = append(told, done, total)
		return nil
	}); err != nil || fmt.Sprint(told) != "[1000 2500 2000 2500 2500 2500]" {
		t.Error(told, err)
	}
	gone := errors.New("gone")
	if err := backup.Write(t.Context(), io.Discard, source, func(int64, int64) error { return gone }); !errors.Is(err, gone) {
		t.Error(err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if err := backup.Write(stopped, io.Discard, source, unheard); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

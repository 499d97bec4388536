package app

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"odoomesh/internal/backup"
	"odoomesh/internal/config"
	"odoomesh/internal/exit"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
	"odoomesh/services/event/eventbook"
)

func opened(t *testing.T, dir string) *stores {
	t.Helper()
	s, err := openStores(dir, badgerstore.Keys{}, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closed(t *testing.T, s *stores) {
	t.Helper()
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// backedUpFolder is a data folder with something in each journal, and a backup of it.
func backedUpFolder(t *testing.T) (s *stores, file string) {
	t.Helper()
	s = opened(t, t.TempDir())
	t.Cleanup(func() { closed(t, s) })
	for i, p := range s.backedUp() {
		for n := range 2 + i {
			at := noon.Add(time.Duration(n) * time.Minute)
			drafts := store.Drafts("things", []byte(fmt.Sprintf("%s %d", p.Name, n)), bytes.Repeat([]byte{byte(n)}, 1_200_000*(n/4)))
			facts := []store.Fact{{Key: []byte{byte(n)}, Value: []byte(p.Name)}, {Key: []byte("newest"), Value: []byte{byte(n)}}}
			if _, err := p.Journal.Record(t.Context(), at, drafts, facts); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.events.Truncate(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "mesh.backup")
	writeBackup(t, s, file, "erp")
	return s, file
}

func writeBackup(t *testing.T, s *stores, file, instance string) {
	t.Helper()
	var whole bytes.Buffer
	err := backup.Write(t.Context(), &whole, backup.Source{Time: noon, Instance: instance, Parts: s.backedUp()}, func(int64, int64) error { return nil })
	if err == nil {
		err = os.WriteFile(file, whole.Bytes(), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// content is all that a journal tells of itself but its name.
func content(t *testing.T, j store.Journal) string {
	t.Helper()
	var text strings.Builder
	fmt.Fprintln(&text, j.Oldest(), j.Head())
	for e, err := range j.Read(t.Context(), j.Oldest()) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "%d %s %s %d %.20q\n", e.Position, e.Time, e.Collection, len(e.Payload), e.Payload)
	}
	facts := j.Facts()
	defer facts.Close()
	for f, err := range facts.Scan(nil) {
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(f.Key, eventbook.EpochFact("").Key) {
			fmt.Fprintf(&text, "%q=%q\n", f.Key, f.Value)
		}
	}
	return text.String()
}

// equal wants two data folders to have the same journals, under other names.
func equal(t *testing.T, was *stores, dir string) {
	t.Helper()
	for _, p := range was.backedUp() {
		got, err := badgerstore.OpenLog(filepath.Join(dir, p.Name), journalOptions(p.Name, badgerstore.Keys{}))
		if err != nil {
			t.Fatal(err)
		}
		if want, got := content(t, p.Journal), content(t, got); want != got {
			t.Errorf("%s holds\n%s\nwant\n%s", p.Name, got, want)
		}
		if p.Journal.ID() == got.ID() {
			t.Errorf("%s has the name of the one that it was: positions of then would be taken for its own", p.Name)
		}
		if p.Name == "events" {
			facts := got.Facts()
			epoch, err := facts.Get(eventbook.EpochFact("").Key)
			facts.Close()
			if err != nil || !bytes.Equal(epoch, eventbook.EpochFact(p.Journal.ID()).Value) {
				t.Errorf("the epoch is %q, %v", epoch, err)
			}
		}
		if first, err := got.Append(t.Context(), noon, store.Drafts("things", []byte("next"))); err != nil || first != p.Journal.Head()+1 {
			t.Errorf("the next entry of %s stands at %d, %v", p.Name, first, err)
		}
		if err := got.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestARestoredFolderHoldsWhatTheBackupHas(t *testing.T) {
	was, file := backedUpFolder(t)
	dir := filepath.Join(t.TempDir(), "deep", "data")
	restored, err := Restore(t.Context(), file, dir, nil, config.Rest{})
	if err != nil || restored.Instance != "erp" || len(restored.Parts) != 7 {
		t.Fatal(restored, err)
	}
	origin, err := os.ReadFile(filepath.Join(dir, originFile))
	if err != nil || string(origin) != "erp\n" {
		t.Errorf("it is of %q, %v", origin, err)
	}
	equal(t, was, dir)
}

// The epoch stays, however often a folder is restored.
func TestTheEpochIsThatOfTheFirst(t *testing.T) {
	was, file := backedUpFolder(t)
	dir := t.TempDir()
	for range 2 {
		dir = t.TempDir()
		if _, err := Restore(t.Context(), file, dir, nil, config.Rest{}); err != nil {
			t.Fatal(err)
		}
		s := opened(t, dir)
		file = filepath.Join(t.TempDir(), "again.backup")
		writeBackup(t, s, file, "erp")
		closed(t, s)
	}
	equal(t, was, dir)
}

// One part may be lost alone, and be restored alone; what is there is never replaced.
func TestARestoreReplacesNothing(t *testing.T) {
	was, file := backedUpFolder(t)
	dir := t.TempDir()
	if _, err := Restore(t.Context(), file, dir, []string{"owned"}, config.Rest{}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		only []string
		says string
	}{
		{nil, filepath.Join(dir, "owned") + " is there already, and a restore replaces nothing"},
		{[]string{"ledger", "owned"}, "is there already"},
		{[]string{"cache"}, "the backup has no part cache; it has events, stock, payloads, ledger, owned, keys, governance"},
	} {
		before := namesIn(t, dir)
		_, err := Restore(t.Context(), file, dir, tt.only, config.Rest{})
		if exit.Code(err) != 2 || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("only %v: %v, want %q", tt.only, err, tt.says)
		}
		if after := namesIn(t, dir); !slices.Equal(before, after) {
			t.Errorf("only %v: there were %v, and are %v", tt.only, before, after)
		}
	}
	if _, err := Restore(t.Context(), file, dir, []string{"ledger", "stock", "payloads", "events", "keys", "governance"}, config.Rest{}); err != nil {
		t.Fatal(err)
	}
	equal(t, was, dir)
}

func namesIn(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestARestoreIsRefusedBeforeAnythingIsMade(t *testing.T) {
	was, file := backedUpFolder(t)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var strange bytes.Buffer
	err = backup.Write(t.Context(), &strange, backup.Source{Instance: "erp", Parts: []backup.Part{{Name: "../owned", Journal: was.owned}}}, func(int64, int64) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(whole)
	damaged[len(damaged)/2]++
	for name, tt := range map[string]struct {
		file []byte
		code int
	}{
		"damaged": {damaged, 15}, "cut off": {whole[:len(whole)-1], 15}, "empty": {nil, 15}, "of a later version": {[]byte("odoomesh backup 9\n"), 15},
		"with a strange part": {strange.Bytes(), 1},
	} {
		dir, file := t.TempDir(), filepath.Join(t.TempDir(), "b")
		if err := os.WriteFile(file, tt.file, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Restore(t.Context(), file, dir, nil, config.Rest{}); exit.Code(err) != tt.code || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", name, err)
		}
		if got := namesIn(t, dir); len(got) > 0 {
			t.Errorf("%s: it has made %v", name, got)
		}
	}
	other := t.TempDir()
	if err := noteOrigin(other, "another"); err != nil {
		t.Fatal(err)
	}
	var refused *config.Error
	if _, err := Restore(t.Context(), file, other, nil, config.Rest{}); !errors.As(err, &refused) || !strings.Contains(err.Error(), "another") {
		t.Errorf("into the folder of another Odoo: %v", err)
	}
	dir := t.TempDir()
	running, err := badgerstore.OpenLog(filepath.Join(dir, "log"), badgerstore.LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), file, dir, []string{"owned"}, config.Rest{}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("while meshd runs: %v", err)
	}
	if err := running.Close(); err != nil {
		t.Error(err)
	}
}

// A restore that is broken off anywhere leaves a folder on which no mesh starts, and is
// finished by the same command; another backup does not get mixed with it.
func TestARestoreThatWasBrokenOffIsFinished(t *testing.T) {
	was, file := backedUpFolder(t)
	another := filepath.Join(t.TempDir(), "another.backup")
	writeBackup(t, was, another, "erp ")
	// after does what a restore does, up to some step.
	after := map[string]func(t *testing.T, r *restore){
		"the mark": func(t *testing.T, r *restore) {},
		"half a part": func(t *testing.T, r *restore) {
			if err := r.Part(backup.PartContents{Name: "events", Oldest: 1}); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(r.Entry(store.Entry{Position: 1, Time: noon, Collection: "x"}), r.filling.Abandon()); err != nil {
				t.Fatal(err)
			}
		},
		"all parts": func(t *testing.T, r *restore) {
			if err := r.make(file); err != nil {
				t.Fatal(err)
			}
		},
	}
	for _, n := range []int{0, 2, 4} {
		after[fmt.Sprintf("%d moves", n)] = func(t *testing.T, r *restore) {
			if err := errors.Join(r.make(file), r.note(moving)); err != nil {
				t.Fatal(err)
			}
			for _, part := range r.parts[:n] {
				if err := os.Rename(filepath.Join(r.dir, restoreDir, part), filepath.Join(r.dir, part)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for step, do := range after {
		t.Run(step, func(t *testing.T) {
			dir := t.TempDir()
			r := &restore{ctx: t.Context(), dir: dir}
			if err := errors.Join(r.verify(file, nil), r.note(making)); err != nil {
				t.Fatal(err)
			}
			do(t, r)
			if _, err := openStores(dir, badgerstore.Keys{}, slog.New(slog.DiscardHandler), nil); exit.Code(err) != 14 || !strings.Contains(err.Error(), "run meshd restore with the same backup again") {
				t.Fatalf("a mesh starts on it: %v", err)
			}
			if strings.Contains(step, "moves") {
				if _, err := Restore(t.Context(), another, dir, nil, config.Rest{}); exit.Code(err) != 2 {
					t.Fatalf("another backup: %v", err)
				}
			}
			if _, err := Restore(t.Context(), file, dir, nil, config.Rest{}); err != nil {
				t.Fatal(err)
			}
			equal(t, was, dir)
			for _, left := range []string{restoreMark, restoreDir} {
				if slices.Contains(namesIn(t, dir), left) {
					t.Errorf("%s is left", left)
				}
			}
		})
	}
}

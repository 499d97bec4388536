package badgerstore

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"odoomesh/internal/store"
)

func one(key string) []store.Mutation {
	return []store.Mutation{{Collection: "p", Key: []byte(key), Value: []byte("v")}}
}

// die ends a cache as a killed process would: nothing of Close but the lock.
func die(t *testing.T, c *Cache) {
	t.Helper()
	c.show(nil)
	if err := errors.Join(c.db.Close(), c.folder.close()); err != nil {
		t.Fatal(err)
	}
}

func TestACacheIsTrustedAsLongAsTheMachineRan(t *testing.T) {
	boot := func(id string) CacheOptions { return CacheOptions{boot: func() string { return id }} }
	for name, try := range map[string]struct {
		first, second string
		end           func(*testing.T, *Cache)
		kept          bool
	}{
		"closed, same run":      {"a", "a", func(t *testing.T, c *Cache) { mustClose(t, c) }, true},
		"closed, later run":     {"a", "b", func(t *testing.T, c *Cache) { mustClose(t, c) }, true},
		"closed, unknown run":   {"", "", func(t *testing.T, c *Cache) { mustClose(t, c) }, true},
		"killed, same run":      {"a", "a", die, true},
		"killed, later run":     {"a", "b", die, false},
		"killed, unknown run":   {"", "", die, false},
		"killed after a failed": {"a", "a", func(t *testing.T, c *Cache) { _ = c.fail(errors.New("disk")); die(t, c) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			c := mustCache(t, dir, boot(try.first))
			if err := c.Apply(t.Context(), 7, one("1")); err != nil {
				t.Fatal(err)
			}
			try.end(t, c)
			c = mustCache(t, dir, boot(try.second))
			if kept := c.Position() == 7 && c.Count("p") == 1; kept != try.kept {
				t.Errorf("position %d, count %d", c.Position(), c.Count("p"))
			}
			if err := c.Apply(t.Context(), 8, one("2")); err != nil {
				t.Fatal(err)
			}
			mustClose(t, c)
		})
	}
}

func TestACacheThatFailedTakesNoMoreWrites(t *testing.T) {
	dir := t.TempDir()
	c := mustCache(t, dir, CacheOptions{})
	if err := c.Apply(t.Context(), 1, one("1")); err != nil {
		t.Fatal(err)
	}
	_ = c.fail(errors.New("disk"))
	if err := c.Apply(t.Context(), 2, one("2")); err == nil {
		t.Error("Apply: no error")
	}
	if _, err := c.Get("p", []byte("1")); err != nil || c.Position() != 1 {
		t.Errorf("reading goes on: %v at %d", err, c.Position())
	}
	mustClose(t, c)
	c = mustCache(t, dir, CacheOptions{})
	if c.Position() != 0 {
		t.Errorf("what failed is trusted at position %d", c.Position())
	}
	mustClose(t, c)
}

func TestALogThatFailedTakesNoMoreWrites(t *testing.T) {
	dir := t.TempDir()
	l := mustLog(t, dir)
	appendOne := func() error {
		_, err := l.Append(t.Context(), time.Unix(0, 0), store.Drafts("p", []byte{1}))
		return err
	}
	if err := appendOne(); err != nil {
		t.Fatal(err)
	}
	hide := func(from, to string) {
		if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
			t.Fatal(err)
		}
	}
	hide(dataDir, "hidden")
	if err := appendOne(); err == nil {
		t.Error("the folder cannot be synced, but there is no error")
	}
	hide("hidden", dataDir)
	if err := appendOne(); err == nil || l.Head() != 1 {
		t.Errorf("an append after a failed one: head %d, %v", l.Head(), err)
	}
	if err := l.Close(); err == nil {
		t.Error("Close says nothing of the failure")
	}
	if err := errors.Join(l.db.Close(), l.folder.close()); err != nil {
		t.Fatal(err)
	}
}

func TestANearlyFullDiskTakesNoMoreWrites(t *testing.T) {
	l, c := mustLog(t, t.TempDir()), mustCache(t, t.TempDir(), CacheOptions{})
	defer mustClose(t, l)
	defer mustClose(t, c)
	l.folder.minFree, c.folder.minFree = 1<<62, 1<<62
	var full *store.NoSpaceError
	drafts := store.Drafts("p", []byte{1})
	if _, err := l.Append(t.Context(), time.Unix(0, 0), drafts); !errors.As(err, &full) {
		t.Errorf("Append: %v", err)
	}
	if err := c.Apply(t.Context(), 1, one("1")); !errors.As(err, &full) {
		t.Errorf("Apply: %v", err)
	}
	if err := c.Fill(t.Context(), one("1")); !errors.As(err, &full) {
		t.Errorf("Fill: %v", err)
	}
	l.folder.minFree, c.folder.minFree = minFree, minFree
	if first, err := l.Append(t.Context(), time.Unix(0, 0), drafts); err != nil || first != 1 {
		t.Errorf("Append with room again: %d, %v", first, err)
	}
	if err := c.Apply(t.Context(), 1, one("1")); err != nil {
		t.Errorf("Apply with room again: %v", err)
	}
}

func TestAClosedStoreSaysSo(t *testing.T) {
	l, c := mustLog(t, t.TempDir()), mustCache(t, t.TempDir(), CacheOptions{})
	mustClose(t, l)
	mustClose(t, l)
	mustClose(t, c)
	mustClose(t, c)
	_, appended := l.Append(t.Context(), time.Unix(0, 0), store.Drafts("p", []byte{1}))
	var read error
	for _, err := range l.Read(t.Context(), 1) {
		read = err
	}
	_, got := c.Get("p", []byte("1"))
	_, meta := c.Meta("m")
	s := c.Snapshot()
	defer s.Close()
	_, seen := s.Get("p", []byte("1"))
	for name, err := range map[string]error{
		"Append": appended, "Truncate": l.Truncate(t.Context(), 1), "Read": read, "Get": got, "Meta": meta, "Snapshot.Get": seen,
		"Apply": c.Apply(t.Context(), 1, nil), "Fill": c.Fill(t.Context(), nil), "Clear": c.Clear(t.Context()),
	} {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A damaged table must not be served as if it were empty or right.
func TestADamagedEntryIsNoticed(t *testing.T) {
	dir := t.TempDir()
	l := mustLog(t, dir)
	payloads := make([][]byte, 500)
	for i := range payloads {
		payloads[i] = make([]byte, 300)
	}
	if _, err := l.Append(t.Context(), time.Unix(0, 0), store.Drafts("p", payloads...)); err != nil {
		t.Fatal(err)
	}
	mustClose(t, l)
	tables, err := filepath.Glob(filepath.Join(dir, dataDir, "*.sst"))
	if err != nil || len(tables) == 0 {
		t.Fatalf("no tables: %v", err)
	}
	raw, err := os.ReadFile(tables[0])
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 0x40
	mustWrite(t, tables[0], string(raw))

	var corrupt *store.CorruptError
	l, err = OpenLog(dir, LogOptions{})
	if err != nil {
		if !errors.As(err, &corrupt) {
			t.Errorf("opening: %v", err)
		}
		return
	}
	defer mustClose(t, l)
	var found error
	for _, err := range l.Read(t.Context(), 1) {
		found = err
	}
	if !errors.As(found, &corrupt) {
		t.Errorf("reading over the damage: %v", found)
	}
}

package badgerstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"odoomesh/internal/store"
)

// flips runs a test on a copy of a folder for every file and several of its bytes, of
// which one has changed in each.
func flips(t *testing.T, dir string, try func(t *testing.T, dir, what string)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(name)
		if err != nil || len(raw) == 0 {
			return err
		}
		inside, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		size := len(raw)
		seen := map[int]bool{}
		for _, at := range []int{0, 5, 9, size / 4, size / 2, size - size/4, size - 40, size - 9, size - 5, size - 2, size - 1} {
			if at < 0 || at >= size || seen[at] {
				continue
			}
			seen[at] = true
			spoiled := t.TempDir()
			if err := os.CopyFS(spoiled, os.DirFS(dir)); err != nil {
				return err
			}
			other := bytes.Clone(raw)
			other[at] ^= 0x41
			mustWrite(t, filepath.Join(spoiled, inside), string(other))
			try(t, spoiled, fmt.Sprintf("byte %d of %d of %s", at, size, inside))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// unsealed is a copy of a closed store's folder as a killed process leaves it.
func unsealed(t *testing.T, dir string) string {
	t.Helper()
	killed := t.TempDir()
	if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(killed, sealFile)); err != nil {
		t.Fatal(err)
	}
	return killed
}

// A byte that changed in a log is told when the log is opened or read; what is read
// without an error is what was written.
func TestAChangedByteOfALogIsNeverPassedOver(t *testing.T) {
	for _, compress := range []bool{false, true} {
		dir := t.TempDir()
		l, err := OpenLog(dir, LogOptions{Compress: compress})
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for i := range 40 {
			text := strings.Repeat(fmt.Sprint(i, " "), 300)
			want = append(want, text)
			fact := store.Fact{Key: fmt.Append(nil, i), Value: []byte(text)}
			if _, err := l.Record(t.Context(), time.Unix(0, 0), store.Drafts("p", []byte(text)), []store.Fact{fact}); err != nil {
				t.Fatal(err)
			}
		}
		mustClose(t, l)
		check := func(t *testing.T, dir, what string) {
			l, err := OpenLog(dir, LogOptions{Compress: compress})
			var corrupt *store.CorruptError
			if errors.As(err, &corrupt) {
				return
			}
			if err != nil {
				t.Errorf("%s: %v", what, err)
				return
			}
			defer mustClose(t, l)
			if got := logTexts(l); strings.Join(got, ",") != strings.Join(want, ",") {
				t.Errorf("%s: %d entries are right of %d", what, len(got), len(want))
			}
			f := l.Facts()
			defer f.Close()
			for i, text := range want {
				if value, err := f.Get(fmt.Append(nil, i)); err != nil || string(value) != text {
					t.Errorf("%s: fact %d has %d bytes, %v", what, i, len(value), err)
				}
			}
		}
		check(t, dir, "nothing")
		flips(t, dir, check)
		flips(t, unsealed(t, dir), check)
	}
}

// A killed process leaves entries in the write-ahead file alone: also of those none
// is lost without a word, wherever a byte changed.
func TestAChangedByteOfAWriteAheadFileIsNoticed(t *testing.T) {
	dir := t.TempDir()
	l := mustLog(t, dir)
	var want []string
	for i := range 20 {
		text := strings.Repeat(fmt.Sprintf("entry %02d ", i), 20)
		want = append(want, text)
		if _, err := l.Append(t.Context(), time.Unix(0, 0), store.Drafts("p", []byte(text))); err != nil {
			t.Fatal(err)
		}
	}
	killed := t.TempDir()
	if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	mustClose(t, l)
	files, err := filepath.Glob(filepath.Join(killed, dataDir, "*.mem"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no write-ahead file: %v", err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range []int{-1, 0, 7, 18, 19} {
		spoiled := bytes.Clone(raw)
		if entry >= 0 {
			at := bytes.Index(spoiled, []byte(want[entry]))
			if at < 0 {
				t.Fatalf("entry %d does not stand in the write-ahead file", entry)
			}
			spoiled[at+30] ^= 0x41
		}
		copied := t.TempDir()
		if err := os.CopyFS(copied, os.DirFS(killed)); err != nil {
			t.Fatal(err)
		}
		mustWrite(t, filepath.Join(copied, dataDir, filepath.Base(files[0])), string(spoiled))
		l, err := OpenLog(copied, LogOptions{})
		var corrupt *store.CorruptError
		if entry >= 0 {
			if !errors.As(err, &corrupt) || !strings.Contains(err.Error(), fmt.Sprintf("the entries from %d to 20 are lost", entry+1)) {
				t.Errorf("entry %d: %v", entry, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("nothing changed: %v", err)
		}
		if got := logTexts(l); strings.Join(got, ",") != strings.Join(want, ",") {
			t.Errorf("nothing changed: %d entries", len(got))
		}
		mustClose(t, l)
	}
}

func logTexts(l *Log) (texts []string) {
	for e, err := range l.Read(context.Background(), 1) {
		if err != nil {
			return append(texts, err.Error())
		}
		texts = append(texts, string(e.Payload))
	}
	return texts
}

// A cache in which a byte changed comes up empty or right, and says which.
func TestAChangedByteOfACacheIsNeverServed(t *testing.T) {
	opts := CacheOptions{boot: func() string { return "a" }}
	dir := t.TempDir()
	c := mustCache(t, dir, opts)
	var mutations []store.Mutation
	for i := range 200 {
		mutations = append(mutations, store.Mutation{
			Collection: "p", Key: fmt.Appendf(nil, "%03d", i), Value: []byte(strings.Repeat(fmt.Sprint(i, " "), 100)),
			Indexes: []store.IndexEntry{{Index: "n", Value: fmt.Append(nil, i)}},
		})
	}
	if err := c.Apply(t.Context(), 7, mutations); err != nil {
		t.Fatal(err)
	}
	mustClose(t, c)
	right := 0
	check := func(t *testing.T, dir, what string) {
		c := mustCache(t, dir, opts)
		defer mustClose(t, c)
		if c.Position() == 0 && c.Count("p") == 0 {
			return
		}
		right++
		if c.Position() != 7 || c.Count("p") != 200 {
			t.Errorf("%s: position %d, %d records", what, c.Position(), c.Count("p"))
		}
		for _, m := range mutations {
			if got, err := c.Get("p", m.Key); err != nil || !bytes.Equal(got, m.Value) {
				t.Errorf("%s: record %s has %d bytes, %v", what, m.Key, len(got), err)
			}
		}
		s := c.Snapshot()
		defer s.Close()
		n := 0
		for _, err := range s.Index("p", "n", store.Range{}) {
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
			n++
		}
		if n != 200 {
			t.Errorf("%s: %d index entries", what, n)
		}
	}
	flips(t, dir, check)
	flips(t, unsealed(t, dir), check)
	check(t, dir, "nothing")
	if right == 0 {
		t.Error("a cache that nobody changed comes up empty")
	}
}

// Damage that a read meets is never answered, and the next start begins anew.
func TestACacheThatIsFoundDamagedAnswersNothingMore(t *testing.T) {
	dir := t.TempDir()
	c := mustCache(t, dir, CacheOptions{})
	if err := c.Apply(t.Context(), 1, append(one("1"), one("2")...)); err != nil {
		t.Fatal(err)
	}
	if err := c.commitOps([]op{{key: recordKey(nil, "p", []byte("1")), value: []byte{0, 0xFF}}}); err != nil {
		t.Fatal(err)
	}
	c.show(c.newView(1, map[string]int64{"p": 2}, true))
	var corrupt *store.CorruptError
	for _, key := range []string{"1", "2"} {
		if got, err := c.Get("p", []byte(key)); !errors.As(err, &corrupt) {
			t.Errorf("record %s: %q, %v", key, got, err)
		}
	}
	if err := c.Apply(t.Context(), 2, one("3")); !errors.As(err, &corrupt) {
		t.Errorf("Apply: %v", err)
	}
	mustClose(t, c)
	c = mustCache(t, dir, CacheOptions{})
	defer mustClose(t, c)
	if c.Position() != 0 || c.Count("p") != 0 {
		t.Errorf("opened again: position %d, %d records", c.Position(), c.Count("p"))
	}
}

// What is not a cache is never dropped for one.
func TestOnlyACacheIsDropped(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, dir string){
		"a log":           func(t *testing.T, dir string) { mustClose(t, mustLog(t, dir)) },
		"somebody else's": func(t *testing.T, dir string) { mustWrite(t, filepath.Join(dir, "letter.txt"), "hello") },
	} {
		dir := t.TempDir()
		spoil(t, dir)
		before, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var corrupt *store.CorruptError
		if _, err := OpenCache(dir, CacheOptions{}); !errors.As(err, &corrupt) {
			t.Errorf("%s: %v", name, err)
		}
		after, err := os.ReadDir(dir)
		if err != nil || len(after) != len(before) {
			t.Errorf("%s: %d files became %d, %v", name, len(before), len(after), err)
		}
	}
}

func TestAStartOnAFullDiskSaysSo(t *testing.T) {
	const left = 10 << 20
	full := func(string) (uint64, error) { return left, nil }
	dirs := []string{t.TempDir(), t.TempDir()}
	mustClose(t, mustLog(t, dirs[0]))
	mustClose(t, mustCache(t, dirs[1], CacheOptions{}))
	_, logErr := OpenLog(dirs[0], LogOptions{free: full})
	_, cacheErr := OpenCache(dirs[1], CacheOptions{free: full})
	_, newErr := OpenLog(t.TempDir(), LogOptions{free: full})
	for name, err := range map[string]error{"log": logErr, "cache": cacheErr, "new log": newErr} {
		var space *store.NoSpaceError
		if !errors.As(err, &space) || space.Free != left || space.Needed != openFree || !strings.Contains(err.Error(), "the disk is full: 10 MiB are left, 128 MiB are needed") {
			t.Errorf("%s: %v", name, err)
		}
	}
	l, c := mustLog(t, dirs[0]), mustCache(t, dirs[1], CacheOptions{})
	defer mustClose(t, l)
	defer mustClose(t, c)
	for name, room := range map[string]func() (store.Room, error){"log": l.Room, "cache": c.Room} {
		if r, err := room(); err != nil || r.Needed != minFree || r.Free == 0 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

// What was being made when the process was killed is no damage: nothing that was
// acknowledged stands in it.
func TestAFileThatWasBeingMadeIsNoDamage(t *testing.T) {
	log, cache := t.TempDir(), t.TempDir()
	l, err := OpenLog(log, LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), time.Unix(1, 0), store.Drafts("p", []byte("kept"))); err != nil {
		t.Fatal(err)
	}
	c, err := OpenCache(cache, CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Apply(t.Context(), 7, one("a")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Close(), c.Close()); err != nil {
		t.Fatal(err)
	}
	for name, made := range map[string]struct{ file, text string }{
		"half a table":                       {"000099.sst", strings.Repeat("half", 1000)},
		"a write-ahead file without a size":  {"00099.mem", ""},
		"a write-ahead file without a head":  {"00099.mem", strings.Repeat("\x00", 1<<20)},
		"a value log without a size":         {"000099.vlog", ""},
		"a value log without a head":         {"000099.vlog", strings.Repeat("\x00", 1<<20)},
		"a list of tables that is rewritten": {"MANIFEST-REWRITE", "Bd"},
	} {
		t.Run(name, func(t *testing.T) {
			killed := unsealed(t, log)
			mustWrite(t, filepath.Join(killed, dataDir, made.file), made.text)
			l, err := OpenLog(killed, LogOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			if texts := logTexts(l); len(texts) != 1 || texts[0] != "kept" {
				t.Errorf("the log has %q", texts)
			}
			killed = unsealed(t, cache)
			mustWrite(t, filepath.Join(killed, dataDir, made.file), made.text)
			c, err := OpenCache(killed, CacheOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if c.Position() != 7 {
				t.Errorf("the cache is at %d: it was dropped", c.Position())
			}
		})
	}
}

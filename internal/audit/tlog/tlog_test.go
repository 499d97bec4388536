package tlog_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"odoomesh/internal/audit/tlog"
)

// made makes a log of so many records, closes it, and answers its folder and key.
func made(t *testing.T, dir string, from, to int) tlog.Key {
	t.Helper()
	l, err := tlog.Open(t.Context(), dir, tlog.Options{Origin: "mesh/test"})
	if err != nil {
		t.Fatal(err)
	}
	for from < to {
		end := min(to, from+tlog.MaxBatch/2)
		if err := l.Append(t.Context(), leaves(from, end)); err != nil {
			t.Fatal(err)
		}
		from = end
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	key, err := tlog.ReadKey(filepath.Join(dir, tlog.PublicFile))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func leaves(from, to int) (all [][]byte) {
	for i := from; i < to; i++ {
		all = append(all, fmt.Appendf(nil, "record %d", i+1))
	}
	return all
}

func copied(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "audit")
	if err := errors.Join(os.CopyFS(to, os.DirFS(dir)), os.Chmod(filepath.Join(to, "signing.key"), 0o600)); err != nil {
		t.Fatal(err)
	}
	return to
}

// cut are the records of a file, in the order in which the log took them: of records that
// are added at once it is any.
func cut(raw []byte) (records [][]byte) {
	for len(raw) > 0 {
		end := 2 + int(binary.BigEndian.Uint16(raw))
		records, raw = append(records, raw[2:end]), raw[end:]
	}
	return records
}

// recut changes the records of a file.
func recut(change func(records [][]byte) [][]byte) func([]byte) []byte {
	return func(raw []byte) []byte { return encoded(change(cut(raw))) }
}

// flipIn flips a bit of a byte that comes so many after the first records of a file.
func flipIn(records, at int) func([]byte) []byte {
	return func(raw []byte) []byte { return flip(len(encoded(cut(raw)[:records])) + at)(raw) }
}

// encoded is a file of records.
func encoded(records [][]byte) (raw []byte) {
	for _, r := range records {
		raw = append(append(raw, byte(len(r)>>8), byte(len(r))), r...)
	}
	return raw
}

func replace(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if raw = change(raw); raw == nil {
		err = os.Remove(path)
	} else {
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func flip(at int) func([]byte) []byte {
	return func(raw []byte) []byte { raw[at] ^= 1; return raw }
}

func TestWhatWasDoneToALogIsFound(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	key := made(t, dir, 0, 270)
	older := copied(t, dir)
	before := signed(t, older, key)
	made(t, dir, 270, 300)
	// The last file has the records 257 to 300.
	last, lastHashes := "tile/entries/001.p/44", "tile/0/001.p/44"
	for _, tt := range []struct {
		name, want string
		change     func(dir string)
	}{
		{"nothing", "", func(string) {}},
		{"a byte of a record", "record 3 of the audit was changed", func(dir string) {
			replace(t, filepath.Join(dir, "tile/entries/000"), flipIn(2, 5))
		}},
		{"a byte of a length", "record 259 of the audit was changed", func(dir string) {
			replace(t, filepath.Join(dir, last), flipIn(2, 1))
		}},
		{"a record less", "record 260 of the audit was removed", func(dir string) {
			replace(t, filepath.Join(dir, last), recut(func(r [][]byte) [][]byte { return slices.Delete(r, 3, 4) }))
		}},
		{"a record less in a file that is full", "record 256 of the audit was removed", func(dir string) {
			replace(t, filepath.Join(dir, "tile/entries/000"), recut(func(r [][]byte) [][]byte { return r[:255] }))
		}},
		{"a record more", "record 261 of the audit was inserted", func(dir string) {
			replace(t, filepath.Join(dir, last), recut(func(r [][]byte) [][]byte { return slices.Insert(r, 4, []byte("another")) }))
		}},
		{"a record more at the end", "record 301 of the audit was inserted", func(dir string) {
			replace(t, filepath.Join(dir, last), recut(func(r [][]byte) [][]byte { return append(r, []byte("another")) }))
		}},
		{"the last records cut", "record 298 of the audit was removed", func(dir string) {
			replace(t, filepath.Join(dir, last), recut(func(r [][]byte) [][]byte { return r[:41] }))
		}},
		{"the last file gone", "within the records 257 to 300 the audit's log is cut", func(dir string) {
			replace(t, filepath.Join(dir, last), func([]byte) []byte { return nil })
		}},
		{"the last file gone with its hashes", "within the records 257 to 300 the audit's log is cut", func(dir string) {
			replace(t, filepath.Join(dir, last), func([]byte) []byte { return nil })
			replace(t, filepath.Join(dir, lastHashes), func([]byte) []byte { return nil })
		}},
		{"a hash", "record 2 of the audit has another hash", func(dir string) {
			replace(t, filepath.Join(dir, "tile/0/000"), flip(40))
		}},
		{"a higher hash", "within the records 1 to 256 the audit's log was changed", func(dir string) {
			for _, path := range []string{"tile/1/000.p/1"} {
				replace(t, filepath.Join(dir, path), flip(3))
			}
		}},
		{"a record with its hash", "within the records 257 to 300 the audit's log was changed", func(dir string) {
			replace(t, filepath.Join(dir, last), flip(9))
			replace(t, filepath.Join(dir, lastHashes), flip(9))
		}},
		{"the signature's size", "no checkpoint", func(dir string) {
			replace(t, filepath.Join(dir, "checkpoint"), func(raw []byte) []byte { return []byte(strings.Replace(string(raw), "300", "299", 1)) })
		}},
		{"a byte of the signature", "is not as it was signed", func(dir string) {
			replace(t, filepath.Join(dir, "checkpoint"), func(raw []byte) []byte { return flip(len(raw) - 5)(raw) })
		}},
		{"an older copy", "the audit's log was put back: it has 270 records, and has had 300", func(dir string) {
			if err := errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(older))); err != nil {
				t.Fatal(err)
			}
		}},
		{"all of it gone", "the audit's log is gone", func(dir string) {
			if err := errors.Join(os.RemoveAll(filepath.Join(dir, "tile")), os.Remove(filepath.Join(dir, "checkpoint"))); err != nil {
				t.Fatal(err)
			}
		}},
		{"another log with the same key", "are not those that were signed before", func(dir string) {
			if err := errors.Join(os.RemoveAll(filepath.Join(dir, "tile")), os.RemoveAll(filepath.Join(dir, ".state")), os.Remove(filepath.Join(dir, "checkpoint"))); err != nil {
				t.Fatal(err)
			}
			made(t, dir, 1, 302)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			here := copied(t, dir)
			newest := signed(t, here, key)
			tt.change(here)
			report, err := tlog.Verify(t.Context(), here, key, []tlog.Checkpoint{before, newest}, nil)
			if tt.want == "" && (err != nil || report.Signed.Size != 300 || report.Unsigned != 0) {
				t.Errorf("%+v, %v", report, err)
			}
			if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("found %v, want %s", err, tt.want)
			}
			var found *tlog.Finding
			if tt.want != "" && !errors.As(err, &found) {
				t.Errorf("%v is no finding", err)
			}
		})
	}
}

func signed(t *testing.T, dir string, key tlog.Key) tlog.Checkpoint {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := tlog.ParseCheckpoint(raw, key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAWitnessSignsOnlyWhatHoldsAllThatItHasSeen(t *testing.T) {
	dir, memory := filepath.Join(t.TempDir(), "audit"), t.TempDir()
	key := made(t, dir, 0, 3)
	older := copied(t, dir)
	w, err := tlog.OpenWitness(memory, "witness/test", key)
	if err != nil {
		t.Fatal(err)
	}
	look := func(dir string) ([]byte, error) {
		seen, err := w.Seen()
		if err != nil {
			t.Fatal(err)
		}
		l, err := tlog.Open(t.Context(), dir, tlog.Options{Origin: "mesh/test"})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		c := signed(t, dir, key)
		hashes, err := l.Consistency(t.Context(), seen.Size, c.Size)
		if err != nil {
			t.Fatal(err)
		}
		return w.Look(t.Context(), c, hashes)
	}
	for _, size := range []int{3, 3, 9} {
		if size > 3 {
			made(t, dir, 3, size)
		}
		raw, err := look(dir)
		if err != nil {
			t.Fatal(err)
		}
		public, err := tlog.ParseWitnessKey(w.Key())
		if err != nil {
			t.Fatal(err)
		}
		if c, at, err := tlog.Witnessed(raw, key, public); err != nil || c.Size != uint64(size) || at.IsZero() {
			t.Errorf("%+v at %s, %v", c, at, err)
		}
		if _, _, err := tlog.Witnessed(signed(t, dir, key).Raw, key, public); err == nil {
			t.Error("a checkpoint that no witness has signed counts as witnessed")
		}
	}
	var finding *tlog.Finding
	if _, err := look(older); !errors.As(err, &finding) || !strings.Contains(err.Error(), "put back") {
		t.Errorf("a log that was put back: %v", err)
	}
	made(t, older, 20, 29)
	if _, err := look(older); !errors.As(err, &finding) || !strings.Contains(err.Error(), "not those that were signed before") {
		t.Errorf("a log that was forked: %v", err)
	}
	if c, err := w.Seen(); err != nil || c.Size != 9 {
		t.Errorf("the witness has forgotten what it saw: %+v, %v", c, err)
	}
}

func TestTheSigningKeyIsItsOwnersAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	made(t, dir, 0, 1)
	path := filepath.Join(dir, "signing.key")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info.Mode(), err)
	}
	secret, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []func() error{
		func() error { return os.Chmod(path, 0o640) },
		func() error {
			return errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, secret[:len(secret)-9], 0o600))
		},
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		_, err := tlog.Open(t.Context(), dir, tlog.Options{})
		if err == nil || strings.Contains(err.Error(), string(secret[len(secret)-30:len(secret)-10])) {
			t.Errorf("%v", err)
		}
	}
}

func FuzzParseCheckpoint(f *testing.F) {
	key, err := tlog.ParseKey("mesh/test+00000000+AQ")
	if err == nil {
		f.Fatal("a key of nothing was taken", key)
	}
	dir := f.TempDir()
	l, err := tlog.Open(f.Context(), dir, tlog.Options{Origin: "mesh/test"})
	if err != nil {
		f.Fatal(err)
	}
	if err := errors.Join(l.Append(f.Context(), leaves(0, 2)), l.Close()); err != nil {
		f.Fatal(err)
	}
	if key, err = tlog.ReadKey(filepath.Join(dir, tlog.PublicFile)); err != nil {
		f.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte("mesh/test\n2\nAAAA\n\n— mesh/test AAAA\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := tlog.ParseCheckpoint(text, key)
		if err == nil && (c.Size != 2 && c.Size != 0 || len(c.Root) != 32) {
			t.Errorf("a checkpoint that nobody has signed was taken: %+v", c)
		}
	})
}

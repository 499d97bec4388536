package badgerstore

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"odoomesh/internal/store"
)

func mustLog(t *testing.T, dir string) *Log {
	t.Helper()
	l, err := OpenLog(dir, LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func mustCache(t *testing.T, dir string, opts CacheOptions) *Cache {
	t.Helper()
	c, err := OpenCache(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustClose(t *testing.T, c interface{ Close() error }) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

func mustWrite(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAFolderIsOpenOnce(t *testing.T) {
	dir := t.TempDir()
	l := mustLog(t, dir)
	if _, err := OpenLog(dir, LogOptions{}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("a second OpenLog: %v", err)
	}
	mustClose(t, l)
	mustClose(t, mustLog(t, dir))
}

// A process that is being started has copies of all descriptors until it has begun.
func TestAClosedFolderIsFreeWhateverAnotherProcessInherited(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux lists the descriptors of a process")
	}
	dir := t.TempDir()
	l := mustLog(t, dir)
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	copied := 0
	for _, one := range open {
		to, err := os.Readlink(filepath.Join("/proc/self/fd", one.Name()))
		if err != nil || !strings.HasPrefix(to, dir) {
			continue
		}
		fd, err := strconv.Atoi(one.Name())
		if err != nil {
			t.Fatal(err)
		}
		inherited, err := syscall.Dup(fd)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = syscall.Close(inherited) })
		copied++
	}
	if copied == 0 {
		t.Fatal("no descriptor of the folder was found")
	}
	mustClose(t, l)
	mustClose(t, mustLog(t, dir))
}

func TestAFolderIsPrivate(t *testing.T) {
	parent := t.TempDir()
	given := filepath.Join(parent, "given")
	if err := os.Mkdir(given, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{given, filepath.Join(parent, "made", "deep")} {
		mustClose(t, mustLog(t, dir))
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v, %v", dir, info.Mode(), err)
		}
	}
}

func TestAStrangeFolderIsRefused(t *testing.T) {
	for name, try := range map[string]struct {
		spoil func(t *testing.T, dir string)
		found string
	}{
		"somebody else's": {func(t *testing.T, dir string) {
			mustWrite(t, filepath.Join(dir, "letter.txt"), "hello")
		}, "not made by a mesh store"},
		"a cache": {func(t *testing.T, dir string) {
			mustClose(t, mustCache(t, dir, CacheOptions{}))
		}, "it holds a cache, not a log"},
		"from a newer program": {func(t *testing.T, dir string) {
			mustClose(t, mustLog(t, dir))
			mustWrite(t, filepath.Join(dir, markFile), "log 3 abc")
		}, "its format is version 3, and this program knows version 2: a later meshd has made it, so start that one: nothing in it was changed"},
		"from an older program": {func(t *testing.T, dir string) {
			mustClose(t, mustLog(t, dir))
			mustWrite(t, filepath.Join(dir, markFile), "log 1 abc")
		}, "its format is version 1, and this program knows version 2: a build from before the first release has made it, which alone can read it: nothing in it was changed"},
		"with a torn mark": {func(t *testing.T, dir string) {
			mustClose(t, mustLog(t, dir))
			mustWrite(t, filepath.Join(dir, markFile), "log")
		}, "its mark cannot be read"},
		"without its data": {func(t *testing.T, dir string) {
			mustClose(t, mustLog(t, dir))
			if err := os.RemoveAll(filepath.Join(dir, dataDir)); err != nil {
				t.Fatal(err)
			}
		}, "its content is lost"},
		"with another's data": {func(t *testing.T, dir string) {
			mustClose(t, mustLog(t, dir))
			mustWrite(t, filepath.Join(dir, markFile), "log 2 abc")
		}, "its files belong to another store"},
		"with a damaged manifest": {func(t *testing.T, dir string) {
			mustClose(t, mustLog(t, dir))
			mustWrite(t, filepath.Join(dir, dataDir, "MANIFEST"), "Bdgrnot really a manifest")
		}, "the file data/MANIFEST has"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			try.spoil(t, dir)
			var corrupt *store.CorruptError
			_, err := OpenLog(dir, LogOptions{})
			if !errors.As(err, &corrupt) || !strings.Contains(err.Error(), try.found) || corrupt.Where != dir {
				t.Errorf("%v; want %q", err, try.found)
			}
			if _, again := OpenLog(dir, LogOptions{}); errors.Is(again, store.ErrLocked) {
				t.Error("a refused folder stays locked")
			}
		})
	}
}

// A cache in an older format is dropped, however often that is cut short, and
// filled again; a log never is.
func TestACacheInAnOlderFormatBeginsAnew(t *testing.T) {
	for name, cut := range map[string]func(t *testing.T, dir string){
		"at once": func(*testing.T, string) {},
		"after it was marked": func(t *testing.T, dir string) {
			mustWrite(t, filepath.Join(dir, openMark), "untrusted\n")
		},
		"after it lost its id": func(t *testing.T, dir string) {
			mustWrite(t, filepath.Join(dir, openMark), "untrusted\n")
			mustWrite(t, filepath.Join(dir, markFile), "cache 4 new\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			c := mustCache(t, dir, CacheOptions{})
			record := store.Mutation{Collection: "p", Key: []byte("1"), Value: []byte("v")}
			if err := c.Apply(t.Context(), 7, []store.Mutation{record}); err != nil {
				t.Fatal(err)
			}
			mustClose(t, c)
			mustWrite(t, filepath.Join(dir, markFile), "cache 1 "+c.folder.id)
			cut(t, dir)
			c = mustCache(t, dir, CacheOptions{})
			if c.Position() != 0 || c.Count("p") != 0 {
				t.Errorf("position %d, %d records", c.Position(), c.Count("p"))
			}
			if err := c.Apply(t.Context(), 1, []store.Mutation{record}); err != nil {
				t.Fatal(err)
			}
			mustClose(t, c)
			c = mustCache(t, dir, CacheOptions{})
			if c.Position() != 1 || c.Count("p") != 1 {
				t.Errorf("opened again: position %d, %d records", c.Position(), c.Count("p"))
			}
			mustClose(t, c)
		})
	}
}

// A crash may come between any two steps of making a store.
func TestABirthThatWasCutShortGoesOn(t *testing.T) {
	for name, cut := range map[string]func(t *testing.T, dir string){
		"after the lock": func(t *testing.T, dir string) {
			mustWrite(t, filepath.Join(dir, lockFile), "")
			mustWrite(t, filepath.Join(dir, markFile+".tmp"), "lo")
		},
		"before the id": func(t *testing.T, dir string) {
			mustWrite(t, filepath.Join(dir, markFile), "log 2 new\n")
		},
		"after the id": func(t *testing.T, dir string) {
			mustClose(t, mustLog(t, dir))
			mustWrite(t, filepath.Join(dir, markFile), "log 2 new\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			cut(t, dir)
			l := mustLog(t, dir)
			id := l.ID()
			mustClose(t, l)
			l = mustLog(t, dir)
			if l.ID() != id || len(id) != 32 {
				t.Errorf("ID %q, then %q", id, l.ID())
			}
			mustClose(t, l)
		})
	}
}

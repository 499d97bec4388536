package badgerstore

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"odoomesh/internal/store"
)

func key(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

// secretText is in every record and entry of these tests: it compresses badly, so that it
// is found wherever it lies open.
const secretText = "Dr-Qz7-implant-4711"

// openText is the files below a folder in which the text can be read.
func openText(t *testing.T, dir string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(name)
		if bytes.Contains(raw, []byte(secretText)) {
			found = append(found, filepath.Base(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// writtenLog is the folder of a log that was closed, whose text has gone to a table, and
// of one that was killed, whose text lies in a write-ahead file.
func writtenLog(t *testing.T, opts LogOptions) (closed, killed string) {
	t.Helper()
	closed, killed = t.TempDir(), t.TempDir()
	l, err := OpenLog(closed, opts)
	if err != nil {
		t.Fatal(err)
	}
	fact := []store.Fact{{Key: []byte(secretText), Value: []byte("a fact")}}
	if _, err := l.Record(t.Context(), time.Unix(0, 0), store.Drafts("p", []byte(secretText)), fact); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(killed, os.DirFS(closed)); err != nil {
		t.Fatal(err)
	}
	mustClose(t, l)
	return closed, killed
}

func TestWhatIsEncryptedCannotBeRead(t *testing.T) {
	closed, killed := writtenLog(t, LogOptions{})
	if len(openText(t, closed)) == 0 || len(openText(t, killed)) == 0 {
		t.Fatal("without a key the text is not found: this test looks for the wrong thing")
	}
	closed, killed = writtenLog(t, LogOptions{Compress: true, Keys: Keys{Now: key(1)}})
	if found := append(openText(t, closed), openText(t, killed)...); len(found) > 0 {
		t.Errorf("it can be read in %v", found)
	}
	dir := t.TempDir()
	c, err := OpenCache(dir, CacheOptions{Keys: Keys{Now: key(1)}})
	if err != nil {
		t.Fatal(err)
	}
	m := store.Mutation{Collection: "p", Key: []byte(secretText), Value: []byte(secretText), Indexes: []store.IndexEntry{{Index: "sku", Value: []byte(secretText)}}}
	if err := c.Apply(t.Context(), 1, []store.Mutation{m}); err != nil {
		t.Fatal(err)
	}
	if found := openText(t, dir); len(found) > 0 {
		t.Errorf("of the open cache it can be read in %v", found)
	}
	mustClose(t, c)
	if found := openText(t, dir); len(found) > 0 {
		t.Errorf("of the cache it can be read in %v", found)
	}
}

func TestAStoreIsOpenedWithItsKeyAlone(t *testing.T) {
	for _, tt := range []struct {
		name         string
		is, given    Keys
		found        string
		changedToNow bool
	}{
		{name: "none", is: Keys{}, given: Keys{}},
		{name: "its own", is: Keys{Now: key(1)}, given: Keys{Now: key(1)}},
		{name: "its own beside the one before", is: Keys{Now: key(1)}, given: Keys{Now: key(1), Before: key(2)}},
		{name: "that of before", is: Keys{Now: key(1)}, given: Keys{Now: key(2), Before: key(1)}, changedToNow: true},
		{name: "another", is: Keys{Now: key(1)}, given: Keys{Now: key(2)}, found: "encrypted with another key"},
		{name: "two others", is: Keys{Now: key(1)}, given: Keys{Now: key(2), Before: key(3)}, found: "encrypted with another key"},
		{name: "none any more", is: Keys{Now: key(1)}, given: Keys{}, found: "no key is set"},
		{name: "one for what has none", is: Keys{}, given: Keys{Now: key(1)}, found: "not encrypted"},
		{name: "two for what has none", is: Keys{}, given: Keys{Now: key(1), Before: key(2)}, found: "not encrypted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			closed, killed := writtenLog(t, LogOptions{Keys: tt.is})
			dirs := []string{killed}
			if tt.changedToNow {
				dirs = append(dirs, closed)
			}
			for _, dir := range dirs {
				l, err := OpenLog(dir, LogOptions{Keys: tt.given})
				var wrong *store.KeyError
				if tt.found != "" {
					if !errors.As(err, &wrong) || !strings.Contains(err.Error(), tt.found) {
						t.Errorf("got %v", err)
					}
				} else if err != nil {
					t.Fatal(err)
				} else {
					mustClose(t, l)
				}
				has := tt.is
				if tt.changedToNow {
					has = Keys{Now: tt.given.Now}
				}
				if l, err = OpenLog(dir, LogOptions{Keys: has}); err != nil {
					t.Fatalf("afterwards: %v", err)
				}
				if got := logTexts(l); len(got) != 1 || got[0] != secretText {
					t.Errorf("it holds %q", got)
				}
				mustClose(t, l)
			}
		})
	}
}

// A cache can be filled again, and yet it is not dropped for a wrong setting.
func TestACacheIsKeptFromAWrongKey(t *testing.T) {
	dir := t.TempDir()
	c, err := OpenCache(dir, CacheOptions{Keys: Keys{Now: key(1)}})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Apply(t.Context(), 7, nil); err != nil {
		t.Fatal(err)
	}
	mustClose(t, c)
	var wrong *store.KeyError
	if _, err := OpenCache(dir, CacheOptions{Keys: Keys{Now: key(2)}}); !errors.As(err, &wrong) {
		t.Errorf("got %v", err)
	}
	c, err = OpenCache(dir, CacheOptions{Keys: Keys{Now: key(3), Before: key(1)}})
	if err != nil || c.Position() != 7 {
		t.Fatalf("at %d, %v", c.Position(), err)
	}
	mustClose(t, c)
}

func TestAListOfDataKeysThatIsGoneIsDamage(t *testing.T) {
	_, dir := writtenLog(t, LogOptions{})
	if err := os.Remove(filepath.Join(dir, dataDir, registryFile)); err != nil {
		t.Fatal(err)
	}
	var damaged *store.CorruptError
	if _, err := OpenLog(dir, LogOptions{Keys: Keys{Now: key(1)}}); !errors.As(err, &damaged) {
		t.Errorf("got %v", err)
	}
}

// The machine goes down while a data key is being written: the list ends anywhere in it.
func TestADataKeyThatWasBeingWrittenIsNoDamage(t *testing.T) {
	_, dir := writtenLog(t, LogOptions{Keys: Keys{Now: key(1)}})
	name := filepath.Join(dir, dataDir, registryFile)
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	next := raw[registryHead:] // as long as the one that is there
	for _, cut := range []int{1, registryFrame, registryFrame + 5, len(next) - 1} {
		mustWrite(t, name, string(raw)+string(next[:cut]))
		l, err := OpenLog(dir, LogOptions{Keys: Keys{Now: key(1)}})
		if err != nil {
			t.Fatalf("after %d bytes: %v", cut, err)
		}
		if got := logTexts(l); len(got) != 1 {
			t.Errorf("after %d bytes it holds %q", cut, got)
		}
		mustCloseUnsealed(t, l, dir)
	}
}

// mustCloseUnsealed closes a log and leaves it as one that was killed.
func mustCloseUnsealed(t *testing.T, l *Log, dir string) {
	t.Helper()
	mustClose(t, l)
	if err := os.Remove(filepath.Join(dir, sealFile)); err != nil {
		t.Fatal(err)
	}
}

// A byte that changed in an encrypted table or in the list of data keys is told, as in
// others: encryption alone would give other bytes for it.
func TestAChangedByteOfAnEncryptedLogIsNeverPassedOver(t *testing.T) {
	closed, _ := writtenLog(t, LogOptions{Compress: true, Keys: Keys{Now: key(1)}})
	dir := unsealed(t, closed)
	for _, pattern := range []string{registryFile, "*.sst"} {
		names, err := filepath.Glob(filepath.Join(dir, dataDir, pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("no %s: %v", pattern, err)
		}
		whole, err := os.ReadFile(names[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int{0, 20, len(whole) / 3, len(whole) / 2, len(whole) - 30, len(whole) - 1} {
			spoiled := bytes.Clone(whole)
			spoiled[at] ^= 0x41
			mustWrite(t, names[0], string(spoiled))
			l, err := OpenLog(dir, LogOptions{Compress: true, Keys: Keys{Now: key(1)}})
			var corrupt *store.CorruptError
			var wrong *store.KeyError // what has changed may be what a key is known by
			if errors.As(err, &corrupt) || errors.As(err, &wrong) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := logTexts(l); len(got) != 1 || got[0] != secretText {
				t.Errorf("byte %d of %s: it holds %q", at, pattern, got)
			}
			mustCloseUnsealed(t, l, dir)
		}
		mustWrite(t, names[0], string(whole))
	}
}

const rekeyIn = "BADGERSTORE_REKEY_IN"

// rekeyForever gives a log one key after the other, until it is killed.
func rekeyForever(dir string) {
	for n := byte(1); ; n++ {
		f := &folder{path: dir, id: "x"}
		if err := f.takeKey(Keys{Now: key(n%2 + 1), Before: key((n+1)%2 + 1)}); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(n)
	}
}

// A process is killed while it gives a store another key: the store has the one or the
// other, and all of its content.
func TestAKillWhileTheKeyIsChanged(t *testing.T) {
	if dir := os.Getenv(rekeyIn); dir != "" {
		rekeyForever(dir)
	}
	_, dir := writtenLog(t, LogOptions{Keys: Keys{Now: key(1)}})
	for round := range 8 {
		child := exec.Command(os.Args[0], "-test.run=^TestAKillWhileTheKeyIsChanged$")
		child.Env = append(os.Environ(), rekeyIn+"="+dir)
		out, err := child.StdoutPipe()
		if err == nil {
			err = child.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 1+round*8)); err != nil { // it is at it
			t.Fatalf("round %d: the child ended: %v", round, err)
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // it was killed
		l, err := OpenLog(dir, LogOptions{Keys: Keys{Now: key(1), Before: key(2)}})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if got := logTexts(l); len(got) != 1 || got[0] != secretText {
			t.Fatalf("round %d: it holds %q", round, got)
		}
		mustCloseUnsealed(t, l, dir)
	}
}

func TestKeysShowThemselvesNowhere(t *testing.T) {
	opts := LogOptions{Keys: Keys{Now: []byte("hunter2hunter2")}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, opts); strings.Contains(got, "hunter2") || strings.Contains(got, "104, 117, 110") || strings.Contains(got, "0x68, 0x75") || strings.Contains(got, "[104 117") {
			t.Errorf("%s shows %s", verb, got)
		}
	}
}

package app

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"odoomesh/internal/backup"
	"odoomesh/internal/config"
	"odoomesh/internal/exit"
	"odoomesh/internal/seal"
	"odoomesh/internal/secret"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// A backup is how a folder that was not encrypted becomes one that is: nothing of it is
// opened with another key than its own, and the one before makes way for the next.
func TestADataFolderHasItsKey(t *testing.T) {
	_, file := backedUpFolder(t)
	key := func(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }
	dir := t.TempDir()
	if _, err := Restore(t.Context(), file, dir, nil, config.Rest{EncryptionKey: secret.Text(strings.Repeat("01", 32))}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		given badgerstore.Keys
		code  int
	}{
		{"none", badgerstore.Keys{}, 16},
		{"another", badgerstore.Keys{Now: key(2)}, 16},
		{"its own", badgerstore.Keys{Now: key(1)}, 0},
		{"the next, and its own", badgerstore.Keys{Now: key(2), Before: key(1)}, 0},
		{"the next alone", badgerstore.Keys{Now: key(2)}, 0},
		{"its own of before", badgerstore.Keys{Now: key(1)}, 16},
	} {
		s, err := openStores(dir, tt.given, slog.New(slog.DiscardHandler), nil)
		if exit.Code(err) != tt.code {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if err == nil {
			if s.ledger.Head() == 0 || s.owned.Head() == 0 {
				t.Errorf("%s: nothing is in it", tt.name)
			}
			closed(t, s)
		}
	}
}

// Of two that start together one gets the data folder, and not each a part of it.
func TestOneOfTwoStartsGetsTheDataFolder(t *testing.T) {
	for range 5 {
		dir := t.TempDir()
		var got [2]*stores
		var errs [2]error
		var both sync.WaitGroup
		for i := range got {
			both.Go(func() { got[i], errs[i] = openStores(dir, badgerstore.Keys{}, slog.New(slog.DiscardHandler), nil) })
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs[:]...), store.ErrLocked) {
			t.Errorf("they ended with %v and %v", errs[0], errs[1])
		}
		for _, s := range got {
			if s == nil {
				continue
			}
			if err := s.close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// A backup that is sealed is restored with its key, wherever that stands, into a folder that
// has the key of now, or none; without it nothing is made, and one is told which it takes.
func TestASealedBackupIsRestoredWithItsKey(t *testing.T) {
	was, plain := backedUpFolder(t)
	key := func(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }
	digits := func(b string) secret.Text { return secret.Text(strings.Repeat(b, 32)) }
	var whole bytes.Buffer
	if err := backup.Write(t.Context(), &whole, backup.Source{Time: noon, Instance: "erp", Parts: was.backedUp(), Key: key(1)}, func(int64, int64) error { return nil }); err != nil {
		t.Fatal(err)
	}
	put := func(name string, raw []byte) string {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	sealed, bent := put("mesh.backup", whole.Bytes()), bytes.Clone(whole.Bytes())
	bent[len(bent)/2] ^= 1
	named := "the key " + seal.Name(key(1))
	for _, tt := range []struct {
		name, file string
		rest       config.Rest
		code       int
		says       string
		// has is the key that the folder has then.
		has []byte
	}{
		{"no key", sealed, config.Rest{}, 16, named + ", and no key is given", nil},
		{"another key", sealed, config.Rest{EncryptionKey: digits("02")}, 16, named + ", and the key that is given is " + seal.Name(key(2)), nil},
		{"another, and another before", sealed, config.Rest{EncryptionKey: digits("02"), PreviousKey: digits("03")}, 16, named, nil},
		{"cut off", put("cut.backup", whole.Bytes()[:whole.Len()-9]), config.Rest{EncryptionKey: digits("01")}, 15, "is not complete", nil},
		{"changed", put("bent.backup", bent), config.Rest{EncryptionKey: digits("01")}, 15, "the checksum is another", nil},
		{"its key", sealed, config.Rest{EncryptionKey: digits("01")}, 0, "", key(1)},
		{"the next key, and its own", sealed, config.Rest{EncryptionKey: digits("02"), PreviousKey: digits("01")}, 0, "", key(2)},
		{"the next key, and its own as the backup's", sealed, config.Rest{EncryptionKey: digits("02"), BackupKey: digits("01")}, 0, "", key(2)},
		{"to be open from now on", sealed, config.Rest{BackupKey: digits("01")}, 0, "", nil},
		{"one that is open, and a key", plain, config.Rest{EncryptionKey: digits("02")}, 0, "", key(2)},
	} {
		dir := filepath.Join(t.TempDir(), "data")
		_, err := Restore(t.Context(), tt.file, dir, []string{"ledger"}, tt.rest)
		if exit.Code(err) != tt.code || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if err != nil {
			if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s: something is made, %v", tt.name, err)
			}
			continue
		}
		ledger, err := badgerstore.OpenLog(filepath.Join(dir, "ledger"), journalOptions("ledger", badgerstore.Keys{Now: tt.has}))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if want, got := content(t, was.ledger), content(t, ledger); want != got {
			t.Errorf("%s: the ledger holds\n%s\nwant\n%s", tt.name, got, want)
		}
		if err := ledger.Close(); err != nil {
			t.Error(err)
		}
	}
}

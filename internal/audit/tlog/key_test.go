package tlog_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"odoomesh/internal/audit/tlog"
	"odoomesh/internal/seal"
)

// The signing key is sealed when there is a key, takes the next one, and the log goes on
// as the same: whatever the change was killed at, and for whoever verifies it.
func TestTheSigningKeyIsSealed(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "audit")
	path := filepath.Join(dir, "signing.key")
	first, second := bytes.Repeat([]byte{1}, seal.KeySize), bytes.Repeat([]byte{2}, seal.KeySize)
	read := func() []byte {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	from := 0
	var key tlog.Key
	grow := func(k tlog.Keys) error {
		t.Helper()
		if err := tlog.CheckKeys(dir, k); err != nil {
			return err
		}
		l, err := tlog.Open(t.Context(), dir, tlog.Options{Origin: "mesh/test", Keys: k})
		if err != nil {
			return err
		}
		if err := errors.Join(l.Append(t.Context(), leaves(from, from+2)), l.Close()); err != nil {
			t.Fatal(err)
		}
		from += 2
		public, err := tlog.ReadKey(filepath.Join(dir, tlog.PublicFile))
		if err != nil || from > 2 && public.String() != key.String() {
			t.Fatalf("the public key is another: %v", err)
		}
		key = public
		if c := signed(t, dir, key); c.Size != uint64(from) {
			t.Errorf("%d records are signed of %d", c.Size, from)
		}
		return nil
	}
	if err := grow(tlog.Keys{}); err != nil {
		t.Fatal(err)
	}
	plain := read()
	var sealedByFirst []byte
	for _, tt := range []struct {
		name   string
		keys   tlog.Keys
		before func() error
		// by is the key that it is sealed with then; nil for an error.
		by []byte
	}{
		{"taken over", tlog.Keys{Now: first}, nil, first},
		{"once more", tlog.Keys{Now: first}, nil, first},
		{"no key", tlog.Keys{}, nil, nil},
		{"another key", tlog.Keys{Now: second}, nil, nil},
		{"killed before the new one is whole", tlog.Keys{Now: second, Before: first}, func() error {
			sealedByFirst = read()
			return os.WriteFile(path+".partial", sealedByFirst[:40], 0o600)
		}, second},
		{"killed behind it, and started with both", tlog.Keys{Now: second, Before: first}, nil, second},
		{"the one before alone", tlog.Keys{Now: first}, nil, nil},
		{"changed on the disk", tlog.Keys{Now: second}, func() error {
			text := read()
			text[len(text)-1] ^= 1
			return os.WriteFile(path, text, 0o600)
		}, nil},
		{"put back as it was before", tlog.Keys{Now: second, Before: first}, func() error { return os.WriteFile(path, sealedByFirst, 0o600) }, second},
		{"put back as it was at first", tlog.Keys{Now: second}, func() error { return os.WriteFile(path, plain, 0o600) }, second},
	} {
		if tt.before != nil {
			if err := tt.before(); err != nil {
				t.Fatal(err)
			}
		}
		left := read()
		err := grow(tt.keys)
		if (err == nil) != (tt.by != nil) {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if err != nil {
			var wrong *seal.KeyError
			if is := errors.As(err, &wrong); is != (tt.name != "changed on the disk") || is && len(wrong.Sealed) != 8 || !bytes.Equal(left, read()) {
				t.Errorf("%s: %v, or the key has changed", tt.name, err)
			}
			continue
		}
		text, err := seal.Open(read(), tt.by)
		if info, failed := os.Stat(path); err != nil || failed != nil || info.Mode().Perm() != 0o600 || !bytes.Equal(text, plain) {
			t.Errorf("%s: %v, %v", tt.name, err, failed)
		}
	}
	if all, err := os.ReadDir(dir); err != nil {
		t.Error(err)
	} else {
		for _, file := range all {
			if strings.HasSuffix(file.Name(), ".partial") {
				t.Errorf("%s is left", file.Name())
			}
		}
	}
	if s := (tlog.Keys{Now: first}).String(); strings.Contains(s, "1") {
		t.Error(s)
	}
}

// Where there is a key, the signing key never lies open.
func TestTheSigningKeyIsMadeSealed(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "audit")
	l, err := tlog.Open(t.Context(), dir, tlog.Options{Origin: "mesh/test", Keys: tlog.Keys{Now: bytes.Repeat([]byte{7}, seal.KeySize)}})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "signing.key"))
	if err != nil || !seal.Is(text) || bytes.Contains(text, []byte("PRIVATE")) {
		t.Errorf("%q, %v", text, err)
	}
}

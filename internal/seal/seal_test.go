package seal_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"odoomesh/internal/seal"
)

func key(b byte) []byte { return bytes.Repeat([]byte{b}, seal.KeySize) }

func TestWhatIsSealedIsOpenedByItsKeyAlone(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 64 << 10, 64<<10 + 1, 200 << 10} {
		text := bytes.Repeat([]byte("price 12.50 "), size/12+1)[:size]
		sealed, err := seal.Text(text, key(1))
		if err != nil {
			t.Fatal(err)
		}
		if !seal.Is(sealed) || seal.Is(text) || size > 12 && bytes.Contains(sealed, []byte("price")) {
			t.Errorf("%d bytes are not sealed", size)
		}
		for _, keys := range [][][]byte{{key(1)}, {key(2), key(1)}, {key(1), key(1)}} {
			if opened, err := seal.Open(sealed, keys...); err != nil || !bytes.Equal(opened, text) {
				t.Errorf("%d bytes are opened as %d, %v", size, len(opened), err)
			}
		}
		for _, keys := range [][][]byte{nil, {key(2)}, {key(2), key(3)}} {
			_, err := seal.Open(sealed, keys...)
			var wrong *seal.KeyError
			if !errors.As(err, &wrong) || wrong.Sealed != seal.Name(key(1)) || len(wrong.Given) != len(keys) || !strings.Contains(err.Error(), seal.Name(key(1))) {
				t.Errorf("with %d other keys: %v", len(keys), err)
			}
		}
	}
	if a, _ := seal.Text(nil, key(1)); bytes.Contains(a, key(1)) || len(seal.Name(key(1))) != 8 || seal.Name(key(1)) == seal.Name(key(2)) {
		t.Error("keys are told, or are not told apart")
	}
}

func TestWhatWasChangedIsNotOpened(t *testing.T) {
	t.Parallel()
	text := bytes.Repeat([]byte("x"), 70<<10)
	sealed, err := seal.Text(text, key(1))
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(sealed); at++ {
		if at > 190 && at < len(sealed)-40 && at%8191 != 0 {
			continue
		}
		bent := bytes.Clone(sealed)
		bent[at] ^= 1
		if opened, err := seal.Open(bent, key(1)); err == nil {
			t.Errorf("byte %d of %d was changed, and %d bytes are opened", at, len(sealed), len(opened))
		}
		if opened, err := seal.Open(sealed[:at], key(1)); err == nil {
			t.Errorf("cut at byte %d, and %d bytes are opened", at, len(opened))
		}
	}
	if _, err := seal.Open(append(bytes.Clone(sealed), 0), key(1)); !errors.Is(err, seal.ErrBroken) {
		t.Errorf("something stands behind: %v", err)
	}
	// A name in front of another's file key opens nothing.
	other, err := seal.Text(text, key(2))
	if err != nil {
		t.Fatal(err)
	}
	forged := bytes.Replace(other, []byte(seal.Name(key(2))), []byte(seal.Name(key(1))), 1)
	if _, err := seal.Open(forged, key(1)); !errors.Is(err, seal.ErrBroken) {
		t.Errorf("another's: %v", err)
	}
	away := errors.New("the disk is away")
	from, err := seal.Reader(io.MultiReader(bytes.NewReader(sealed[:66<<10]), iotest.ErrReader(away)), key(1))
	if err == nil {
		_, err = io.ReadAll(from)
	}
	if !errors.Is(err, away) || errors.Is(err, seal.ErrBroken) {
		t.Errorf("a disk that is away: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	sealed, err := seal.Text([]byte("text"), key(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add(sealed[:40])
	f.Add([]byte("age-encryption.org/v1\n-> odoomesh 00000000\nAAAA\n--- AAAA\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		// Each process that fuzzes has sealed the text anew.
		opened, err := seal.Open(text, key(1))
		if err == nil && string(opened) != "text" {
			t.Errorf("%q is opened as %q", text, opened)
		}
	})
}

package backup_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"odoomesh/internal/backup"
	"odoomesh/internal/seal"
)

func keyOf(b byte) []byte { return bytes.Repeat([]byte{b}, seal.KeySize) }

// sealedOf is a backup that is sealed, of more than one frame where payload is long.
func sealedOf(t testing.TB, payload string) []byte {
	t.Helper()
	parts := []backup.Part{{Name: "ledger", Journal: &kept{id: "a", oldest: 1}}}
	for at := range uint64(4) {
		k := parts[0].Journal.(*kept)
		k.entries = append(k.entries, entry(at+1, payload))
	}
	var file bytes.Buffer
	if err := backup.Write(context.Background(), &file, backup.Source{Time: noon, Instance: "erp", Parts: parts, Key: keyOf(1)}, unheard); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestASealedBackupIsReadWithItsKeyAlone(t *testing.T) {
	t.Parallel()
	file := sealedOf(t, "the price is 12.50")
	if bytes.Contains(file, []byte("price")) || bytes.Contains(file, []byte("erp")) {
		t.Error("it is not sealed")
	}
	got := &received{}
	contents, err := backup.Read(bytes.NewReader(file), got, keyOf(2), keyOf(1))
	if err != nil {
		t.Fatal(err)
	}
	want := backup.Contents{Time: noon, Instance: "erp", Sealed: true, Parts: []backup.PartContents{{Name: "ledger", LogID: "a", Oldest: 1, Head: 4}}}
	if diff := cmp.Diff(want, contents); diff != "" || got.ended != 1 || string(got.last().entries[3].Payload) != "the price is 12.50" {
		t.Error(diff, got.ended)
	}
	for name, tt := range map[string]struct {
		keys [][]byte
		says string
	}{
		"no key":      {nil, "sealed with the key " + seal.Name(keyOf(1)) + ", and no key is given"},
		"another key": {[][]byte{keyOf(2)}, "sealed with the key " + seal.Name(keyOf(1)) + ", and the key that is given is " + seal.Name(keyOf(2))},
	} {
		_, err := backup.Verify(bytes.NewReader(file), tt.keys...)
		var wrong *backup.KeyError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("with %s: %v", name, err)
		}
	}
	if c, err := backup.Verify(bytes.NewReader(written(t, two()...)), keyOf(1)); err != nil || c.Sealed {
		t.Errorf("one that is open, with a key: %+v, %v", c, err)
	}
}

// What is cut off or changed is found with the key, without one, and with another.
func TestADamagedSealedBackupIsRefused(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 70<<10)
	state := uint32(1)
	for i := range noise { // it is not to be compressed
		state = state*1664525 + 1013904223
		noise[i] = byte(state >> 24)
	}
	for _, payload := range []string{"x", string(noise)} {
		file := sealedOf(t, payload)
		refused := func(what string, at int, bent []byte) {
			t.Helper()
			for _, keys := range [][][]byte{{keyOf(1)}, nil, {keyOf(2)}} {
				_, err := backup.Verify(bytes.NewReader(bent), keys...)
				var damaged *backup.DamagedError
				var version *backup.VersionError
				switch {
				case errors.As(err, &version), errors.As(err, &backup.ForeignError{}):
					if at > 18 {
						t.Errorf("%s at %d with %d keys: %v", what, at, len(keys), err)
					}
				case !errors.As(err, &damaged) || damaged.Offset > int64(at):
					t.Errorf("%s at %d with %d keys: %v", what, at, len(keys), err)
				}
			}
		}
		step := 1
		if len(file) > 10_000 {
			step = len(file) / 40
		}
		for at := 0; at < len(file); at += step {
			bent := bytes.Clone(file)
			bent[at] ^= 0x10
			refused("changed", at, bent)
			refused("cut", at, file[:at])
		}
		refused("longer", len(file), append(bytes.Clone(file), 0))
	}
	// Whoever mends the checksums is found by the key.
	file := sealedOf(t, "x")
	bent := bytes.Clone(file)
	bent[len(bent)-9] ^= 1
	bent = withSums(bent)
	if _, err := backup.Verify(bytes.NewReader(bent)); !errors.As(err, new(*backup.KeyError)) {
		t.Errorf("the checksums are not mended: %v", err)
	}
	if _, err := backup.Verify(bytes.NewReader(bent), keyOf(1)); !errors.As(err, new(*backup.DamagedError)) || !strings.Contains(err.Error(), "not as it was sealed") {
		t.Errorf("forged: %v", err)
	}
}

// withSums mends the checksums of the frames.
func withSums(file []byte) []byte {
	sum, at := uint32(0), bytes.IndexByte(file, '\n')+1
	for at < len(file) {
		size := int(binary.BigEndian.Uint32(file[at:]))
		sum = crc32.Update(sum, crc32.MakeTable(crc32.Castagnoli), file[at+8:at+8+size])
		binary.BigEndian.PutUint32(file[at+4:], sum)
		at += 8 + size
	}
	return file
}

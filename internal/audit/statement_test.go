package audit_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"odoomesh/internal/audit"
	"odoomesh/internal/audit/tlog"
)

// What was sealed is read as it was, another payload or salt is refused, and an erased one
// leaves the leaf.
func TestALeafCommitsToItsPayloadAndToNoOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ -~äß€]{0,40}`)
		s := audit.Statement{
			Leaf:    audit.Leaf{Time: time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "time"), 0), Kind: audit.OfTransition, Intent: text.Draw(t, "intent"), After: text.Draw(t, "after")},
			Payload: audit.Payload{Principal: text.Draw(t, "principal"), Address: text.Draw(t, "address"), Request: []byte(text.Draw(t, "request"))},
		}
		sealed, err := audit.Seal(s, 7)
		if err != nil {
			t.Fatal(err)
		}
		leaf, payload, err := sealed.Open()
		if len(s.Payload.Request) == 0 {
			s.Payload.Request = nil
		}
		if err != nil || leaf.Sequence != 7 || leaf.Intent != s.Leaf.Intent || !leaf.Time.Equal(s.Leaf.Time) || cmp.Diff(s.Payload, *payload) != "" {
			t.Fatalf("%+v, %+v, %v", leaf, payload, err)
		}
		if again, err := audit.Seal(s, 7); err != nil || bytes.Equal(again.Leaf, sealed.Leaf) {
			t.Fatalf("the same twice has one commitment: what it says can be guessed: %v", err)
		}
		other := sealed
		if rapid.Bool().Draw(t, "salt") {
			other.Salt = bytes.Clone(sealed.Salt)
			other.Salt[rapid.IntRange(0, len(other.Salt)-1).Draw(t, "at")] ^= 1
		} else {
			other.Payload = bytes.Clone(sealed.Payload)
			other.Payload[rapid.IntRange(0, len(other.Payload)-1).Draw(t, "at")] ^= 1
		}
		if _, _, err := other.Open(); err == nil {
			t.Fatal("another payload or salt is taken")
		}
		other.Salt, other.Payload = nil, nil
		if _, payload, err := other.Open(); err != nil || payload != nil {
			t.Fatalf("%+v, %v", payload, err)
		}
	})
}

func FuzzCheck(f *testing.F) {
	dir := filepath.Join(f.TempDir(), "audit")
	log, err := tlog.Open(f.Context(), dir, tlog.Options{Origin: "mesh/test"})
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := audit.Seal(audit.Statement{Leaf: audit.Leaf{Kind: audit.OfCall, Method: "/a/b"}}, 1)
	if err := errors.Join(err, log.Append(f.Context(), [][]byte{sealed.Leaf}), log.Close()); err != nil {
		f.Fatal(err)
	}
	key, err := tlog.ParseKey(log.Key())
	if err != nil {
		f.Fatal(err)
	}
	c, err := log.Checkpoint(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	raw, err := audit.Proof{Checkpoint: string(c.Raw), Records: []audit.Proven{{Sealed: sealed}}}.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"format":"odoomesh audit proof 1","checkpoint":"","records":[{}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, shown, err := audit.Check(text, key)
		for _, s := range shown {
			if err == nil && (s.Leaf.Sequence != 1 || s.Leaf.Method != "/a/b") {
				t.Errorf("a record that was never written is proven: %+v", s)
			}
		}
	})
}

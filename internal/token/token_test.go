package token_test

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/token"
)

// raw makes a token of any content, as a newer or a hostile program would.
func raw(kind byte, body []byte) string {
	all := append([]byte{kind}, body...)
	sum := crc32.Checksum(all, crc32.MakeTable(crc32.Castagnoli))
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint32(all, sum))
}

func marshal(t testing.TB, m proto.Message) []byte {
	body, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestPageComesBackAsItWas(t *testing.T) {
	bytes := rapid.SliceOfN(rapid.Byte(), 0, 40)
	rapid.Check(t, func(t *rapid.T) {
		want := &internalv1.PageToken{
			StoreId: rapid.String().Draw(t, "store"), CallHash: bytes.Draw(t, "hash"),
			Position: rapid.Uint64().Draw(t, "position"), AfterValue: bytes.Draw(t, "value"),
			AfterKey: bytes.Draw(t, "key"), OrderValues: rapid.SliceOfN(bytes, 0, 3).Draw(t, "order"),
		}
		text := token.EncodePage(want)
		if strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Fatalf("%q is not safe in a URL", text)
		}
		got, err := token.DecodePage(text, want.StoreId, want.CallHash)
		if err != nil {
			t.Fatal(err)
		}
		want.Version = token.Version
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestPositionComesBackAsItWas(t *testing.T) {
	bytes := rapid.SliceOfN(rapid.Byte(), 0, 40)
	rapid.Check(t, func(t *rapid.T) {
		want := &internalv1.StreamPosition{
			StoreId: rapid.String().Draw(t, "store"), CallHash: bytes.Draw(t, "hash"),
			Position: rapid.Uint64().Draw(t, "position"), CurrentAfterKey: bytes.Draw(t, "key"),
			SendingCurrent: rapid.Bool().Draw(t, "sending"),
		}
		got, err := token.DecodePosition(token.EncodePosition(want), want.StoreId, want.CallHash)
		if err != nil {
			t.Fatal(err)
		}
		want.Version = token.Version
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestWhatDoesNotBelongIsRefused(t *testing.T) {
	hash := token.CallHash("product", "active = true", "name")
	page := &internalv1.PageToken{StoreId: "store", CallHash: hash, AfterKey: []byte("42")}
	good := token.EncodePage(page)
	newer := proto.CloneOf(page)
	newer.Version = token.Version + 1
	unversioned := proto.CloneOf(page)
	for name, try := range map[string]struct {
		text, store string
		hash        []byte
		foreign     token.Origin
		newer       bool
	}{
		"another store":     {text: good, store: "other", hash: hash, foreign: token.Store},
		"another filter":    {text: good, store: "store", hash: token.CallHash("product", "", "name"), foreign: token.Call},
		"a position":        {text: token.EncodePosition(&internalv1.StreamPosition{StoreId: "store", CallHash: hash}), store: "store", hash: hash, foreign: token.KindOfToken},
		"a newer version":   {text: raw('p', marshal(t, newer)), store: "store", hash: hash, newer: true},
		"no version":        {text: raw('p', marshal(t, unversioned)), store: "store", hash: hash},
		"empty":             {text: "", store: "store", hash: hash},
		"cut off":           {text: good[:len(good)-1], store: "store", hash: hash},
		"with padding":      {text: good + "=", store: "store", hash: hash},
		"with a line break": {text: good + "\n", store: "store", hash: hash},
		"not base64url":     {text: "a+b/", store: "store", hash: hash},
		"no message":        {text: raw('p', []byte{0xFF}), store: "store", hash: hash},
	} {
		got, err := token.DecodePage(try.text, try.store, try.hash)
		var malformed *token.MalformedError
		var foreign *token.ForeignError
		var version *token.VersionError
		switch {
		case got != nil:
			t.Errorf("%s: a token comes with the error", name)
		case try.foreign != "" && (!errors.As(err, &foreign) || foreign.What != try.foreign):
			t.Errorf("%s: %v", name, err)
		case try.newer && (!errors.As(err, &version) || version.Version != token.Version+1):
			t.Errorf("%s: %v", name, err)
		case try.foreign == "" && !try.newer && !errors.As(err, &malformed):
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOneChangedByteIsNoticed(t *testing.T) {
	hash := token.CallHash("x")
	good := token.EncodePage(&internalv1.PageToken{StoreId: "s", CallHash: hash, AfterKey: []byte("key")})
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(good)-1).Draw(t, "at")
		with := rapid.Byte().Draw(t, "with")
		if good[at] == with {
			return
		}
		bad := good[:at] + string([]byte{with}) + good[at+1:]
		var malformed *token.MalformedError
		if _, err := token.DecodePage(bad, "s", hash); !errors.As(err, &malformed) {
			t.Fatalf("%q: %v", bad, err)
		}
	})
}

func TestCallHashTellsPartsApart(t *testing.T) {
	parts := rapid.SliceOfN(rapid.SampledFrom([]string{"", "a", "b", "ab", "a\x00", "\x00", "aab"}), 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		a, b := parts.Draw(t, "a"), parts.Draw(t, "b")
		same := string(token.CallHash(a...)) == string(token.CallHash(b...))
		if same != cmp.Equal(a, b) {
			t.Fatalf("%q and %q: same hash %v", a, b, same)
		}
	})
}

func TestErrorsSayWhatIsWrong(t *testing.T) {
	for _, try := range []struct {
		err  error
		want string
	}{
		{&token.ForeignError{What: token.Call}, "the token belongs to another call"},
		{&token.VersionError{Version: 9}, "the token has version 9, this program reads up to 1"},
		{&token.MalformedError{Found: "it is too short"}, "the token cannot be read: it is too short"},
	} {
		if got := try.err.Error(); got != try.want {
			t.Errorf("%q, want %q", got, try.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	hash := token.CallHash("x")
	f.Add(token.EncodePage(&internalv1.PageToken{StoreId: "s", CallHash: hash, AfterKey: []byte("k")}))
	f.Add(token.EncodePosition(&internalv1.StreamPosition{StoreId: "s", CallHash: hash, Position: 7}))
	f.Add(raw('p', []byte{0x08, 0x02}))
	f.Add(raw('s', nil))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		if page, err := token.DecodePage(text, "s", hash); err == nil {
			if _, err := token.DecodePage(token.EncodePage(page), "s", hash); err != nil {
				t.Errorf("a page token that was read cannot be read again: %v", err)
			}
		}
		if position, err := token.DecodePosition(text, "s", hash); err == nil {
			if _, err := token.DecodePosition(token.EncodePosition(position), "s", hash); err != nil {
				t.Errorf("a position that was read cannot be read again: %v", err)
			}
		}
	})
}

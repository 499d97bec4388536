package token_test

import (
	"bytes"
	"context"
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
	"odoomesh/internal/scope"
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

// maker makes tokens of an environment with a key of all the same bytes.
func maker(t testing.TB, environment string, key byte) *token.Maker {
	m, err := token.NewMaker(environment, bytes.Repeat([]byte{key}, token.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// whole are the tokens of a caller who meets everything.
func whole(t testing.TB) token.Tokens { return maker(t, "test", 1).For(context.Background()) }

// narrowed are those of a caller who meets what concerns a supplier.
func narrowed(t testing.TB, environment string, key byte, supplier string) token.Tokens {
	return maker(t, environment, key).For(scope.With(context.Background(), &scope.Scope{Supplier: supplier}))
}

func TestPageComesBackAsItWas(t *testing.T) {
	tokens := whole(t)
	some := rapid.SliceOfN(rapid.Byte(), 0, 40)
	rapid.Check(t, func(t *rapid.T) {
		want := &internalv1.PageToken{
			StoreId: rapid.String().Draw(t, "store"), CallHash: some.Draw(t, "hash"),
			Position: rapid.Uint64().Draw(t, "position"), AfterValue: some.Draw(t, "value"),
			AfterKey: some.Draw(t, "key"), OrderValues: rapid.SliceOfN(some, 0, 3).Draw(t, "order"),
		}
		text := tokens.Page(want)
		if strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Fatalf("%q is not safe in a URL", text)
		}
		got, err := tokens.ReadPage(text, want.StoreId, want.CallHash)
		if err != nil {
			t.Fatal(err)
		}
		want.Version, want.Environment = token.Version, "test"
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestPositionComesBackAsItWas(t *testing.T) {
	tokens := whole(t)
	some := rapid.SliceOfN(rapid.Byte(), 0, 40)
	rapid.Check(t, func(t *rapid.T) {
		want := &internalv1.StreamPosition{
			StoreId: rapid.String().Draw(t, "store"), CallHash: some.Draw(t, "hash"),
			Position: rapid.Uint64().Draw(t, "position"), CurrentAfterKey: some.Draw(t, "key"),
			SendingCurrent: rapid.Bool().Draw(t, "sending"),
		}
		got, err := tokens.ReadPosition(tokens.Position(want), want.StoreId, want.CallHash)
		if err != nil {
			t.Fatal(err)
		}
		want.Version, want.Environment = token.Version, "test"
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestWhatDoesNotBelongIsRefused(t *testing.T) {
	hash := token.CallHash("product", "active = true", "name")
	page := &internalv1.PageToken{StoreId: "store", CallHash: hash, AfterKey: []byte("42")}
	good := whole(t).Page(page)
	newer := proto.CloneOf(page)
	newer.Version = token.Version + 1
	newer.Environment = "test"
	unversioned := proto.CloneOf(page)
	for name, try := range map[string]struct {
		text, store string
		hash        []byte
		foreign     token.Origin
		newer       bool
	}{
		"another store":     {text: good, store: "other", hash: hash, foreign: token.Store},
		"another filter":    {text: good, store: "store", hash: token.CallHash("product", "", "name"), foreign: token.Call},
		"a position":        {text: whole(t).Position(&internalv1.StreamPosition{StoreId: "store", CallHash: hash}), store: "store", hash: hash, foreign: token.KindOfToken},
		"a newer version":   {text: raw('p', marshal(t, newer)), store: "store", hash: hash, newer: true},
		"no version":        {text: raw('p', marshal(t, unversioned)), store: "store", hash: hash},
		"empty":             {text: "", store: "store", hash: hash},
		"cut off":           {text: good[:len(good)-1], store: "store", hash: hash},
		"with padding":      {text: good + "=", store: "store", hash: hash},
		"with a line break": {text: good + "\n", store: "store", hash: hash},
		"not base64url":     {text: "a+b/", store: "store", hash: hash},
		"no message":        {text: raw('p', []byte{0xFF}), store: "store", hash: hash},
	} {
		got, err := whole(t).ReadPage(try.text, try.store, try.hash)
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
	tokens := whole(t)
	good := tokens.Page(&internalv1.PageToken{StoreId: "s", CallHash: hash, AfterKey: []byte("key")})
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(good)-1).Draw(t, "at")
		with := rapid.Byte().Draw(t, "with")
		if good[at] == with {
			return
		}
		bad := good[:at] + string([]byte{with}) + good[at+1:]
		var malformed *token.MalformedError
		if _, err := tokens.ReadPage(bad, "s", hash); !errors.As(err, &malformed) {
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
		{&token.VersionError{Version: 9}, "the token has version 9, this program reads 2"},
		{&token.MalformedError{Found: "it is too short"}, "the token cannot be read: it is too short"},
	} {
		if got := try.err.Error(); got != try.want {
			t.Errorf("%q, want %q", got, try.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	hash := token.CallHash("x")
	f.Add(whole(f).Page(&internalv1.PageToken{StoreId: "s", CallHash: hash, AfterKey: []byte("k")}))
	f.Add(whole(f).Position(&internalv1.StreamPosition{StoreId: "s", CallHash: hash, Position: 7}))
	f.Add(raw('p', []byte{0x08, 0x02}))
	f.Add(raw('s', nil))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		if page, err := whole(t).ReadPage(text, "s", hash); err == nil {
			if _, err := whole(t).ReadPage(whole(t).Page(page), "s", hash); err != nil {
				t.Errorf("a page token that was read cannot be read again: %v", err)
			}
		}
		_, _ = narrowed(t, "test", 1, "suppliers/7").ReadPage(text, "s", hash)
		if position, err := whole(t).ReadPosition(text, "s", hash); err == nil {
			if _, err := whole(t).ReadPosition(whole(t).Position(position), "s", hash); err != nil {
				t.Errorf("a position that was read cannot be read again: %v", err)
			}
		}
	})
}

// What a caller who is narrowed down is given tells nothing, not by its length either; nobody
// else goes on with it, and such a caller goes on with nothing else.
func TestWhatGoesToPartnersIsSealed(t *testing.T) {
	at := func(tokens token.Tokens, position uint64) string {
		return tokens.Position(&internalv1.StreamPosition{StoreId: "store", CallHash: token.CallHash("x"), Position: position})
	}
	ours := narrowed(t, "test", 1, "suppliers/7")
	first, same, later := at(ours, 7), at(ours, 7), at(ours, 1<<40)
	if first == same || len(first) != len(later) {
		t.Errorf("%q, %q and %q tell what they are of", first, same, later)
	}
	if raw, _ := base64.RawURLEncoding.DecodeString(later); bytes.Contains(raw, []byte("store")) {
		t.Error("what it holds can be read")
	}
	for name, try := range map[string]struct {
		by   token.Tokens
		text string
		want error
	}{
		"itself":                      {ours, first, nil},
		"after a restart":             {narrowed(t, "test", 1, "suppliers/7"), first, nil},
		"one that it could make":      {ours, at(whole(t), 7), &token.ForeignError{What: token.Caller}},
		"another supplier's":          {ours, at(narrowed(t, "test", 1, "suppliers/8"), 7), &token.ForeignError{What: token.Caller}},
		"by who meets everything":     {whole(t), first, &token.ForeignError{What: token.Caller}},
		"another installation's":      {ours, at(narrowed(t, "test", 2, "suppliers/7"), 7), &token.ForeignError{What: token.Caller}},
		"another environment's":       {ours, at(narrowed(t, "production", 2, "suppliers/7"), 7), &token.EnvironmentError{Of: "production", Here: "test"}},
		"another environment's, open": {whole(t), at(maker(t, "production", 2).For(context.Background()), 7), &token.EnvironmentError{Of: "production", Here: "test"}},
		"a page token":                {ours, ours.Page(&internalv1.PageToken{StoreId: "store"}), &token.ForeignError{What: token.KindOfToken}},
	} {
		_, err := try.by.ReadPosition(try.text, "store", token.CallHash("x"))
		if diff := cmp.Diff(try.want, err); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", name, diff)
		}
	}
}

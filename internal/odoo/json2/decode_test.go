package json2

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"odoomesh/internal/odoo/xmlrpc"
	"odoomesh/internal/xmlscan"
)

func TestValuesHaveTheTypesThatXMLRPCGives(t *testing.T) {
	tests := []struct {
		text string
		want any
	}{
		{`null`, nil},
		{`true`, true},
		{" false\n", false},
		{`3`, int64(3)},
		{`-0`, int64(0)},
		{`9223372036854775807`, int64(math.MaxInt64)},
		{`3.0`, 3.0},
		{`1e2`, 100.0},
		{`3.3000000000000003`, 3.3000000000000003},
		{`-1.5E-3`, -0.0015},
		{`""`, ""},
		{`"a\"b\\c\/d\te"`, "a\"b\\c/d\te"},
		{`"\u00e9 \ud83d\ude00 é"`, "é 😀 é"},
		{`"lone \ud83d and \ude00\ud83dx"`, "lone \uFFFD and \uFFFD\uFFFDx"},
		{`"a\r\nb\rc\n\nd\r\r\n"`, "a\nb\nc\n\nd\n\n"},
		{`"gauze\u000b10\u0000 \b\f\ufffe"`, "gauze10 "},
		{`[]`, []any{}},
		{`{}`, map[string]any{}},
		{`[19, "Units"]`, []any{int64(19), "Units"}},
		{` [ { "id" : 1 , "price" : 2.0 , "barcode" : false } , { "\u0069d" : 2 } ] `,
			[]any{map[string]any{"id": int64(1), "price": 2.0, "barcode": false}, map[string]any{"id": int64(2)}}},
	}
	for _, tt := range tests {
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(tt.text), "by bytes": iotest.OneByteReader(strings.NewReader(tt.text))} {
			got, err := Decode(r)
			if err != nil {
				t.Errorf("%s %s: %v", tt.text, name, err)
			} else if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s %s: %s", tt.text, name, diff)
			}
		}
	}
}

// A text longer than what is read ahead, with its quotes and backslashes in
// every place there.
func TestLongTexts(t *testing.T) {
	for shift := range 8 {
		want := strings.Repeat("x", shift) + strings.Repeat(`a"b\`, readAhead/3) + `\\"`
		text, err := json.Marshal([]string{want, "next"})
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(bytes.NewReader(text))
		if diff := cmp.Diff([]any{want, "next"}, got); err != nil || diff != "" {
			t.Fatalf("%v, differs: %t", err, diff != "")
		}
	}
}

func TestWhatIsNoAnswer(t *testing.T) {
	tests := []struct{ text, reason string }{
		{"", "ends too early"},
		{" ", "ends too early"},
		{"<html>", "no value"},
		{"[1", "ends too early"},
		{`{"id": `, "ends too early"},
		{`{"id"`, "ends too early"},
		{`{id: 1}`, "no name"},
		{`{"id" 1}`, "no colon"},
		{`[1 2]`, "no comma"},
		{`[1,]`, "no value"},
		{`[,1]`, "no value"},
		{`{"a":1,}`, "no name"},
		{`"open`, "ends too early"},
		{`"open\"`, "ends too early"},
		{"\"line\nfeed\"", "bad text"},
		{`"\x"`, "bad text"},
		{`"\u12g4"`, "bad text"},
		{"\"\xff\"", "text that is not UTF-8"},
		{`tru`, "ends too early"},
		{`trua`, "no value"},
		{`01`, "bad number"},
		{`-`, "bad number"},
		{`1.`, "bad number"},
		{`1e`, "bad number"},
		{`1-2`, "bad number"},
		{`Nan`, "no value"},
		{`nan`, "no value"},
		{`-Infinite`, "no value"},
		{`+Infinity`, "no value"},
		{`1 1`, "something follows the answer"},
		{strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1), "nested too deep"},
	}
	for _, tt := range tests {
		_, err := Decode(strings.NewReader(tt.text))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Reason != tt.reason {
			t.Errorf("%.40q: got %v, want %q", tt.text, err, tt.reason)
		}
	}
	deep := strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth)
	if _, err := Decode(strings.NewReader(deep)); err != nil {
		t.Errorf("as deep as may be: %v", err)
	}
}

// A number that no type holds is bad by itself: the rest of the answer is read.
func TestABadValueLeavesTheAnswerReadable(t *testing.T) {
	for raw, want := range map[string]any{
		"NaN":                 xmlrpc.Unreadable{Text: "NaN"},
		"Infinity":            xmlrpc.Unreadable{Text: "Infinity"},
		"-Infinity":           xmlrpc.Unreadable{Text: "-Infinity"},
		"1e999":               xmlrpc.Unreadable{Text: "1e999"},
		"9223372036854775808": xmlrpc.Unreadable{Text: "9223372036854775808"},
		"3000000000":          int64(3_000_000_000),
		`"a\u0000\u000bb"`:    "ab",
	} {
		got, err := Decode(strings.NewReader(`[{"id": 7, "v": ` + raw + `}, 8]`))
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		if diff := cmp.Diff([]any{map[string]any{"id": int64(7), "v": want}, int64(8)}, got); diff != "" {
			t.Errorf("%s: %s", raw, diff)
		}
	}
}

// What goes wrong on the way is told from what is wrong with the answer.
func TestTheReadersErrorComesThrough(t *testing.T) {
	cut := errors.New("cut")
	for _, text := range []string{"", "[1, ", `["te`, "12", `{"a"`, "[true] "} {
		_, err := Decode(io.MultiReader(strings.NewReader(text), iotest.ErrReader(cut)))
		if !errors.Is(err, cut) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// normal is what a text of encoding/json's is over XML-RPC.
func normal(v any) any {
	switch v := v.(type) {
	case string:
		v = strings.ReplaceAll(strings.ReplaceAll(v, "\r\n", "\n"), "\r", "\n")
		return strings.Map(func(r rune) rune {
			if xmlscan.Allowed(r) {
				return r
			}
			return -1
		}, v)
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			f, err := v.Float64()
			if err != nil {
				return xmlrpc.NewUnreadable([]byte(v))
			}
			return f
		}
		n, err := v.Int64()
		if err != nil {
			return xmlrpc.NewUnreadable([]byte(v))
		}
		return n
	case []any:
		for i := range v {
			v[i] = normal(v[i])
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, member := range v {
			out[normal(name).(string)] = normal(member)
		}
		return out
	}
	return v
}

// pythons are the floats that Python writes although they are no JSON.
var pythons = regexp.MustCompile(`NaN|Infinity`)

// FuzzDecode holds the decoder to encoding/json: it takes nothing that this
// refuses, but what Python writes for a float that is none, and reads the rest
// alike.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`null`, `[{"id":1,"n":"a\u00e9\r\n","p":3.0,"m":[1,"x"]}]`, `"\ud83d\ude00\ud83d"`, `-1.5e+3`, `{"a":{"b":[]}}`, `[NaN, -Infinity, 1e999, 99999999999999999999]`, "\"\\\\\"", `[1,2`, "\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := Decode(iotest.HalfReader(bytes.NewReader(text)))
		plain := json.NewDecoder(bytes.NewReader(text))
		plain.UseNumber()
		var want any
		wrong := plain.Decode(&want)
		if wrong == nil {
			if _, rest := plain.Token(); !errors.Is(rest, io.EOF) {
				wrong = errors.New("something follows")
			}
		}
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("%v", err)
			}
			more := map[string]bool{"nested too deep": true, "text that is not UTF-8": true}
			if wrong == nil && !more[syntax.Reason] {
				t.Fatalf("refuses %q: %v", text, err)
			}
			return
		}
		if wrong != nil && pythons.Match(text) {
			return
		}
		if wrong != nil {
			t.Fatalf("takes %q: %v", text, wrong)
		}
		if !utf8.Valid(text) {
			t.Fatalf("takes %q, which is not UTF-8", text)
		}
		if collide(want) {
			return
		}
		if diff := cmp.Diff(normal(want), got); diff != "" {
			t.Fatalf("%q: %s", text, diff)
		}
	})
}

// collide tells whether two names in one object become one.
func collide(v any) bool {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if collide(item) {
				return true
			}
		}
	case map[string]any:
		if len(normal(v).(map[string]any)) != len(v) {
			return true
		}
		for _, member := range v {
			if collide(member) {
				return true
			}
		}
	}
	return false
}

// BenchmarkDecode reads a thousand products of twenty fields, here and with
// encoding/json as the reference.
func BenchmarkDecode(b *testing.B) {
	var text bytes.Buffer
	text.WriteByte('[')
	for i := range 1000 {
		if i > 0 {
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, `{"id": %d`, i+1)
		for f := range 10 {
			fmt.Fprintf(&text, `, "text_field_%d": "Sterile gauze %d & swab, 10 x 10 cm"`, f, i)
		}
		for f := range 3 {
			fmt.Fprintf(&text, `, "relation_%d": [12, "All / Saleable"], "price_%d": 3.3000000000000003`, f, f)
		}
		text.WriteString(`, "seller_ids": [3, 1], "active": true, "write_date": "2026-11-23 14:57:39"}`)
	}
	text.WriteByte(']')
	b.Run("here", func(b *testing.B) {
		b.SetBytes(int64(text.Len()))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decode(bytes.NewReader(text.Bytes())); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(text.Len()))
		b.ReportAllocs()
		for b.Loop() {
			d := json.NewDecoder(bytes.NewReader(text.Bytes()))
			d.UseNumber()
			var v any
			if err := d.Decode(&v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

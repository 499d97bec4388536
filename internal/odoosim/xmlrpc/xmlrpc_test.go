package xmlrpc_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	kolo "github.com/kolo/xmlrpc"
	"pgregory.net/rapid"

	"odoomesh/internal/odoosim/xmlrpc"
)

// What the client library encodes is decoded to the same values.
func TestDecodesWhatTheClientEncodes(t *testing.T) {
	args := []any{"db", 2, "pw", []any{[]any{"name", "=", "Å & <b>"}, "|"}, map[string]any{"limit": 3, "x": 1.5, "y": true}, []any{}, map[string]any{}}
	raw, err := kolo.EncodeMethodCall("execute_kw", args...)
	if err != nil {
		t.Fatal(err)
	}
	call, err := xmlrpc.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	want := &xmlrpc.Call{Method: "execute_kw", Params: []any{"db", int64(2), "pw", []any{[]any{"name", "=", "Å & <b>"}, "|"},
		map[string]any{"limit": int64(3), "x": 1.5, "y": true}, []any{}, map[string]any{}}}
	if d := cmp.Diff(want, call); d != "" {
		t.Error(d)
	}
}

func TestFloatsAreWrittenAsPythonDoes(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0.0", 3.3: "3.3", 800: "800.0", 0.00001: "1e-05", 3.3000000000000003: "3.3000000000000003",
		1e16: "1e+16", 123456789012345680: "1.2345678901234568e+17", -0.5: "-0.5", 0.0001: "0.0001", 1e15: "1000000000000000.0",
	} {
		if got := string(xmlrpc.AppendFloat(nil, f)); got != want {
			t.Errorf("%v is written %q, want %q", f, got, want)
		}
	}
}

func TestWhatPythonCannotMarshal(t *testing.T) {
	for _, c := range []struct {
		v    any
		want error
	}{{nil, xmlrpc.ErrNone}, {[]any{nil}, xmlrpc.ErrNone}, {int64(1) << 31, xmlrpc.ErrRange}} {
		if _, err := xmlrpc.Response(17, c.v); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.v, err, c.want)
		}
	}
	body, err := xmlrpc.Response(17, "a\x00\x0bb\tc")
	if err != nil || !strings.Contains(string(body), "<string>ab\tc</string>") {
		t.Errorf("control characters: %s, %v", body, err)
	}
}

// Any value that is written is read back by the client library.
func TestAnswersAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.OneOf(
			rapid.Map(rapid.Int32(), func(n int32) any { return int64(n) }),
			rapid.Map(rapid.Float64Range(-1e18, 1e18), func(f float64) any { return f }),
			rapid.Map(rapid.StringMatching(`[ -~åäö€]+`), func(s string) any { return s }),
			rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		).Draw(t, "value")
		body, err := xmlrpc.Response(19, []any{want})
		if err != nil {
			t.Fatal(err)
		}
		var got []any
		if err := kolo.Response(body).Unmarshal(&got); err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || fmt.Sprint(got[0]) != fmt.Sprint(want) {
			t.Fatalf("%v comes back as %v", want, got)
		}
	})
}

func FuzzDecode(f *testing.F) {
	raw, err := kolo.EncodeMethodCall("m", []any{1, "x", []any{true, 2.5}, map[string]any{"a": nil}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte("<methodCall><methodName>x</methodName></methodCall>"))
	f.Add([]byte("<methodCall><methodName>x</methodName><params><param><value>" + strings.Repeat("<array><data><value>", 100)))
	f.Add([]byte("<methodCall><methodName>x</methodName><params><param><value><base64>AA==</base64></value></param></params></methodCall>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		call, err := xmlrpc.Decode(bytes.NewReader(body))
		if (call == nil) != (err != nil) {
			t.Fatalf("call %v and error %v", call, err)
		}
		if err != nil && !errors.Is(err, xmlrpc.ErrSyntax) {
			t.Fatalf("another error: %v", err)
		}
	})
}

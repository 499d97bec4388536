package json2

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestArgumentsHaveNames(t *testing.T) {
	domain := []any{[]any{"id", ">", int64(3)}}
	tests := []struct {
		name string
		call Call
		want string
	}{
		{"nothing", Call{Method: "context_get"}, `{}`},
		{"search_read", Call{Method: "search_read", Args: []any{domain}, Kwargs: map[string]any{"fields": []string{"name"}, "limit": 2, "context": map[string]any{"active_test": false}}},
			`{"context":{"active_test":false},"domain":[["id",">",3]],"fields":["name"],"limit":2}`},
		{"search", Call{Method: "search", Args: []any{domain, 0, 5, "id desc"}}, `{"domain":[["id",">",3]],"limit":5,"offset":0,"order":"id desc"}`},
		{"search_count", Call{Method: "search_count", Args: []any{[]any{}}}, `{"domain":[]}`},
		{"read on records", Call{Method: "read", IDs: []int64{7, 8}, Args: []any{[]string{"name"}}}, `{"fields":["name"],"ids":[7,8]}`},
		{"read, ids in place", Call{Method: "read", Args: []any{[]int64{7}, []string{"name"}}}, `{"fields":["name"],"ids":[7]}`},
		{"fields_get", Call{Method: "fields_get", Args: []any{[]string{"name"}, []string{"type"}}}, `{"allfields":["name"],"attributes":["type"]}`},
		{"write", Call{Method: "write", IDs: []int64{7}, Args: []any{map[string]any{"list_price": 3.0, "barcode": nil}}}, `{"ids":[7],"vals":{"barcode":false,"list_price":3.0}}`},
		{"create one", Call{Method: "create", Args: []any{map[string]any{"name": "x"}}}, `{"vals_list":[{"name":"x"}]}`},
		{"create some", Call{Method: "create", Args: []any{[]any{map[string]any{"name": "x"}}}}, `{"vals_list":[{"name":"x"}]}`},
		{"unlink", Call{Method: "unlink", IDs: []int64{7}}, `{"ids":[7]}`},
		{"load", Call{Method: "load", Args: []any{[]string{"id", "name"}, []any{[]any{"mesh.x", "X"}}}}, `{"data":[["mesh.x","X"]],"fields":["id","name"]}`},
		{"external id", Call{Method: "check_object_reference", Args: []any{"mesh", "x"}}, `{"module":"mesh","xml_id":"x"}`},
		{"another method on records", Call{Method: "button_confirm", IDs: []int64{7}, Kwargs: map[string]any{"context": nil}}, `{"ids":[7]}`},
		{"another method by name", Call{Method: "message_post", IDs: []int64{7}, Kwargs: map[string]any{"body": "a\r\n\"b\"\\\t"}}, `{"body":"a\r\n\"b\"\\\t","ids":[7]}`},
		{"times and integers", Call{Method: "x", Kwargs: map[string]any{"at": time.Date(2026, 11, 23, 1, 2, 3, 4, time.FixedZone("", 3600)), "n": int64(math.MaxInt64), "f": 1e300}},
			`{"at":"2026-11-23 00:02:03","f":1e+300,"n":9223372036854775807}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body, err := tt.call.Body()
			if err != nil || string(body) != tt.want {
				t.Errorf("got %s, %v\nwant %s", body, err, tt.want)
			}
			if !json.Valid(body) {
				t.Error("that is no JSON")
			}
		})
	}
}

func TestWhatCannotBeSentIsNamed(t *testing.T) {
	deep := any("x")
	for range maxDepth {
		deep = []any{deep}
	}
	tests := []struct {
		name string
		call Call
		want string
	}{
		{"no names", Call{Method: "button_confirm", Args: []any{[]int64{1}}}, "args[0]: JSON-2 takes arguments by name, and the name that button_confirm has"},
		{"too many", Call{Method: "search_count", Args: []any{[]any{}, 1, 2}}, "args[2]: JSON-2 takes"},
		{"ids twice", Call{Method: "read", IDs: []int64{1}, Kwargs: map[string]any{"ids": []int64{2}}}, "ids: given twice"},
		{"a name twice", Call{Method: "search", Args: []any{[]any{}}, Kwargs: map[string]any{"domain": []any{}}}, "domain: given twice"},
		{"type", Call{Method: "write", IDs: []int64{1}, Args: []any{map[string]any{"seen": struct{}{}}}}, "vals.seen: values of type struct {} are not supported"},
		{"character", Call{Method: "create", Args: []any{map[string]any{"order_line": []any{[]any{0, 0, map[string]any{"name": "secret\v"}}}}}},
			"vals_list[0].order_line[0][2].name: text with the character U+000B"},
		{"name", Call{Method: "create", Args: []any{map[string]any{"a b": "\xff"}}}, `vals_list[0]."a b": text that is not UTF-8`},
		{"list", Call{Method: "search_read", Kwargs: map[string]any{"fields": []string{"a", "secret\x00"}}}, "fields[1]: text with the character U+0000"},
		{"float", Call{Method: "write", IDs: []int64{1}, Args: []any{map[string]any{"p": math.NaN()}}}, "vals.p: a float that is not"},
		{"deep", Call{Method: "x", Kwargs: map[string]any{"d": deep}}, "nested too deep"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.call.Body()
			var refused *ValueError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestCreateOfOneAnswersItsID(t *testing.T) {
	one := Call{Method: "create", Args: []any{map[string]any{}}}
	some := Call{Method: "create", Args: []any{[]any{map[string]any{}}}}
	if got := one.Result([]any{int64(5)}); got != int64(5) {
		t.Errorf("one: %v", got)
	}
	if diff := cmp.Diff([]any{int64(5)}, some.Result([]any{int64(5)})); diff != "" {
		t.Error(diff)
	}
}

// Whatever is sent reads back as what XML-RPC would have carried.
func TestWhatIsSentReadsBack(t *testing.T) {
	text := rapid.StringOf(rapid.RuneFrom([]rune("aé😀\"\\/\t\n <&\u2028\uFFFD{}[]")))
	leaf := rapid.OneOf(rapid.Bool().AsAny(), rapid.Int64().AsAny(), rapid.Float64().AsAny(), text.AsAny())
	value := rapid.OneOf(leaf, rapid.SliceOfN(leaf, 0, 3).AsAny(), rapid.MapOfN(text, leaf, 0, 3).AsAny())
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.MapOfN(text, value, 0, 5).Draw(t, "arguments")
		body, err := Call{Method: "x", Kwargs: want}.Body()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(bytes.NewReader(body))
		if diff := cmp.Diff(any(want), got); err != nil || diff != "" {
			t.Fatalf("%s: %v %s", body, err, diff)
		}
	})
}

func TestRefusals(t *testing.T) {
	said, ok := ParseRefusal([]byte(`{"name": "builtins.ValueError", "message": "no", "arguments": [1], "context": {}, "debug": "trace"}`))
	if !ok || said != (Refusal{Name: "builtins.ValueError", Message: "no", Debug: "trace"}) {
		t.Errorf("%+v %t", said, ok)
	}
	for _, other := range []string{"", "<html>", "[]", `{"message": "from a proxy"}`, `{"name": 3}`} {
		if _, ok := ParseRefusal([]byte(other)); ok {
			t.Errorf("%q was taken for a refusal of Odoo's", other)
		}
	}
}

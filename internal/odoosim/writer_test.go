package odoosim_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http/httptest"
	"strings"
	"testing"

	"odoomesh/internal/odoosim"
)

// writer is the mesh's user, who writes to a simulated Odoo over XML-RPC or JSON-2 and
// reads back what has become of it. What has the method's name here is one call there.
type writer struct {
	t    *testing.T
	s    *odoosim.Sim
	h    *hand
	json bool
	c    caller

	vendor, plain, lotted int64 // a product without lots, one with lots and expiry
	unit, currency, tax   int64
}

func newWriter(t *testing.T, version int, json bool) *writer {
	t.Helper()
	h := newHand()
	w := &writer{t: t, h: h, json: json, s: newSim(t, odoosim.Options{Version: version, Clock: h.clock(), APIKey: apiKey, KeyOf: "mesh"})}
	w.c = newCaller(t, w.s)
	do(t, w.s, func(tx *odoosim.Tx) (err error) {
		if w.vendor, err = tx.Create("res.partner", map[string]any{"name": "Vendor", "is_company": true}); err != nil {
			return err
		}
		product := map[string]any{"name": "Gauze", "default_code": "GZ", "purchase_method": "receive"}
		if version < 18 {
			product["detailed_type"] = "product"
		} else {
			product["is_storable"] = true
		}
		if w.plain, err = tx.Create("product.product", product); err != nil {
			return err
		}
		for name, v := range map[string]any{"name": "Fluid", "default_code": "FL", "tracking": "lot", "use_expiration_date": true,
			"expiration_time": 100, "removal_time": 10, "alert_time": 20, "use_time": 5} {
			product[name] = v
		}
		w.lotted, err = tx.Create("product.product", product)
		return err
	})
	w.unit = refOf(readOne(t, w.s, "product.product", w.plain, "uom_id"))
	w.currency = refOf(readOne(t, w.s, "res.company", 1, "currency_id"))
	w.tax = refOf(readOne(t, w.s, "res.company", 1, "account_purchase_tax_id"))
	return w
}

// everywhere runs a test as the mesh's user on each release, on 19 over both transports.
func everywhere(t *testing.T, test func(t *testing.T, w *writer)) {
	for _, v := range versions {
		t.Run(fmt.Sprintf("%d/xmlrpc", v), func(t *testing.T) { test(t, newWriter(t, v, false)) })
	}
	t.Run("19/json2", func(t *testing.T) { test(t, newWriter(t, 19, true)) })
}

func (w *writer) v() int { return w.s.Version() }

// by picks what is the case from a release on.
func by[T any](w *writer, since int, before, from T) T {
	if w.v() >= since {
		return from
	}
	return before
}

// try is one call. Python's None, which is a fault over XML-RPC, is nil.
func (w *writer) try(model, method string, ids []int64, named map[string]any) (any, error) {
	w.t.Helper()
	if named == nil {
		named = map[string]any{}
	}
	if w.json {
		return w.tryJSON(model, method, ids, named)
	}
	args := []any{}
	if ids != nil {
		args = append(args, ids)
	}
	got, err := w.c.as(3, "mesh", model, method, args, named)
	var f *fault
	if errors.As(err, &f) && strings.Contains(f.text, "cannot marshal None") {
		return nil, nil
	}
	return got, err
}

func (w *writer) tryJSON(model, method string, ids []int64, named map[string]any) (any, error) {
	w.t.Helper()
	body := map[string]any{}
	for k, v := range named {
		body[k] = v
	}
	if ids != nil {
		body["ids"] = ids
	}
	raw, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/json/2/"+model+"/"+method, bytes.NewReader(raw))
	r.Header.Set("Authorization", "bearer "+apiKey)
	answer := httptest.NewRecorder()
	w.s.ServeHTTP(answer, r)
	var got any
	if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil {
		w.t.Fatalf("%s.%s: %v in %s", model, method, err, answer.Body)
	}
	if answer.Code == 200 {
		return whole64(got), nil
	}
	refusal := got.(map[string]any)
	code := map[int]int{500: 1, 422: 2, 404: 2, 403: 4}[answer.Code]
	return nil, &fault{code, fmt.Sprintf("%v: %v", refusal["name"], refusal["message"])}
}

// whole64 makes JSON's whole numbers what they are over XML-RPC.
func whole64(v any) any {
	switch v := v.(type) {
	case float64:
		if v == math.Trunc(v) {
			return int64(v)
		}
	case []any:
		for i, x := range v {
			v[i] = whole64(x)
		}
	case map[string]any:
		for k, x := range v {
			v[k] = whole64(x)
		}
	}
	return v
}

func (w *writer) call(model, method string, ids []int64, named map[string]any) any {
	w.t.Helper()
	got, err := w.try(model, method, ids, named)
	if err != nil {
		w.t.Fatalf("%s.%s: %v", model, method, err)
	}
	return got
}

// refused checks that a call is a fault of that code with that text.
func (w *writer) refused(code int, text, model, method string, ids []int64, named map[string]any) {
	w.t.Helper()
	got, err := w.try(model, method, ids, named)
	var f *fault
	if !errors.As(err, &f) || f.code != code || !strings.Contains(f.text, text) {
		w.t.Errorf("%s.%s answers %v, %v; want fault %d with %q", model, method, got, err, code, text)
	}
}

// row is one row of load by column.
type row map[string]any

func with(r row, more row) row {
	out := row{}
	for k, v := range r {
		out[k] = v
	}
	for k, v := range more {
		if v == nil {
			delete(out, k)
			continue
		}
		out[k] = v
	}
	return out
}

func loading(rows ...row) map[string]any {
	var columns []string
	for name := range rows[0] {
		columns = append(columns, name)
	}
	data := make([]any, len(rows))
	for i, r := range rows {
		cells := make([]any, len(columns))
		for j, name := range columns {
			if cells[j] = r[name]; cells[j] == nil {
				cells[j] = ""
			}
		}
		data[i] = cells
	}
	return map[string]any{"fields": columns, "data": data, "context": map[string]any{"tz": "UTC"}}
}

// load answers the ids of what was loaded.
func (w *writer) load(model string, rows ...row) []int64 {
	w.t.Helper()
	got := w.call(model, "load", nil, loading(rows...)).(map[string]any)
	list, ok := got["ids"].([]any)
	if !ok {
		w.t.Fatalf("loading %s answers %v", model, got)
	}
	ids := make([]int64, len(list))
	for i, id := range list {
		ids[i] = id.(int64)
	}
	return ids
}

// notLoaded answers the message with which load refuses.
func (w *writer) notLoaded(model string, rows ...row) (first map[string]any, all int) {
	w.t.Helper()
	got := w.call(model, "load", nil, loading(rows...)).(map[string]any)
	messages, _ := got["messages"].([]any)
	if got["ids"] != false || len(messages) == 0 {
		w.t.Fatalf("loading %s answers %v, want a refusal", model, got)
	}
	return messages[0].(map[string]any), len(messages)
}

// names is what check_object_reference answers of an external id, nil where it is not
// found.
func (w *writer) names(name string) []any {
	w.t.Helper()
	got, err := w.try("ir.model.data", "check_object_reference", nil,
		map[string]any{"module": "mesh", "xml_id": name, "context": map[string]any{"active_test": false}})
	var f *fault
	if errors.As(err, &f) && f.code == 1 && strings.Contains(f.text, "External ID not found in the system: mesh."+name) {
		return nil
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return got.([]any)
}

func (w *writer) read(model string, id int64, field string) any {
	w.t.Helper()
	got := w.call(model, "read", []int64{id}, map[string]any{"fields": []string{field}}).([]any)
	if len(got) != 1 {
		w.t.Fatalf("%s %d is not there", model, id)
	}
	return got[0].(map[string]any)[field]
}

func (w *writer) ids(model string, id int64, field string) []int64 {
	w.t.Helper()
	var out []int64
	for _, x := range w.read(model, id, field).([]any) {
		out = append(out, x.(int64))
	}
	return out
}

func (w *writer) ref(model string, id int64, field string) int64 {
	w.t.Helper()
	return refOf(w.read(model, id, field))
}

// is checks a field's value.
func (w *writer) is(model string, id int64, field string, want any) {
	w.t.Helper()
	if got := w.read(model, id, field); fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("%s %d: %s is %v, want %v", model, id, field, got, want)
	}
}

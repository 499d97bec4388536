package odoosim_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"odoomesh/internal/clock"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/odoosim/orm"
)

// hand is a clock that the test moves.
type hand struct{ at time.Time }

func newHand() *hand { return &hand{time.Date(2026, 11, 23, 12, 0, 0, 250_000_000, time.UTC)} }

func (h *hand) clock() clock.Clock  { return clock.Func(func() time.Time { return h.at }) }
func (h *hand) add(d time.Duration) { h.at = h.at.Add(d) }

func leafOf(field, op string, v any) []any { return []any{field, op, v} }

func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func readOne(t testing.TB, s *odoosim.Sim, model string, id int64, field string) any {
	t.Helper()
	tx := s.Begin()
	defer tx.Rollback()
	recs := must(tx.Read(model, []int64{id}, []string{field}))(t)
	if len(recs) != 1 {
		t.Fatalf("%s %d is not there", model, id)
	}
	return recs[0][field]
}

func do(t testing.TB, s *odoosim.Sim, fn func(tx *odoosim.Tx) error) {
	t.Helper()
	if err := s.Do(fn); err != nil {
		t.Fatal(err)
	}
}

func TestWriteDateIsTheBeginningOfTheTransaction(t *testing.T) {
	h := newHand()
	s := newSim(t, odoosim.Options{Clock: h.clock()})
	tx := s.Begin()
	h.add(90 * time.Second)
	id := must(tx.Create("res.partner", map[string]any{"name": "Late"}))(t)
	other := s.Begin()
	if ids := must(other.Search("res.partner", []any{leafOf("name", "=", "Late")}))(t); len(ids) != 0 {
		t.Errorf("an open transaction is visible: %v", ids)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := readOne(t, s, "res.partner", id, "write_date"); got != "2026-11-23 12:00:00" {
		t.Errorf("write_date is %v, want the transaction's beginning in whole seconds", got)
	}
	h.add(time.Minute)
	do(t, s, func(tx *odoosim.Tx) error {
		return tx.Write("res.partner", []int64{id}, map[string]any{"name": "Late"})
	})
	if got := readOne(t, s, "res.partner", id, "write_date"); got != "2026-11-23 12:02:30" {
		t.Errorf("a write without a change left write_date at %v", got)
	}
	if got := readOne(t, s, "res.partner", id, "create_date"); got != "2026-11-23 12:00:00" {
		t.Errorf("create_date moved to %v", got)
	}
}

func TestConcurrentChangesOfOneRecordConflict(t *testing.T) {
	s := newSim(t, odoosim.Options{})
	var id int64
	do(t, s, func(tx *odoosim.Tx) (err error) {
		id, err = tx.Create("res.partner", map[string]any{"name": "A"})
		return err
	})
	slow := s.Begin()
	if err := slow.Write("res.partner", []int64{id}, map[string]any{"name": "B"}); err != nil {
		t.Fatal(err)
	}
	do(t, s, func(tx *odoosim.Tx) error {
		return tx.Write("res.partner", []int64{id}, map[string]any{"name": "C"})
	})
	if err := slow.Commit(); !errors.Is(err, orm.ErrConflict) {
		t.Errorf("committing over somebody's change: %v, want a conflict", err)
	}
	if got := readOne(t, s, "res.partner", id, "name"); got != "C" {
		t.Errorf("name is %v", got)
	}
}

func TestTwoOpenTransactionsCannotTakeOneBarcode(t *testing.T) {
	s := newSim(t, odoosim.Options{})
	a, b := s.Begin(), s.Begin()
	for _, tx := range []*odoosim.Tx{a, b} {
		must(tx.Create("product.product", map[string]any{"name": "X", "barcode": "4711"}))(t)
	}
	if err := a.Commit(); err != nil {
		t.Fatal(err)
	}
	var f *orm.Fault
	if err := b.Commit(); !errors.As(err, &f) || f.Code != 2 {
		t.Errorf("the second commit answers %v, want a business rule", err)
	}
}

// On 16 a change of the template does not show in the variant's write_date; from 17
// on it does, in domains too.
func TestTemplateStampShowsInProductFrom17(t *testing.T) {
	for _, v := range versions {
		t.Run(strconv.Itoa(v), func(t *testing.T) {
			h := newHand()
			s := newSim(t, odoosim.Options{Version: v, Clock: h.clock()})
			var product int64
			do(t, s, func(tx *odoosim.Tx) (err error) {
				product, err = tx.Create("product.product", map[string]any{"name": "X"})
				return err
			})
			template := readOne(t, s, "product.product", product, "product_tmpl_id").([]any)[0].(int64)
			h.add(time.Hour)
			do(t, s, func(tx *odoosim.Tx) error {
				return tx.Write("product.template", []int64{template}, map[string]any{"list_price": 3.5})
			})
			want := "2026-11-23 13:00:00"
			if v == 16 {
				want = "2026-11-23 12:00:00"
			}
			if got := readOne(t, s, "product.product", product, "write_date"); got != want {
				t.Errorf("write_date is %v, want %s", got, want)
			}
			tx := s.Begin()
			ids := must(tx.Search("product.product", []any{leafOf("write_date", ">=", "2026-11-23 12:30:00")}))(t)
			if (len(ids) == 1) != (v >= 17) {
				t.Errorf("a search by write_date finds %v", ids)
			}
			h.add(time.Hour)
			do(t, s, func(tx *odoosim.Tx) error {
				_, err := tx.Create("product.supplierinfo", map[string]any{"partner_id": 1, "product_tmpl_id": template, "price": 2.0})
				return err
			})
			if got := readOne(t, s, "product.product", product, "write_date"); got != want {
				t.Errorf("a supplier price moved the product's write_date to %v", got)
			}
		})
	}
}

// Up to 18.3 datetimes compare with microseconds; from 18.4 on > and <= compare
// whole seconds.
func TestDatetimeComparisonByVersion(t *testing.T) {
	for _, v := range versions {
		h := newHand() // 12:00:00.25
		s := newSim(t, odoosim.Options{Version: v, Clock: h.clock()})
		do(t, s, func(tx *odoosim.Tx) error {
			_, err := tx.Create("res.partner", map[string]any{"name": "X"})
			return err
		})
		coarse := v >= 19
		for op, want := range map[string]bool{">=": true, "<": false, ">": !coarse, "<=": coarse, "=": coarse} {
			tx := s.Begin()
			ids := must(tx.Search("res.partner", []any{leafOf("name", "=", "X"), leafOf("write_date", op, "2026-11-23 12:00:00")}))(t)
			if (len(ids) == 1) != want {
				t.Errorf("Odoo %d: 12:00:00.25 %s 12:00:00 is %v, want %v", v, op, !want, want)
			}
		}
	}
}

func TestDomains(t *testing.T) {
	s := newSim(t, odoosim.Options{Version: 18})
	ids := map[string]int64{}
	do(t, s, func(tx *odoosim.Tx) error {
		make := func(key, model string, vals map[string]any) {
			id, err := tx.Create(model, vals)
			if err != nil {
				t.Fatal(err)
			}
			ids[key] = id
		}
		make("root", "product.category", map[string]any{"name": "Root"})
		make("mid", "product.category", map[string]any{"name": "Mid", "parent_id": ids["root"]})
		make("leaf", "product.category", map[string]any{"name": "Leaf", "parent_id": ids["mid"]})
		make("saline", "product.product", map[string]any{"name": "Saline 100%", "default_code": "SAL", "categ_id": ids["leaf"], "list_price": 4.0})
		make("glove", "product.product", map[string]any{"name": "Glove", "categ_id": ids["mid"], "list_price": 0.5})
		make("old", "product.product", map[string]any{"name": "Old pump", "default_code": "OLD", "categ_id": ids["root"], "active": false})
		make("firm", "res.partner", map[string]any{"name": "Firm", "is_company": true})
		make("tmplprice", "product.supplierinfo", map[string]any{"partner_id": ids["firm"], "product_id": ids["saline"], "price": 2.5, "date_start": "2026-01-01"})
		return nil
	})
	or := func(a, b any) []any { return []any{"|", a, b} }
	for _, c := range []struct {
		name   string
		model  string
		domain []any
		want   []string
	}{
		{"archived are hidden", "product.product", []any{}, []string{"saline", "glove"}},
		{"naming active shows them", "product.product", []any{leafOf("active", "in", []any{true, false})}, []string{"saline", "glove", "old"}},
		{"active false", "product.product", []any{leafOf("active", "=", false)}, []string{"old"}},
		{"or", "product.product", or(leafOf("default_code", "=", "SAL"), leafOf("name", "=", "Glove")), []string{"saline", "glove"}},
		{"not", "product.product", []any{"!", leafOf("default_code", "=", "SAL")}, []string{"glove"}},
		{"false matches empty", "product.product", []any{leafOf("default_code", "=", false)}, []string{"glove"}},
		{"unequal includes empty", "product.product", []any{leafOf("default_code", "!=", "SAL")}, []string{"glove"}},
		{"in", "product.product", []any{leafOf("default_code", "in", []any{"SAL", "OLD"})}, []string{"saline"}},
		{"not in includes empty", "product.product", []any{leafOf("default_code", "not in", []any{"SAL"})}, []string{"glove"}},
		{"like is case sensitive", "product.product", []any{leafOf("name", "like", "saline")}, nil},
		{"ilike is not", "product.product", []any{leafOf("name", "ilike", "SALINE")}, []string{"saline"}},
		{"the whole pattern", "product.product", []any{leafOf("name", "=ilike", "gl_v%")}, []string{"glove"}},
		{"an escaped percent sign", "product.product", []any{leafOf("name", "=like", `%100\%`)}, []string{"saline"}},
		{"not ilike", "product.product", []any{leafOf("name", "not ilike", "glove")}, []string{"saline"}},
		{"floats", "product.product", []any{leafOf("list_price", ">", 0.5)}, []string{"saline"}},
		{"ids", "product.product", []any{leafOf("id", ">", 0), leafOf("id", "in", []any{int64(1), int64(2)})}, []string{"saline", "glove"}},
		{"below a category", "product.product", []any{leafOf("categ_id", "child_of", int64(2))}, []string{"saline", "glove"}},
		{"the category and above", "product.category", []any{leafOf("id", "parent_of", int64(4))}, []string{"root", "mid", "leaf"}},
		{"a dotted path", "product.product", []any{leafOf("categ_id.parent_id.name", "=", "Mid")}, []string{"saline"}},
		{"a path over lines", "product.product", []any{leafOf("seller_ids.partner_id.name", "=", "Firm")}, []string{"saline"}},
		{"a relation by name", "product.supplierinfo", []any{leafOf("partner_id", "ilike", "fir")}, []string{"tmplprice"}},
		{"dates", "product.supplierinfo", []any{leafOf("date_start", "<=", "2026-06-01"), leafOf("date_end", "=", false)}, []string{"tmplprice"}},
		{"an empty date fits no comparison", "product.supplierinfo", []any{leafOf("date_end", "<", "2030-01-01")}, nil},
		{"any", "product.product", []any{leafOf("seller_ids", "any", []any{leafOf("price", "<", 3.0)})}, []string{"saline"}},
		{"equal if set", "product.product", []any{leafOf("default_code", "=?", false)}, []string{"saline", "glove"}},
		{"no lines", "product.product", []any{leafOf("seller_ids", "=", false)}, []string{"glove"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tx := s.Begin()
			got := must(tx.Search(c.model, c.domain))(t)
			var want []int64
			for _, key := range c.want {
				want = append(want, ids[key])
			}
			slices.Sort(want)
			if d := cmp.Diff(want, got); d != "" && len(want)+len(got) > 0 {
				t.Error(d)
			}
		})
	}
}

func TestRenamingACategoryRenamesItsChildrenWithoutTouchingThem(t *testing.T) {
	h := newHand()
	s := newSim(t, odoosim.Options{Clock: h.clock()})
	var parent, child int64
	do(t, s, func(tx *odoosim.Tx) (err error) {
		if parent, err = tx.Create("product.category", map[string]any{"name": "A"}); err != nil {
			return err
		}
		child, err = tx.Create("product.category", map[string]any{"name": "B", "parent_id": parent})
		return err
	})
	h.add(time.Hour)
	do(t, s, func(tx *odoosim.Tx) error {
		return tx.Write("product.category", []int64{parent}, map[string]any{"name": "Z"})
	})
	if got := readOne(t, s, "product.category", child, "complete_name"); got != "Z / B" {
		t.Errorf("complete_name is %v", got)
	}
	if got := readOne(t, s, "product.category", child, "write_date"); got != "2026-11-23 12:00:00" {
		t.Errorf("the child's write_date moved to %v", got)
	}
}

func TestLinesFollowCommandsAndDieWithTheirRecord(t *testing.T) {
	s := newSim(t, odoosim.Options{})
	var firm, product int64
	do(t, s, func(tx *odoosim.Tx) (err error) {
		if firm, err = tx.Create("res.partner", map[string]any{"name": "Firm", "child_ids": []any{
			[]any{0, 0, map[string]any{"name": "Ann"}}, []any{0, 0, map[string]any{"name": "Bo"}},
		}}); err != nil {
			return err
		}
		product, err = tx.Create("product.product", map[string]any{"name": "P", "seller_ids": []any{
			[]any{0, 0, map[string]any{"partner_id": firm, "price": 2.0}},
		}})
		return err
	})
	children := readOne(t, s, "res.partner", firm, "child_ids").([]int64)
	if len(children) != 2 || readOne(t, s, "res.partner", children[0], "display_name") != "Firm, Ann" {
		t.Errorf("children are %v", children)
	}
	sellers := readOne(t, s, "product.product", product, "seller_ids").([]int64)
	if len(sellers) != 1 {
		t.Fatalf("sellers are %v", sellers)
	}
	do(t, s, func(tx *odoosim.Tx) error { return tx.Unlink("product.product", []int64{product}) })
	tx := s.Begin()
	for model, id := range map[string]int64{"product.product": product, "product.supplierinfo": sellers[0]} {
		if recs := must(tx.Read(model, []int64{id}, []string{"id"}))(t); len(recs) != 0 {
			t.Errorf("%s %d is still there", model, id)
		}
	}
}

func TestEveryRecordedFieldCanBeRead(t *testing.T) {
	for _, v := range versions {
		s := newSim(t, odoosim.Options{Version: v})
		if err := s.LoadClinical(10); err != nil {
			t.Fatal(err)
		}
		tx := s.Begin()
		for _, model := range []string{"product.product", "product.template", "product.supplierinfo", "product.category", "uom.uom",
			"res.partner", "res.country", "res.currency", "res.company", "res.users", "account.payment.term", "ir.model.data"} {
			ids := must(tx.Search(model, nil))(t)
			if recs := must(tx.Read(model, ids[:min(3, len(ids))], nil))(t); len(recs) == 0 || len(recs[0]) < 10 {
				t.Errorf("Odoo %d: %s gives %d records", v, model, len(recs))
			}
		}
	}
}

func TestCostIsKeptByCompany(t *testing.T) {
	s := newSim(t, odoosim.Options{})
	var product, company int64
	do(t, s, func(tx *odoosim.Tx) (err error) {
		if company, err = tx.Create("res.company", map[string]any{"name": "Second", "currency_id": 2}); err != nil {
			return err
		}
		product, err = tx.Create("product.product", map[string]any{"name": "P", "standard_price": 2.5})
		return err
	})
	c := newCaller(t, s)
	other := map[string]any{"context": map[string]any{"allowed_company_ids": []any{company}}}
	c.must("product.product", "write", []any{[]any{product}, map[string]any{"standard_price": 7.0}}, other)
	for _, want := range []struct {
		kwargs map[string]any
		cost   float64
	}{{nil, 2.5}, {other, 7}} {
		recs := c.must("product.product", "read", []any{[]any{product}, []any{"standard_price"}}, want.kwargs).([]any)
		if got := recs[0].(map[string]any)["standard_price"]; got != want.cost {
			t.Errorf("cost is %v, want %v", got, want.cost)
		}
	}
}

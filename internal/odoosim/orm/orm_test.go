package orm_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"odoomesh/internal/odoosim/models"
	"odoomesh/internal/odoosim/orm"
)

func open(t interface{ Fatal(...any) }, version int) *orm.DB {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { at = at.Add(time.Millisecond); return at }
	db, err := models.Open(version, now, "admin")
	if err != nil {
		t.Fatal(err)
	}
	return db
}

var domains = [][]any{
	nil,
	{[]any{"ref", "=", "R1"}},
	{[]any{"ref", "in", []any{"R0", "R2"}}},
	{[]any{"ref", "!=", "R1"}},
	{[]any{"parent_id", "=", false}},
	{[]any{"parent_id", "!=", false}},
	{[]any{"parent_id.ref", "=", "R1"}},
	{[]any{"child_ids.ref", "=", "R2"}},
	{[]any{"id", ">", 5}},
	{"|", []any{"ref", "=", "R1"}, []any{"name", "like", "2"}},
	{"!", []any{"ref", "=", "R1"}},
	{[]any{"id", "child_of", 1}},
	{[]any{"write_date", ">=", "2026-11-23 12:00:00"}, []any{"active", "in", []any{true, false}}},
}

// A transaction sees its own changes as everybody sees them after the commit: what
// the indexes find and what the open changes say is the same.
func TestOwnChangesAreSeenAsAfterTheCommit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		db := open(t, 17)
		m := db.Model("res.partner")
		var ids []int64
		pick := func(label string) int64 { return rapid.SampledFrom(append(ids, 1)).Draw(t, label) }
		for range rapid.IntRange(1, 4).Draw(t, "transactions") {
			tx := db.Begin()
			e := tx.Env(2)
			var err error
			for range rapid.IntRange(1, 8).Draw(t, "changes") {
				vals := map[string]any{"name": "P", "ref": fmt.Sprintf("R%d", rapid.IntRange(0, 2).Draw(t, "ref"))}
				if rapid.IntRange(0, 4).Draw(t, "archived") == 0 {
					vals["active"] = false
				}
				switch rapid.IntRange(0, 2).Draw(t, "kind") {
				case 0:
					if rapid.Bool().Draw(t, "has parent") {
						vals["parent_id"] = pick("parent")
					}
					var id int64
					if id, err = e.Create(m, vals); err == nil {
						ids = append(ids, id)
					}
				case 1:
					err = e.Write(m, []int64{pick("written")}, vals)
				case 2:
					if id := pick("deleted"); id != 1 {
						err = e.Unlink(m, []int64{id})
					}
				}
				if err != nil {
					break
				}
			}
			if err != nil { // something that is gone was used: as in Odoo, all is undone
				tx.Rollback()
				continue
			}
			before := results(t, e, m)
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(before, results(t, db.Env(2), m)); d != "" {
				t.Fatal(d)
			}
		}
	})
}

func results(t *rapid.T, e *orm.Env, m *orm.Model) map[string][]int64 {
	out := map[string][]int64{}
	for _, d := range domains {
		for _, order := range []string{"id", "ref, name desc, id", "parent_id, id"} {
			ids, err := e.Search(m, d, orm.Page{Order: order})
			if err != nil {
				t.Fatal(err)
			}
			if len(ids) > 0 {
				out[fmt.Sprint(d, order)] = ids
			}
		}
	}
	return out
}

// No domain, however broken, does worse than a fault.
func FuzzDomain(f *testing.F) {
	f.Add("name", "ilike", "x", int64(1), "|")
	f.Add("categ_id.parent_id.name", "child_of", "", int64(-1), "!")
	f.Add("seller_ids", "not any", "%_\\", int64(0), "&")
	f.Add("write_date", ">", "2026-13-45", int64(7), "")
	db := open(f, 18)
	f.Fuzz(func(t *testing.T, field, op, text string, n int64, joint string) {
		e := db.Env(2)
		for _, v := range []any{text, n, 1.5, nil, false, []any{n, text}, []any{[]any{field, op, text}}} {
			leaf := []any{field, op, v}
			for _, domain := range [][]any{{leaf}, {joint, leaf, leaf}, {"!", leaf}, {leaf, joint}} {
				if _, err := e.Search(db.Model("product.product"), domain, orm.Page{Order: text}); err != nil {
					if _, ok := err.(*orm.Fault); !ok {
						t.Fatalf("%v: %v is no fault", domain, err)
					}
				}
			}
		}
	})
}

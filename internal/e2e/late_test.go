package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/clock"
)

// held is how long a transaction stays open: longer than any look of the mesh's,
// shorter than the overlap that it reads again.
func (p *person) held() time.Duration {
	if p.sim != nil {
		return 2 * time.Second
	}
	return time.Minute
}

// commitsLate holds a transaction open while others change the same table and the
// mesh reads on; what it brings then bears a stamp that the mesh has long passed.
func commitsLate(t *testing.T, s *stage, ids []int64) {
	reference := fmt.Sprintf("late %d %s", len(ids), s.mark)
	// Stamps are whole seconds: a late commit under the very stamp that a row had
	// before is found only when the overlap has gone by.
	last := s.row(t, "res.partner", ids[len(ids)-1], "write_date").time(t, "write_date").AsTime()
	eventually(t, func() (bool, any) { return clock.System{}.Now().After(last.Add(2 * time.Second)), last })
	tx := s.begin(t)
	tx.write(t, "res.partner", ids, "ref", reference)
	began := clock.System{}.Now()
	other := s.create(t, "res.partner", map[string]any{"name": "Meanwhile " + s.mark, "supplier_rank": 1})
	s.awaitSupplier(t, other)
	eventually(t, func() (bool, any) {
		r := s.ready(t)
		for _, c := range r.Collections {
			if c.Name == "suppliers" && c.VerifiedTime.After(began.Add(s.held())) {
				return true, nil
			}
		}
		return false, r
	})
	if n := s.referred(t, reference); n != 0 {
		t.Errorf("%d suppliers show what is not committed", n)
	}
	tx.commit(t)
	committed := clock.System{}.Now()
	eventually(t, func() (bool, any) {
		n := s.referred(t, reference)
		return n == len(ids), n
	})
	t.Logf("%d rows, held for %v, were all seen %v after the commit", len(ids), committed.Sub(began).Round(time.Millisecond), clock.System{}.Now().Sub(committed).Round(time.Millisecond))
	s.unlink(t, "res.partner", other)
	s.equalsOdoo(t, s.person)
}

func (s *stage) awaitSupplier(t testing.TB, id int64) {
	t.Helper()
	eventually(t, func() (bool, any) {
		_, err := s.suppliers.GetSupplier(t.Context(), &supplierv1.GetSupplierRequest{Name: supplierName(id)})
		return err == nil, err
	})
}

// referred counts the suppliers with a reference.
func (s *stage) referred(t testing.TB, reference string) int {
	t.Helper()
	return len(listed(t, func(token string) ([]*supplierv1.Supplier, string, error) {
		r, err := s.suppliers.ListSuppliers(t.Context(), &supplierv1.ListSuppliersRequest{Filter: fmt.Sprintf("reference = %q", reference), PageSize: 1000, PageToken: token})
		return r.GetSuppliers(), r.GetNextPageToken(), err
	}))
}

// manyGo deletes many records in one transaction: each becomes one tombstone.
func manyGo(t *testing.T, s *stage, ids []int64) {
	w := s.overGRPC(t, watch{collection: "suppliers"}).begun(t)
	tx := s.begin(t)
	tx.remove(t, "res.partner", ids)
	tx.commit(t)
	var buried []string
	for range ids {
		m := w.until(t, "a tombstone", func(m message) bool { return m.kind != heartbeat })
		if m.kind != deleted {
			t.Fatalf("there came %v", m)
		}
		buried = append(buried, m.record.GetName())
	}
	var want []string
	for _, id := range ids {
		want = append(want, supplierName(id))
	}
	slices.Sort(buried)
	slices.Sort(want)
	if !slices.Equal(buried, want) {
		t.Errorf("the tombstones are of %v, want %v", buried, want)
	}
	s.equalsOdoo(t, s.person)
}

// comesBack takes a supplier away and brings it back: by its rank, and in a live
// database by its very row, whose stamp is then older than all that the mesh reads.
func comesBack(t *testing.T, s *stage, id int64) {
	w := s.overGRPC(t, watch{collection: "suppliers"}).begun(t)
	there := func(away, back func()) {
		t.Helper()
		away()
		w.until(t, "its end", func(m message) bool { return m.kind == deleted && m.record.GetName() == supplierName(id) })
		back()
		w.until(t, "its return", func(m message) bool { return m.kind == created && m.record.GetName() == supplierName(id) })
		s.equalsOdoo(t, s.person)
	}
	rank := func(n int) func() {
		return func() { s.write(t, "res.partner", id, map[string]any{"supplier_rank": n}) }
	}
	there(rank(0), rank(1))
	if s.sim != nil {
		return
	}
	sql := database(t)
	there(func() {
		sql.do(t, fmt.Sprintf("CREATE TEMP TABLE kept AS SELECT * FROM res_partner WHERE id = %d", id))
		sql.do(t, fmt.Sprintf("DELETE FROM res_partner WHERE id = %d", id))
	}, func() { sql.do(t, "INSERT INTO res_partner SELECT * FROM kept") })
}

package summary

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	"odoomesh/internal/exact"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
	"odoomesh/internal/sheet"
)

// mostMovements bounds how many movements are kept for sums, a quarter of a gigabyte: where
// there are more, the oldest quarter is left out.
const mostMovements = 4_000_000

// moved are the newest movements.
type moved struct {
	rows *sheet.Table[int64, movement]
	odd  map[int64]*big.Rat
	// since is the time before which movements may have been left out, in seconds since 1970.
	since int64
	most  int
}

// movement is a movement. Its quantity is in millionths.
type movement struct {
	id, quantity, at                int64
	product, source, place, company int32
	unit                            uint16
	kind                            uint8
	odd, others                     bool
}

func newMoved() *moved {
	return &moved{rows: sheet.NewTable(func(m *movement) int64 { return m.id }), odd: map[int64]*big.Rat{}, since: -never, most: mostMovements}
}

func (s *stock) putMovement(ids []int64, kept *internalv1.CacheRecord) error {
	if len(ids) != 1 {
		return fmt.Errorf("its name has %d ids, not 1", len(ids))
	}
	delete(s.moved.odd, ids[0])
	s.moved.rows.Delete(ids[0])
	if kept == nil {
		return nil
	}
	var m inventoryv1.Movement
	if err := proto.Unmarshal(kept.GetBody(), &m); err != nil {
		return err
	}
	at := m.GetMoveTime().GetSeconds()
	if at < s.moved.since {
		return nil
	}
	of := func(collection, name string) int64 {
		key, err := resource.KeyOf(collection, name)
		if err != nil {
			return 0
		}
		return resource.KeyID(key)
	}
	row := movement{
		id: ids[0], at: at, product: s.product.number(of(products, m.GetProduct())), source: s.location.number(of(locations, m.GetSourceLocation())),
		place: s.location.number(of(locations, m.GetDestinationLocation())), company: s.companyOf(kept),
		unit: s.units.number(m.GetUnit().GetName(), m.GetUnit()), kind: uint8(m.GetType()), others: m.GetOwner() != "",
	}
	var fits bool
	if row.quantity, fits = sheet.Micro(m.GetQuantity().GetValue()); !fits {
		row.odd = true
		s.moved.odd[row.id] = exact.Number(m.GetQuantity().GetValue())
	}
	s.moved.rows.Put(row)
	if s.moved.rows.Len() > s.moved.most {
		s.moved.bound()
	}
	return nil
}

// bound leaves out the oldest quarter where there are too many.
func (m *moved) bound() {
	if m.rows.Len() <= m.most {
		return
	}
	times := make([]int64, 0, m.rows.Len())
	for i := range m.rows.Rows() {
		times = append(times, m.rows.Rows()[i].at)
	}
	slices.Sort(times)
	m.since = times[len(times)/4] + 1
	for i := m.rows.Len() - 1; i >= 0; i-- {
		if row := m.rows.Row(i); row.at < m.since {
			delete(m.odd, row.id)
			m.rows.Delete(row.id)
		}
	}
}

// reaches refuses a time before which movements may be missing.
func (m *moved) reaches(field string, at time.Time) error {
	if at.Unix() < m.since {
		return fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, field,
			fmt.Sprintf("movements are added up since %s: take a later time", time.Unix(m.since, 0).UTC().Format(time.RFC3339)))
	}
	return nil
}

// asOf is the time as of which stock is asked for.
func (s *stock) asOf(r *summaryv1.SummarizeStockRequest, by []int, now time.Time) (int64, error) {
	at := r.GetAsOfTime().AsTime()
	bad := func(field, why string) error {
		return fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, field, why)
	}
	switch {
	case at.After(now):
		return 0, bad("as_of_time", "lies in the future")
	case r.GetLot() != "":
		return 0, bad("lot", "stock of the past is not told by lot: leave out lot or as_of_time")
	case slices.Contains(by, byLot):
		return 0, bad("group_by", "stock of the past is not told by lot: leave out lot or as_of_time")
	}
	return ceiling(at), s.moved.reaches("as_of_time", at)
}

// eachSince walks over the movements since a time, from both their ends. Stock is of the
// company whose place it lies at, whichever booked the movement; of what Odoo does not count
// there is none to be taken back.
func (s *stock) eachSince(q *stockQuestion, do func(numbers, item)) {
	rows := s.moved.rows.Rows()
	for i := range rows {
		m := &rows[i]
		if m.at < q.since || q.product >= 0 && m.product != q.product || m.source == m.place || s.product.known[m.product].uncounted {
			continue
		}
		if from := s.location.known[m.source].company; q.places[m.source] && q.companies[from] {
			do(numbers{m.product, m.source, 0, from}, item{movement: m, taken: true})
		}
		if to := s.location.known[m.place].company; q.places[m.place] && q.companies[to] {
			do(numbers{m.product, m.place, 0, to}, item{movement: m})
		}
	}
}

// undo takes back what a movement did to a group.
func (s *stock) undo(q *stockQuestion, g *group, of item) {
	m := of.movement
	g.measured(m.unit)
	sign := int64(-1)
	if of.taken {
		sign = 1
	}
	var odd *big.Rat
	if m.odd {
		odd = new(big.Rat).Mul(s.moved.odd[m.id], big.NewRat(sign, 1))
		g.onHand.AddRat(odd)
	} else {
		g.onHand.Add(sign * m.quantity)
	}
	if !q.priced || m.others {
		return
	}
	v := s.value(g, m.product)
	switch {
	case v == nil:
	case m.odd || s.great[m.product] != nil:
		if odd == nil {
			odd = big.NewRat(sign*m.quantity, millionths)
		}
		v.AddRat(new(big.Rat).Mul(odd, s.cost(m.product)))
	default:
		v.AddProduct(sign*m.quantity, s.product.known[m.product].nanos)
	}
}

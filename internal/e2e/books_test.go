package e2e

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/types/known/timestamppb"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// books are Odoo's rows as they are at one moment, each model read once. The
// oracles work records out of them by hand.
type books struct {
	*person
	t    testing.TB
	read map[string]map[int64]raw
	// partners are kept apart: which fields they have is asked of Odoo.
	partners map[int64]raw
}

func (p *person) books(t testing.TB) *books {
	return &books{person: p, t: t, read: map[string]map[int64]raw{}}
}

// all is a whole model by id.
func (b *books) all(model string, fields ...any) map[int64]raw {
	b.t.Helper()
	key := model + fmt.Sprint(fields...)
	if b.read[key] == nil {
		b.read[key] = b.table(b.t, model, fields...)
	}
	return b.read[key]
}

// named is the name of a row; empty for none.
func (b *books) named(model string, id int64) string { return b.all(model, "name")[id].text("name") }

func (b *books) currency(r raw, field string) string {
	return b.named("res.currency", r.id(field))
}

func (b *books) company(r raw) string { return b.named("res.company", r.id("company_id")) }

// by gives one name before a release and another from it on.
func (p *person) by(major int, before, since string) string {
	if p.major < major {
		return before
	}
	return since
}

// ref is the resource name of what a many2one points at; empty for none.
func (r raw) ref(collection, field string) string {
	if r.id(field) == 0 {
		return ""
	}
	return fmt.Sprintf("%s/%d", collection, r.id(field))
}

// number of a row as text; empty for none.
func (r raw) idText(field string) string {
	if r.id(field) == 0 {
		return ""
	}
	return fmt.Sprint(r.id(field))
}

// refs are the resource names of rows in the order of their ids.
func refs(collection string, ids []int64) []string {
	var out []string
	for _, id := range slices.Sorted(slices.Values(ids)) {
		out = append(out, fmt.Sprintf("%s/%d", collection, id))
	}
	return out
}

// once adds a name that is neither empty nor there.
func once(names []string, name string) []string {
	if name == "" || slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

// moment is a time; unset for none.
func (b *books) moment(r raw, field string) *timestamppb.Timestamp {
	if r.text(field) == "" {
		return nil
	}
	return r.time(b.t, field)
}

// where the hospital is: the tests set the zone, so that they hold before any Odoo.
const zone = "Europe/Berlin"

// day is the day of a time where the hospital is; unset for none.
func (b *books) day(r raw, field string) *date.Date {
	if r.text(field) == "" {
		return nil
	}
	berlin, err := time.LoadLocation(zone)
	if err != nil {
		b.t.Fatal(err)
	}
	year, month, day := r.time(b.t, field).AsTime().In(berlin).Date()
	return &date.Date{Year: int32(year), Month: int32(month), Day: int32(day)}
}

func (b *books) units() map[int64]raw {
	fields := []any{"name", "factor", "rounding"}
	if b.major < 19 {
		return b.all("uom.uom", append(fields, "uom_type", "factor_inv", "category_id")...)
	}
	return b.all("uom.uom", append(fields, "parent_path")...)
}

// unit is nil for none.
func (b *books) unit(id int64) *typesv1.UnitOfMeasure {
	r, found := b.units()[id]
	if !found {
		return nil
	}
	one := &decimal.Decimal{Value: "1"}
	u := &typesv1.UnitOfMeasure{Name: unitName(id), DisplayName: r.text("name"), FactorNumerator: one, FactorDenominator: one, Rounding: r.positive("rounding")}
	if b.major >= 19 {
		top, _, _ := strings.Cut(r.text("parent_path"), "/")
		u.ReferenceUnit, u.FactorNumerator = "units/"+top, r.decimal("factor")
		return u
	}
	for _, other := range b.all("uom.category", "uom_ids")[r.id("category_id")].ids("uom_ids") {
		if b.units()[other].text("uom_type") == "reference" {
			u.ReferenceUnit = unitName(other)
		}
	}
	switch r.text("uom_type") {
	case "bigger":
		u.FactorNumerator = r.decimal("factor_inv")
	case "smaller":
		u.FactorDenominator = r.decimal("factor")
	}
	return u
}

func unitName(id int64) string { return fmt.Sprintf("units/%d", id) }

// inUnits is how many of another unit a quantity makes, up to 18, rounded as that
// unit is.
func (b *books) inUnits(quantity float64, from, to int64) float64 {
	size := func(id int64) float64 {
		switch r := b.units()[id]; r.text("uom_type") {
		case "bigger":
			return r.number("factor_inv")
		case "smaller":
			return 1 / r.number("factor")
		}
		return 1
	}
	in, step := quantity*size(from)/size(to), b.units()[to].number("rounding")
	return math.Copysign(math.Floor(math.Abs(in)/step+0.5+1e-9), in) * step
}

func (b *books) taxes(ids []int64) []*typesv1.Tax {
	var out []*typesv1.Tax
	for _, id := range ids {
		r := b.all("account.tax", "name", "amount", "amount_type", "price_include")[id]
		tax := &typesv1.Tax{Id: id, DisplayName: r.text("name"), IncludedInPrice: r.flag("price_include")}
		if kind := r.text("amount_type"); kind == "percent" || kind == "division" {
			tax.Percent = r.decimal("amount")
		}
		out = append(out, tax)
	}
	return out
}

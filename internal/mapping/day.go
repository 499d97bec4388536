package mapping

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/odoo"
)

// toDay is the calendar day of an instant where the company is. Odoo keeps the day of
// expiry and the like as an instant: midnight there when a person typed it, often
// midnight in UTC when it was imported.
func toDay(in *Input) (protoreflect.Value, bool, error) {
	t, err := in.Row.Time(in.Fields[0])
	if err != nil || t.IsZero() {
		return protoreflect.Value{}, false, err
	}
	year, month, day := t.In(in.build.zone).Date()
	return message(&date.Date{Year: int32(year), Month: int32(month), Day: int32(day)}), true, nil
}

// Reading is how people read what Odoo holds: what records show depends on it.
type Reading struct {
	// Language is Odoo's code of the language that translated texts are read in, such
	// as "de_DE"; empty is the language that they were written in first.
	Language string
	// Zone is the time zone whose days are shown; nil is UTC.
	Zone *time.Location
	// Units are the names of units of measure in the language, with those by which the
	// mapping knows them: Odoo tells by a translated name what a weight is measured in.
	Units map[string]string
}

// measuredIn are the units of weight and volume that Odoo can be set to, as their
// names were first written.
var measuredIn = []string{"kg", "lb", "m³", "ft³"}

// LearnUnits asks Odoo what the units of weight and volume are called in the language
// that the client reads in.
func (r *Reading) LearnUnits(ctx context.Context, client odoo.Reader) error {
	if r.Language == "" || r.Language == sourceLanguage {
		return nil
	}
	source, err := client.SearchRead(ctx, "uom.uom", odoo.Where("name", "in", measuredIn), []string{"name"},
		odoo.ReadOptions{Order: "id", Context: map[string]any{"lang": sourceLanguage}})
	if err != nil {
		return fmt.Errorf("asking for the units of weight and volume: %w", err)
	}
	names := map[int64]string{}
	var ids []int64
	for _, row := range source {
		name, err := row.String("name")
		if err != nil {
			return err
		}
		names[row.ID()], ids = name, append(ids, row.ID())
	}
	if len(ids) == 0 {
		return nil
	}
	translated, err := client.SearchRead(ctx, "uom.uom", odoo.Where("id", "in", ids), []string{"name"}, odoo.ReadOptions{Order: "id"})
	if err != nil {
		return fmt.Errorf("asking for the units of weight and volume: %w", err)
	}
	r.Units = map[string]string{}
	for _, row := range translated {
		name, err := row.String("name")
		if err != nil {
			return err
		}
		r.Units[name] = names[row.ID()]
	}
	return nil
}

// sourceLanguage is the language in which Odoo's own texts are written first.
const sourceLanguage = "en_US"

// ReadAs binds the plan to a reading. It is called before the plan is used: another
// reading is another fingerprint, for the same rows map to other records.
func (p *Plan) ReadAs(r Reading) {
	p.zone, p.units = r.Zone, r.Units
	if r.Zone == nil {
		p.zone = time.UTC
	}
	p.reading = r.Language + " " + p.zone.String()
}

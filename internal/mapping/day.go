package mapping

import (
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// toDay is the calendar day of an instant where the company is. Odoo keeps the day of
// expiry and the like as an instant: midnight there when a person typed it, often
// midnight in UTC when it was imported.
func toDay(in *input) (protoreflect.Value, bool, error) {
	t, err := in.row.Time(in.fields[0])
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
}

// ReadAs binds the plan to a reading. It is called before the plan is used: another
// reading is another fingerprint, for the same rows map to other records.
func (p *Plan) ReadAs(r Reading) {
	p.zone = r.Zone
	if r.Zone == nil {
		p.zone = time.UTC
	}
	p.reading = r.Language + " " + p.zone.String()
}

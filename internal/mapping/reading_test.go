package mapping

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/odoo"
	"odoomesh/internal/resource"
)

// planOf compiles a mapping of a few fields.
func planOf(t *testing.T, message proto.Message, text string) *Plan {
	t.Helper()
	spec, err := Parse([]byte("domain: d\nversion: 1\nmodel: m\n" + text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := Compile(spec, 18, message.ProtoReflect().Type(), "things", nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func madeOf(t *testing.T, p *Plan, row map[string]any) *Record {
	t.Helper()
	row["id"] = int64(7)
	r, err := p.build(resource.Key(7), []odoo.Row{odoo.NewRow("m", row)}, tables{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Whoever typed a day in Berlin wrote its midnight there, an import the midnight of
// UTC: both are the same day of the company's. Summer time moves the border.
func TestADayIsThatOfTheCompany(t *testing.T) {
	p := planOf(t, &inventoryv1.Lot{}, "fields: {expiration_date: {odoo: expiration_date, as: day}}")
	for _, c := range []struct{ zone, at, want string }{
		{"Europe/Berlin", "2026-12-30 23:00:00", "2026-12-31"}, {"Europe/Berlin", "2026-12-31 00:00:00", "2026-12-31"},
		{"Europe/Berlin", "2026-12-30 22:59:59", "2026-12-30"}, {"Europe/Berlin", "2026-12-31 22:59:59", "2026-12-31"},
		{"Europe/Berlin", "2026-06-30 22:00:00", "2026-07-01"}, {"Europe/Berlin", "2026-06-30 21:59:59", "2026-06-30"},
		{"America/New_York", "2026-12-31 05:00:00", "2026-12-31"}, {"America/New_York", "2027-01-01 04:59:59", "2026-12-31"},
		{"Asia/Kolkata", "2026-12-30 18:30:00", "2026-12-31"}, {"Pacific/Kiritimati", "2026-12-30 10:00:00", "2026-12-31"},
		{"UTC", "2026-12-31 00:00:00", "2026-12-31"}, {"", "2026-12-30 23:59:59", "2026-12-30"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		p.ReadAs(Reading{Zone: zone})
		d := madeOf(t, p, map[string]any{"expiration_date": c.at}).Message.(*inventoryv1.Lot).GetExpirationDate()
		if got := time.Date(int(d.GetYear()), time.Month(d.GetMonth()), int(d.GetDay()), 0, 0, 0, 0, time.UTC).Format(time.DateOnly); got != c.want {
			t.Errorf("%s is %s in %s, want %s", c.at, got, c.zone, c.want)
		}
	}
	if d := madeOf(t, p, map[string]any{"expiration_date": false}).Message.(*inventoryv1.Lot).GetExpirationDate(); d != nil {
		t.Errorf("no time became the day %v", d)
	}
	if r := madeOf(t, p, map[string]any{"expiration_date": "soon"}); len(r.Faults) != 1 || r.Faults[0].GetField() != "expiration_date" {
		t.Errorf("what is no time gave the faults %v", r.Faults)
	}
}

// Another language or time zone makes other records of the same rows, so that all
// have to be read again; the same one does not.
func TestAnotherReadingIsAnotherFingerprint(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]Reading{}
	for _, reading := range []Reading{{}, {Language: "de_DE"}, {Language: "fr_FR"}, {Zone: berlin}, {Language: "de_DE", Zone: berlin}} {
		p := planOf(t, &productv1.Product{}, "fields: {display_name: name}")
		p.ReadAs(reading)
		if other, there := seen[p.Fingerprint()]; there {
			t.Errorf("%+v and %+v have the same fingerprint", other, reading)
		}
		seen[p.Fingerprint()] = reading
		again := planOf(t, &productv1.Product{}, "fields: {display_name: name}")
		if again.ReadAs(reading); again.Fingerprint() != p.Fingerprint() {
			t.Errorf("%+v has two fingerprints", reading)
		}
	}
}

// A text as long as a book is cut at a character, and the fault says of which field.
func TestALongTextIsCutWithAFault(t *testing.T) {
	p := planOf(t, &productv1.Product{}, "fields: {sku: code, description: {odoo: description, as: html}}\nattributes: {own: x_own}")
	long := strings.Repeat("ä1 ", 700_000)
	r := madeOf(t, p, map[string]any{"code": "C" + strings.Repeat("€", 30_000), "description": "<p>" + long + "</p>", "x_own": long})
	m := r.Message.(*productv1.Product)
	for field, text := range map[string]string{"sku": m.GetSku(), "description": m.GetDescription(), `attributes["own"]`: m.GetAttributes()["own"]} {
		if len(text) > maxText || len(text) < maxText-8 || !utf8.ValidString(text) || !strings.HasSuffix(text, cutMark) {
			t.Errorf("%s has %d bytes and ends in %q", field, len(text), text[len(text)-6:])
		}
	}
	if len(r.Faults) != 3 || r.Faults[1].GetField() != "description" || r.Faults[1].GetOdooField() != "description" ||
		!strings.Contains(r.Faults[1].GetProblem(), "cut at 65") || !strings.Contains(r.Faults[1].GetProblem(), "of 2799999 bytes") {
		t.Errorf("the faults are %v", r.Faults)
	}
	if size := proto.Size(r.Message); size > 4*maxText {
		t.Errorf("the record has %d bytes", size)
	}
	whole := strings.Repeat("x", maxText)
	if r := madeOf(t, p, map[string]any{"code": whole, "description": false, "x_own": false}); r.Message.(*productv1.Product).GetSku() != whole || len(r.Faults) != 0 {
		t.Errorf("a text that fits was cut: %v", r.Faults)
	}
}

// A cache that was filled when white space counted holds such a record under another
// value of its index: it is stored anew, and no other is.
func TestARecordWithWhiteSpaceAroundATextIsStoredAnew(t *testing.T) {
	p := planOf(t, &productv1.Product{}, "fields: {sku: code, description: {odoo: description, as: html}}")
	for code, anew := range map[string]bool{"NAC-1": false, "NAC-1 ": true, "\u00a0NAC-1": true, "NAC 1": false} {
		r := madeOf(t, p, map[string]any{"code": code, "description": " <p> x </p> "})
		before, err := contentHash(&Record{Message: &productv1.Product{Sku: code, Description: "x"}}, false)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(before, r.Hash) == anew {
			t.Errorf("%q is stored anew: %t", code, !anew)
		}
	}
}

// White space around a number makes it no other number, and is shown as Odoo has it.
func TestAGTINIsKnownInSpiteOfWhiteSpace(t *testing.T) {
	p := planOf(t, &productv1.Product{}, "fields: {gtin: {odoo: barcode, as: gtin}, sku: {odoo: barcode, as: barcode}}")
	for barcode, isGTIN := range map[string]bool{
		"9500001000005": true, " 9500001000005": true, "9500001000005\u00a0": true, "\t9500001000005\r\n": true, "\u200b9500001000005": true,
		"9500001 000005": false, "9500001000006": false, "   ": false,
	} {
		m := madeOf(t, p, map[string]any{"barcode": barcode}).Message.(*productv1.Product)
		want := &productv1.Product{Sku: barcode}
		if isGTIN {
			want = &productv1.Product{Gtin: barcode}
		}
		if m.GetGtin() != want.GetGtin() || m.GetSku() != want.GetSku() {
			t.Errorf("the barcode %q is the GTIN %q and the other barcode %q", barcode, m.GetGtin(), m.GetSku())
		}
	}
}

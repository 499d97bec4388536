package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

// Kind is what a column holds.
type Kind int

const (
	// Integer is a number of 64 bits.
	Integer Kind = iota
	// Text is a text.
	Text
	// Word is a text of which there are few different ones.
	Word
	// Time is an instant, in UTC, to the microsecond.
	Time
	// Day is a day of the calendar.
	Day
	// Quantity is a decimal number, exactly.
	Quantity
	// JSON is a document.
	JSON
	// Flag is true or false: a Number of 1 or 0.
	Flag
	// Amount is an amount of money, exactly: nine digits behind the point.
	Amount
)

// Column is one column of every format.
type Column struct {
	Name string
	Kind Kind
	// Required says that every event has a value.
	Required bool
	// About says what it holds.
	About string
	value func(*inventoryv1.InventoryEvent) (Value, error)
}

// Value is what one event has in one column.
type Value struct {
	// Set is false for no value, in which Number and Text are empty.
	Set bool
	// Number is an Integer, a Time in microseconds since 1970, a Day in days since then, or
	// a Flag.
	Number int64
	// Text is a Text, a Word, a Quantity or an Amount in its digits, or a JSON document.
	Text string
}

// time is the instant of a Time.
func (v Value) time() time.Time { return time.UnixMicro(v.Number).UTC() }

// day is the first instant of a Day.
func (v Value) day() time.Time { return time.Unix(v.Number*secondsOfDay, 0).UTC() }

const secondsOfDay = 24 * 60 * 60

type event = inventoryv1.InventoryEvent

// Columns is the one list of columns, in their order.
func Columns() []Column {
	return []Column{
		{"event", Integer, true, "Number of the event: 42 is inventoryEvents/42. Unique, ascending, without gaps in the whole.", id("name", (*event).GetName)},
		{"type", Word, true, "Why the stock moved, such as RECEIPT or CONSUMPTION.", typeOf},
		{"source_type", Word, false, "Odoo's own words for the type, such as supplier>internal.", text((*event).GetSourceType)},
		{"corrects", Integer, false, "The event that this one corrects. Empty: it corrects none.", id("corrects", (*event).GetCorrects)},
		{"source_time", Time, false, "When it happened, by Odoo.", moment("source_time", (*event).GetSourceTime)},
		{"recorded_time", Time, true, "When the mesh wrote the event down.", moment("recorded_time", (*event).GetRecordedTime)},
		{"product_id", Integer, false, "What moved: 42 is products/42.", id("product", (*event).GetProduct)},
		{"lot_id", Integer, false, "Which lot: 17 is lots/17. Empty: the product is not tracked.", id("lot", (*event).GetLot)},
		{"lot_number", Text, false, "Lot or serial number.", text((*event).GetLotNumber)},
		{"expiration_time", Time, false, "When the lot expires.", moment("expiration_time", (*event).GetExpirationTime)},
		{"quantity", Quantity, false, "How much moved, in the product's base unit; of a correction, what is to be added. Empty for a hold.", quantity((*event).GetQuantity)},
		{"unit_id", Integer, false, "The product's base unit: 7 is units/7.", id("unit", func(e *event) string { return e.GetUnit().GetName() })},
		{"unit", Word, false, "Name of that unit.", text(func(e *event) string { return e.GetUnit().GetDisplayName() })},
		{"booked_quantity", Quantity, false, "How much moved, in the unit that it was booked in.", quantity((*event).GetBookedQuantity)},
		{"booked_unit_id", Integer, false, "The unit that it was booked in.", id("booked_unit", func(e *event) string { return e.GetBookedUnit().GetName() })},
		{"booked_unit", Word, false, "Name of that unit.", text(func(e *event) string { return e.GetBookedUnit().GetDisplayName() })},
		{"source_location_id", Integer, false, "Where it was: 4 is locations/4.", id("source_location", (*event).GetSourceLocation)},
		{"destination_location_id", Integer, false, "Where it went.", id("destination_location", (*event).GetDestinationLocation)},
		{"source_balance", Quantity, false, "How much of product and lot was at the source after this event.", quantity((*event).GetSourceBalance)},
		{"destination_balance", Quantity, false, "How much of product and lot was at the destination after this event.", quantity((*event).GetDestinationBalance)},
		{"owner_id", Integer, false, "The owner. Empty: the company's own goods.", id("owner", (*event).GetOwner)},
		{"source_package_id", Integer, false, "The package it was in.", id("source_package", (*event).GetSourcePackage)},
		{"destination_package_id", Integer, false, "The package it was put into.", id("destination_package", (*event).GetDestinationPackage)},
		{"partner_id", Integer, false, "The other side of the transfer: 7 is suppliers/7 where it is a supplier.", id("partner", (*event).GetPartner)},
		{"order_id", Integer, false, "The purchase order: 5 is orders/5.", id("documents", func(e *event) string { return orderOf(e).GetDocument() })},
		{"order_line_id", Integer, false, "Its line.", number("documents.line_id", func(e *event) string { return orderOf(e).GetLineId() })},
		{"receipt_id", Integer, false, "The receipt, or return to a supplier: 9 is receipts/9.", id("documents", receiptOf)},
		{"document_type", Word, false, "What the document of the movement is: RECEIPT, TRANSFER, COUNT, SCRAP, PRODUCTION.", documentTypeOf},
		{"document_number", Text, false, "Its number, such as WH/IN/00042.", text(func(e *event) string { return movementOf(e).GetNumber() })},
		{"documents", JSON, false, "All documents behind the event, where the columns before do not tell all of them: a list of type, document, number, line_id.", documentsOf},
		{"odoo_move_line_id", Integer, false, "Odoo's row in stock.move.line. Empty for a hold.", plain((*event).GetOdooMoveLineId)},
		{"odoo_move_id", Integer, false, "Odoo's row in stock.move.", plain((*event).GetOdooMoveId)},
		{"company_id", Integer, false, "Odoo's id of the company. Empty: all companies share it.", plain(func(e *event) int64 { return e.GetProvenance().GetCompanyId() })},
		{"company", Word, false, "Name of the company.", text((*event).GetCompany)},
		{"odoo_instance", Word, false, "Which Odoo it comes from.", text(func(e *event) string { return e.GetProvenance().GetOdooInstance() })},
		{"attributes", JSON, false, "Fields that this installation maps in addition, by their key.", attributesOf},
		{"source_lot_id", Integer, false, "Which lot it was before: that of LOT_ASSIGNED, and lot_id of all else. Sums take quantity off this one.", id("source_lot", sourceLotOf)},
		{"expiration_date", Day, false, "The day on which the lot expires, in the company's time zone.", day((*event).GetExpirationDate)},
	}
}

// row reads an event's values into a row, a value for each column.
func row(columns []Column, e *event, into []Value) error {
	for i, c := range columns {
		v, err := c.value(e)
		if err == nil && c.Required && !v.Set {
			err = errors.New("it has none")
		}
		if err != nil {
			return &ValueError{Event: e.GetName(), Column: c.Name, Err: err}
		}
		into[i] = v
	}
	return nil
}

// ValueError says that a column cannot hold what an event has.
type ValueError struct {
	// Event is its name, such as inventoryEvents/42.
	Event  string
	Column string
	Err    error
}

func (e *ValueError) Error() string { return fmt.Sprintf("%s: %s: %v", e.Event, e.Column, e.Err) }

func (e *ValueError) Unwrap() error { return e.Err }

func text(get func(*event) string) func(*event) (Value, error) {
	return func(e *event) (Value, error) { t := get(e); return Value{Set: t != "", Text: t}, nil }
}

func plain(get func(*event) int64) func(*event) (Value, error) {
	return func(e *event) (Value, error) { n := get(e); return Value{Set: n != 0, Number: n}, nil }
}

// id is the number in a name such as products/42, which a field has.
func id(field string, get func(*event) string) func(*event) (Value, error) {
	return number(field, func(e *event) string {
		name := get(e)
		if _, digits, found := strings.Cut(name, "/"); found {
			return digits
		}
		return name
	})
}

func number(field string, get func(*event) string) func(*event) (Value, error) {
	return func(e *event) (Value, error) {
		digits := get(e)
		if digits == "" {
			return Value{}, nil
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return Value{}, fmt.Errorf("%s holds %q, which is no number", field, digits)
		}
		return Value{Set: true, Number: n}, nil
	}
}

func moment(field string, get func(*event) *timestamppb.Timestamp) func(*event) (Value, error) {
	return func(e *event) (Value, error) {
		t := get(e)
		if t == nil {
			return Value{}, nil
		}
		if err := t.CheckValid(); err != nil {
			return Value{}, fmt.Errorf("%s: %w", field, err)
		}
		return Value{Set: true, Number: t.AsTime().UnixMicro()}, nil
	}
}

func day(get func(*event) *date.Date) func(*event) (Value, error) {
	return func(e *event) (Value, error) {
		d := get(e)
		if d == nil {
			return Value{}, nil
		}
		at := time.Date(int(d.GetYear()), time.Month(d.GetMonth()), int(d.GetDay()), 0, 0, 0, 0, time.UTC)
		return Value{Set: true, Number: at.Unix() / secondsOfDay}, nil
	}
}

func quantity(get func(*event) *decimal.Decimal) func(*event) (Value, error) {
	return func(e *event) (Value, error) {
		d := get(e)
		if d != nil && d.GetValue() == "" {
			return Value{Set: true, Text: "0"}, nil
		}
		return Value{Set: d != nil, Text: d.GetValue()}, nil
	}
}

func typeOf(e *event) (Value, error) {
	return Value{Set: true, Text: strings.TrimPrefix(e.GetType().String(), "INVENTORY_EVENT_TYPE_")}, nil
}

// sourceLotOf is the lot that a quantity had before: only stock that takes another lot
// where it lies changes it.
func sourceLotOf(e *event) string {
	if e.GetType() == inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_LOT_ASSIGNED {
		return e.GetSourceLot()
	}
	return e.GetLot()
}

func attributesOf(e *event) (Value, error) {
	if len(e.GetAttributes()) == 0 {
		return Value{}, nil
	}
	return document(e.GetAttributes())
}

func document(v any) (Value, error) {
	raw, err := json.Marshal(v)
	return Value{Set: true, Text: string(raw)}, err
}

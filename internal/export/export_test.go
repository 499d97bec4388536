package export_test

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/export"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 123_456_789, time.UTC)

// full is an event with a value in every column, bare one with none that may be left out.
func full() *inventoryv1.InventoryEvent {
	number := func(text string) *decimal.Decimal { return &decimal.Decimal{Value: text} }
	return &inventoryv1.InventoryEvent{
		Name: "inventoryEvents/9000000000", Provenance: &typesv1.Provenance{CompanyId: 3, OdooInstance: "erp"},
		Attributes: map[string]string{"ward": "B <2>", "batch": "7"},
		Type:       inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RECEIPT, SourceType: "supplier>internal", Corrects: "inventoryEvents/41",
		Product: "products/42", Lot: "lots/17", LotNumber: "L\n\"1\", 2", ExpirationTime: timestamppb.New(noon.AddDate(1, 0, 0)),
		ExpirationDate: &date.Date{Year: 2027, Month: 11, Day: 23},
		Quantity:       number("-0.083333333333333"), Unit: &typesv1.UnitOfMeasure{Name: "units/1", DisplayName: "Units"},
		SourceTime: timestamppb.New(noon.Add(-time.Hour)), RecordedTime: timestamppb.New(noon),
		SourceLocation: "locations/4", DestinationLocation: "locations/8", Owner: "partners/5", SourcePackage: "packages/6", DestinationPackage: "packages/7",
		Documents: []*inventoryv1.DocumentLink{
			{Type: inventoryv1.DocumentType_DOCUMENT_TYPE_ORDER, Document: "orders/5", Number: "P00005", LineId: "11"},
			{Type: inventoryv1.DocumentType_DOCUMENT_TYPE_RECEIPT, Document: "receipts/9", Number: "WH/IN/00042"},
		},
		OdooMoveLineId: 100, OdooMoveId: 101, Company: "Nordhaven", BookedQuantity: number("-1"), BookedUnit: &typesv1.UnitOfMeasure{Name: "units/2", DisplayName: "Dozen"},
		SourceBalance: number("12345678901234567890.123456789012345678"), DestinationBalance: number("0"), Partner: "suppliers/7",
	}
}

func bare() *inventoryv1.InventoryEvent {
	return &inventoryv1.InventoryEvent{Name: "inventoryEvents/9000000001", RecordedTime: timestamppb.New(noon)}
}

// wanted is what the columns hold of full and bare, as texts; "" is no value.
func wanted() [][]string {
	documents := `[{"type":"ORDER","document":"orders/5","number":"P00005","line_id":"11"},{"type":"RECEIPT","document":"receipts/9","number":"WH/IN/00042"}]`
	all := []string{
		"9000000000", "RECEIPT", "supplier>internal", "41", "2026-11-23T11:00:00.123456Z", "2026-11-23T12:00:00.123456Z",
		"42", "17", "L\n\"1\", 2", "2027-11-23T12:00:00.123456Z", "-0.083333333333333", "1", "Units", "-1", "2", "Dozen", "4", "8",
		"12345678901234567890.123456789012345678", "0", "5", "6", "7", "7", "5", "11", "9", "RECEIPT", "WH/IN/00042", documents,
		"100", "101", "3", "Nordhaven", "erp", `{"batch":"7","ward":"B \u003c2\u003e"}`, "17",
		"2027-11-23",
	}
	none := make([]string, len(all))
	none[0], none[1], none[5] = "9000000001", "UNSPECIFIED", "2026-11-23T12:00:00.123456Z"
	return [][]string{all, none}
}

func written(t *testing.T, format string, events ...*inventoryv1.InventoryEvent) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := export.NewWriter(format, &out)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(events); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func names() []string {
	var all []string
	for _, c := range export.Columns() {
		all = append(all, c.Name)
	}
	return all
}

func TestParquetHoldsEveryValueExactly(t *testing.T) {
	raw := written(t, "parquet", full(), bare())
	header, rows := parquetRows(t, raw)
	if diff := cmp.Diff(names(), header); diff != "" {
		t.Errorf("columns: (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(wanted(), rows); diff != "" {
		t.Errorf("rows: (-want +got)\n%s", diff)
	}
}

func TestParquetTypes(t *testing.T) {
	file, err := parquet.OpenFile(bytes.NewReader(written(t, "parquet", bare())), int64(len(written(t, "parquet", bare()))))
	if err != nil {
		t.Fatal(err)
	}
	types := map[export.Kind]string{
		export.Integer: "INT(64,true)", export.Text: "STRING", export.Word: "STRING", export.JSON: "JSON",
		export.Day: "DATE", export.Time: "TIMESTAMP(isAdjustedToUTC=true,unit=MICROS)", export.Quantity: "DECIMAL(38,18)",
	}
	for i, field := range file.Schema().Fields() {
		c := export.Columns()[i]
		if got := field.Type().String(); !strings.HasPrefix(got, types[c.Kind]) && got != types[c.Kind] {
			t.Errorf("%s is %s, want %s", field.Name(), got, types[c.Kind])
		}
		if field.Required() != c.Required {
			t.Errorf("%s: required is %v", field.Name(), field.Required())
		}
	}
}

// parquetRows reads a file with the library: the names of its columns, and each
// value as a text by the column's type.
func parquetRows(t *testing.T, raw []byte) (header []string, rows [][]string) {
	t.Helper()
	file, err := parquet.OpenFile(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range file.Schema().Fields() {
		header = append(header, f.Name())
	}
	columns := export.Columns()
	reader := parquet.NewReader(file)
	defer reader.Close()
	buffer := make([]parquet.Row, 100)
	for {
		n, err := reader.ReadRows(buffer)
		for _, r := range buffer[:n] {
			texts := make([]string, len(columns))
			for i, v := range r {
				texts[i] = parquetText(columns[i].Kind, v)
			}
			rows = append(rows, texts)
		}
		if errors.Is(err, io.EOF) {
			return header, rows
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func parquetText(kind export.Kind, v parquet.Value) string {
	switch {
	case v.IsNull():
		return ""
	case kind == export.Integer:
		return strconv.FormatInt(v.Int64(), 10)
	case kind == export.Time:
		return time.UnixMicro(v.Int64()).UTC().Format(time.RFC3339Nano)
	case kind == export.Day:
		return time.Unix(int64(v.Int32())*24*60*60, 0).UTC().Format(time.DateOnly)
	case kind == export.Quantity:
		high, low := int64(binary.BigEndian.Uint64(v.ByteArray())), binary.BigEndian.Uint64(v.ByteArray()[8:])
		n := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(high), 64), new(big.Int).SetUint64(low))
		text := new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(18), nil)).FloatString(18)
		return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	return v.String()
}

func TestCSVHoldsEveryValue(t *testing.T) {
	raw := written(t, "csv", full(), bare())
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(append([][]string{names()}, wanted()...), rows); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// RFC 4180: lines end in CR LF; those within a value are the value's.
	if got, want := bytes.Count(raw, []byte("\r\n")), 3; got != want {
		t.Errorf("%d lines, want %d", got, want)
	}
	if got := written(t, "csv"); bytes.Count(got, []byte("\r\n")) != 1 {
		t.Errorf("without events there is no header: %q", got)
	}
}

func TestNDJSONHoldsEveryValue(t *testing.T) {
	raw := written(t, "ndjson", full(), bare())
	lines := bytes.Split(bytes.TrimSuffix(raw, []byte("\n")), []byte("\n"))
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, line := range lines {
		values := map[string]json.RawMessage{}
		if err := json.Unmarshal(line, &values); err != nil {
			t.Fatal(err)
		}
		for j, c := range export.Columns() {
			if got := jsonText(t, c.Kind, values[c.Name]); got != wanted()[i][j] {
				t.Errorf("line %d: %s is %q, want %q", i, c.Name, got, wanted()[i][j])
			}
		}
		if len(values) != len(export.Columns()) {
			t.Errorf("line %d has %d values", i, len(values))
		}
	}
	if !bytes.Contains(raw, []byte(`"source_type":"supplier>internal"`)) {
		t.Error("a text is escaped as if it were HTML")
	}
}

func jsonText(t *testing.T, kind export.Kind, raw json.RawMessage) string {
	t.Helper()
	switch {
	case string(raw) == "null":
		return ""
	case kind == export.Integer, kind == export.JSON:
		return string(raw)
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return text
}

func TestWhatDoesNotFitIsRefusedByName(t *testing.T) {
	for _, tt := range []struct {
		format, column, says string
		spoil                func(*inventoryv1.InventoryEvent)
	}{
		{"parquet", "quantity", "more than 18 digits behind the point", func(e *inventoryv1.InventoryEvent) { e.Quantity.Value = "0.1234567890123456789" }},
		{"parquet", "source_balance", "more than 20 digits before the point", func(e *inventoryv1.InventoryEvent) { e.SourceBalance.Value = "-100000000000000000000" }},
		{"parquet", "quantity", "more than 20 digits before the point", func(e *inventoryv1.InventoryEvent) { e.Quantity.Value = "1e100" }},
		{"parquet", "booked_quantity", "not a number", func(e *inventoryv1.InventoryEvent) { e.BookedQuantity.Value = "NaN" }},
		{"csv", "product_id", "no number", func(e *inventoryv1.InventoryEvent) { e.Product = "products/x" }},
		{"ndjson", "source_time", "source_time", func(e *inventoryv1.InventoryEvent) { e.SourceTime.Seconds = 1 << 60 }},
		{"parquet", "recorded_time", "it has none", func(e *inventoryv1.InventoryEvent) { e.RecordedTime = nil }},
	} {
		t.Run(tt.column+" "+tt.says, func(t *testing.T) {
			w, err := export.NewWriter(tt.format, io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			e := full()
			tt.spoil(e)
			err = w.Write([]*inventoryv1.InventoryEvent{bare(), e})
			var refused *export.ValueError
			if !errors.As(err, &refused) || refused.Event != "inventoryEvents/9000000000" || refused.Column != tt.column || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v", err)
			}
		})
	}
	e := full()
	e.Quantity.Value, e.SourceBalance.Value = "99999999999999999999.999999999999999999", "-99999999999999999999.999999999999999999"
	_, rows := parquetRows(t, written(t, "parquet", e))
	if rows[0][10] != e.GetQuantity().GetValue() || rows[0][18] != e.GetSourceBalance().GetValue() {
		t.Errorf("the largest numbers are %s and %s", rows[0][10], rows[0][18])
	}
	if _, err := export.NewWriter("xlsx", io.Discard); err == nil || !strings.Contains(err.Error(), "parquet, csv, ndjson") {
		t.Errorf("an unknown format: %v", err)
	}
}

func TestDocumentsAreListedWhereTheColumnsDoNotTellThem(t *testing.T) {
	const order, receipt, transfer = inventoryv1.DocumentType_DOCUMENT_TYPE_ORDER, inventoryv1.DocumentType_DOCUMENT_TYPE_RECEIPT, inventoryv1.DocumentType_DOCUMENT_TYPE_TRANSFER
	for i, tt := range []struct {
		links  []*inventoryv1.DocumentLink
		listed bool
	}{
		{nil, false},
		{[]*inventoryv1.DocumentLink{{Type: order, Document: "orders/1", LineId: "2"}, {Type: receipt, Document: "receipts/1", Number: "IN/1"}}, false},
		{[]*inventoryv1.DocumentLink{{Type: transfer, Number: "INT/1"}}, false},
		{[]*inventoryv1.DocumentLink{{Type: transfer, Document: "transfers/1", Number: "INT/1"}}, true},
		{[]*inventoryv1.DocumentLink{{Type: order, Document: "orders/1"}, {Type: order, Document: "orders/2"}}, true},
		{[]*inventoryv1.DocumentLink{{Type: receipt, Document: "receipts/1"}, {Type: transfer, Number: "INT/1"}}, true},
	} {
		e := bare()
		e.Documents = tt.links
		rows, err := csv.NewReader(bytes.NewReader(written(t, "csv", e))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if got := rows[1][29]; (got != "") != tt.listed {
			t.Errorf("case %d: documents are %q", i, got)
		}
	}
}

func TestManyEventsKeepTheirOrder(t *testing.T) {
	const messages, each = 30, 100
	var out bytes.Buffer
	w, err := export.NewWriter("parquet", &out)
	if err != nil {
		t.Fatal(err)
	}
	for m := range messages {
		var events []*inventoryv1.InventoryEvent
		for i := range each - m%3 { // messages differ in length
			e := full()
			e.Name, e.Quantity.Value = fmt.Sprintf("inventoryEvents/%d", m*each+i+1), fmt.Sprintf("%d.5", m*each+i)
			events = append(events, e)
		}
		if err := w.Write(events); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, rows := parquetRows(t, out.Bytes())
	at := 0
	for m := range messages {
		for i := range each - m%3 {
			if rows[at][0] != strconv.Itoa(m*each+i+1) || rows[at][10] != fmt.Sprintf("%d.5", m*each+i) {
				t.Fatalf("row %d is event %s with %s", at, rows[at][0], rows[at][10])
			}
			at++
		}
	}
	if at != len(rows) {
		t.Errorf("%d rows, want %d", len(rows), at)
	}
}

// Stock that takes a lot where it lies was of another before, or of none.
func TestTheLotBeforeIsRightForEveryEvent(t *testing.T) {
	for name, c := range map[string]struct {
		event *inventoryv1.InventoryEvent
		want  string
	}{
		"what moves keeps its lot": {&inventoryv1.InventoryEvent{Lot: "lots/17"}, "17"},
		"what took one had none": {&inventoryv1.InventoryEvent{
			Lot: "lots/17", Type: inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_LOT_ASSIGNED}, ""},
		"what lost one had it": {&inventoryv1.InventoryEvent{
			SourceLot: "lots/17", Type: inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_LOT_ASSIGNED}, "17"},
	} {
		t.Run(name, func(t *testing.T) {
			e := bare()
			e.Lot, e.SourceLot, e.Type = c.event.GetLot(), c.event.GetSourceLot(), c.event.GetType()
			rows, err := csv.NewReader(bytes.NewReader(written(t, "csv", e))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			if got := rows[1][slices.Index(rows[0], "source_lot_id")]; got != c.want {
				t.Errorf("the lot before is %q, want %q", got, c.want)
			}
		})
	}
}

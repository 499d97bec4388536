package folder_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/export"
	"odoomesh/internal/export/flat"
	"odoomesh/internal/export/folder"
)

// schemaOf is the schema of orders.
func schemaOf(t testing.TB, hidden ...string) *flat.Schema {
	t.Helper()
	s, err := flat.New("orders", (&orderv1.Order{}).ProtoReflect().Descriptor(), hidden, true)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// write exports orders into a folder.
func write(dir, format string, replace bool, schema *flat.Schema, orders ...*orderv1.Order) (*folder.Manifest, error) {
	f, err := folder.Open(dir, format, replace)
	if err != nil {
		return nil, err
	}
	m := &folder.Manifest{Position: "p", SnapshotTime: time.Unix(1_800_000_000, 0).UTC()}
	err = func() error {
		if err := errors.Join(f.Begin(flat.Shared(), folder.Entry{AsOf: folder.AsOfPosition}), f.Begin(schema.Tables, folder.Entry{AsOf: folder.AsOfPosition})); err != nil {
			return err
		}
		for _, o := range orders {
			if err := schema.Rows(o.ProtoReflect(), f); err != nil {
				return err
			}
		}
		return f.Complete(m)
	}()
	return m, errors.Join(err, f.Close())
}

// dirty draws texts as they are in an Odoo.
func dirty() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", "Kanüle  16G 🩹", "\"quoted\", with; commas\r\nand lines", "שלום עולם", " leading and trailing ", "NULL", "null", "''", "a\tb\\n", "=1+1",
		strings.Repeat("long ", 13_000),
	}))
}

func decimals() *rapid.Generator[*decimal.Decimal] {
	return rapid.Custom(func(t *rapid.T) *decimal.Decimal {
		text := rapid.SampledFrom([]string{"", "0", "-1", "0.083333333333333", "99999999999999999999.999999999999999999", "-99999999999999999999", "1e3", "0.1"}).Draw(t, "number")
		if rapid.Bool().Draw(t, "unset") {
			return nil
		}
		return &decimal.Decimal{Value: text}
	})
}

func drawnOrder(t *rapid.T) *orderv1.Order {
	text := func(what string) string { return dirty().Draw(t, what) }
	o := &orderv1.Order{
		Name: fmt.Sprintf("orders/%d", rapid.Int64Min(1).Draw(t, "id")), Number: text("number"), Supplier: rapid.SampledFrom([]string{"", "suppliers/7"}).Draw(t, "supplier"),
		State: orderv1.State(rapid.IntRange(0, 5).Draw(t, "state")), Locked: rapid.Bool().Draw(t, "locked"), Revision: rapid.Int32().Draw(t, "revision"), Notes: text("notes"),
		Receipts: rapid.SliceOfN(dirty(), 0, 3).Draw(t, "receipts"), Attributes: rapid.MapOfN(rapid.StringN(1, 9, 9), dirty(), 0, 2).Draw(t, "attributes"),
		Provenance: &typesv1.Provenance{CompanyId: 3, Revision: 9, Faults: []*typesv1.MappingFault{{Field: "notes", OdooModel: "purchase.order", OdooId: 5, Problem: text("problem")}}},
	}
	if rapid.Bool().Draw(t, "dated") {
		o.ExpectedTime = timestamppb.New(time.UnixMicro(rapid.Int64Range(-1e15, 4e15).Draw(t, "expected")))
		o.ExpectedDate = &date.Date{Year: int32(rapid.IntRange(1, 9999).Draw(t, "year")), Month: 2, Day: 28}
		units, nanos := rapid.Int64().Draw(t, "units"), rapid.Int32Range(0, 999_999_999).Draw(t, "nanos")
		if units < 0 {
			nanos = -nanos
		}
		o.TotalAmount = &money.Money{CurrencyCode: "EUR", Units: units, Nanos: nanos}
	}
	for range rapid.IntRange(0, 3).Draw(t, "lines") {
		o.Lines = append(o.Lines, &orderv1.OrderLine{
			Id: text("line"), Product: "products/42", Quantity: decimals().Draw(t, "quantity"),
			Unit:  &typesv1.UnitOfMeasure{Name: "units/1", DisplayName: text("unit")},
			Taxes: []*typesv1.Tax{{Id: 1, DisplayName: text("tax")}, {Id: 2}},
		})
	}
	return o
}

// What was written is read back, in every format: to the last digit and character, and
// nothing where there was nothing.
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	schema := schemaOf(t)
	rapid.Check(t, func(t *rapid.T) {
		format := rapid.SampledFrom(export.Formats()).Draw(t, "format")
		orders := rapid.SliceOfN(rapid.Custom(drawnOrder), 0, 4).Draw(t, "orders")
		dir, err := os.MkdirTemp("", "export")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		m, err := write(dir, format, false, schema, orders...)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string][]map[string]string{}
		put := func(table string, values ...string) {
			row := map[string]string{}
			for i := 0; i < len(values); i += 2 {
				if values[i+1] != "" {
					row[values[i]] = values[i+1]
				}
			}
			want[table] = append(want[table], row)
		}
		for _, o := range orders {
			amount, currency, expected, day := "", "", "", ""
			if o.GetTotalAmount() != nil {
				amount, currency = plainMoney(o.GetTotalAmount()), "EUR"
				expected = o.GetExpectedTime().AsTime().UTC().Format(time.RFC3339Nano)
				day = fmt.Sprintf("%04d-02-28", o.GetExpectedDate().GetYear())
			}
			state := strings.TrimPrefix(o.GetState().String(), "STATE_")
			if state == "UNSPECIFIED" {
				state = ""
			}
			receipts := ""
			if len(o.GetReceipts()) > 0 {
				raw, _ := json.Marshal(o.GetReceipts())
				receipts = string(raw)
			}
			put("orders", "name", o.GetName(), "id", strings.TrimPrefix(o.GetName(), "orders/"), "number", o.GetNumber(), "supplier", o.GetSupplier(), "state", state,
				"locked", fmt.Sprint(o.GetLocked()), "revision", fmt.Sprint(o.GetRevision()), "notes", o.GetNotes(), "receipts", receipts,
				"expected_time", expected, "expected_date", day, "total_amount", amount, "total_amount_currency", currency, "provenance_company_id", "3")
			for i, l := range o.GetLines() {
				quantity := ""
				if l.GetQuantity() != nil {
					quantity = plainNumber(l.GetQuantity().GetValue())
				}
				put("orders_lines", "record", o.GetName(), "line_number", fmt.Sprint(i+1), "id", l.GetId(), "product", "products/42", "quantity", quantity, "unit_display_name", l.GetUnit().GetDisplayName())
				for j, x := range l.GetTaxes() {
					put("orders_lines_taxes", "record", o.GetName(), "line_number", fmt.Sprint(i+1), "tax_number", fmt.Sprint(j+1), "id", fmt.Sprint(x.GetId()), "display_name", x.GetDisplayName())
				}
			}
			for _, key := range slices.Sorted(keysOf(o.GetAttributes())) {
				put("attributes", "collection", "orders", "record", o.GetName(), "key", key, "value", o.GetAttributes()[key])
			}
			put("faults", "collection", "orders", "record", o.GetName(), "field", "notes", "odoo_model", "purchase.order", "odoo_id", "5", "problem", o.GetProvenance().GetFaults()[0].GetProblem())
		}
		asked := map[string][]string{
			"orders":             {"name", "id", "number", "supplier", "state", "locked", "revision", "notes", "receipts", "expected_time", "expected_date", "total_amount", "total_amount_currency", "provenance_company_id"},
			"orders_lines":       {"record", "line_number", "id", "product", "quantity", "unit_display_name"},
			"orders_lines_taxes": {"record", "line_number", "tax_number", "id", "display_name"},
			"attributes":         {"collection", "record", "key", "value"},
			"faults":             {"collection", "record", "field", "odoo_model", "odoo_id", "problem"},
		}
		for _, e := range m.Tables {
			raw, err := os.ReadFile(filepath.Join(dir, e.File))
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(raw)
			all := rowsOf(t, format, raw, e)
			if hex.EncodeToString(sum[:]) != e.SHA256 || int64(len(raw)) != e.Bytes || int64(len(all)) != e.Rows {
				t.Fatalf("%s has %d bytes and %d rows with SHA-256 %x; the manifest says %+v", e.File, len(raw), len(all), sum, e)
			}
			var got []map[string]string
			for _, row := range all {
				kept := map[string]string{}
				for _, name := range asked[e.Name] {
					if row[name] != "" {
						kept[name] = row[name]
					}
				}
				got = append(got, kept)
			}
			if diff := cmp.Diff(want[e.Name], got); diff != "" && asked[e.Name] != nil {
				t.Fatalf("%s as %s (-want +got):\n%s", e.Name, format, diff)
			}
		}
	})
}

func keysOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// rowsOf reads a file back: its values as texts, those that are not there left out.
func rowsOf(t *rapid.T, format string, raw []byte, e folder.Entry) []map[string]string {
	var all []map[string]string
	switch format {
	case "parquet":
		file, err := parquet.OpenFile(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			t.Fatal(err)
		}
		rows := make([]parquet.Row, 64)
		for _, group := range file.RowGroups() {
			reader := group.Rows()
			for {
				n, err := reader.ReadRows(rows)
				for _, r := range rows[:n] {
					row := map[string]string{}
					for _, v := range r {
						if !v.IsNull() {
							c := e.Columns[v.Column()]
							row[c.Name] = parquetText(c.Type, v)
						}
					}
					all = append(all, row)
				}
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			reader.Close()
		}
	case "csv":
		lines := csvLines(string(raw))
		for _, line := range lines[1:] {
			row := map[string]string{}
			for i, v := range line {
				row[lines[0][i]] = normal(e.Columns[i].Type, v)
			}
			all = append(all, row)
		}
	case "ndjson":
		lines := json.NewDecoder(bytes.NewReader(raw))
		lines.UseNumber()
		for lines.More() {
			var object map[string]any
			if err := lines.Decode(&object); err != nil {
				t.Fatal(err)
			}
			row := map[string]string{}
			for _, c := range e.Columns {
				switch v := object[c.Name].(type) {
				case nil:
				case []any, map[string]any:
					made, _ := json.Marshal(v)
					row[c.Name] = string(made)
				default:
					row[c.Name] = normal(c.Type, fmt.Sprint(v))
				}
			}
			all = append(all, row)
		}
	}
	return all
}

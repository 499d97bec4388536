package export

import (
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
)

// rowGroup is how many rows are kept, encoded, until they are written out. It is
// what DuckDB writes too: enough for its threads to share a file.
const rowGroup = 122_880

// parquetEncoder writes row groups one after another; only the index at the end
// grows with the file.
type parquetEncoder struct {
	table  Table
	writer *parquet.GenericWriter[any]
	rows   []parquet.Row
}

func newParquet(out io.Writer, t Table) (encoder, error) {
	return &parquetEncoder{table: t, writer: parquet.NewGenericWriter[any](out,
		parquet.NewSchema(t.Name, &rootNode{columns: t.Columns, Group: groupOf(t.Columns)}),
		parquet.MaxRowsPerRowGroup(rowGroup), parquet.Compression(&parquet.Zstd),
	)}, nil
}

func (p *parquetEncoder) write(rows [][]Value) error {
	for len(p.rows) < len(rows) {
		p.rows = append(p.rows, make(parquet.Row, len(p.table.Columns)))
	}
	for i, r := range rows {
		for j, v := range r {
			made, err := parquetValue(p.table.Columns[j].Kind, v)
			if err != nil {
				if err := p.table.Unfit(r, p.table.Columns[j], err); err != nil {
					return err
				}
				made, v.Set = parquet.NullValue(), false
			}
			defined := 0
			if v.Set && !p.table.Columns[j].Required {
				defined = 1
			}
			p.rows[i][j] = made.Level(0, defined, j)
		}
	}
	_, err := p.writer.WriteRows(p.rows[:len(rows)])
	return err
}

func (p *parquetEncoder) close() error { return p.writer.Close() }

func parquetValue(kind Kind, v Value) (parquet.Value, error) {
	switch {
	case !v.Set:
		return parquet.NullValue(), nil
	case kind == Integer, kind == Time:
		return parquet.Int64Value(v.Number), nil
	case kind == Flag:
		return parquet.BooleanValue(v.Number != 0), nil
	case kind == Day:
		return parquet.Int32Value(int32(v.Number)), nil
	case kind == Quantity:
		raw, err := quantityType().of(v.Text)
		return parquet.FixedLenByteArrayValue(raw), err
	case kind == Amount:
		raw, err := amountType().of(v.Text)
		return parquet.FixedLenByteArrayValue(raw), err
	}
	return parquet.ByteArrayValue([]byte(v.Text)), nil
}

func nodeOf(c Column) parquet.Node {
	var n parquet.Node
	switch c.Kind {
	case Integer:
		n = parquet.Int(64)
	case Text:
		n = parquet.String()
	case Word:
		n = parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
	case Time:
		n = parquet.Timestamp(parquet.Microsecond)
	case Day:
		n = parquet.Date()
	case Quantity:
		n = decimalOf(quantityType())
	case Amount:
		n = decimalOf(amountType())
	case JSON:
		n = parquet.JSON()
	case Flag:
		n = parquet.Leaf(parquet.BooleanType)
	}
	if c.Required {
		return n
	}
	return parquet.Optional(n)
}

func decimalOf(t fixedType) parquet.Node {
	return parquet.Decimal(t.scale, t.digits, parquet.FixedLenByteArrayType(t.bytes))
}

func groupOf(columns []Column) parquet.Group {
	group := parquet.Group{}
	for _, c := range columns {
		group[c.Name] = nodeOf(c)
	}
	return group
}

// rootNode is a group whose fields stand in the order of the columns. The
// library's own are in the order of the alphabet.
type rootNode struct {
	parquet.Group
	columns []Column
}

// Fields implements parquet.Node.
func (r *rootNode) Fields() []parquet.Field {
	fields := r.Group.Fields()
	place := func(f parquet.Field) int {
		return slices.IndexFunc(r.columns, func(c Column) bool { return c.Name == f.Name() })
	}
	slices.SortFunc(fields, func(a, b parquet.Field) int { return place(a) - place(b) })
	return fields
}

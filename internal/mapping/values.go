package mapping

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"odoomesh/internal/odoo"
	"odoomesh/internal/resource"
)

func toText(in *Input) (protoreflect.Value, bool, error) {
	s, err := plain(in.Row, in.Fields[0])
	return protoreflect.ValueOfString(s), s != "", err
}

// plain is a field's value as text: also of numbers, for attributes.
func plain(row odoo.Row, field string) (string, error) {
	raw, _ := row.Raw(field)
	switch v := raw.(type) {
	case float64:
		return decimalText(v)
	case int64:
		return strconv.FormatInt(v, 10), nil
	case bool:
		if v {
			return "true", nil
		}
		return "", nil
	default:
		return row.String(field)
	}
}

func toBool(in *Input) (protoreflect.Value, bool, error) {
	v, err := in.Row.Bool(in.Fields[0])
	return protoreflect.ValueOfBool(v), v, err
}

func toNegated(in *Input) (protoreflect.Value, bool, error) {
	v, err := in.Row.Bool(in.Fields[0])
	return protoreflect.ValueOfBool(!v), !v, err
}

// toEmpty tells whether Odoo has no value.
func toEmpty(in *Input) (protoreflect.Value, bool, error) {
	empty := isEmpty(in.Row, in.Fields[0])
	return protoreflect.ValueOfBool(empty), empty, nil
}

// toInt reads a whole number. Odoo holds some, such as sale_delay on 16, as a
// float; a fraction there is an error.
func toInt(in *Input) (protoreflect.Value, bool, error) {
	var v int64
	value, _ := in.Row.Raw(in.Fields[0])
	switch raw := value.(type) {
	case float64:
		if raw != math.Trunc(raw) || math.Abs(raw) >= 1<<53 {
			return protoreflect.Value{}, false, fmt.Errorf("%v is not a whole number", raw)
		}
		v = int64(raw)
	default:
		n, err := in.Row.Int(in.Fields[0])
		if err != nil {
			return protoreflect.Value{}, false, err
		}
		v = n
	}
	if in.target.field.Kind() == protoreflect.Int32Kind {
		if v < math.MinInt32 || v > math.MaxInt32 {
			return protoreflect.Value{}, false, fmt.Errorf("%d does not fit into 32 bits", v)
		}
		return protoreflect.ValueOfInt32(int32(v)), v != 0, nil
	}
	return protoreflect.ValueOfInt64(v), v != 0, nil
}

// toID is the id of the row, or of what a many2one points at.
func toID(in *Input) (protoreflect.Value, bool, error) {
	id := in.Row.ID()
	if field := in.Fields[0]; field != "id" {
		ref, ok, err := in.Row.Many2One(field)
		if err != nil || !ok {
			return protoreflect.Value{}, false, err
		}
		id = ref.ID
	}
	if in.target.field.Kind() == protoreflect.StringKind {
		return protoreflect.ValueOfString(strconv.FormatInt(id, 10)), true, nil
	}
	return protoreflect.ValueOfInt64(id), true, nil
}

// decimalText writes a float without the noise of its binary form: Odoo sends
// 3.3000000000000003 for 3.3. Fifteen significant digits are what a float64
// carries faithfully, and more than any of Odoo's precisions asks for.
func decimalText(f float64) (string, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "", fmt.Errorf("%v is not a number", f)
	}
	d, _, err := apd.NewFromString(strconv.FormatFloat(f, 'g', 15, 64))
	if err != nil {
		return "", err
	}
	d.Reduce(d)
	if d.IsZero() {
		return "0", nil
	}
	return d.Text('f'), nil
}

// ToDecimal is the converter of decimals.
func ToDecimal(in *Input) (protoreflect.Value, bool, error) {
	f, err := in.Row.Float(in.Fields[0])
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	return decimalValue(f)
}

// Empty tells whether a field of the row holds no value.
func (in *Input) Empty(field string) bool { return isEmpty(in.Row, field) }

// isEmpty tells whether a field holds false, Odoo's empty value of every type, or nothing.
func isEmpty(row odoo.Row, field string) bool {
	v, _ := row.Raw(field)
	set, isBool := v.(bool)
	return v == nil || isBool && !set
}

// toPositive leaves the field unset where Odoo has nought, which there means
// that nobody stated a value.
func toPositive(in *Input) (protoreflect.Value, bool, error) {
	f, err := in.Row.Float(in.Fields[0])
	if err != nil || f == 0 {
		return protoreflect.Value{}, false, err
	}
	return decimalValue(f)
}

func decimalValue(f float64) (protoreflect.Value, bool, error) {
	text, err := decimalText(f)
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	return message(&decimal.Decimal{Value: text}), true, nil
}

// ToMoney reads an amount in the currency that the row names. Unit prices may
// have more digits than their currency; google.type.Money carries nine.
func ToMoney(in *Input) (protoreflect.Value, bool, error) {
	f, err := in.Row.Float(in.Fields[0])
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	text, err := decimalText(f)
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	var code string
	if in.currency.ID() != 0 {
		if code, err = in.currency.String("name"); err != nil {
			return protoreflect.Value{}, false, err
		}
	}
	m, err := moneyOf(text, code)
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	return message(m), true, nil
}

func moneyOf(text, code string) (*money.Money, error) {
	d, _, err := apd.NewFromString(text)
	if err != nil {
		return nil, err
	}
	var whole, nanos apd.Decimal
	context := apd.BaseContext.WithPrecision(40)
	if _, err := context.Quantize(d, d, -9); err != nil {
		return nil, fmt.Errorf("%s is not an amount: %w", text, err)
	}
	d.Modf(&whole, &nanos)
	units, err := whole.Int64()
	if err != nil {
		return nil, fmt.Errorf("%s is too large for an amount", text)
	}
	nanos.Exponent += 9
	n, err := nanos.Int64()
	if err != nil {
		return nil, fmt.Errorf("%s is not an amount: %w", text, err)
	}
	return &money.Money{CurrencyCode: code, Units: units, Nanos: int32(n)}, nil
}

func toTimestamp(in *Input) (protoreflect.Value, bool, error) {
	t, err := in.Row.Time(in.Fields[0])
	if err != nil || t.IsZero() {
		return protoreflect.Value{}, false, err
	}
	return message(timestamppb.New(t)), true, nil
}

func toDate(in *Input) (protoreflect.Value, bool, error) {
	d, err := in.Row.Date(in.Fields[0])
	if err != nil || d.IsZero() {
		return protoreflect.Value{}, false, err
	}
	return message(&date.Date{Year: int32(d.Year), Month: int32(d.Month), Day: int32(d.Day)}), true, nil
}

// toReference makes a resource name of what a many2one points at, or of the row itself.
func toReference(in *Input) (protoreflect.Value, bool, error) {
	if in.Fields[0] == "id" {
		return protoreflect.ValueOfString(resource.Name(in.node.To, in.Row.ID())), true, nil
	}
	ref, ok, err := in.Row.Many2One(in.Fields[0])
	if err != nil || !ok {
		return protoreflect.Value{}, false, err
	}
	return protoreflect.ValueOfString(resource.Name(in.node.To, ref.ID)), true, nil
}

// toAncestor makes a resource name of the first id in a parent_path, such as
// "1/7/": the row at the top of the tree.
func toAncestor(in *Input) (protoreflect.Value, bool, error) {
	path, err := in.Row.String(in.Fields[0])
	if err != nil || path == "" {
		return protoreflect.Value{}, false, err
	}
	top, _, _ := strings.Cut(path, "/")
	id, err := strconv.ParseInt(top, 10, 64)
	if err != nil {
		return protoreflect.Value{}, false, fmt.Errorf("%q is not a path of ids", path)
	}
	return protoreflect.ValueOfString(resource.Name(in.node.To, id)), true, nil
}

// toReferences makes resource names of what a one2many or many2many points at.
func toReferences(in *Input) (protoreflect.Value, bool, error) {
	ids, err := in.Row.IDs(in.Fields[0])
	if err != nil || len(ids) == 0 {
		return protoreflect.Value{}, false, err
	}
	list := in.empty()
	for _, id := range ids {
		list.List().Append(protoreflect.ValueOfString(resource.Name(in.node.To, id)))
	}
	return list, true, nil
}

func message(m protoreflect.ProtoMessage) protoreflect.Value {
	return protoreflect.ValueOfMessage(m.ProtoReflect())
}

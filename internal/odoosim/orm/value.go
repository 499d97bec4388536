package orm

import (
	"math"
	"slices"
	"time"
)

// Value is one field's content, read by the field's type: N holds numbers, ids,
// booleans, the bits of floats and times in microseconds since 1970; S texts; L the
// ids of a many2many. The zero Value is Odoo's empty value of every type.
type Value struct {
	N int64
	S string
	L []int64
}

// Empty says whether Odoo would store nothing.
func (v Value) Empty() bool { return v.N == 0 && v.S == "" && len(v.L) == 0 }

// Float is the value of a float or monetary field.
func (v Value) Float() float64 { return math.Float64frombits(uint64(v.N)) }

// Equal compares two values of one field.
func (v Value) Equal(w Value) bool { return v.N == w.N && v.S == w.S && slices.Equal(v.L, w.L) }

// Constructors for each storage class.
func Int(n int64) Value      { return Value{N: n} }
func Text(s string) Value    { return Value{S: s} }
func IDs(ids []int64) Value  { return Value{L: ids} }
func Float(f float64) Value  { return Value{N: int64(math.Float64bits(f))} }
func Time(t time.Time) Value { return Value{N: t.UnixMicro()} }
func Bool(b bool) Value {
	if b {
		return Value{N: 1}
	}
	return Value{}
}

const (
	dateForm = "2006-01-02"
	timeForm = "2006-01-02 15:04:05"
	second   = int64(time.Second / time.Microsecond)
)

// classes of storage
type class uint8

const (
	number class = iota
	text
	list
	none
)

func classOf(kind string) class {
	switch kind {
	case "integer", "float", "monetary", "boolean", "many2one", "date", "datetime", "many2one_reference":
		return number
	case "char", "text", "html", "selection", "reference":
		return text
	case "many2many":
		return list
	}
	return none
}

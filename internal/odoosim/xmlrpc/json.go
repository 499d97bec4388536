package xmlrpc

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// JSON writes an answer as Odoo's JSON-2 does: keys in their order, floats with
// Python's repr, None as null.
func JSON(v any) ([]byte, error) { return appendJSON(nil, v) }

func appendJSON(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case float64:
		return AppendFloat(b, v), nil
	case string:
		text, err := json.Marshal(v)
		return append(b, text...), err
	case Struct:
		return jsonObject(b, v)
	case []Struct:
		return jsonList(b, v)
	case []any:
		return jsonList(b, v)
	case []int64:
		return jsonList(b, v)
	}
	return nil, fmt.Errorf("cannot marshal %T", v)
}

func jsonObject(b []byte, members Struct) (_ []byte, err error) {
	b = append(b, '{')
	for i, m := range members {
		if i > 0 {
			b = append(b, ',', ' ')
		}
		if b, err = appendJSON(b, m.Name); err != nil {
			return nil, err
		}
		b = append(b, ':', ' ')
		if b, err = appendJSON(b, m.Value); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func jsonList[T any](b []byte, list []T) (_ []byte, err error) {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',', ' ')
		}
		if b, err = appendJSON(b, v); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

package orm

import (
	"slices"
	"strconv"
	"strings"
)

// pattern is an SQL LIKE pattern: % is any text, _ any character, \ takes the next
// character as it is.
type pattern struct {
	parts []rune // with wild and one for % and _
	fold  bool
}

const (
	wild rune = -1
	one  rune = -2
)

func newPattern(s string, fold bool) pattern {
	if fold {
		s = strings.ToLower(s)
	}
	p := pattern{fold: fold}
	escaped := false
	for _, r := range s {
		switch {
		case escaped:
			p.parts = append(p.parts, r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == '%':
			p.parts = append(p.parts, wild)
		case r == '_':
			p.parts = append(p.parts, one)
		default:
			p.parts = append(p.parts, r)
		}
	}
	return p
}

// match walks text and pattern with one point to return to, so it is never worse
// than the product of their lengths.
func (p pattern) match(s string) bool {
	if p.fold {
		s = strings.ToLower(s)
	}
	text := []rune(s)
	i, j, back, mark := 0, 0, -1, 0
	for i < len(text) {
		switch {
		case j < len(p.parts) && p.parts[j] == wild:
			back, mark = j, i
			j++
		case j < len(p.parts) && (p.parts[j] == one || p.parts[j] == text[i]):
			i++
			j++
		case back >= 0:
			mark++
			i, j = mark, back+1
		default:
			return false
		}
	}
	for j < len(p.parts) && p.parts[j] == wild {
		j++
	}
	return j == len(p.parts)
}

// plain is a number as PostgreSQL casts it to text.
func plain(f *Field, v Value) string {
	if f.Type == "float" || f.Type == "monetary" {
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	}
	return strconv.FormatInt(v.N, 10)
}

// pattern compiles the like family.
func (e *Env) pattern(f *Field, op string, v any) (filter, error) {
	s, ok := v.(string)
	if !ok {
		if v == nil || v == false {
			s = ""
		} else {
			s = strings.Trim(pythonic(v), "'")
		}
	}
	bare := strings.TrimPrefix(op, "not ")
	negative := bare != op
	if isRelation(f) {
		other := e.db.models[f.Relation]
		if other == nil {
			return filter{fits: func(int64) bool { return negative }}, nil
		}
		ids, err := e.named(other, s, bare)
		if err != nil {
			return filter{}, err
		}
		out := e.pointing(f, slices.Clone(ids))
		if negative {
			out = not(out)
		}
		return out, nil
	}
	fold := strings.HasSuffix(bare, "ilike")
	pat := s
	if !strings.HasPrefix(bare, "=") {
		pat = "%" + s + "%"
	}
	p := newPattern(pat, fold)
	return filter{fits: func(id int64) bool {
		have := e.get(f, id)
		text := have.S
		if f.class == number {
			text = plain(f, have)
		}
		if text == "" && s != "" {
			return negative
		}
		return p.match(text) != negative
	}}, nil
}

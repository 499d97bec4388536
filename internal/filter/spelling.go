package filter

import "strings"

// written is a filter as the grammar of AIP-160 has it, made of one as people write
// theirs: `and`, `&&`, `==`, `IN (…)`, `.any(…)`, `now() + duration("60d")`.
type written struct {
	out []byte
	// marks tell where in the filter a part of out comes from, by their place in out.
	marks []mark
}

type mark struct{ out, in int }

// asked finds the place in the filter for a place in what was made of it.
func (w *written) asked(at int) int {
	in := 0
	for _, m := range w.marks {
		if m.out > at {
			break
		}
		in = m.in + at - m.out
	}
	return in
}

// mostValues bounds how many values one IN has.
const mostValues = 100

// group is what stands between a pair of parentheses.
type group struct{ and, or, foreign bool }

type speller struct {
	written
	all    []token
	i      int
	groups []group
	// path is where in out, and in the filter, the last dotted path began; -1: none.
	path, pathAt int
}

// spell writes a filter as the grammar has it. Texts in quotes stay as they are.
func spell(text string) (*written, error) {
	s := &speller{all: tokens(text), groups: make([]group, 1), path: -1}
	for s.i = 0; s.i < len(s.all); s.i++ {
		if err := s.one(s.all[s.i]); err != nil {
			return nil, err
		}
	}
	for _, g := range s.groups {
		if err := g.check(); err != nil {
			return nil, err
		}
	}
	return &s.written, nil
}

func (s *speller) put(text string, at int) {
	s.marks = append(s.marks, mark{len(s.out), at})
	s.out = append(s.out, text...)
}

// joint writes AND or OR, which stand between blanks.
func (s *speller) joint(operator string, t token) {
	g := &s.groups[len(s.groups)-1]
	g.and, g.or = g.and || operator == "AND", g.or || operator == "OR"
	g.foreign = g.foreign || t.text != operator
	s.put(" "+operator+" ", t.at)
}

func (s *speller) one(t token) error {
	switch t.kind {
	case word:
		return s.word(t)
	case quoted:
		s.onPath(t)
		s.put(t.text, t.at)
		return nil
	case blank:
		s.put(t.text, t.at)
		return nil
	}
	switch t.text {
	case "(":
		s.groups = append(s.groups, group{})
	case ")":
		if last := len(s.groups) - 1; last > 0 {
			if err := s.groups[last].check(); err != nil {
				return err
			}
			s.groups = s.groups[:last]
		}
	case "&&":
		s.joint("AND", t)
		return nil
	case "||":
		s.joint("OR", t)
		return nil
	case "==":
		s.put("=", t.at)
		return nil
	case "<>":
		s.put("!=", t.at)
		return nil
	case "!":
		s.put("NOT ", t.at)
		return nil
	case ".":
		// lines.any(product = "x") is lines : (product = "x") in the grammar.
		if strings.EqualFold(s.ahead(1).text, "any") && s.ahead(2).text == "(" {
			s.put(":   ", t.at)
			s.i++
			return nil
		}
		if s.ahead(2).text == "(" && s.path >= 0 {
			if err := noSuchQuantifier(strings.TrimSpace(string(s.out[s.path:])), s.ahead(1).text); err != nil {
				return err
			}
		}
	}
	s.put(t.text, t.at)
	return nil
}

// noSuchQuantifier refuses the words that other languages have beside any, and says how
// the same is asked with it.
func noSuchQuantifier(path, word string) error {
	instead := ""
	switch strings.ToLower(word) {
	case "all", "every", "each":
		instead = "NOT %s.any(NOT (…))"
	case "none":
		instead = "NOT %s.any(…)"
	case "some", "exists", "one":
		instead = "%s.any(…)"
	default:
		return nil
	}
	return problem("%s.%s(…): there is any, and no %s: write "+instead+" instead", path, word, word, path)
}

// check refuses what the grammar reads otherwise than who writes && and || means it.
func (g group) check() error {
	if g.and && g.or && g.foreign {
		return problem("AND and OR stand side by side, and here OR binds closer, unlike in most languages: write parentheses around what belongs together, such as (a = 1 AND b = 2) OR c = 3")
	}
	return nil
}

// ahead is a token behind this one; an empty one behind the last.
func (s *speller) ahead(n int) token {
	if s.i+n < len(s.all) {
		return s.all[s.i+n]
	}
	return token{}
}

// solid is the next token from the n-th on that is not blank, and which one it is.
func (s *speller) solid(n int) (token, int) {
	for s.ahead(n).kind == blank && s.i+n < len(s.all) {
		n++
	}
	return s.ahead(n), n
}

// before is the last token that is not blank before this one.
func (s *speller) before() token {
	for i := s.i - 1; i >= 0; i-- {
		if s.all[i].kind != blank {
			return s.all[i]
		}
	}
	return token{kind: sign}
}

func isComparator(t token) bool {
	switch t.text {
	case "=", "==", "!=", "<>", "<", "<=", ">", ">=", ":":
		return t.kind == sign
	}
	return false
}

// onPath notes where a dotted path begins.
func (s *speller) onPath(t token) {
	if s.i > 0 && s.all[s.i-1].text == "." && s.path >= 0 {
		return
	}
	s.path, s.pathAt = len(s.out), t.at
}

func (s *speller) word(t token) error {
	before := s.before()
	behind, n := s.solid(1)
	named := before.kind == word || before.kind == quoted
	closed := named || before.text == ")"
	value := isComparator(before) || before.text == "."
	switch lower := strings.ToLower(t.text); {
	case (lower == "and" || lower == "or") && closed && !value && behind.text != "" && !isComparator(behind):
		s.joint(strings.ToUpper(t.text), t)
		return nil
	case lower == "not" && named && s.path >= 0 && strings.EqualFold(behind.text, "in"):
		s.i += n
		return s.oneOf(t, "NOT ")
	case lower == "not" && !value && behind.text != "" && !isComparator(behind) && behind.text != ".":
		s.put("NOT ", t.at)
		return nil
	case lower == "in" && named && s.path >= 0 && behind.text != "" && !isComparator(behind):
		return s.oneOf(t, "")
	case (lower == "now" || lower == "today") && behind.text == "(" && n == 1:
		return s.moment(t, lower)
	}
	s.onPath(t)
	s.put(t.text, t.at)
	return nil
}

// oneOf writes state IN (A, B) as (state = A OR state = B).
func (s *speller) oneOf(t token, not string) error {
	opening, n := s.solid(1)
	open := s.i + n
	path := strings.TrimSpace(string(s.out[s.path:]))
	if opening.text != "(" && opening.text != "[" {
		return problem("%s IN what? Write the values in parentheses, such as state IN (DRAFT, CONFIRMED)", path)
	}
	var values []token
	var value strings.Builder
	at := -1
	for s.i = open + 1; s.i < len(s.all); s.i++ {
		v := s.all[s.i]
		switch v.text {
		case ",", ")", "]":
			if value.Len() == 0 {
				return problem("%s IN (…) what? Write the values with commas, such as state IN (DRAFT, CONFIRMED)", path)
			}
			values = append(values, token{text: strings.TrimSpace(value.String()), at: at})
			value.Reset()
			at = -1
			if v.text == "," {
				continue
			}
			if len(values) > mostValues {
				return problem("%s IN (…) has %d values, and at most %d are possible: ask in several calls", path, len(values), mostValues)
			}
			s.out = s.out[:s.path]
			for len(s.marks) > 0 && s.marks[len(s.marks)-1].out >= s.path {
				s.marks = s.marks[:len(s.marks)-1]
			}
			s.put(not+"(", s.pathAt)
			for i, v := range values {
				if i > 0 {
					s.put(" OR ", v.at)
				}
				s.put(path+" = ", s.pathAt)
				s.put(v.text, v.at)
			}
			s.put(")", v.at)
			s.path = -1
			return nil
		case "(", "[":
			return problem("%s IN (…) takes texts in quotes, numbers and names: write the condition with OR instead, such as %s = \"a\" OR %s = \"b\"", path, path, path)
		}
		if v.kind != blank || value.Len() > 0 {
			if at < 0 {
				at = v.at
			}
			value.WriteString(v.text)
		}
	}
	return problem("%s IN (… is not closed: write the values in parentheses, such as state IN (DRAFT, CONFIRMED)", path)
}

// moment writes now() + duration("60d") as one call, now("+60d"), for the grammar knows
// no sums.
func (s *speller) moment(t token, name string) error {
	closing, n := s.solid(2)
	if closing.text != ")" {
		return problem("%s() takes nothing between its parentheses", name)
	}
	s.i += n
	s.put(name+"(", t.at)
	for count := 0; ; count++ {
		plus, n := s.solid(1)
		if plus.text != "+" && plus.text != "-" && !strings.HasPrefix(plus.text, "+") {
			break
		}
		call, m := s.solid(n + 1)
		if rest, glued := strings.CutPrefix(plus.text, "+"); glued && rest != "" {
			call, m = token{kind: word, text: rest, at: plus.at + 1}, n
		}
		var parts [3]token
		for i := range parts {
			parts[i], m = s.solid(m + 1)
		}
		if call.text != "duration" || parts[0].text != "(" || parts[1].kind != quoted || parts[2].text != ")" {
			return problem("%s() %s what? Write a duration, such as %s() + duration(\"60d\")", name, plus.text[:1], name)
		}
		if count > 0 {
			s.put(", ", parts[1].at)
		}
		s.put(parts[1].text[:1]+plus.text[:1]+parts[1].text[1:], parts[1].at)
		s.i += m
	}
	s.put(")", s.all[s.i].at)
	s.path = -1
	return nil
}

package gs1

import (
	"fmt"
	"strings"
	"time"
)

// Syntax is how a code is written.
type Syntax int

// The ways in which codes are written.
const (
	ElementString Syntax = iota + 1
	Bracketed
	DigitalLink
	GTIN
)

// Element is one element of a code.
type Element struct {
	// AI is its application identifier, and Title what GS1 calls it.
	AI, Title string
	// Value is as it is written.
	Value string
	// Date is the value as a day, where it is one.
	Date Date
}

// Code is a code taken apart.
type Code struct {
	Syntax Syntax
	// Symbology is the symbology identifier that a scanner has put in front, such as "]d2".
	Symbology string
	Elements  []Element
}

// Get is the value of the first element with one of the identifiers.
func (c *Code) Get(ais ...string) (Element, bool) {
	for _, ai := range ais {
		for _, e := range c.Elements {
			if e.AI == ai {
				return e, true
			}
		}
	}
	return Element{}, false
}

// Error says what is wrong with a code.
type Error struct {
	// Position is where, in bytes from the beginning of the text, and AI of which element;
	// empty where there is none yet.
	Position int
	AI       string
	Problem  string
}

func (e *Error) Error() string {
	if e.AI == "" {
		return fmt.Sprintf("at %d: %s", e.Position+1, e.Problem)
	}
	return fmt.Sprintf("(%s) at %d: %s", e.AI, e.Position+1, e.Problem)
}

// separator is FNC1 as scanners send it between elements.
const separator = "\x1d"

// mostText is the longest text that is read as a code. A GS1 DataMatrix holds less.
const mostText = 4000

// Parse takes a code apart. The code is nil where the text does not look like one; it is
// nil with an *Error where it does and is none. now tells the century of dates.
func Parse(text string, now time.Time) (*Code, error) {
	// Separators are no white space here: one at the end ends nothing.
	text = strings.Trim(text, " \t\r\n"+separator)
	if text == "" || len(text) > mostText {
		return nil, nil
	}
	symbology, rest := "", text
	if isSymbology(text) {
		symbology, rest = text[:3], text[3:]
	}
	c := &Code{Symbology: symbology}
	r := &reader{text: text, at: len(text) - len(rest), now: now}
	var err error
	switch {
	case isLink(rest):
		c.Syntax = DigitalLink
		c.Elements, err = r.link()
		if c.Elements == nil && err == nil {
			return nil, nil
		}
	case strings.HasPrefix(rest, "("):
		if identifierAt(rest[1:]) == nil {
			return nil, nil
		}
		c.Syntax = Bracketed
		err = r.bracketed()
		c.Elements = r.found
	case IsGTIN(rest) && (symbology == "" || strings.HasPrefix(symbology, "]E")):
		c.Syntax = GTIN
		c.Elements = []Element{r.element(dictionary()["01"], strings.Repeat("0", 14-len(rest))+rest)}
	case isMarked(symbology) || strings.Contains(rest, separator) || looksRaw(rest):
		c.Syntax = ElementString
		err = r.elements()
		c.Elements = r.found
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// isSymbology tells whether a text begins with a symbology identifier (ISO/IEC 15424).
func isSymbology(text string) bool {
	return len(text) > 3 && text[0] == ']' && strings.ContainsRune("CdQeEJ", rune(text[1])) && text[2] >= '0' && text[2] <= '9'
}

// isMarked tells whether a symbology identifier says that elements follow: GS1-128,
// DataBar, DataMatrix, QR and DotCode with FNC1 in front.
func isMarked(symbology string) bool {
	switch symbology {
	case "]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1":
		return true
	}
	return false
}

// looksRaw tells whether a text without any mark is probably an element string: a logistic
// unit, a GTIN or a content of fourteen digits come first, and little else does.
func looksRaw(text string) bool {
	for ai, n := range map[string]int{"00": 20, "01": 16, "02": 16} {
		if strings.HasPrefix(text, ai) && len(text) >= n && strings.Trim(text[:n], digits) == "" {
			return strings.Trim(text, set82) == ""
		}
	}
	return false
}

// reader reads one code.
type reader struct {
	text  string
	at    int
	now   time.Time
	found []Element
}

func (r *reader) fail(at int, ai, problem string) error {
	return &Error{Position: max(0, min(at, len(r.text))), AI: ai, Problem: problem}
}

// element is a value as it is told.
func (r *reader) element(id *identifier, value string) Element {
	e := Element{AI: id.ai, Title: id.title, Value: value}
	if c := id.components[0]; len(c.tests) > 0 && strings.HasPrefix(c.tests[0], "yymmd") && len(value) >= 6 {
		e.Date = dateOf(value[:6], r.now)
	}
	return e
}

// add checks a value that stands at a place, and keeps it.
func (r *reader) add(id *identifier, value string, at int) error {
	if i, problem := id.check(value); problem != "" {
		return r.fail(at+i, id.ai, problem)
	}
	for _, e := range r.found {
		if e.AI == id.ai && e.Value != value {
			return r.fail(at, id.ai, "it is there twice, with two values")
		}
	}
	e := r.element(id, value)
	if c := id.components[0]; e.Date.IsZero() && len(c.tests) > 0 && strings.HasPrefix(c.tests[0], "yymmd") {
		return r.fail(at, id.ai, "that year has no such day")
	}
	r.found = append(r.found, e)
	return nil
}

// elements reads an element string.
func (r *reader) elements() error {
	for r.at < len(r.text) {
		if strings.HasPrefix(r.text[r.at:], separator) {
			r.at++
			continue
		}
		rest := r.text[r.at:]
		id := identifierAt(rest)
		if id == nil {
			return r.fail(r.at, "", "no application identifier of GS1 begins so")
		}
		start := r.at + len(id.ai)
		value, _, _ := strings.Cut(r.text[start:], separator)
		if id.fixed && len(value) > id.most {
			value = value[:id.most]
		}
		if err := r.add(id, value, start); err != nil {
			return err
		}
		r.at = start + len(value)
	}
	return nil
}

// bracketed reads the form for people. A bracket within a value stands behind a backslash,
// or begins nothing that is an identifier.
func (r *reader) bracketed() error {
	for r.at < len(r.text) {
		if r.text[r.at] == ' ' {
			r.at++
			continue
		}
		id := bracketAt(r.text[r.at:])
		if id == nil {
			return r.fail(r.at, "", "an application identifier of GS1 in brackets, such as (01), is wanted here")
		}
		start := r.at + len(id.ai) + 2
		end := start
		for end < len(r.text) && bracketAt(r.text[end:]) == nil {
			if r.text[end] == '\\' && end+1 < len(r.text) {
				end++
			}
			end++
		}
		value := strings.Trim(r.text[start:end], " "+separator)
		value = strings.NewReplacer(`\(`, "(", `\)`, ")").Replace(value)
		if err := r.add(id, value, start); err != nil {
			return err
		}
		r.at = end
	}
	return nil
}

// bracketAt is the identifier in brackets with which a text begins.
func bracketAt(text string) *identifier {
	if !strings.HasPrefix(text, "(") {
		return nil
	}
	inside, _, ok := strings.Cut(text[1:min(len(text), 6)], ")")
	if !ok {
		return nil
	}
	return dictionary()[inside]
}

package console

import (
	"strings"
	"time"
	"unicode"

	"google.golang.org/protobuf/types/known/timestamppb"
)

// page is one page. Its parts are shown in this order, where they are there.
type page struct {
	Title, Environment, Path, Query string
	// Look is that of the environment.
	Look string
	// State is the one sentence of the first page, and Well whether it is good news.
	State string
	Well  bool
	Lead  []value
	// Problem is why there is no answer, and Advice what to do.
	Problem, Advice string
	Form            *form
	Sections        []section
	// Live: the sections are fetched again and again where scripts run.
	Live    bool
	Now     value
	SignsIn bool

	code int
}

// form asks for what a page is about.
type form struct {
	Action, Button string
	Fields         []field
}

type field struct{ Name, Label, Value, Type, Hint string }

// section is a part of a page with a heading.
type section struct {
	Title string
	Text  []value
	Why   *why
	Pairs []pair
	Table *table
	Steps []step
	Graph *graph
	// More leads on.
	More *value
}

type pair struct {
	Label  string
	Values []value
}

type table struct {
	Caption string
	Head    []column
	Rows    [][]value
	// None is said where there is no row.
	None string
}

type column struct {
	Name   string
	Number bool
}

// step is one of a timeline.
type step struct {
	When    *value
	Title   string
	Text    string
	Details []value
}

// value is one thing that is shown.
type value struct {
	Text string
	// Link is an address of this server; empty: none.
	Link string
	// Time is an instant or a day in machine's form; Title is its UTC.
	Time, Title string
	Number      bool
	// Mark is a word for how it stands: "good", "bad"; it is never the only sign.
	Mark string
	// Note stands behind it, smaller.
	Note string
}

func words(text string) value { return value{Text: cut(clean(text), longestCell)} }

func numeral(text string) value { return value{Text: clean(text), Number: true} }

const (
	// longestCell is how many characters a table shows of a text.
	longestCell = 100
	// longestText is how many characters a record shows of one.
	longestText = 2000
)

// cut ends a text that is too long.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}

// clean takes away what would not be seen, or would change how what stands beside it is
// seen: control characters, and those that turn the direction of writing.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r >= 0xfff9 && r <= 0xfffb:
			return '�'
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
}

// at shows an instant in the hospital's time zone, with UTC beside it.
func (c *Console) at(t time.Time) value {
	if t.IsZero() {
		return value{Text: "never"}
	}
	return value{Text: t.In(c.zone()).Format("2006-01-02 15:04:05"), Time: t.UTC().Format(time.RFC3339), Title: t.UTC().Format("2006-01-02 15:04:05 UTC")}
}

func (c *Console) when(t *timestamppb.Timestamp) value {
	if !t.IsValid() {
		return value{}
	}
	return c.at(t.AsTime())
}

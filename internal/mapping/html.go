package mapping

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// toPlainText keeps the words of a rich text: a note is read by programs, and
// markup from another system is not passed on to whoever renders it.
func toPlainText(in *Input) (protoreflect.Value, bool, error) {
	source, err := in.Row.String(in.Fields[0])
	if err != nil || source == "" {
		return protoreflect.Value{}, false, err
	}
	s := plainOf(source)
	return protoreflect.ValueOfString(s), s != "", nil
}

// plainOf is the text that a browser shows of HTML: what stands within a line keeps
// its words together, however it is marked up, and what begins a line of its own
// there begins one here. Runs of white space are one blank, or one line end.
func plainOf(source string) string {
	var p plainWriter
	hidden := false
	z := html.NewTokenizer(strings.NewReader(source))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		switch kind {
		case html.TextToken:
			if !hidden {
				p.write(string(z.Text()))
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			if neverShown[tag] {
				hidden = kind != html.EndTagToken
				continue
			}
			p.apart(spaceAround[tag])
		}
	}
	return p.text.String()
}

// neverShown are elements whose content no browser shows as text. Nothing is marked
// up within them, so that they do not lie in each other.
var neverShown = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Title: true, atom.Iframe: true, atom.Noembed: true, atom.Noframes: true,
}

// spaceAround tells what parts the words before a tag from those behind it; nothing
// does where the element stands within a line.
var spaceAround = map[atom.Atom]rune{
	atom.Td: blank, atom.Th: blank, atom.Option: blank, atom.Img: blank, atom.Input: blank, atom.Button: blank,
	atom.Address: lineEnd, atom.Article: lineEnd, atom.Aside: lineEnd, atom.Blockquote: lineEnd, atom.Body: lineEnd,
	atom.Br: lineEnd, atom.Caption: lineEnd, atom.Center: lineEnd, atom.Dd: lineEnd, atom.Details: lineEnd,
	atom.Dialog: lineEnd, atom.Dir: lineEnd, atom.Div: lineEnd, atom.Dl: lineEnd, atom.Dt: lineEnd,
	atom.Fieldset: lineEnd, atom.Figcaption: lineEnd, atom.Figure: lineEnd, atom.Footer: lineEnd, atom.Form: lineEnd,
	atom.H1: lineEnd, atom.H2: lineEnd, atom.H3: lineEnd, atom.H4: lineEnd, atom.H5: lineEnd, atom.H6: lineEnd,
	atom.Header: lineEnd, atom.Hgroup: lineEnd, atom.Hr: lineEnd, atom.Html: lineEnd, atom.Legend: lineEnd,
	atom.Li: lineEnd, atom.Main: lineEnd, atom.Menu: lineEnd, atom.Nav: lineEnd, atom.Ol: lineEnd,
	atom.Optgroup: lineEnd, atom.P: lineEnd, atom.Pre: lineEnd, atom.Section: lineEnd, atom.Select: lineEnd,
	atom.Summary: lineEnd, atom.Table: lineEnd, atom.Tbody: lineEnd, atom.Textarea: lineEnd, atom.Tfoot: lineEnd,
	atom.Thead: lineEnd, atom.Tr: lineEnd, atom.Ul: lineEnd,
}

const (
	blank   = ' '
	lineEnd = '\n'
)

// plainWriter joins words, with the widest of the gaps between two of them.
type plainWriter struct {
	text strings.Builder
	gap  rune // 0, blank or lineEnd
}

// apart says that what follows stands apart from what came before.
func (p *plainWriter) apart(by rune) {
	if by == lineEnd || p.gap == 0 {
		p.gap = by
	}
}

func (p *plainWriter) write(s string) {
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			p.apart(blank)
			continue
		case r == '\u200b', r == '\ufeff':
			// Odoo's editor leaves these without width where its cursor was.
			continue
		}
		if p.gap != 0 && p.text.Len() > 0 {
			p.text.WriteRune(p.gap)
		}
		p.gap = 0
		p.text.WriteRune(r)
	}
}

package mapping

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"odoomesh/internal/index"
	"odoomesh/internal/odoo"
)

const (
	// maxText bounds one text of a record: a note as long as a book must not keep its
	// record, and all that are read with it, from being stored and sent.
	maxText = 64 << 10
	// cutMark stands at the end of a text that was cut.
	cutMark = "\u2026"
)

// bounded cuts a text that is too long, and notes it as a fault of the record.
func (b *build) bounded(path string, row odoo.Row, field, text string) string {
	b.untrimmed = b.untrimmed || len(index.Trim(text)) < len(text)
	if len(text) <= maxText {
		return text
	}
	end := maxText - len(cutMark)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	b.fault(path, row, field, fmt.Errorf("the text is cut at %d of %d bytes; the whole of it stands in Odoo alone", end, len(text)))
	// Not a part of the whole text, which would be kept in memory with it.
	return strings.Clone(text[:end]) + cutMark
}

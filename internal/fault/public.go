package fault

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// public makes a text fit for a caller: valid UTF-8 without control characters,
// as protobuf and HTTP headers want it, of bounded length, and without a
// traceback, whatever way it came in.
func public(text string, limit int) string {
	// Before the scan, so that it costs no more for a megabyte of traceback.
	text = strings.ToValidUTF8(cut(text, 4*limit), "\uFFFD")
	if at := strings.Index(text, "Traceback (most recent call last)"); at >= 0 {
		text = strings.TrimSpace(text[:at]) + " [details are in the log]"
	}
	if at := strings.Index(text, `File "`); at >= 0 && strings.Contains(text[at:], `", line `) {
		text = strings.TrimSpace(text[:at]) + " [details are in the log]"
	}
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
	return cut(strings.TrimSpace(text), limit)
}

// cut shortens a text to at most limit bytes, between two characters.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	const mark = "…"
	end := limit - len(mark)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + mark
}

package odooproxy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
)

// Value puts a value into one field of one row of Odoo's answers, as it stands on
// the wire: such as <double>nan</double> for XML-RPC, NaN for JSON-2. Answers
// without that row or field pass as they are.
func Value(id int64, field, raw string) Trouble {
	return func(c Call, w http.ResponseWriter, odoo http.Handler) {
		a := carryOut(odoo, c.Request)
		body := a.body.Bytes()
		if c.JSON {
			body = putJSON(body, id, field, raw)
		} else {
			body = putXML(body, id, field, raw)
		}
		a.body = *bytes.NewBuffer(body)
		a.send(w)
	}
}

// rowXML is one row: its values are no structs themselves.
var rowXML = regexp.MustCompile(`(?s)<struct>.*?</struct>`)

func putXML(body []byte, id int64, field, raw string) []byte {
	named := regexp.MustCompile(fmt.Sprintf(`<name>id</name>\s*<value><int>%d</int></value>`, id))
	member := regexp.MustCompile(`(?s)(<name>` + regexp.QuoteMeta(field) + `</name>\s*)<value>.*?</value>(\s*</member>)`)
	return rowXML.ReplaceAllFunc(body, func(row []byte) []byte {
		if !named.Match(row) {
			return row
		}
		return member.ReplaceAllFunc(row, func(m []byte) []byte {
			parts := member.FindSubmatch(m)
			return slices.Concat(parts[1], []byte("<value>"+raw+"</value>"), parts[2])
		})
	})
}

func putJSON(body []byte, id int64, field, raw string) []byte {
	var rows []map[string]json.RawMessage
	if json.Unmarshal(body, &rows) != nil {
		return body
	}
	// Written by hand, for raw may be no JSON.
	out := []byte("[")
	for i, row := range rows {
		if i > 0 {
			out = append(out, ", "...)
		}
		if _, has := row[field]; has && string(row["id"]) == fmt.Sprint(id) {
			row[field] = json.RawMessage(raw)
		}
		out = append(out, '{')
		for n, name := range slices.Sorted(maps.Keys(row)) {
			if n > 0 {
				out = append(out, ", "...)
			}
			out = fmt.Appendf(out, "%q: %s", name, row[name])
		}
		out = append(out, '}')
	}
	return append(out, ']')
}

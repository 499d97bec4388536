package gateway

import (
	"bytes"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"
)

// template is the JSON of a record with a gap where the time of verification is.
type template struct {
	json     []byte
	from, to int // the gap, without quotes; both 0 when there is none
}

const verifiedName = `"verifiedTime":"`

// templateOf finds the gap. Text inside JSON strings has its quotes escaped, so
// the name can only be found again as a whole key; when another key is called
// the same, nothing is kept.
func templateOf(text []byte, verified *timestamppb.Timestamp) (*template, bool) {
	if verified == nil {
		return &template{json: bytes.Clone(text)}, true
	}
	at := bytes.Index(text, []byte(verifiedName))
	if at < 0 || bytes.Count(text, []byte(verifiedName)) != 1 {
		return nil, false
	}
	from := at + len(verifiedName)
	stamp := appendTime(nil, verified)
	if !bytes.HasPrefix(text[from:], stamp) {
		return nil, false
	}
	return &template{json: bytes.Clone(text), from: from, to: from + len(stamp)}, true
}

// append writes the JSON, with the gap filled, behind out.
func (t *template) append(out []byte, verified *timestamppb.Timestamp) []byte {
	out = slices.Grow(out, len(t.json)+len(time.RFC3339Nano))
	out = append(out, t.json[:t.from]...)
	if verified != nil {
		out = appendTime(out, verified)
	}
	return append(out, t.json[t.to:]...)
}

// appendTime writes a time as protobuf's JSON does: UTC with no, three, six or
// nine digits behind the second.
func appendTime(out []byte, ts *timestamppb.Timestamp) []byte {
	out = ts.AsTime().AppendFormat(out, "2006-01-02T15:04:05.000000000")
	for _, zeros := range []string{"000", "000", ".000"} {
		out = bytes.TrimSuffix(out, []byte(zeros))
	}
	return append(out, 'Z')
}

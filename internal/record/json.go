package record

import (
	"bytes"
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// AppendJSON writes the one form that a message has in JSON behind out: every field,
// also those that are empty, without the spaces that protobuf puts in here and there.
func AppendJSON(out []byte, m proto.Message) ([]byte, error) {
	made, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(m)
	if err != nil {
		return nil, err
	}
	into := bytes.NewBuffer(out)
	if err := json.Compact(into, made); err != nil {
		return nil, err
	}
	return into.Bytes(), nil
}

// AppendTime writes a time as protobuf's JSON does: UTC with no, three, six or nine
// digits behind the second.
func AppendTime(out []byte, t *timestamppb.Timestamp) []byte {
	out = t.AsTime().AppendFormat(out, "2006-01-02T15:04:05.000000000")
	for _, zeros := range []string{"000", "000", ".000"} {
		out = bytes.TrimSuffix(out, []byte(zeros))
	}
	return append(out, 'Z')
}

// stamped is the JSON of a record without what differs from answer to answer: its time
// of verification and, behind it, what people call the records that it names.
type stamped struct {
	before, after []byte
	// named says that after ends where the names are, and behind goes on.
	named  bool
	behind []byte
}

// cut takes what differs from answer to answer out of the JSON of a record.
func cut(text []byte, named bool) (*stamped, error) {
	from, to := 0, len(text)
	for _, name := range []string{"provenance", "verifiedTime"} {
		var err error
		if from, to, err = MemberOf(text, from, name); err != nil {
			return nil, err
		}
	}
	s := &stamped{before: text[:from], after: text[to:], named: named}
	if !named {
		return s, nil
	}
	at, end, err := MemberOf(text, 0, string(References))
	if err == nil && at < to {
		err = fmt.Errorf("reading JSON: %s stands before the time of verification", References)
	}
	if err != nil {
		return nil, err
	}
	s.after, s.behind = text[to:at], text[end:]
	return s, nil
}

// MemberOf tells where the value of a member lies, in the object that begins at a
// place of a text.
func MemberOf(text []byte, at int, name string) (from, to int, err error) {
	object := json.NewDecoder(bytes.NewReader(text[at:]))
	if _, err := object.Token(); err != nil {
		return 0, 0, fmt.Errorf("reading JSON: %w", err)
	}
	for object.More() {
		key, err := object.Token()
		var value json.RawMessage
		if err == nil {
			err = object.Decode(&value)
		}
		if err != nil {
			return 0, 0, fmt.Errorf("reading JSON: %w", err)
		}
		if to = at + int(object.InputOffset()); key == name {
			return to - len(value), to, nil
		}
	}
	return 0, 0, fmt.Errorf("reading JSON: an object has no %s", name)
}

func (s *stamped) size() int { return len(s.before) + len(s.after) + len(s.behind) }

func (s *stamped) append(out []byte, verified *timestamppb.Timestamp, names Names) []byte {
	out = append(append(out, s.before...), '"')
	out = AppendTime(out, verified)
	out = append(append(out, '"'), s.after...)
	if s.named {
		out = append(names.appendJSON(out), s.behind...)
	}
	return out
}

package business

import (
	"encoding/binary"
	"strconv"
	"time"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// space is the name space of the ids of events. It never changes: with another one
// every occurrence would be told anew.
var space = uuid.MustParse("8f1f0c5e-2f4b-5c0e-9b60-6d1b3a5b7f10")

// identity is the id of an occurrence: a UUIDv5 of what tells it from all others.
// Each part goes in with its length, so that no two lists of parts make the same id.
func identity(kind, subject string, facts ...string) string {
	var name []byte
	for _, part := range append([]string{kind, subject}, facts...) {
		name = binary.AppendUvarint(name, uint64(len(part)))
		name = append(name, part...)
	}
	return uuid.NewSHA1(space, name).String()
}

// moment writes a time as a part of an identity; empty for none.
func moment(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return t.AsTime().Format(time.RFC3339Nano)
}

// day writes a date as a part of an identity; empty for none.
func day(d *date.Date) string {
	if d == nil {
		return ""
	}
	return strconv.Itoa(int(d.GetYear())) + "-" + strconv.Itoa(int(d.GetMonth())) + "-" + strconv.Itoa(int(d.GetDay()))
}

// sum writes an amount as a part of an identity; empty for none.
func sum(m *money.Money) string {
	if m == nil {
		return ""
	}
	return m.GetCurrencyCode() + " " + strconv.FormatInt(m.GetUnits(), 10) + " " + strconv.Itoa(int(m.GetNanos()))
}

package read

import (
	"bytes"
	"encoding/binary"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/record"
)

const (
	// recentRecords is how many records are kept of a collection; with all that is
	// made of them they take about 40 MiB, if they are of usual size.
	recentRecords = 4096
	// recentBytes is the size from which on a record is not kept.
	recentBytes = 16 << 10
)

// recent keeps what was made of records that were read lately, which costs more
// than all else that a read does. A record is found again by the very bytes that
// the cache holds, so that nothing has to be told when one changes. The messages
// that it gives are shared and must not be changed.
type recent struct {
	kind *record.Kind
	// places are found by key; two records with one place drive each other out.
	places [recentRecords]atomic.Pointer[made]
}

// made is what was made of a record; it is never changed.
type made struct {
	raw      []byte
	kept     *internalv1.CacheRecord
	verified time.Time
	// by form; nil: not asked for yet.
	messages [forms]proto.Message
}

// placeOf is a record's place: ids that follow each other have places that do.
func placeOf(key []byte) uint64 {
	var sum uint64
	for ; len(key) >= 8; key = key[8:] {
		sum = sum*1_000_003 + binary.BigEndian.Uint64(key)
	}
	return sum % recentRecords
}

// show makes a record of what the cache holds, which it keeps.
func (r *recent) show(key, raw []byte, verified time.Time, f form) (proto.Message, error) {
	place := &r.places[placeOf(key)]
	next := made{raw: raw, verified: verified}
	switch was := place.Load(); {
	case was == nil || !bytes.Equal(was.raw, raw):
		var err error
		if next.kept, err = r.kind.Open(raw); err != nil {
			return nil, err
		}
	case !was.verified.Equal(verified):
		next.raw, next.kept = was.raw, was.kept
	case was.messages[f] != nil:
		return was.messages[f], nil
	default:
		next = *was
	}
	show := r.kind.Show
	if f == sealed {
		show = r.kind.Sealed
	}
	m, err := show(next.kept, verified)
	if err != nil {
		return nil, err
	}
	next.messages[f] = m
	if len(raw) < recentBytes {
		place.Store(&next)
	}
	return m, nil
}

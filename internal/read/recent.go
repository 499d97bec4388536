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
	key []byte
	// state is the version of the cache in which raw was found under the key.
	state    uint64
	raw      []byte
	kept     *internalv1.CacheRecord
	seal     *record.Seal // nil: not asked for yet
	verified time.Time
	// by form; nil: not asked for yet.
	messages [forms]proto.Message
}

// placeOf is a record's place: ids that follow each other have places that do.
func (r *recent) placeOf(key []byte) *atomic.Pointer[made] {
	var sum uint64
	for ; len(key) >= 8; key = key[8:] {
		sum = sum*1_000_003 + binary.BigEndian.Uint64(key)
	}
	return &r.places[sum%recentRecords]
}

// again shows a record if the cache is still in the state in which it was found
// before; otherwise it answers nil.
func (r *recent) again(key []byte, state uint64, verified time.Time, f form) (proto.Message, error) {
	was := r.placeOf(key).Load()
	if was == nil || !bytes.Equal(was.key, key) || state == unknownState || was.state != state {
		return nil, nil
	}
	return r.make(*was, verified, f)
}

// show makes a record of what the cache holds in a state, and keeps it.
func (r *recent) show(key, raw []byte, state uint64, verified time.Time, f form) (proto.Message, error) {
	if was := r.placeOf(key).Load(); was != nil && bytes.Equal(was.raw, raw) {
		next := *was
		next.key, next.state = key, state
		r.placeOf(key).Store(&next)
		return r.make(next, verified, f)
	}
	kept, err := r.kind.Open(raw)
	if err != nil {
		return nil, err
	}
	return r.make(made{key: key, raw: raw, kept: kept, state: state}, verified, f)
}

// make adds to what was made of a record what is still missing.
func (r *recent) make(m made, verified time.Time, f form) (proto.Message, error) {
	if !m.verified.Equal(verified) {
		m.verified, m.messages = verified, [forms]proto.Message{}
	}
	if m.messages[f] != nil {
		return m.messages[f], nil
	}
	message, err := r.in(&m, f)
	if err != nil {
		return nil, err
	}
	m.messages[f] = message
	if len(m.raw) < recentBytes {
		r.placeOf(m.key).Store(&m)
	}
	return message, nil
}

// in makes the record in one form.
func (r *recent) in(m *made, f form) (_ proto.Message, err error) {
	if f == open {
		return r.kind.Show(m.kept, m.verified)
	}
	if m.seal == nil {
		if m.seal, err = r.kind.Seal(m.kept); err != nil {
			return nil, err
		}
	}
	return m.seal.Show(m.verified), nil
}

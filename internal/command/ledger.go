package command

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/store"
)

// The tags of the ledger's facts.
const (
	// intentTag and an id lead to the intent.
	intentTag = 'i'
	// newestTag and the complement of the position at which an intent was accepted lead
	// to its id: the newest comes first.
	newestTag = 'n'
	// openTag and an id are there while it is to be found out what becomes of it.
	openTag = 'o'
	// queueTag and the position at which an intent was put off lead to its id, until it is
	// settled.
	queueTag = 'q'
	// See also doneTag and madeTag.

	// odooTag leads to what is kept of Odoo itself.
	odooTag = 'f'
)

// collection is the first part of the names of intents; odooCollection is what the ledger
// calls entries about Odoo itself.
const (
	collection     = "intents"
	odooCollection = "odoo"
)

// ledger keeps the intents. What a method returned survives a kill at any instant.
type ledger struct {
	journal store.Journal
	// one lets one write at a time: each expects the head that the one before has made.
	one sync.Mutex
	// queued are the changes that wait for their turn: who has it writes all of them, and
	// they share one sync.
	waiting sync.Mutex
	queued  []*change
	// doneKnown says that it is noted who has carried out what.
	doneKnown bool
}

func nameOf(id string) string { return collection + "/" + id }

func idIn(name string) string { return strings.TrimPrefix(name, collection+"/") }

// find gives an intent; nil where there is none.
func (l *ledger) find(id string) (*internalv1.KeptIntent, error) {
	facts := l.journal.Facts()
	defer facts.Close()
	return read(facts, id)
}

func read(facts store.Facts, id string) (*internalv1.KeptIntent, error) {
	raw, err := facts.Get(append([]byte{intentTag}, id...))
	if err != nil || raw == nil {
		return nil, err
	}
	kept := &internalv1.KeptIntent{}
	if err := proto.Unmarshal(raw, kept); err != nil {
		return nil, fmt.Errorf("decoding %s: %w", nameOf(id), err)
	}
	return kept, nil
}

// unsettled are the ids of the intents of which it is to be found out what becomes.
func (l *ledger) unsettled() (ids []string, err error) {
	facts := l.journal.Facts()
	defer facts.Close()
	for fact, err := range facts.Scan([]byte{openTag}) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, string(fact.Key[1:]))
	}
	return ids, nil
}

// newest are the ids of so many intents at most, the newest first.
func (l *ledger) newest(most int) (ids []string, err error) {
	facts := l.journal.Facts()
	defer facts.Close()
	for fact, err := range facts.Scan([]byte{newestTag}) {
		if err != nil {
			return nil, err
		}
		if ids = append(ids, string(fact.Value)); len(ids) == most {
			break
		}
	}
	return ids, nil
}

// odoo is what is kept of Odoo itself; nil before the first contact.
func (l *ledger) odoo() (*internalv1.KeptOdoo, error) {
	facts := l.journal.Facts()
	defer facts.Close()
	raw, err := facts.Get([]byte{odooTag})
	if err != nil || raw == nil {
		return nil, err
	}
	kept := &internalv1.KeptOdoo{}
	if err := proto.Unmarshal(raw, kept); err != nil {
		return nil, fmt.Errorf("decoding which Odoo the ledger is about: %w", err)
	}
	return kept, nil
}

// keepOdoo keeps what is known of Odoo itself; told adds it to what the ledger has ever
// said, as for a change and for who accepts it.
func (l *ledger) keepOdoo(ctx context.Context, kept *internalv1.KeptOdoo, at time.Time, told bool) error {
	raw, err := proto.Marshal(kept)
	if err != nil {
		return err
	}
	l.one.Lock()
	defer l.one.Unlock()
	var drafts []store.Draft
	if told {
		drafts = store.Drafts(odooCollection, raw)
	}
	if _, err := l.journal.RecordAfter(ctx, l.journal.Head(), at, drafts, []store.Fact{{Key: []byte{odooTag}, Value: raw}}); err != nil {
		return fmt.Errorf("writing into the ledger which Odoo it is about: %w", err)
	}
	return nil
}

func newestKey(position uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{newestTag}, ^position)
}

package stockbook

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/journal"
	"odoomesh/internal/resource"
)

// Keys of the book's facts: what it knows of each row, and what the events add up
// to, by everything that Odoo tells stock apart by, and by product, location and lot;
// what differs from Odoo's stock, and which stock took another lot, by either lot.
const (
	rowTag        = 'r'
	holdTag       = 'h'
	balanceTag    = 'b'
	shelfTag      = 's'
	differenceTag = 'd'
	lotTag        = 'l'
)

// place is what stock is told apart by, as in Odoo's stock.quant.
type place struct{ product, location, lot, owner, pack int64 }

func (p place) key() []byte {
	return append([]byte{balanceTag}, resource.Key(p.product, p.location, p.lot, p.owner, p.pack)...)
}

// shelf is the key of all owners and packages of a place together.
func (p place) shelf() []byte {
	return append([]byte{shelfTag}, resource.Key(p.product, p.location, p.lot)...)
}

// differenceKey is the key of what is known of a place's difference from Odoo's stock.
func (p place) differenceKey() []byte { return append([]byte{differenceTag}, p.key()[1:]...) }

func rowKey(id int64) []byte  { return append([]byte{rowTag}, resource.Key(id)...) }
func holdKey(id int64) []byte { return append([]byte{holdTag}, resource.Key(id)...) }

func lotKey(lot int64, event uint64) []byte {
	return append([]byte{lotTag}, resource.Key(lot, int64(event))...)
}

// overlay is what the book knows, with what is about to be recorded.
type overlay struct{ *journal.Writer }

// row is what the book knows of a row of Odoo's; nil for a row that it does not know.
func (o overlay) row(id int64) (*internalv1.KnownRow, error) {
	raw, err := o.Get(rowKey(id))
	if err != nil || raw == nil {
		return nil, err
	}
	known := &internalv1.KnownRow{}
	if err := proto.Unmarshal(raw, known); err != nil {
		return nil, fmt.Errorf("reading what is known of row %d: %w", id, err)
	}
	return known, nil
}

func (o overlay) setRow(id int64, known *internalv1.KnownRow) error {
	raw, err := proto.Marshal(known)
	if err == nil {
		o.Put(rowKey(id), raw)
	}
	return err
}

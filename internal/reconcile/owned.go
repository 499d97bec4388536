package reconcile

import (
	"bytes"
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/resource"
)

// Owned keeps the fields that Odoo does not own. *owned.Book is one.
type Owned interface {
	// Merge puts what is kept of a record into it, and gives the hash of its content,
	// where odoo is that of what Odoo holds: the same where the record shows nothing else.
	Merge(collection string, key []byte, record proto.Message, odoo []byte) (hash []byte, err error)
	// Clear takes out of a record what Odoo does not own.
	Clear(collection string, record proto.Message)
}

// Merge brings what Odoo does not own anew into records as the cache has them; Odoo is
// not asked, nor waited for. Keys that the cache does not have are no error: who reads
// them from Odoo merges them then. It returns how many records differed.
func (r *Reconciler) Merge(ctx context.Context, keys []string) (int, error) {
	if r.Owned == nil {
		return 0, nil
	}
	if err := r.store(ctx); err != nil {
		return 0, err
	}
	defer r.stored()
	var payloads [][]byte
	for _, key := range keys {
		before, err := r.Cached(key)
		if err != nil {
			return 0, err
		}
		if before == nil {
			continue
		}
		after, err := r.merged([]byte(key), proto.CloneOf(before))
		if err != nil {
			return 0, err
		}
		if bytes.Equal(before.GetContentHash(), after.GetContentHash()) {
			continue
		}
		payload, err := r.change([]byte(key), internalv1.ChangeKind_CHANGE_KIND_UPDATED, before, after)
		if err != nil {
			return 0, err
		}
		payloads = append(payloads, payload)
	}
	return len(payloads), r.append(ctx, payloads)
}

// merge puts what Odoo does not own into a record that was made from Odoo. It returns
// the hash of the content, and that of what Odoo holds where it is another.
func (r *Reconciler) merge(key []byte, record proto.Message, odoo []byte) (content, apart []byte, err error) {
	if r.Owned == nil {
		return odoo, nil, nil
	}
	if content, err = r.Owned.Merge(r.Name, key, record, odoo); err != nil {
		return nil, nil, fmt.Errorf("merging what Odoo does not own into %s: %w", resource.NameOf(r.Name, key), err)
	}
	if !bytes.Equal(content, odoo) {
		apart = odoo
	}
	return content, apart, nil
}

// merged is a kept record with what Odoo does not own as it is now.
func (r *Reconciler) merged(key []byte, record *internalv1.CacheRecord) (*internalv1.CacheRecord, error) {
	message, err := r.open(record)
	if err != nil {
		return nil, err
	}
	odoo := record.GetContentHash()
	if record.GetOdooHash() != nil {
		odoo = record.GetOdooHash()
		r.Owned.Clear(r.Name, message)
	}
	if record.ContentHash, record.OdooHash, err = r.merge(key, message, odoo); err != nil {
		return nil, err
	}
	if record.Body, err = proto.Marshal(message); err != nil {
		return nil, fmt.Errorf("encoding %s: %w", resource.NameOf(r.Name, key), err)
	}
	return r.fitting(key, record, message)
}

// fitting is a record if the stores can hold it, and otherwise its header, with a fault.
func (r *Reconciler) fitting(key []byte, record *internalv1.CacheRecord, message proto.Message) (*internalv1.CacheRecord, error) {
	if proto.Size(record) < surelyFits {
		return record, nil
	}
	mutation, err := r.mutation(key, record, message)
	if err != nil {
		return nil, err
	}
	tooLarge := mutation.Fits()
	if tooLarge == nil {
		return record, nil
	}
	short, err := r.header(record, tooLarge.Error())
	if err != nil || short.GetOdooHash() == nil {
		return short, err
	}
	// What Odoo does not own stays, as far as it has a place in the header.
	if message, err = r.open(short); err != nil {
		return nil, err
	}
	if short.ContentHash, short.OdooHash, err = r.merge(key, message, short.GetOdooHash()); err != nil {
		return nil, err
	}
	short.Body, err = proto.Marshal(message)
	return short, err
}

// mixed tells whether two records of the same content hash differ all the same, in what
// Odoo does not own: who owns a field has changed, and the copy shows what was there.
func (r *Reconciler) mixed(before, after *internalv1.CacheRecord) (bool, error) {
	if before.GetOdooHash() == nil && after.GetOdooHash() == nil {
		return false, nil
	}
	a, err := r.open(before)
	if err != nil {
		return false, err
	}
	b, err := r.open(after)
	if err != nil {
		return false, err
	}
	return len(Differences(a.ProtoReflect(), b.ProtoReflect())) > 0, nil
}

// open reads the message of a kept record.
func (r *Reconciler) open(record *internalv1.CacheRecord) (proto.Message, error) {
	message := r.message.New().Interface()
	if err := proto.Unmarshal(record.GetBody(), message); err != nil {
		return nil, fmt.Errorf("decoding a record of %s: %w", r.Name, err)
	}
	return message, nil
}

package capture_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/capture"
	"odoomesh/internal/mapping"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// remapped is a source whose mapping has been changed: it gives every product a
// storage condition.
type remapped struct{ capture.Records }

func (r remapped) Fingerprint() string { return "remapped " + r.Records.Fingerprint() }

func (r remapped) Fetch(ctx context.Context, keys [][]byte) ([]*mapping.Record, error) {
	records, err := r.Records.Fetch(ctx, keys)
	for _, one := range records {
		p := proto.CloneOf(one.Message.(*productv1.Product))
		p.StorageConditions = "2-8 °C"
		one.Message, one.Hash = p, append([]byte("remapped "), one.Hash...)
	}
	return records, err
}

// A start with another mapping reads all records again, also where there is a copy that
// is served meanwhile.
func TestAnotherMappingReadsAllRecordsAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 18, 200)
	h.loaded()
	// No look reaches back to when the products were written, from then on.
	h.later(time.Hour)
	verified := h.engine.Status("products").Verified
	h.eventually("the windows to have moved on", func() error {
		if h.engine.Status("products").Verified.Sub(verified) < time.Hour+2*time.Second {
			return errors.New("they have not")
		}
		return nil
	})
	h.halt()
	h.around = func(c *capture.Connection) { c.Records["products"] = remapped{c.Records["products"]} }
	h.start()
	if !h.engine.Copy("products").Loaded {
		t.Error("the copy is not served while records are read again")
	}
	h.eventually("all products as the new mapping shows them", func() error {
		snapshot := h.cache.Snapshot()
		defer snapshot.Close()
		for hit, err := range snapshot.Records("products", store.Range{KeysOnly: true}) {
			if err != nil {
				return err
			}
			p, err := h.product(resource.KeyID(hit.Key))
			if err == nil && p.GetStorageConditions() == "" {
				err = fmt.Errorf("%s is as the old mapping showed it", p.GetName())
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

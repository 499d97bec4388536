package read

import (
	"context"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/token"
)

// passAtMost is how many records one call looks at in search of faulty ones: then it
// answers what it has, and a token.
const passAtMost = 100_000

// FaultyRecord is a record that could not be read from Odoo, or only in part.
type FaultyRecord struct {
	Name   string
	Faults []*typesv1.MappingFault
	// Since is when it was last read so.
	Since time.Time
}

// FaultyRecords answers a page of the records of some collections that have faults, and
// the token of the next page. It walks the copy: an index would cost every write for
// what an operator asks now and then. storeID names the log behind the copy.
func FaultyRecords(ctx context.Context, cache store.Cache, storeID string, names []string, size int, pageToken string) ([]FaultyRecord, string, error) {
	hash := token.CallHash(append([]string{"faultyRecords"}, names...)...)
	var after []byte
	first := 0
	if pageToken != "" {
		page, err := token.DecodePage(pageToken, storeID, hash)
		if err != nil {
			return nil, "", fault.Token("page_token", err)
		}
		if first = slices.Index(names, string(page.GetAfterValue())); first < 0 {
			return nil, "", fault.InvalidField(errorsv1.Reason_REASON_INVALID_PAGE_TOKEN, "page_token", "its collection is not served any more: begin with the first page")
		}
		after = page.GetAfterKey()
	}
	snapshot := cache.Snapshot()
	defer snapshot.Close()
	var found []FaultyRecord
	passed := 0
	for _, name := range names[first:] {
		for hit, err := range snapshot.Records(name, store.Range{AfterKey: after}) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return nil, "", err
			}
			kept := &internalv1.CacheRecord{}
			if err := proto.Unmarshal(hit.Value, kept); err != nil {
				return nil, "", err
			}
			if len(kept.GetFaults()) > 0 {
				found = append(found, FaultyRecord{Name: resource.NameOf(name, hit.Key), Faults: kept.GetFaults(), Since: kept.GetObservedTime().AsTime()})
			}
			if passed++; len(found) == size || passed == passAtMost {
				return found, token.EncodePage(&internalv1.PageToken{StoreId: storeID, CallHash: hash, AfterValue: []byte(name), AfterKey: hit.Key}), nil
			}
		}
		after = nil
	}
	return found, "", nil
}

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
	"odoomesh/internal/index"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/token"
)

// FaultyRecord is a record that could not be read from Odoo, or only in part.
type FaultyRecord struct {
	Name   string
	Faults []*typesv1.MappingFault
	// Since is when it was last read so.
	Since time.Time
}

// FaultyRecords answers a page of the records of some collections that have faults, and
// the token of the next page. storeID names the log behind the copy.
func FaultyRecords(ctx context.Context, cache store.Cache, storeID string, tokens token.Tokens, names []string, size int, pageToken string) ([]FaultyRecord, string, error) {
	hash := token.CallHash(append([]string{"faultyRecords"}, names...)...)
	var after []byte
	first := 0
	if pageToken != "" {
		page, err := tokens.ReadPage(pageToken, storeID, hash)
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
	for _, name := range names[first:] {
		for hit, err := range snapshot.Index(name, index.Faulty, store.Range{Prefix: index.FaultyValue, Exact: true, AfterKey: after}) {
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
			found = append(found, FaultyRecord{Name: resource.NameOf(name, hit.Key), Faults: kept.GetFaults(), Since: kept.GetObservedTime().AsTime()})
			if len(found) == size {
				return found, tokens.Page(&internalv1.PageToken{StoreId: storeID, CallHash: hash, AfterValue: []byte(name), AfterKey: hit.Key}), nil
			}
		}
		after = nil
	}
	return found, "", nil
}

package sheet

import (
	"context"
	"fmt"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/read"
)

// As says of what an answer is made.
type As struct {
	// Position is the place in the change log as of which the rows stand.
	Position uint64
	// Freshness is that of the oldest source.
	Freshness *typesv1.Freshness
}

// Read lets the rows be read as the cache has them now: what a caller has seen in a record
// is in them. Until they are full it refuses with NOT_LOADED, and how far they are.
func (k *Keeper) Read(ctx context.Context, do func() error) (As, error) {
	if !k.full.Load() {
		return As{}, k.notLoaded()
	}
	if err := k.round(ctx); err != nil {
		return As{}, err
	}
	k.rows.RLock()
	defer k.rows.RUnlock()
	if !k.full.Load() {
		return As{}, k.notLoaded()
	}
	return As{Position: k.at.Load(), Freshness: read.FreshnessOf(k.as, k.reachable)}, do()
}

func (k *Keeper) notLoaded() error {
	for _, s := range k.Sources {
		if loaded, _, _ := s.Status(); !loaded {
			return fault.Unavailable(errorsv1.Reason_REASON_NOT_LOADED, s.Collection+" are being loaded for the first time: there are no sums over them yet", time.Second)
		}
	}
	return fault.Unavailable(errorsv1.Reason_REASON_NOT_LOADED,
		fmt.Sprintf("sums are being made ready: %d of %d records were read", k.done.Load(), k.total.Load()), time.Second)
}

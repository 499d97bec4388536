package read

import (
	"context"
	"fmt"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/record"
)

// fresh asks Odoo first when the caller's mode wants it, and then lets the next
// one answer. When Odoo does not answer, a live read fails with Odoo's error, and
// a bound on the age that the copy misses fails with STALE.
type fresh struct {
	next      Records
	freshness Freshness
	clock     clock.Clock
}

func (f *fresh) Get(ctx context.Context, keys [][]byte, how how) ([]*record.Shown, error) {
	asked := f.clock.Now()
	switch {
	case how.mode.GetLive():
		if err := f.freshness.Refresh(ctx, keys); err != nil {
			return nil, err
		}
		how.verified = asked
	case how.mode.GetMaxStaleness() != nil && !young(f.freshness.Status(), asked, how.mode):
		if err := f.freshness.Refresh(ctx, keys); err != nil {
			return nil, stale(f.freshness.Status(), f.clock.Now(), how.mode, err)
		}
		how.verified = asked
	}
	return f.next.Get(ctx, keys, how)
}

// young tells whether the whole copy is as fresh as the mode asks for.
func young(s Status, now time.Time, mode *typesv1.ReadMode) bool {
	return !s.Verified.IsZero() && now.Sub(s.Verified) <= mode.GetMaxStaleness().AsDuration()
}

func stale(s Status, now time.Time, mode *typesv1.ReadMode, cause error) error {
	age := "was never checked against Odoo"
	if !s.Verified.IsZero() {
		age = fmt.Sprintf("was last known to equal Odoo %s ago", now.Sub(s.Verified).Round(time.Millisecond))
	}
	return fault.Unavailable(errorsv1.Reason_REASON_STALE,
		fmt.Sprintf("the copy %s, the call allows %s, and Odoo does not answer", age, mode.GetMaxStaleness().AsDuration()),
		time.Second, fault.Because(cause))
}

// loaded refuses to answer before the first load is complete: until then nobody
// can tell a record that does not exist from one that has not come yet.
type loaded struct {
	next       Records
	freshness  Freshness
	collection string
}

func (l *loaded) Get(ctx context.Context, keys [][]byte, how how) ([]*record.Shown, error) {
	if err := notLoaded(l.collection, l.freshness.Status()); err != nil {
		return nil, err
	}
	return l.next.Get(ctx, keys, how)
}

func notLoaded(collection string, s Status) error {
	if s.Loaded {
		return nil
	}
	message := fmt.Sprintf("%s are being loaded for the first time: Odoo has not answered yet", collection)
	if s.Total > 0 {
		message = fmt.Sprintf("%s are being loaded for the first time: %d of %d rows, %s left", collection, s.Done, s.Total, s.Left.Round(time.Second))
	}
	return fault.Unavailable(errorsv1.Reason_REASON_NOT_LOADED, message, max(time.Second, min(s.Left, time.Minute)))
}

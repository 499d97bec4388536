package audit

import (
	"context"
	"time"

	"odoomesh/internal/audit/tlog"
)

// outOfOrder is how many records may have been written at once, and have no order then.
const outOfOrder = 2 * tlog.MaxBatch

// Verified is what an audit holds that is whole.
type Verified struct {
	tlog.Report
	// Records is how many records there are; First and Last are when the first and the last
	// of them happened.
	Records     uint64
	First, Last time.Time
}

// Verify reads a whole audit, and proves that nothing of it was changed since it was
// signed, that it holds all that earlier checkpoints were signed for, and that its
// records are numbered without a gap. What is wrong is a *tlog.Finding.
func Verify(ctx context.Context, dir string, key tlog.Key, earlier []tlog.Checkpoint) (Verified, error) {
	var v Verified
	// early are the sequences beyond the next one.
	next, early := uint64(1), map[uint64]uint64{}
	report, err := tlog.Verify(ctx, dir, key, earlier, func(index uint64, raw []byte) error {
		leaf, err := ReadLeaf(raw)
		if err != nil {
			return &tlog.Finding{What: "is none of an audit", First: index, End: index + 1, Detail: err.Error()}
		}
		if leaf.Sequence < next || early[leaf.Sequence] != 0 || len(early) > outOfOrder {
			return &tlog.Finding{What: "is numbered wrongly", First: index, End: index + 1, Detail: "it was signed so: whoever wrote it had the key"}
		}
		early[leaf.Sequence] = index + 1
		for early[next] != 0 {
			delete(early, next)
			next++
		}
		if v.Records++; v.Records == 1 {
			v.First = leaf.Time
		}
		v.Last = leaf.Time
		return nil
	})
	v.Report = report
	if err == nil && len(early) > 0 && report.Unsigned == 0 {
		err = &tlog.Finding{What: "lacks a record", Whole: true, Detail: "its records are numbered with a gap, and were signed so: whoever wrote them had the key"}
	}
	return v, err
}

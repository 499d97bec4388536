package capture

import (
	"time"

	"odoomesh/internal/index"
	"odoomesh/internal/store"
)

// sweepAtOnce is how many records are read again together.
const sweepAtOnce = 50

// sweepPace is the pause between two parts of the sweep, which walks through a
// collection's records, reads them again some at a time, and begins anew: what Odoo
// changes by SQL, without a stamp and without a row less, is healed in this way
// alone. Quants are merged so: grouped records are read once between two censuses,
// the others once a day.
func (c *collection) sweepPace() time.Duration {
	whole := c.engine.Sweep
	if c.records().Grouped() {
		whole = c.engine.Census
	}
	return whole / time.Duration(1+c.Cache.Count(c.Name)/sweepAtOnce)
}

// sweepDue is how long it is until the next part of the sweep.
func (c *collection) sweepDue(now time.Time) time.Duration {
	return max(0, c.sweepPace()-now.Sub(c.swept))
}

// sweep suspects the next part of the collection's records when it is due.
func (c *collection) sweep(now time.Time) error {
	if c.sweepDue(now) > 0 || len(c.pending) > 0 {
		return nil
	}
	c.swept = now
	if c.sweptTo == nil {
		c.forgetReferences()
	}
	snapshot := c.Cache.Snapshot()
	defer snapshot.Close()
	var keys []string
	for hit, err := range snapshot.Records(c.Name, store.Range{AfterKey: c.sweptTo, KeysOnly: true}) {
		if err != nil {
			return err
		}
		if len(keys) == sweepAtOnce {
			c.sweptTo = []byte(keys[len(keys)-1])
			c.suspect(CauseSweep, keys)
			return nil
		}
		keys = append(keys, string(hit.Key))
	}
	c.sweptTo = nil
	c.suspect(CauseSweep, keys)
	return nil
}

// retryFaulty suspects the next of the records that have a fault when it is due: what
// was mended in Odoo need not have left a stamp on them.
func (c *collection) retryFaulty(now time.Time) error {
	if now.Sub(c.retried) < c.engine.Retry || len(c.pending) > 0 {
		return nil
	}
	c.retried = now
	snapshot := c.Cache.Snapshot()
	defer snapshot.Close()
	var keys []string
	for hit, err := range snapshot.Index(c.Name, index.Faulty, store.Range{Prefix: index.FaultyValue, Exact: true, AfterKey: c.retriedTo, KeysOnly: true}) {
		if err != nil {
			return err
		}
		if keys = append(keys, string(hit.Key)); len(keys) == sweepAtOnce {
			break
		}
	}
	c.retriedTo = nil
	if len(keys) == sweepAtOnce {
		c.retriedTo = []byte(keys[len(keys)-1])
	}
	c.suspect(CauseFaulty, keys)
	return nil
}

package capture

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Cause is why a record is suspected to differ from Odoo.
type Cause string

// The causes, as the metric mesh_capture_suspects_total names them.
const (
	// CauseStamp: a row has a stamp that it was not seen with.
	CauseStamp Cause = "stamp"
	// CauseYoung: a row was written again under the stamp that it was seen with.
	CauseYoung Cause = "young"
	// CauseOverlap: the overlap of a stamp has passed, and the row is read a last time.
	CauseOverlap Cause = "overlap"
	// CauseNewcomer: a row was inserted that no stamp has told of.
	CauseNewcomer Cause = "newcomer"
	// CauseCount: a number of rows has changed.
	CauseCount Cause = "count"
	// CauseCensus: the ids of the cache and of Odoo differ.
	CauseCensus Cause = "census"
	// CauseSweep: the record's turn to be read again has come.
	CauseSweep Cause = "sweep"
	// CauseFaulty: it had a fault, and its turn to be tried again has come.
	CauseFaulty Cause = "faulty"
	// CauseOrphan: a record that it names is gone.
	CauseOrphan Cause = "orphan"
	// CauseRecheck: it has come into the cache, and all its models were counted since.
	CauseRecheck Cause = "recheck"
)

// detector asks Odoo one kind of question about one model, again and again.
type detector interface {
	// kind and model name it, such as "stamps" of "res.partner".
	kind() string
	model() string
	// pace is the pause between two probes.
	pace(now time.Time) time.Duration
	// weight lets a detector come before others that are as much overdue.
	weight(now time.Time) float64
	// probe asks Odoo and tells what it suspects. An error loses nothing: the next
	// probe finds again what this one has not told.
	probe(ctx context.Context, now time.Time) (findings, error)
	// feeds tells whether a collection's records depend on it.
	feeds(c *collection) bool
	health() *health
}

// findings is what a probe suspects.
type findings struct {
	rows []suspectRows
	keys []suspectKeys
	// until is a time of Odoo's database up to which nothing is left to be found by
	// stamps; zero where the probe says nothing of it.
	until time.Time
}

// suspectRows are rows of a model whose records impact has to find.
type suspectRows struct {
	cause Cause
	model string
	ids   []int64
}

// suspectKeys are records of a collection.
type suspectKeys struct {
	cause Cause
	to    *collection
	keys  []string
}

func (f *findings) addRows(cause Cause, model string, ids []int64) {
	if len(ids) > 0 {
		f.rows = append(f.rows, suspectRows{cause, model, ids})
	}
}

func (f *findings) addKeys(cause Cause, to *collection, keys []string) {
	if len(keys) > 0 {
		f.keys = append(f.keys, suspectKeys{cause, to, keys})
	}
}

// backoffDoublings is how often the pause after a failure is doubled at most.
const backoffDoublings = 5

// health is how a detector, or a collection's worker, fares: when it asked last, how
// long that took, and what stands in its way.
type health struct {
	mu sync.Mutex
	// asked is when the last probe that succeeded began, tried when the last one of all
	// did; zero before the first.
	asked, tried time.Time
	took         effort
	// failures counts those in a row, since and reason tell of them, next is when it
	// may be tried again.
	failures int
	since    time.Time
	reason   string
	next     time.Time
	running  atomic.Bool
}

// Trouble is what stands in the way of following Odoo.
type Trouble struct {
	// Detector is what cannot be asked, such as "stamps"; Model is Odoo's, empty where
	// it is none in particular.
	Detector, Model string
	Reason          string
	Since           time.Time
}

func (h *health) succeeded(asked time.Time, took time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked, h.tried, h.failures, h.reason = asked, asked, 0, ""
	h.took.add(took)
}

// failed notes a failure and tells whether it is the first, or another than before.
func (h *health) failed(tried, now time.Time, first time.Duration, reason string) (news bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tried = tried
	h.took.add(now.Sub(tried))
	if h.failures == 0 {
		h.since = now
	}
	news = h.failures == 0 || h.reason != reason
	h.next = now.Add(first << min(h.failures, backoffDoublings))
	h.failures++
	h.reason = reason
	return news
}

// soon lets it be tried again at once.
func (h *health) soon() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next = time.Time{}
}

// waits is how long it must not be tried yet.
func (h *health) waits(now time.Time) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.failures == 0 {
		return 0
	}
	return max(0, h.next.Sub(now))
}

func (h *health) lastAsked() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.asked
}

// slow tells whether the last answers were slow and an eighth of the time has gone into
// them already.
func (h *health) slow(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	took := h.took.least()
	return took > patience && now.Sub(h.tried) < slowShare*took
}

func (h *health) effort() effort {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.took
}

// trouble is what stands in the way; false where nothing does.
func (h *health) trouble(kind, model string) (Trouble, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return Trouble{Detector: kind, Model: model, Reason: h.reason, Since: h.since}, h.failures > 0
}

// effort is how long the last two answers to a question took. The shorter one
// counts: what keeps Odoo busy now and then tells nothing of the question.
type effort [2]time.Duration

func (f *effort) add(d time.Duration) { f[0], f[1] = f[1], d }

func (f effort) least() time.Duration { return min(f[0], f[1]) }

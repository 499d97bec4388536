package bulk

import (
	"sync"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	"odoomesh/internal/clock"
)

// tally counts what became of the rows.
type tally struct {
	began time.Time
	clock clock.Clock

	mu       sync.Mutex
	progress *commandv1.ImportProgress
}

func (t *tally) received(rows int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.progress.Received = rows
	if t.progress.Total > 0 && rows > t.progress.Total {
		t.progress.Total = 0 // the header was wrong
	}
}

// all says that no more rows come.
func (t *tally) all(rows int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.progress.Total = rows
}

func (t *tally) count(r *commandv1.ImportedRow) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.progress
	p.Done++
	switch r.GetOutcome() {
	case commandv1.ImportedRow_OUTCOME_CREATED:
		p.Created++
	case commandv1.ImportedRow_OUTCOME_CHANGED:
		p.Changed++
	case commandv1.ImportedRow_OUTCOME_UNCHANGED:
		p.Unchanged++
	case commandv1.ImportedRow_OUTCOME_REFUSED:
		p.Refused++
	case commandv1.ImportedRow_OUTCOME_UNFINISHED:
		p.Unfinished++
	case commandv1.ImportedRow_OUTCOME_VALID:
		p.Valid++
	}
}

// now is how far the import is.
func (t *tally) now() *commandv1.ImportProgress {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := proto.CloneOf(t.progress)
	if took := t.clock.Now().Sub(t.began).Seconds(); took > 0 {
		p.RowsPerSecond = float64(p.Done) / took
	}
	if left := p.Total - p.Done; p.Total > 0 && p.RowsPerSecond > 0 {
		p.Left = durationpb.New(time.Duration(float64(left) / p.RowsPerSecond * float64(time.Second)).Round(time.Second))
	}
	return p
}

func (t *tally) ended() *commandv1.ImportProgress {
	p := t.now()
	p.Complete = true
	return p
}

// tell sends what became of each row, and now and then how far it is: at once, too, so
// that a caller knows that it has begun.
func (t *tally) tell(s Stream, results <-chan *commandv1.ImportedRow) error {
	if err := s.Progress(t.now()); err != nil {
		return err
	}
	next := t.clock.After(tell)
	for {
		select {
		case r, more := <-results:
			if !more {
				return nil
			}
			t.count(r)
			if err := s.Row(r); err != nil {
				return err
			}
		case <-next:
			if err := s.Progress(t.now()); err != nil {
				return err
			}
			next = t.clock.After(tell)
		}
	}
}

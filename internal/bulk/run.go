package bulk

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/metadata"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
)

const (
	// mostRows bounds an import: it remembers what its rows say once.
	mostRows = 100_000
	// parallel is how many rows are carried out at once: what they ask Odoo goes together.
	parallel = 24
	// ahead is how many rows wait for each that is carried out.
	ahead = 16
	// longestID leaves room for what a row adds to the id of its import.
	longestID = 80
	// tell is the pause between two messages of progress.
	tell = time.Second
)

// Import is how rows of one kind are carried out.
type Import struct {
	Desk *command.Desk
	// Method is the full name of the method that each row is a request of.
	Method string
	// Parallel is how many rows are carried out at once.
	Parallel int
	// Patience is how long a row is asked for again that only waits.
	Patience time.Duration
	Clock    clock.Clock
}

// New is an import of requests of a method. What is asked of Odoo at once is bounded by its
// budget in any case.
func New(desk *command.Desk, method string) Import {
	return Import{Desk: desk, Method: method, Parallel: parallel, Patience: 2 * desk.LongestRequest, Clock: desk.Clock}
}

// Stream is where rows come from, and where it is told what became of them.
type Stream struct {
	// Receive gives the next message: its header, or nil, and its row. io.EOF is the end.
	Receive func() (*commandv1.ImportHeader, Row, error)
	// Row and Progress send; no two are called at once.
	Row      func(*commandv1.ImportedRow) error
	Progress func(*commandv1.ImportProgress) error
}

// Run carries out the rows of a stream, and returns when all are told.
func (i Import) Run(ctx context.Context, s Stream) error {
	header, first, err := s.Receive()
	if errors.Is(err, io.EOF) {
		return fault.Invalid(fault.Violation("header", "there is no row"))
	}
	if err != nil {
		return err
	}
	if header, err = opened(ctx, header); err != nil {
		return err
	}
	// What the caller said of the call is not meant for each row.
	ctx, cancel := context.WithCancel(metadata.NewIncomingContext(ctx, metadata.MD{}))
	defer cancel()
	t := &tally{began: i.Clock.Now(), clock: i.Clock, progress: &commandv1.ImportProgress{Total: header.GetRows()}}
	results := make(chan *commandv1.ImportedRow, i.Parallel)
	told := make(chan error, 1)
	go func() {
		err := t.tell(s, results)
		cancel()
		for range results { // nobody is kept waiting by a caller who is gone
		}
		told <- err
	}()
	err = i.distribute(ctx, header, first, s, t, results)
	close(results)
	if sent := <-told; err == nil {
		err = sent
	}
	if err != nil {
		return err
	}
	return s.Progress(t.ended())
}

// opened is the header of an import, with what came as headers of the call.
func opened(ctx context.Context, h *commandv1.ImportHeader) (*commandv1.ImportHeader, error) {
	if h == nil {
		h = &commandv1.ImportHeader{}
	}
	id := h.GetRequestId()
	md, _ := metadata.FromIncomingContext(ctx)
	if given := strings.Join(md.Get("idempotency-key"), ","); given != "" {
		if id != "" && id != given {
			return nil, fault.Invalid(fault.Violation("header.request_id", "the header Idempotency-Key says otherwise: give it once"))
		}
		id = given
	}
	switch {
	case id == "" && !h.GetValidateOnly():
		return nil, fault.Invalid(fault.Violation("header.request_id", "give the import an id of your own in its first message, so that sending it again goes on; over REST as the header Idempotency-Key"))
	case h.GetRows() > mostRows:
		return nil, fault.Invalid(fault.Violation("header.rows", fmt.Sprintf("an import has %d rows at most: send the rest as another one", mostRows)))
	case len(id) > longestID || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, fault.Invalid(fault.Violation("header.request_id", fmt.Sprintf("up to %d visible ASCII characters", longestID)))
	}
	return &commandv1.ImportHeader{RequestId: id, ValidateOnly: h.GetValidateOnly(), Rows: h.GetRows()}, nil
}

// distribute hands out rows until they end. Rows that belong together go to the same
// worker, so that they are carried out as they came.
func (i Import) distribute(ctx context.Context, header *commandv1.ImportHeader, row Row, s Stream, t *tally, results chan<- *commandv1.ImportedRow) error {
	var workers sync.WaitGroup
	lanes := make([]chan numbered, i.Parallel)
	for n := range lanes {
		lane := make(chan numbered, ahead)
		lanes[n] = lane
		workers.Go(func() {
			for r := range lane {
				results <- i.carry(ctx, r)
			}
		})
	}
	defer workers.Wait()
	defer func() {
		for _, lane := range lanes {
			close(lane)
		}
	}()
	said := map[string]int64{}
	var again *commandv1.ImportHeader
	for number := int64(0); ; {
		if row.Request != nil || row.Wrong != nil {
			number++
			if number > mostRows {
				return fault.Invalid(fault.Violation("rows", fmt.Sprintf("an import has %d rows at most: send the rest as another one", mostRows)))
			}
			r := numbered{Row: row, number: number}
			if again != nil && r.Wrong == nil {
				r.Wrong = fault.Invalid(fault.Violation("header", "it stands in the first message alone"))
			}
			if r.Wrong == nil {
				r.Wrong = i.identify(header, &r)
			}
			i.onlyOnce(&r, said)
			t.received(number)
			select {
			case lanes[laneOf(r, len(lanes))] <- r:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		var err error
		switch again, row, err = s.Receive(); {
		case errors.Is(err, io.EOF):
			t.all(number)
			return nil
		case err != nil:
			return err
		}
		if row.Request == nil && row.Wrong == nil {
			row.Wrong = fault.Invalid(fault.Violation("header", "it stands in the first message alone, and each later one has a row"))
		}
	}
}

// onlyOnce refuses what a row before has said already.
func (i Import) onlyOnce(r *numbered, said map[string]int64) {
	if r.Wrong != nil {
		return
	}
	once, at := r.Once, r.OnceAt
	if once == "" {
		once, at = r.id, "row"
	}
	if before, twice := said[once]; twice {
		r.Wrong = fault.New(errorsv1.Reason_REASON_INVALID_ARGUMENT, fmt.Sprintf("Row %d says it already.", before), fault.Violation(at, fmt.Sprintf("row %d says it already", before)))
		return
	}
	said[once] = r.number
}

func laneOf(r numbered, n int) int {
	if r.Together == "" {
		return int(r.number % int64(n))
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(r.Together))
	return int(h.Sum32() % uint32(n))
}

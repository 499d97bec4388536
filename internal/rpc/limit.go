package rpc

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
)

// Limits bound what one principal takes of the mesh.
type Limits struct {
	// UnitsPerSecond is what its calls may cost; one cached read of one record costs
	// one unit. What is saved in a quiet second may be spent in the next. 0: no limit.
	UnitsPerSecond int
	// Streams is how many streams it may have open; 0: no limit.
	Streams int
	// PageSize is how many records a page has at most; 0: what the method allows.
	PageSize int
}

// burstSeconds is how long a quiet principal saves.
const burstSeconds = 2

// usualPage is how many records a page has at most where the caller does not say.
const usualPage = 50

// contractPage is how many records the contract lets anybody ask for: more is refused by
// validation, which tells the caller so.
const contractPage = 1000

// streamPause is when it is worth asking again for a stream.
const streamPause = 5 * time.Second

// limiter gives every principal its own share.
type limiter struct {
	limits Limits
	clock  clock.Clock
	cost   func(method string) int
	shares sync.Map // of *share, by the principal's name
}

// share is what one principal has.
type share struct {
	units   *rate.Limiter
	streams atomic.Int64
}

// cover checks that every method can be called at all.
func (l *limiter) cover(method string, cost int) error {
	if burst := l.limits.UnitsPerSecond * burstSeconds; l.limits.UnitsPerSecond > 0 && cost > burst {
		return fmt.Errorf("method %s costs %d units, and a caller never has more than %d: set caller-max-units-per-second to %d or more",
			method, cost, burst, (cost+burstSeconds-1)/burstSeconds)
	}
	return nil
}

func (l *limiter) around(ctx context.Context, call *Call, next Next) error {
	cost := l.cost(call.Method)
	if cost == 0 {
		return next(ctx)
	}
	s := l.share(call.principal)
	if err := l.take(s, cost); err != nil {
		return err
	}
	if !call.Stream {
		l.bound(call.request)
		return next(ctx)
	}
	open := s.streams.Add(1)
	defer s.streams.Add(-1)
	if l.limits.Streams > 0 && open > int64(l.limits.Streams) {
		return fault.New(errorsv1.Reason_REASON_OVERLOADED, fmt.Sprintf("The caller has %d streams open, which is as many as it may.", l.limits.Streams),
			fault.With("limit", "streams"), fault.With("allowed", strconv.Itoa(l.limits.Streams)), fault.RetryAfter(streamPause))
	}
	return next(ctx)
}

func (l *limiter) share(principal string) *share {
	if s, ok := l.shares.Load(principal); ok {
		return s.(*share)
	}
	made := &share{}
	if l.limits.UnitsPerSecond > 0 {
		made.units = rate.NewLimiter(rate.Limit(l.limits.UnitsPerSecond), l.limits.UnitsPerSecond*burstSeconds)
	}
	s, _ := l.shares.LoadOrStore(principal, made)
	return s.(*share)
}

// take spends units, or refuses and says when there will be enough of them.
func (l *limiter) take(s *share, cost int) error {
	now := l.clock.Now()
	if s.units == nil || s.units.AllowN(now, cost) {
		return nil
	}
	pause := time.Second
	if r := s.units.ReserveN(now, cost); r.OK() {
		pause = r.DelayFrom(now)
		r.CancelAt(now)
	}
	return fault.New(errorsv1.Reason_REASON_OVERLOADED, fmt.Sprintf("The caller has used up its %d units a second.", l.limits.UnitsPerSecond),
		fault.With("limit", "units_per_second"), fault.With("allowed", strconv.Itoa(l.limits.UnitsPerSecond)), fault.RetryAfter(max(pause, time.Millisecond)))
}

// bound makes a page that is larger than allowed as large as allowed.
func (l *limiter) bound(request any) {
	r, ok := request.(interface {
		proto.Message
		GetPageSize() int32
	})
	if l.limits.PageSize == 0 || !ok {
		return
	}
	if size := int(r.GetPageSize()); size > l.limits.PageSize && size <= contractPage || size == 0 && l.limits.PageSize < usualPage {
		m := r.ProtoReflect()
		m.Set(m.Descriptor().Fields().ByName("page_size"), protoreflect.ValueOfInt32(int32(l.limits.PageSize)))
	}
}

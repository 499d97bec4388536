package event

import (
	"context"
	"sync"

	"odoomesh/internal/access"
)

// streams are the open streams of consumers, one for each at most.
type streams struct {
	mu sync.Mutex
	of map[string]*member
}

// member is the one stream of a consumer, and who opened it.
type member struct {
	stop  context.CancelCauseFunc
	owner string
}

// join makes a stream the one of its consumer: the one before it, whose context ends,
// sends nothing any more. That of another caller stays, and join fails. A stream
// without a consumer joins nothing. leave has to be called at its end.
func (s *streams) join(ctx context.Context, consumer string) (joined context.Context, leave func(), err error) {
	if consumer == "" {
		return ctx, func() {}, nil
	}
	s.mu.Lock()
	before := s.of[consumer]
	if before != nil {
		if err := mayUse(ctx, consumer, before.owner); err != nil {
			s.mu.Unlock()
			return nil, nil, err
		}
	}
	ctx, stop := context.WithCancelCause(ctx)
	m := &member{stop, access.Caller(ctx)}
	if s.of == nil {
		s.of = map[string]*member{}
	}
	s.of[consumer] = m
	s.mu.Unlock()
	if before != nil {
		before.stop(errTakenOver(consumer))
	}
	return ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.of[consumer] == m {
			delete(s.of, consumer)
		}
		stop(nil)
	}, nil
}

// owner is who has the open stream of a consumer; empty where there is none.
func (s *streams) owner(consumer string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.of[consumer]; m != nil {
		return m.owner
	}
	return ""
}

// names are those of the consumers that have a stream, each with who opened it.
func (s *streams) names() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[string]string, len(s.of))
	for name, m := range s.of {
		all[name] = m.owner
	}
	return all
}

// open tells whether a consumer has a stream.
func (s *streams) open(consumer string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of[consumer] != nil
}

// end ends the stream of a consumer that was deleted, and tells whether it had one.
func (s *streams) end(consumer string) bool {
	s.mu.Lock()
	m := s.of[consumer]
	delete(s.of, consumer)
	s.mu.Unlock()
	if m != nil {
		m.stop(errDeleted(consumer))
	}
	return m != nil
}

package badgerstore

// publish shows new bounds to readers and wakes those who waited for them. It
// is called after the bounds are durable, by whoever has the turn.
func (l *Log) publish(next bounds) {
	l.seen.note(next.head)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bounds = next
	for after, ch := range l.waiters {
		if next.head > after {
			close(ch)
			delete(l.waiters, after)
		}
	}
}

// Grown returns the channel that all who wait at the same position share.
func (l *Log) Grown(after uint64) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	ch, waiting := l.waiters[after]
	if !waiting {
		ch = make(chan struct{})
		if l.bounds.head > after {
			close(ch)
		} else {
			l.waiters[after] = ch
		}
	}
	return ch
}

package odoosim

import "sync"

// counters count calls of object.execute_kw and of common for tests.
type counters struct {
	mu       sync.Mutex
	all      int64
	byMethod map[string]int64
}

func (c *counters) add(model, method string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all++
	c.byMethod[model+"."+method]++
}

// Calls is how many calls have arrived, those that failed included.
func (s *Sim) Calls() int64 {
	s.calls.mu.Lock()
	defer s.calls.mu.Unlock()
	return s.calls.all
}

// CallsOf is how many calls of one method have arrived; the model of authenticate
// and version is "common".
func (s *Sim) CallsOf(model, method string) int64 {
	s.calls.mu.Lock()
	defer s.calls.mu.Unlock()
	return s.calls.byMethod[model+"."+method]
}

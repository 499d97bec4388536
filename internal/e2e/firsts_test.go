package e2e

import (
	"sync"

	"odoomesh/internal/odooproxy"
)

// first chooses the first call of each method of each model, of those that are meant, and
// so spoils each step of a command once.
type first struct {
	of  odooproxy.Match
	mu  sync.Mutex
	met map[string]bool
}

func firsts(of odooproxy.Match) *first { return &first{of: of, met: map[string]bool{}} }

func (f *first) choose(c odooproxy.Call) bool {
	if !f.of(c) {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	call := c.Model + "." + c.Method
	is := !f.met[call]
	f.met[call] = true
	return is
}

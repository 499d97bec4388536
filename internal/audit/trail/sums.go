package trail

import (
	"net"
	"sync"
	"time"

	"odoomesh/internal/audit"
	"odoomesh/internal/clock"
)

// maxSums bounds how many sums there are at a time: what comes beyond is of others.
const maxSums = 4096

// sum is what calls that are summed have in common.
type sum struct{ principal, address, method, outcome string }

// others is what sums beyond the bound have in common.
func (s sum) others() sum { return sum{address: "others", outcome: s.outcome} }

// summed is how many there were, and when.
type summed struct {
	count       uint64
	first, last time.Time
	proof       string
}

// sums counts calls that get no record of their own.
type sums struct {
	clock clock.Clock
	mu    sync.Mutex
	all   map[sum]*summed
}

func (s *sums) add(of sum, r audit.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[sum]*summed{}
	}
	if s.all[of] == nil && len(s.all) >= maxSums {
		of = of.others()
	}
	so := s.all[of]
	if so == nil {
		so = &summed{first: r.Began, proof: r.Proof}
		s.all[of] = so
	}
	so.count, so.last = so.count+1, r.Began
}

// take gives what was summed, and begins anew.
func (s *sums) take() (told []audit.Statement) {
	s.mu.Lock()
	all := s.all
	s.all = nil
	s.mu.Unlock()
	for of, so := range all {
		told = append(told, audit.Statement{
			Leaf:    audit.Leaf{Time: so.first, Kind: audit.OfSum, Method: of.method, Outcome: of.outcome, Count: so.count},
			Payload: audit.Payload{Principal: of.principal, Proof: so.proof, Address: of.address, Until: so.last.UTC()},
		})
	}
	return told
}

// host is where a call came from, without the port.
func host(address string) string {
	if h, _, err := net.SplitHostPort(address); err == nil {
		return h
	}
	return address
}

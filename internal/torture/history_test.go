package torture

import (
	"fmt"
	"strings"
	"sync"
	"time"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
)

// what happens.
type what string

const (
	asked     what = "asked"     // a caller sends a request
	answered  what = "answered"  // it got an answer
	moved     what = "moved"     // an intent's new state is durable
	looked    what = "looked"    // the desk looks how far a command has come
	left      what = "left"      // a call that changes something leaves for Odoo
	returned  what = "returned"  // the desk waits for it no longer
	committed what = "committed" // Odoo has done what it asked for
	rewritten what = "rewritten" // the mesh keeps once more what it keeps for an intent
	clashed   what = "clashed"   // it writes over what it has not seen
	removed   what = "removed"   // a person deletes what a command made
	killed    what = "killed"    // the mesh is killed
)

// happening is one thing that happened. What does not belong to it is empty.
type happening struct {
	what what
	at   time.Duration
	// op is the call of a caller that it belongs to, from 1 on.
	op int
	// intent is an id without its collection.
	intent, principal, request, body string
	state                            commandv1.State
	reason                           string
	// document is what the call works on.
	document string
}

func (h happening) String() string {
	return strings.Join(strings.Fields(fmt.Sprintf("%12s %-9s op %d %.8s %s %s %q %s %s %s", h.at, h.what, h.op, h.intent, h.principal, h.request, h.body, h.document, h.state, h.reason)), " ")
}

// history is all that happened, in one order: each step is taken, and written down, while
// nobody else takes one.
type history struct {
	mu    sync.Mutex
	began time.Time
	all   []happening
	ops   int
}

// add is called with the lock held.
func (h *history) add(one happening) {
	one.at = time.Since(h.began)
	h.all = append(h.all, one)
}

func (h *history) note(one happening) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.add(one)
}

// ask notes a request that leaves its caller.
func (h *history) ask(one happening) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops++
	one.what, one.op = asked, h.ops
	h.add(one)
	return one.op
}

// of tells what happened to an intent, for who has to find out why.
func of(all []happening, intent string) string {
	var text strings.Builder
	request := ""
	for _, h := range all {
		if h.intent == intent && h.request != "" {
			request = h.principal + h.request
		}
	}
	for _, h := range all {
		if h.intent == intent || h.what == killed || h.request != "" && h.principal+h.request == request {
			text.WriteString(h.String() + "\n")
		}
	}
	return text.String()
}

package trail

import (
	"context"
	"strings"

	"odoomesh/internal/audit"
)

// Say writes a statement of another part of the mesh, and returns when it is durable. One
// that fails may be written later all the same.
func (t *Trail) Say(ctx context.Context, s audit.Statement) error {
	t.add(s)
	return t.settle(ctx)
}

// maxWaiting bounds what is told of calls and waits to be written: beyond it they are
// summed.
const maxWaiting = 8192

// Record implements audit.Recorder. Calls that changed nothing are summed; so are the
// refusals of strangers, and of callers at their limit, who could fill the disk otherwise.
func (t *Trail) Record(ctx context.Context, r audit.Record) error {
	refused := r.Outcome != audit.Answered
	switch {
	case refused && r.Principal == "":
		t.sums.add(sum{address: host(r.Address), outcome: r.Outcome}, r)
		return nil
	case r.AtLimit:
		t.sums.add(sum{principal: r.Principal, address: host(r.Address), outcome: r.Outcome}, r)
		return nil
	case !refused && r.Reads:
		t.sums.add(sum{principal: r.Principal, method: r.Method, outcome: r.Outcome}, r)
		return nil
	}
	if !t.tell(r) {
		t.sums.add(sum{principal: r.Principal, method: r.Method, outcome: r.Outcome}, r)
	}
	if r.Reads || refused && r.Intent == "" {
		return nil
	}
	return t.settle(ctx)
}

// tell adds a record of a call to what is written; false where too much waits already.
func (t *Trail) tell(r audit.Record) bool {
	t.mu.Lock()
	full := len(t.waiting) >= maxWaiting
	t.mu.Unlock()
	if full {
		return false
	}
	told := audit.Statement{
		Leaf: audit.Leaf{Time: r.Began, Kind: audit.OfCall, Method: r.Method, Intent: r.Intent, Outcome: r.Outcome},
		Payload: audit.Payload{
			Principal: r.Principal, Proof: r.Proof, Address: r.Address, CallID: r.RequestID, Subject: cut(r.Subject), Explanation: cut(r.Says),
		},
	}
	if len(r.Changes) == 0 {
		t.add(told)
		return true
	}
	var all []audit.Statement
	for _, c := range r.Changes {
		told.Leaf.Document, told.Leaf.Before, told.Leaf.After, told.Payload.Explanation = c.Document, c.Before, c.After, cutChange(c.Says)
		all = append(all, told)
	}
	t.add(all...)
	return true
}

// longest bounds what a caller names, in bytes.
const longest = 1000

func cut(text string) string {
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}

package torture

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/odoo"
	"odoomesh/internal/store"
)

// life is a mesh from its start until it is killed. From then on nothing that it does
// reaches the ledger or Odoo; what Odoo has begun for it goes on.
type life struct {
	*world
	store.Journal
	desk *command.Desk
	dead chan struct{}
	// stop ends it, and ended is closed when it has.
	stop  context.CancelFunc
	ended chan struct{}
	// late are the intents of which something is kept and not shown.
	late map[string]bool
}

var (
	errKilled   = errors.New("the mesh was killed")
	errFull     = errors.New("no space left on device")
	cut         = &odoo.TransportError{Kind: odoo.NoAnswer, Sent: true, Err: errors.New("connection reset")}
	unreachable = &odoo.TransportError{Kind: odoo.Unreachable, Err: errors.New("connection refused")}
	contention  = &odoo.Fault{Code: 1, Kind: odoo.Contention, Message: "could not serialize access"}
	// lies are what comes in place of an answer after the commit.
	lies = []error{
		cut,
		&odoo.TransportError{Kind: odoo.Blocked, Sent: true, Status: 403},
		&odoo.TransportError{Kind: odoo.NoAnswer, Sent: true, Status: 502},
		&odoo.Fault{Code: 1, Kind: odoo.Unforeseen, Message: "KeyError: 'x'"},
		&odoo.Fault{Code: 2, Kind: odoo.BusinessRule, Message: "a partner cannot follow twice the same object"},
	}
)

func (l *life) isDead() bool {
	select {
	case <-l.dead:
		return true
	default:
		return false
	}
}

// dies is a failpoint: now and then the mesh is killed at it. The lock is held.
func (l *life) dies(at string) bool {
	if l.isDead() {
		return true
	}
	if !l.chance(l.deadly) {
		return false
	}
	l.hit(at)
	l.add(happening{what: killed, reason: at})
	close(l.dead)
	return true
}

// diesAt is dies for who does not hold the lock.
func (l *life) diesAt(at string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dies(at)
}

// RecordAfter is the ledger's, with a failpoint before and one behind the sync.
func (l *life) RecordAfter(ctx context.Context, head uint64, at time.Time, drafts []store.Draft, facts []store.Fact) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dies("before a sync") {
		return 0, errKilled
	}
	if l.chance(20) {
		l.hit("full disk")
		return 0, errFull
	}
	first, err := l.Journal.RecordAfter(ctx, head, at, drafts, facts)
	if err != nil {
		return first, err
	}
	for _, f := range facts {
		if f.Key[0] == 'i' {
			if err := l.moved(f.Value); err != nil {
				return first, err
			}
		}
	}
	if l.dies("after a sync") {
		return 0, errKilled
	}
	return first, nil
}

// moved notes what is durable of an intent from now on.
func (l *life) moved(raw []byte) error {
	kept := &internalv1.KeptIntent{}
	if err := proto.Unmarshal(raw, kept); err != nil {
		return err
	}
	asked := l.kinds[kept.GetMethod()].Request.ProtoReflect().New().Interface()
	if err := proto.Unmarshal(kept.GetRequest(), asked); err != nil {
		return err
	}
	i := kept.GetIntent()
	h := happening{what: moved, intent: path.Base(i.GetName()), principal: i.GetPrincipal(), request: i.GetRequestId(), body: bodyOf(asked), state: i.GetState()}
	if from, follows := strings.CutPrefix(i.GetRequestId(), followsFrom("")); follows {
		l.house.followed[from] = true
	}
	if !l.house.held(h.intent, h.body) {
		h.reason = "not held"
	}
	if strings.Contains(i.GetExplanation(), missing) && !strings.Contains(h.body, wrongRow) {
		h.reason = "refused for another"
	}
	l.add(h)
	return nil
}

// keep writes what the mesh itself keeps, synced, once for an intent.
func (l *life) keep(intent, body, document string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dies("before a keep") {
		return errKilled
	}
	if l.chance(20) {
		l.hit("full disk")
		return errFull
	}
	if !l.house.kept[intent] {
		l.house.kept[intent] = true
		l.add(happening{what: committed, intent: intent, body: body, document: document})
	}
	if l.dies("after a keep") {
		return errKilled
	}
	return nil
}

// Facts are read while nothing is being written.
func (l *life) Facts() store.Facts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Journal.Facts()
}

// Server is that of the house.
func (l *life) May(context.Context, string, string) (bool, error) { return true, nil }

func (l *life) Language() string   { return "" }
func (l *life) Companies() []int64 { return nil }

func (l *life) Server() (odoo.Server, bool) { return odoo.Server{}, true }

// SearchRead is what reads, which fails now and then, too.
func (l *life) SearchRead(ctx context.Context, model string, domain odoo.Domain, _ []string, _ odoo.ReadOptions) ([]odoo.Row, error) {
	if err := l.reads(ctx); err != nil {
		return nil, err
	}
	return l.house.rows(model, domain), nil
}

func (l *life) reads(ctx context.Context) error {
	if l.diesAt("at a look") || !l.rest(ctx, 0) {
		return cut
	}
	if l.chance(20) {
		l.hit("unreachable at a look")
		return unreachable
	}
	return nil
}

// Call is the look at an external id, a load, or a count.
func (l *life) Call(ctx context.Context, model, method string, args []any, kwargs map[string]any) (any, error) {
	switch method {
	case "load":
		return l.change(ctx, loadOf(args))
	case "count":
		return l.change(ctx, call{method: method, document: kwargs["document"].(string), intent: kwargs["intent"].(string), body: kwargs["body"].(string)})
	case "check_object_reference":
		if err := l.reads(ctx); err != nil {
			return nil, err
		}
		return l.house.find(kwargs["xml_id"].(string))
	}
	return nil, fmt.Errorf("nobody calls %s.%s", model, method)
}

// CallOn is a button, or a note.
func (l *life) CallOn(ctx context.Context, model, method string, ids []int64, _ []any, kwargs map[string]any) (any, error) {
	if method == "message_post" {
		if err := l.reads(ctx); err != nil {
			return nil, err
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.dies("at a note") {
			return nil, cut
		}
		l.house.notes = append(l.house.notes, kwargs["body"].(string))
		return int64(1), nil
	}
	return l.change(ctx, call{method: method, document: documentOf(model, ids[0]), intent: kwargs["intent"].(string), body: kwargs["body"].(string)})
}

// change sends a call that changes something, and waits for its answer; Odoo works on it
// whoever still waits.
func (l *life) change(ctx context.Context, c call) (any, error) {
	l.mu.Lock()
	if l.dies("before a call") {
		l.mu.Unlock()
		return nil, cut
	}
	for _, one := range c.each() {
		l.add(happening{what: left, intent: one.intent, body: one.body, document: one.document})
	}
	if len(c.rows) > 1 {
		l.hit("rows together")
	}
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if !l.isDead() {
			for _, one := range c.each() {
				l.add(happening{what: returned, intent: one.intent, document: one.document})
			}
		}
	}()
	switch {
	case l.chance(12):
		l.hit("unreachable")
		return nil, unreachable
	case l.chance(12):
		l.hit("lost on the way")
		l.rest(ctx, 0)
		return nil, cut
	case l.chance(12):
		l.hit("contention")
		l.rest(ctx, 0)
		return nil, contention
	}
	answer := make(chan reply, 1)
	l.odoo.Go(func() { answer <- l.worked(c) })
	var impatient <-chan time.Time
	if l.chance(4) {
		impatient = time.After(l.span(time.Second))
	}
	select {
	case a := <-answer:
		if l.diesAt("before an answer") {
			return nil, cut
		}
		return a.value, a.err
	case <-impatient:
		l.hit("cut while Odoo works")
	case <-l.dead:
	case <-ctx.Done():
	}
	return nil, cut
}

type reply struct {
	value any
	err   error
}

// worked is what Odoo does with a call.
func (l *life) worked(c call) reply {
	took := l.span(100 * time.Millisecond)
	if l.chance(8) {
		l.hit("slow")
		took = l.span(longest - time.Second)
	}
	<-time.After(l.span(10 * time.Millisecond))
	l.mu.Lock()
	err, asks := l.house.begins(c.document), c.method == "press" && l.chance(3)
	l.mu.Unlock()
	if err == nil && asks {
		l.hit("a question")
		return reply{map[string]any{"res_model": "is.it.meant"}, nil}
	}
	if err != nil {
		return reply{nil, err}
	}
	<-time.After(took)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dies("before a commit") {
		l.hit("commits for the dead")
	}
	if l.chance(20) {
		l.hit("a yes for nothing")
		return reply{map[string]any{"ids": []any{int64(1)}}, nil}
	}
	value, err := l.house.commit(c)
	l.dies("after a commit")
	if err == nil && l.chance(6) {
		lie := lies[l.below(len(lies))]
		l.hit("a lie after the commit")
		return reply{nil, lie}
	}
	return reply{value, err}
}

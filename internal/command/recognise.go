package command

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/fingerprint"
	"odoomesh/internal/odoo"
)

const (
	// recogniseAgain is how old the last look at Odoo's fingerprint may be when a command
	// is carried out: within it Odoo cannot be put back and be there again.
	recogniseAgain = 2 * time.Second
	// recogniseFailed is for how long a look that failed stands for others, too: whoever
	// waits for Odoo would ask as often as it can be asked.
	recogniseFailed = 500 * time.Millisecond
	// recogniseEvery is how often it is looked at without any command.
	recogniseEvery = 30 * time.Second
	// recogniseSoon is how long after a command was done Odoo is looked at, so that what it
	// made is remembered; what others make meanwhile is, too.
	recogniseSoon = 5 * time.Second
	// passing is how long what may pass, such as a replica that lags, has to last until
	// it is taken for a change.
	passing = 30 * time.Second
)

// Probe looks at Odoo's fingerprint and compares it with the one that is kept.
type Probe func(ctx context.Context, kept *internalv1.KeptFingerprint, depth fingerprint.Depth) (fingerprint.Finding, error)

// Change is that Odoo is not the one that it was: nothing is written to it.
type Change struct {
	Kind     fingerprint.Kind
	Noticed  time.Time
	Evidence []string
	// Etag names the change for whoever accepts it; empty while it may still pass.
	Etag string
}

// identity is which Odoo the desk writes to.
type identity struct {
	// turn lets one look, or one acceptance, at a time.
	turn Lanes
	// failed is when a look failed last, and failure why; nil where none has since. Whoever
	// has the turn may touch them.
	failed  time.Time
	failure error

	mu     sync.Mutex
	loaded bool
	// kept is what the ledger has; nil before the first contact.
	kept *internalv1.KeptOdoo
	// looked is when Odoo was last seen to be the one that it was, and whole when it was
	// not only glanced at.
	looked, whole time.Time
	// doubt is what may still pass; nil where there is nothing.
	doubt *Change
	// back is closed when Odoo is seen to be the one that it was once more; nil where nobody
	// waits for that.
	back chan struct{}
	// lifted is closed when the change is accepted, or the doubt has passed.
	lifted chan struct{}
}

// Recognise looks whether Odoo is the one that it was, at each sign-in and now and then.
// At the first contact it remembers which one it is.
func (d *Desk) Recognise(ctx context.Context, signIn bool) error {
	if d.Probe == nil {
		return nil
	}
	leave, err := d.identity.turn.Enter(ctx, "odoo")
	if err != nil {
		return err
	}
	defer leave()
	if signIn {
		return d.recognise(ctx, fingerprint.SignIn)
	}
	return d.recognise(ctx, fingerprint.Whole)
}

// recogniseLately is Recognise unless somebody has looked a moment ago.
func (d *Desk) recogniseLately(ctx context.Context) error {
	leave, err := d.identity.turn.Enter(ctx, "odoo")
	if err != nil {
		return err
	}
	defer leave()
	if d.fresh() {
		return nil
	}
	i := &d.identity
	if i.failure != nil && d.Clock.Now().Sub(i.failed) < recogniseFailed {
		return i.failure
	}
	i.failure = nil
	if err = d.recognise(ctx, d.depth()); err != nil && ctx.Err() == nil {
		i.failed, i.failure = d.Clock.Now(), err
	}
	return err
}

// fresh tells whether Odoo was seen a moment ago to be the one that it was.
func (d *Desk) fresh() bool {
	d.identity.mu.Lock()
	defer d.identity.mu.Unlock()
	return d.Clock.Now().Sub(d.identity.looked) < recogniseAgain
}

// nextSeen is closed the next time that Odoo is seen to be the one that it was.
func (d *Desk) nextSeen() <-chan struct{} {
	d.identity.mu.Lock()
	defer d.identity.mu.Unlock()
	if d.identity.back == nil {
		d.identity.back = make(chan struct{})
	}
	return d.identity.back
}

// depth is how much a command has to have looked at: all of it where nobody has for long.
func (d *Desk) depth() fingerprint.Depth {
	d.identity.mu.Lock()
	defer d.identity.mu.Unlock()
	if d.identity.doubt == nil && d.Clock.Now().Sub(d.identity.whole) < recogniseEvery {
		return fingerprint.Glance
	}
	return fingerprint.Whole
}

func (d *Desk) recognise(ctx context.Context, depth fingerprint.Depth) error {
	kept, err := d.keptOdoo()
	if err != nil || kept.GetChange() != nil {
		return err // a change stays until a person accepts it
	}
	now := d.Clock.Now()
	finding, err := d.Probe(ctx, kept.GetFingerprint(), depth)
	if err == nil && finding.Kind == fingerprint.Same && kept != nil && depth == fingerprint.SignIn {
		finding.Evidence, err = d.undone(ctx, kept.GetLookTime().AsTime())
		if len(finding.Evidence) > 0 {
			server, _ := d.Client.Server()
			finding.Kind, finding.Certain = fingerprint.Restored, server.Protocol != odoo.JSON2
		}
	}
	if err != nil {
		return err
	}
	if finding.Kind == fingerprint.Same {
		return d.recognised(ctx, kept, finding.Print, now, depth)
	}
	change := d.doubted(finding, now)
	if change == nil {
		return nil
	}
	next := proto.CloneOf(kept)
	next.Change = change
	if err := d.ledger.keepOdoo(ctx, next, now, true); err != nil {
		return err
	}
	d.setOdoo(next)
	d.Logger.LogAttrs(ctx, slog.LevelError, "Odoo is not the one that it was: nothing is written to it until somebody accepts it; see meshctl odoo reconcile",
		slog.String("kind", kindWord(finding.Kind)), slog.Any("evidence", finding.Evidence))
	return nil
}

// doubted notes what a look has shown, and answers the change where it cannot pass any
// more.
func (d *Desk) doubted(f fingerprint.Finding, now time.Time) *internalv1.KeptChange {
	i := &d.identity
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.doubt == nil {
		i.doubt = &Change{Noticed: now}
		i.lifted = make(chan struct{})
	}
	i.doubt.Kind, i.doubt.Evidence = f.Kind, f.Evidence
	if !f.Certain && now.Sub(i.doubt.Noticed) < passing {
		return nil
	}
	return &internalv1.KeptChange{Kind: int32(f.Kind), NoticeTime: timestamppb.New(i.doubt.Noticed), Evidence: f.Evidence}
}

// recognised notes that Odoo is the one that it was.
func (d *Desk) recognised(ctx context.Context, kept *internalv1.KeptOdoo, print *internalv1.KeptFingerprint, now time.Time, depth fingerprint.Depth) error {
	next := kept
	if !proto.Equal(kept.GetFingerprint(), print) {
		next = &internalv1.KeptOdoo{Fingerprint: print, LookTime: timestamppb.New(now), AcceptedBy: kept.GetAcceptedBy(), Reason: kept.GetReason(), AcceptTime: kept.GetAcceptTime()}
		if err := d.ledger.keepOdoo(ctx, next, now, kept == nil); err != nil {
			return err
		}
	}
	d.setOdoo(next)
	d.identity.mu.Lock()
	d.identity.looked = now
	if depth != fingerprint.Glance {
		d.identity.whole = now
	}
	if d.identity.back != nil {
		close(d.identity.back)
		d.identity.back = nil
	}
	d.identity.mu.Unlock()
	return nil
}

// setOdoo is for what is durable. Without a change what waits goes on.
func (d *Desk) setOdoo(kept *internalv1.KeptOdoo) {
	i := &d.identity
	i.mu.Lock()
	defer i.mu.Unlock()
	i.kept, i.loaded = kept, true
	d.metrics.changed.Set(0)
	switch {
	case kept.GetChange() != nil:
		d.metrics.changed.Set(1)
		if i.lifted == nil {
			i.lifted = make(chan struct{})
		}
		i.doubt = nil
	case i.lifted != nil:
		close(i.lifted)
		i.lifted, i.doubt = nil, nil
	}
}

// keptOdoo is what the ledger has of Odoo; nil before the first contact.
func (d *Desk) keptOdoo() (*internalv1.KeptOdoo, error) {
	d.identity.mu.Lock()
	kept, loaded := d.identity.kept, d.identity.loaded
	d.identity.mu.Unlock()
	if loaded {
		return kept, nil
	}
	kept, err := d.ledger.odoo()
	if err != nil {
		return nil, err
	}
	d.setOdoo(kept)
	return kept, nil
}

// Changed tells that Odoo is not the one that it was.
func (d *Desk) Changed() (Change, bool) {
	i := &d.identity
	i.mu.Lock()
	defer i.mu.Unlock()
	if c := i.kept.GetChange(); c != nil {
		noticed := c.GetNoticeTime().AsTime()
		return Change{Kind: fingerprint.Kind(c.GetKind()), Noticed: noticed, Evidence: c.GetEvidence(), Etag: fmt.Sprintf("%d-%d", c.GetKind(), noticed.UnixMicro())}, true
	}
	if i.doubt != nil {
		return *i.doubt, true
	}
	return Change{}, false
}

// admitted refuses what would write to an Odoo that is not the one that it was. What
// changes nothing in Odoo is not kept waiting by an Odoo that is down.
func (d *Desk) admitted(ctx context.Context, k Kind) error {
	if d.Probe == nil || k.Protects {
		return nil
	}
	if !k.Own && !d.fresh() {
		if err := d.recogniseLately(ctx); err != nil {
			return err
		}
	}
	return d.halted(k)
}

// halted refuses a command where it is known that Odoo is not the one that it was.
func (d *Desk) halted(k Kind) error {
	change, is := d.Changed()
	if !is || k.Protects {
		return nil
	}
	text := "Nothing is written to Odoo: it " + kindWord(change.Kind) + "."
	for _, e := range change.Evidence[:min(3, len(change.Evidence))] {
		text += " " + shorten(e)
	}
	details := []fault.Detail{fault.Precondition("odoo", "the one that it was", "meshctl odoo reconcile")}
	if change.Etag == "" {
		details = append(details, fault.RetryAfter(askAgain))
	}
	return fault.New(errorsv1.Reason_REASON_ODOO_CHANGED, text, details...)
}

// lifting is closed when commands may go on; nil where they may.
func (d *Desk) lifting() <-chan struct{} {
	d.identity.mu.Lock()
	defer d.identity.mu.Unlock()
	return d.identity.lifted
}

// awaitWord waits while nothing may be written to Odoo, for a person's word; false says
// that the desk closes. What has waited is looked up, and not begun by itself.
func (d *Desk) awaitWord(w *wish, a *attempt, c *course) bool {
	for !w.kind.Protects {
		lifted := d.lifting()
		if lifted == nil {
			return true
		}
		a.standing, a.looking = nil, true
		if c.sent.IsZero() {
			c.sent = d.Clock.Now()
		}
		select {
		case <-lifted:
		case <-d.working.Done():
			return false
		}
	}
	return true
}

// isChanged tells whether a command is kept from an Odoo that is not the one that it was.
func isChanged(err error) bool {
	return err != nil && fault.ReasonOf(err) == errorsv1.Reason_REASON_ODOO_CHANGED
}

// kindWord says of a change what seems to have happened.
func kindWord(k fingerprint.Kind) string {
	switch k {
	case fingerprint.Upgraded:
		return "was upgraded"
	case fingerprint.Copied:
		return "is another database, such as a copy"
	}
	return "was put back to an earlier state"
}

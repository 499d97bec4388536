package command

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/gather"
)

// wish is a request with what follows from it and its caller.
type wish struct {
	kind      Kind
	command   Command
	id        string
	requestID string
	principal string
	// others are the fields that the command writes and its caller does not.
	others []Owner
	// body is the request without its id, as it is kept and compared.
	body []byte
	// refusedToo tries it again also where it was refused.
	refusedToo bool
	// oneOfMany asks Odoo together with others.
	oneOfMany bool
}

func (w *wish) work(d *Desk, dry bool) *Work {
	return &Work{ID: w.id, Principal: w.principal, Command: w.kind.Name, Odoo: &Odoo{client: d.Client, zone: d.Zone(), dry: dry}, lanes: &d.lanes, others: w.others}
}

// same refuses a request whose id was used for something else.
func (w *wish) same(kept *internalv1.KeptIntent) error {
	if kept.GetMethod() == w.kind.Method && bytes.Equal(kept.GetRequest(), w.body) {
		return nil
	}
	return mismatch(kept.GetIntent())
}

// askOdooFor is how long a command that needs no Odoo waits for one.
const askOdooFor = 2 * time.Second

// look tells how far a command has come, and refuses what is impossible, or at its first
// time done by others. What changes only what the mesh keeps goes by the copy: a document
// that is too new for that is asked for in Odoo.
func (d *Desk) look(ctx context.Context, w *wish, work *Work, first bool) (Standing, error) {
	standing, err := w.look(ctx, work, first)
	document := w.command.Document()
	if !w.kind.Own || document == "" || fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_FOUND {
		return standing, err
	}
	short, cancel := context.WithTimeout(ctx, askOdooFor)
	defer cancel()
	if d.Refresh(short, document) != nil {
		return standing, err
	}
	return w.look(ctx, work, first)
}

func (w *wish) look(ctx context.Context, work *Work, first bool) (Standing, error) {
	work.Odoo.seen.begin()
	defer work.Odoo.seen.end()
	standing, err := w.command.Look(ctx, work)
	switch {
	case err != nil:
	case standing.Stage == Nothing:
		err = w.command.Check(ctx, work)
	case standing.Stage == Done && first:
		err = w.meant(ctx, work, standing)
	}
	return standing, err
}

// meant refuses a command that somebody else has carried out otherwise than its caller can
// have meant it: who sees a draft of ten does not mean to release the hundred that were
// released since.
func (w *wish) meant(ctx context.Context, work *Work, done Standing) error {
	guarded, is := w.command.(Guarded)
	if !is || done.Noted {
		return nil
	}
	stale := guarded.Unchanged(ctx)
	if stale == nil {
		return nil
	}
	if own, err := work.Noted(ctx, done.Model, done.ID); err != nil || own {
		return err
	}
	return stale
}

// wish reads a request and who sends it.
func (d *Desk) wish(ctx context.Context, method string, request Request) (*wish, error) {
	kind, known := d.kinds[method]
	if !known {
		return nil, fmt.Errorf("no command is registered for %s", method)
	}
	asked, requestID, err := normal(ctx, request)
	if err != nil {
		return nil, err
	}
	w := &wish{kind: kind, requestID: requestID, principal: callerOf(ctx), others: d.othersOf(ctx, kind), oneOfMany: gather.IsOneOfMany(ctx)}
	w.id = idOf(w.principal, requestID)
	return w, w.read(asked)
}

// read makes the command of a request, and what is kept of it.
func (w *wish) read(asked proto.Message) (err error) {
	if w.command, err = w.kind.Begin(asked); err != nil {
		return err
	}
	w.body, err = proto.MarshalOptions{Deterministic: true}.Marshal(asked)
	if len(w.body) > maxBody {
		return fault.New(errorsv1.Reason_REASON_INVALID_ARGUMENT, fmt.Sprintf("The request has %d bytes, and a command takes %d: send it in parts.", len(w.body), maxBody))
	}
	return err
}

// wishOf is the request of an intent that is kept.
func (d *Desk) wishOf(kept *internalv1.KeptIntent) (*wish, error) {
	kind, known := d.kinds[kept.GetMethod()]
	if !known {
		return nil, fmt.Errorf("%s is not served here", kept.GetMethod())
	}
	asked := kind.Request.ProtoReflect().New().Interface()
	if err := proto.Unmarshal(kept.GetRequest(), asked); err != nil {
		return nil, err
	}
	i := kept.GetIntent()
	w := &wish{kind: kind, id: idIn(i.GetName()), requestID: i.GetRequestId(), principal: i.GetPrincipal(), others: ownersOf(kept.GetOthers())}
	return w, w.read(asked)
}

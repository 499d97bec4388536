package command

import (
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/store"
)

// Apart is a duty that nobody has on a document who has had another one there.
type Apart struct {
	// From are the commands of which each excludes it, such as "orders.create".
	From    []string
	Because string
}

// doneTag and a document, a command and a principal are there where the principal has, or
// may have, carried it out; doneKnownTag is there where those of older ledgers are, too.
const (
	doneTag      = 'd'
	doneKnownTag = 'D'
)

func doneKey(document, command, principal string) []byte {
	return append([]byte{doneTag}, document+"\x00"+command+"\x00"+principal...)
}

// doneBy is the fact that somebody has carried out a command on a document, or may have;
// false while it is about no document, or nothing came of it.
func doneBy(i *commandv1.Intent) (store.Fact, bool) {
	came := slices.Contains([]commandv1.State{stateDone, stateUnknown, stateAsks}, i.GetState())
	return store.Fact{Key: doneKey(i.GetDocument(), i.GetCommand(), i.GetPrincipal()), Value: []byte{1}}, came && i.GetDocument() != ""
}

// did is the first of some commands that a principal has carried out on a document; empty
// for none.
func (l *ledger) did(ctx context.Context, at time.Time, document, principal string, commands []string) (string, error) {
	if err := l.knowDone(ctx, at); err != nil {
		return "", err
	}
	facts := l.journal.Facts()
	defer facts.Close()
	for _, command := range commands {
		there, err := facts.Get(doneKey(document, command, principal))
		if err != nil || there != nil {
			return command, err
		}
	}
	return "", nil
}

// knownAtOnce is how many facts are written together.
const knownAtOnce = 1000

// knowDone looks once through what a ledger holds from before it was noted who has carried
// out what.
func (l *ledger) knowDone(ctx context.Context, at time.Time) error {
	l.one.Lock()
	defer l.one.Unlock()
	if l.doneKnown {
		return nil
	}
	facts := l.journal.Facts()
	defer facts.Close()
	known, err := facts.Get([]byte{doneKnownTag})
	if err != nil {
		return err
	}
	if known == nil {
		var found []store.Fact
		for fact, err := range facts.Scan([]byte{intentTag}) {
			kept := &internalv1.KeptIntent{}
			if err == nil {
				err = proto.Unmarshal(fact.Value, kept)
			}
			if err != nil {
				return fmt.Errorf("looking who has carried out what: %w", err)
			}
			if done, came := doneBy(kept.GetIntent()); came {
				found = append(found, done)
			}
		}
		found = append(found, store.Fact{Key: []byte{doneKnownTag}, Value: []byte{1}})
		for chunk := range slices.Chunk(found, knownAtOnce) {
			if _, err := l.journal.RecordAfter(ctx, l.journal.Head(), at, nil, chunk); err != nil {
				return fmt.Errorf("noting who has carried out what: %w", err)
			}
		}
	}
	l.doneKnown = true
	return nil
}

// rulesOf are what excludes a command on a document for its caller: what is so of its kind,
// and what the access file says.
func (d *Desk) rulesOf(ctx context.Context, w *wish) []Apart {
	switch {
	case w.command.Document() == "":
		return nil
	case d.Apart == nil:
		return w.kind.Apart
	}
	return append(slices.Clone(w.kind.Apart), d.Apart(ctx, w.kind.Method)...)
}

// entitled refuses a command that says something for what is another's field, or on a
// document to who has carried out another one there that excludes it.
func (d *Desk) entitled(ctx context.Context, w *wish) error {
	if err := w.othersFields(); err != nil {
		return err
	}
	for _, rule := range d.rulesOf(ctx, w) {
		if err := d.excluded(ctx, w, rule); err != nil {
			return err
		}
	}
	return nil
}

// stillEntitled looks once more behind the look at a document: what its caller was just
// making is known to be this document only when that has ended. Whatever made what was
// seen was begun before, and either is open or has its fact.
func (d *Desk) stillEntitled(ctx context.Context, w *wish, rules []Apart) error {
	making, err := d.ledger.making(w.id, w.principal, rules)
	if err != nil {
		return err
	}
	if making != nil {
		return fault.New(errorsv1.Reason_REASON_CONTENTION, fmt.Sprintf("%s of %s is being carried out, and whether it is about %s is not known before it has ended: ask again.",
			making.GetCommand(), w.principal, w.command.Document()), fault.Resource("mesh/Intent", making.GetName()), fault.RetryAfter(fault.AskAgain))
	}
	for _, rule := range rules {
		if err := d.excluded(ctx, w, rule); err != nil {
			return err
		}
	}
	return nil
}

// making is an open intent of a principal that excludes something, and of which it is not
// known yet what document it is about; nil for none.
func (l *ledger) making(but, principal string, rules []Apart) (*commandv1.Intent, error) {
	if len(rules) == 0 {
		return nil, nil
	}
	ids, err := l.unsettled()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		kept, err := l.find(id)
		if err != nil {
			return nil, err
		}
		i := kept.GetIntent()
		excludes := func(rule Apart) bool { return slices.Contains(rule.From, i.GetCommand()) }
		if id != but && open(i.GetState()) && i.GetPrincipal() == principal && i.GetDocument() == "" && slices.ContainsFunc(rules, excludes) {
			return i, nil
		}
	}
	return nil, nil
}

// excluded refuses a command where a rule excludes it.
func (d *Desk) excluded(ctx context.Context, w *wish, rule Apart) error {
	document := w.command.Document()
	did, err := d.ledger.did(ctx, d.Clock.Now(), document, w.principal, rule.From)
	if err != nil || did == "" {
		return err
	}
	return fault.New(errorsv1.Reason_REASON_NOT_PERMITTED, fmt.Sprintf("%s has carried out %s on %s, and so does not carry out %s: %s.", w.principal, did, document, w.kind.Name, rule.Because),
		fault.Precondition("segregation", document, did+" excludes "+w.kind.Name), fault.Instead("Ask somebody else who may."))
}

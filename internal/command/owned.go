package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/owned"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// Kept is a record of which a command changes what Odoo does not own: with what it Says it
// is the command.
type Kept struct {
	// Name is that of the record, such as "lots/9".
	Name string
	// Model and ID are where Odoo keeps the record. Of a record that the mesh alone has,
	// Model is empty, and At is the key.
	Model string
	ID    int64
	At    []byte
	Book  *owned.Writer
	// Says is what is to be kept; it refuses what does not fit the record.
	Says func(ctx context.Context, w *Work) (owned.Write, error)
}

// Document is the record.
func (k Kept) Document() string { return k.Name }

// Collection is the record's.
func (k Kept) Collection() string {
	collection, _, _ := strings.Cut(k.Name, "/")
	return collection
}

// Key is that of the record in its collection.
func (k Kept) Key() []byte {
	if k.At != nil {
		return k.At
	}
	return resource.Key(k.ID)
}

// Look tells from the book whether the intent has written the record. What could not be
// shown is begun.
func (k Kept) Look(_ context.Context, w *Work) (Standing, error) {
	// Where Odoo does not have it, nothing can be noted there.
	s := Standing{Document: k.Name, Model: k.Model, ID: k.ID, Noted: k.Model == ""}
	revision, shown, err := k.Book.Made(k.Collection(), k.Key(), w.ID)
	if err != nil {
		return s, err
	}
	switch {
	case revision == 0:
		s.Evidence = "the mesh keeps nothing of it"
	case shown:
		s.Stage = Done
		s.Evidence = fmt.Sprintf("the mesh keeps it as revision %d of what Odoo does not own of %s", revision, k.Name)
	default:
		s.Stage = Begun
		s.Evidence = fmt.Sprintf("the mesh keeps it, and %s does not show it yet", k.Name)
	}
	return s, nil
}

// Write is a write of the intent to the record, to which owner, fields and the revision
// that it has seen are added.
func (k Kept) Write(w *Work) owned.Write {
	return owned.Write{Collection: k.Collection(), Key: k.Key(), Author: w.Principal, Intent: w.ID}
}

// Check refuses what does not fit, or is not the command's to keep.
func (k Kept) Check(ctx context.Context, w *Work) error {
	write, err := k.Says(ctx, w)
	if err != nil {
		return err
	}
	return k.Try(write)
}

// Do keeps it.
func (k Kept) Do(ctx context.Context, w *Work) error {
	write, err := k.Says(ctx, w)
	if err != nil {
		return err
	}
	return k.Keep(ctx, w, write)
}

// Try refuses, in Check, what Keep would refuse.
func (k Kept) Try(write owned.Write) error { return OwnedError(k.Book.Try(write)) }

// Keep writes, in Do; in a validation it does not.
func (k Kept) Keep(ctx context.Context, w *Work, write owned.Write) error {
	if w.Odoo.Dry() {
		return nil
	}
	_, err := k.Book.Set(ctx, write)
	return OwnedError(err)
}

// OwnedError is an error of the book of what Odoo does not own as callers get it.
func OwnedError(err error) error {
	var owner *owned.OwnerError
	var unknown *owned.UnknownFieldError
	var value *owned.ValueError
	var revision *owned.RevisionError
	var large *store.TooLargeError
	switch {
	case errors.As(err, &owner):
		whose := strings.TrimPrefix(owner.Owner.String(), "OWNER_")
		problem := fmt.Sprintf("it belongs to %s here", whose)
		return fault.New(errorsv1.Reason_REASON_WRONG_OWNER, fmt.Sprintf("%s: %s.", owner.Field, problem),
			fault.Violation(owner.Field, problem), fault.With("field", owner.Field), fault.With("owner", whose), fault.Because(err))
	case errors.As(err, &unknown):
		return fault.Invalid(fault.Violation(unknown.Field, unknown.Why), fault.Because(err))
	case errors.As(err, &value):
		return fault.Invalid(fault.Violation(value.Field, value.Problem), fault.Because(err))
	case errors.As(err, &revision):
		// What the caller has seen is compared by its etag. Here somebody else has written
		// between the mesh's own reading and its write: the same request works.
		return fault.New(errorsv1.Reason_REASON_CONTENTION, "Someone else wrote what Odoo does not own of "+resource.NameOf(revision.Collection, revision.Key)+" at the same time.",
			fault.RetryAfter(askAgain), fault.Because(err))
	case errors.As(err, &large):
		return refusedBecause("It is more than one write takes: send it in parts.")
	case errors.Is(err, owned.ErrNotFitted):
		return fault.Unavailable(errorsv1.Reason_REASON_ODOO_UNAVAILABLE, "The mesh has not reached Odoo yet, and does not know which fields Odoo fills.", fault.AskAgain, fault.Because(err))
	case errors.Is(err, owned.ErrNotShown):
		return fault.New(errorsv1.Reason_REASON_UNKNOWN_OUTCOME, "It is kept, and the record does not show it yet.", fault.RetryAfter(askAgain), fault.Because(err))
	}
	return err
}

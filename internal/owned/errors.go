package owned

import (
	"errors"
	"fmt"
	"strings"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/resource"
)

var (
	// ErrNotFitted says that Odoo was never reached: which fields it fills is not known.
	ErrNotFitted = errors.New("which fields Odoo fills is not known before it was reached once")
	// ErrNotShown says that a write is durable and that the record does not show it yet.
	// The same write again, with its intent, shows it; so does a restart.
	ErrNotShown = errors.New("the write is kept, and the record does not show it yet")
)

// UnknownFieldError says that a path leads to nothing that could be kept.
type UnknownFieldError struct {
	Collection, Field string
	// Why says what is wrong with the path.
	Why string
}

func (e *UnknownFieldError) Error() string {
	return fmt.Sprintf("%s of %s: %s", e.Field, e.Collection, e.Why)
}

// OwnerError says that a field is not the writer's: Owner is whose it is, which is ODOO
// also where a mapping fills it from Odoo.
type OwnerError struct {
	Collection, Field string
	Owner             optionsv1.Owner
	// As is as whom it was to be written.
	As optionsv1.Owner
}

func (e *OwnerError) Error() string {
	return fmt.Sprintf("%s of %s belongs to %s, not to %s", e.Field, e.Collection, ownerName(e.Owner), ownerName(e.As))
}

func ownerName(o optionsv1.Owner) string { return strings.TrimPrefix(o.String(), "OWNER_") }

// ValueError says that a value does not fit its field, or that a write lacks something.
type ValueError struct {
	Field, Problem string
}

func (e *ValueError) Error() string { return e.Field + ": " + e.Problem }

// RevisionError says that the owned fields of a record were written since the writer has
// seen them.
type RevisionError struct {
	Collection string
	Key        []byte
	// Seen is the revision that the writer has seen, Current the one that there is.
	Seen, Current uint64
}

func (e *RevisionError) Error() string {
	return fmt.Sprintf("%s: its fields are at revision %d, and the write has seen %d", resource.NameOf(e.Collection, e.Key), e.Current, e.Seen)
}

package command

import (
	"context"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

// Carried carries a request out, and reads the record that it is about as the copy has it
// then. There is none in a validation, while it waits to be carried out, and where it was
// deleted since.
func Carried[T any](ctx context.Context, d *Desk, method string, r Request, read func(ctx context.Context, name string) (T, error)) (*commandv1.Intent, T, error) {
	var none T
	intent, err := d.Carry(ctx, method, r)
	if err != nil || r.GetValidateOnly() || intent.GetState() != stateDone {
		return intent, none, err
	}
	record, err := read(ctx, intent.GetDocument())
	if fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_FOUND {
		// It was deleted since, or the copy could not be brought up to Odoo when it was made.
		if err = d.Refresh(ctx, intent.GetDocument()); err == nil {
			record, err = read(ctx, intent.GetDocument())
		}
	}
	switch {
	case fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_FOUND:
		return intent, none, nil
	case err != nil:
		// It is done, whether or not the record can be read now.
		intent = proto.CloneOf(intent)
		intent.Warnings = append(intent.Warnings, "The record cannot be shown now: "+textOf(err))
		return intent, none, nil
	}
	return intent, record, nil
}

// Unchanged refuses, in Check, what is asked of a record that has changed since its etag
// was read. No etag means: whatever the record says now.
func Unchanged[T interface{ GetEtag() string }](ctx context.Context, name, etag string, live func(ctx context.Context, name string) (T, error)) error {
	if etag == "" || etag == Whatever {
		return nil // Odoo need not be asked
	}
	record, err := live(ctx, name)
	if err != nil {
		return err
	}
	if !Seen(etag, record) {
		return Stale(name)
	}
	return nil
}

// Seen tells whether a caller who gives an etag, or says nothing of what it has seen, goes
// by what the record says.
func Seen(etag string, record interface{ GetEtag() string }) bool {
	return etag == "" || etag == Whatever || etag == record.GetEtag()
}

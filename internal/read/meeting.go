package read

import (
	"errors"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/scope"
	"odoomesh/internal/store"
)

// Meeting is whether somebody meets a record, and why.
type Meeting struct {
	Exists, Met bool
	Why         string
	// Hidden are the fields of it that are not met, whole or in part.
	Hidden []string
}

// Meet tells whether somebody with a scope meets a record of the copy; nil stands for no
// scope.
func Meet(d Deps, s *scope.Scope, name string) (Meeting, error) {
	key, err := resource.KeyOf(d.Kind.Collection, name)
	if err != nil {
		return Meeting{}, fault.InvalidField(errorsv1.Reason_REASON_INVALID_NAME, "name", err.Error())
	}
	raw, err := d.Cache.Get(d.Kind.Collection, key)
	if errors.Is(err, store.ErrNotFound) {
		return Meeting{Why: "The mesh has no such record."}, nil
	}
	if err != nil {
		return Meeting{}, err
	}
	m, err := d.Kind.Decode(raw, time.Time{})
	if err != nil {
		return Meeting{}, err
	}
	view, err := s.View(d.Kind.Collection, d.Kind.Descriptor())
	if err != nil {
		return Meeting{}, err
	}
	company := record.CompanyOf(m)
	return Meeting{Exists: true, Met: view.Sees(company, m.ProtoReflect()), Why: view.Why(company, m.ProtoReflect()), Hidden: view.Hidden()}, nil
}

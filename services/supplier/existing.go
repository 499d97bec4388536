package supplier

import (
	"context"
	"fmt"

	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/gen/go/mesh/supplier/v1/supplierservice"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
)

// existing is a supplier that is there, as a caller means it.
type existing struct {
	name, etag string
	id         int64
	live       func(ctx context.Context, name string) (*supplierv1.Supplier, error)
}

func (s *Service) existing(g *command.Given, field, name, etag string) existing {
	return existing{name: name, etag: etag, id: g.ID(field, supplierservice.Suppliers, name), live: s.live}
}

// Document is the supplier.
func (e existing) Document() string { return e.name }

// Unchanged refuses a supplier that has changed since its etag was read.
func (e existing) Unchanged(ctx context.Context) error {
	return command.Unchanged(ctx, e.name, e.etag, e.live)
}

func (e existing) read(ctx context.Context, o *command.Odoo) (partner, error) {
	found, ok, err := readPartner(ctx, o, e.id)
	if err == nil && !ok {
		err = fault.NotFound(e.name)
	}
	return found, err
}

func (e existing) standing(found partner) command.Standing {
	state := "in use"
	if !found.active {
		state = "archived"
	}
	return command.Standing{Document: e.name, Model: partnerModel, ID: e.id, Evidence: fmt.Sprintf("%s %d is %s", partnerModel, e.id, state)}
}

func supplierName(id int64) string { return resource.Name(supplierservice.Suppliers, id) }

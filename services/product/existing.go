package product

import (
	"context"
	"fmt"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/gen/go/mesh/product/v1/productservice"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
)

// existing is a product that is there, as a caller means it.
type existing struct {
	name, etag string
	id         int64
	// live reads a product as Odoo has it, cached as the mesh's copy does.
	live, cached func(ctx context.Context, name string) (*productv1.Product, error)
}

func (s *Service) existing(g *command.Given, field, name, etag string) existing {
	return existing{name: name, etag: etag, id: g.ID(field, productservice.Products, name), live: s.live, cached: s.cached}
}

// Document is the product.
func (e existing) Document() string { return e.name }

// Unchanged refuses a product that has changed since its etag was read.
func (e existing) Unchanged(ctx context.Context) error {
	return command.Unchanged(ctx, e.name, e.etag, e.live)
}

func (e existing) read(ctx context.Context, o *command.Odoo) (variant, error) {
	found, ok, err := readVariant(ctx, o, e.id)
	if err == nil && !ok {
		err = fault.NotFound(e.name)
	}
	return found, err
}

func (e existing) standing(found variant) command.Standing {
	state := "in use"
	if !found.active {
		state = "archived"
	}
	return command.Standing{Document: e.name, Model: productModel, ID: e.id, Evidence: fmt.Sprintf("%s %d is %s", productModel, e.id, state)}
}

func productName(id int64) string { return resource.Name(productservice.Products, id) }

func supplierName(id int64) string { return resource.Name("suppliers", id) }

func unitName(id int64) string { return resource.Name("units", id) }

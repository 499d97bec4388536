package product

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/bulk"
	"odoomesh/internal/command"
	"odoomesh/internal/exact"
	"odoomesh/internal/fault"
)

// ImportProducts makes many products.
func (s *Service) ImportProducts(stream productv1.ProductService_ImportProductsServer) error {
	const method = productv1.ProductService_CreateProduct_FullMethodName
	if err := mayImport(stream.Context(), method); err != nil {
		return err
	}
	return bulk.New(s.desk, method).Run(stream.Context(), bulk.Stream{
		Receive: func() (*commandv1.ImportHeader, bulk.Row, error) {
			m, err := stream.Recv()
			if err != nil {
				return nil, bulk.Row{}, err
			}
			return m.GetHeader(), productRow(m), nil
		},
		Row: func(r *commandv1.ImportedRow) error {
			return stream.Send(&productv1.ImportProductsResponse{Told: &productv1.ImportProductsResponse_Row{Row: r}})
		},
		Progress: func(p *commandv1.ImportProgress) error {
			return stream.Send(&productv1.ImportProductsResponse{Told: &productv1.ImportProductsResponse_Progress{Progress: p}})
		},
	})
}

// ImportSupplierPrices sets many suppliers' prices.
func (s *Service) ImportSupplierPrices(stream productv1.ProductService_ImportSupplierPricesServer) error {
	const method = productv1.ProductService_SetSupplierPrice_FullMethodName
	if err := mayImport(stream.Context(), method); err != nil {
		return err
	}
	return bulk.New(s.desk, method).Run(stream.Context(), bulk.Stream{
		Receive: func() (*commandv1.ImportHeader, bulk.Row, error) {
			m, err := stream.Recv()
			if err != nil {
				return nil, bulk.Row{}, err
			}
			return m.GetHeader(), s.priceRow(stream.Context(), m), nil
		},
		Row: func(r *commandv1.ImportedRow) error {
			for _, p := range r.GetProblems() {
				if p.GetField() == "name" {
					p.Field = "product"
				}
			}
			return stream.Send(&productv1.ImportSupplierPricesResponse{Told: &productv1.ImportSupplierPricesResponse_Row{Row: r}})
		},
		Progress: func(p *commandv1.ImportProgress) error {
			return stream.Send(&productv1.ImportSupplierPricesResponse{Told: &productv1.ImportSupplierPricesResponse_Progress{Progress: p}})
		},
	})
}

// mayImport refuses rows of a command that the caller may not send one by one.
func mayImport(ctx context.Context, method string) error {
	if access.From(ctx).MayCall(optionsv1.Access_ACCESS_WRITE, "product", method) {
		return nil
	}
	return fault.NotPermitted("write", "product")
}

func productRow(m *productv1.ImportProductsRequest) bulk.Row {
	switch {
	case m.GetUnreadable() != "":
		return unreadable(m.GetUnreadable())
	case m.GetProduct() == nil && m.GetHeader() != nil:
		return bulk.Row{}
	case m.GetProduct() == nil:
		return bulk.Row{Wrong: fault.Invalid(fault.Violation("product", "say which product is to be made"))}
	}
	row := bulk.Row{Request: &productv1.CreateProductRequest{Product: m.GetProduct()}}
	if sku := m.GetProduct().GetSku(); sku != "" {
		row.Once, row.OnceAt = "sku "+sku, "product.sku"
	}
	return row
}

func (s *Service) priceRow(ctx context.Context, m *productv1.ImportSupplierPricesRequest) bulk.Row {
	p := m.GetSupplierPrice()
	switch {
	case m.GetUnreadable() != "":
		return unreadable(m.GetUnreadable())
	case p == nil && m.GetProduct() == "" && m.GetSku() == "" && m.GetHeader() != nil:
		return bulk.Row{}
	case p == nil:
		return bulk.Row{Wrong: fault.Invalid(fault.Violation("supplier_price", "say which price it is"))}
	}
	name, err := s.named(ctx, m)
	if err != nil {
		return bulk.Row{Wrong: err}
	}
	row := bulk.Row{Request: &productv1.SetSupplierPriceRequest{Name: name, SupplierPrice: p}, Together: name, OnceAt: "supplier_price"}
	row.Once = fmt.Sprintf("%s %s %s %v %v %s", name, p.GetSupplier(), plain(p.GetMinQuantity()), p.GetValidFrom(), p.GetAllVariants(), p.GetId())
	return row
}

// plain is a quantity as it is compared: 10.0 is 10, and none is 0. One that nobody writes
// so is left as it is.
func plain(d *decimal.Decimal) string {
	if v := d.GetValue(); len(v) > 40 || strings.ContainsAny(v, "eE") {
		return v
	}
	return exact.Text(exact.Decimal(d))
}

// named is the product of a price: by its name, or by its code in the mesh's copy.
func (s *Service) named(ctx context.Context, m *productv1.ImportSupplierPricesRequest) (string, error) {
	switch {
	case m.GetSku() == "" && m.GetProduct() == "":
		return "", fault.Invalid(fault.Violation("product", "say which product it is, such as products/42, or give its sku"))
	case m.GetSku() == "":
		return m.GetProduct(), nil
	case m.GetProduct() != "":
		return "", fault.Invalid(fault.Violation("sku", "give it, or product, but not both"))
	}
	page, err := s.Products.List(ctx, &productv1.ListProductsRequest{Filter: "sku = " + strconv.Quote(m.GetSku()), PageSize: 2, ReadMask: &fieldmaskpb.FieldMask{Paths: []string{"name"}}})
	switch {
	case err != nil:
		return "", err
	case len(page.Records) == 0:
		return "", fault.Invalid(fault.Violation("sku", "no product has it"))
	case len(page.Records) > 1:
		return "", fault.Invalid(fault.Violation("sku", fmt.Sprintf("%s and %s have it: give product in its place", page.Records[0].GetName(), page.Records[1].GetName())))
	}
	return page.Records[0].GetName(), nil
}

func unreadable(why string) bulk.Row {
	return bulk.Row{Wrong: fault.Invalid(fault.Violation("row", why))}
}

// Holds tells whether the price list says already what is asked for. The mesh's copy says
// where it is worth while to ask Odoo.
func (c *setPrice) Holds(ctx context.Context, w *command.Work) (document string, holds bool, err error) {
	shown, err := c.cached(ctx, c.name)
	if err != nil || c.etag != "" {
		return c.name, false, nil // to carry it out tells why
	}
	likely := false
	for _, p := range shown.GetSupplierPrices() {
		likely = likely || p.GetSupplier() == supplierName(c.supplier) && p.GetPrice().GetCurrencyCode() == c.currency
	}
	if !likely {
		return c.name, false, nil
	}
	plan, err := c.plan(ctx, w.Odoo)
	if err != nil || plan.row.id == 0 {
		return c.name, false, nil
	}
	differs, err := c.deviations(plan.row)
	return c.name, err == nil && len(differs) == 0, err
}

// Holds tells whether a product with the same code says all that is asked for.
func (c *create) Holds(ctx context.Context, w *command.Work) (document string, holds bool, err error) {
	if c.given.GetSku() == "" {
		return "", false, nil
	}
	rows, err := w.Odoo.Rows(ctx, productModel, command.Where("default_code", "=", c.given.GetSku()), "id")
	if err != nil || len(rows) != 1 {
		return "", false, err
	}
	id := rows[0].ID()
	differs, err := deviations(ctx, w.Odoo, id, append(c.all(w.Odoo), command.Value{At: "product.active", Field: "active", Is: true}))
	return productName(id), err == nil && len(differs) == 0, err
}

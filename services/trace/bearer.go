package trace

import (
	"context"
	"slices"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/gs1"
	"odoomesh/internal/index"
	"odoomesh/internal/read"
)

const (
	// mostBearers is how many records have one number, where case does not count.
	mostBearers = 50
	// lastDocuments is how many documents of each kind a product leads to.
	lastDocuments = 20
	// mostMoved is how many movements of one transfer are told.
	mostMoved = 500
)

// scanned finds the lot that a scanned code names, or the product where it names none.
func (s *Service) scanned(ctx context.Context, c *chain, text string) error {
	code, err := gs1.Parse(text, s.clock.Now())
	if code == nil || err != nil || s.products == nil {
		return nil // it is looked for as it is written
	}
	gtin, ok := code.Get("01", "02", "03")
	if !ok {
		return nil
	}
	for _, path := range []string{"gtin", "identifiers.value"} {
		products, err := s.products.Where(ctx, path, gtin.Value)
		if err != nil {
			return err
		}
		for _, p := range products {
			named := false
			for _, ai := range []string{"10", "21"} {
				number, ok := code.Get(ai)
				if !ok {
					continue
				}
				named = true
				lots, err := s.lots.Where(ctx, "lot_number", number.Value)
				if err != nil {
					return err
				}
				for _, l := range lots {
					if l.GetProduct() == p.GetName() {
						c.lots[l.GetName()] = l
					}
				}
			}
			if !named && len(c.lots) == 0 && code.Syntax != gs1.GTIN {
				return s.lead(ctx, c, p.GetName())
			}
		}
		if len(products) > 0 {
			break
		}
	}
	return s.holders(ctx, c)
}

// holders adds the receipts that hold the lots of a chain.
func (s *Service) holders(ctx context.Context, c *chain) error {
	for name := range c.lots {
		if err := collect(ctx, s.receipts, c.receipts, "lines.lot_lines.lot", name); err != nil {
			return err
		}
	}
	return nil
}

// transfer finds the movements of the transfer that has a number and is no receipt, with
// their lots.
func (s *Service) transfer(ctx context.Context, c *chain, number string) error {
	moved, more, err := s.movements.WhereLast(ctx, "transfer_number", number, mostMoved)
	if err != nil {
		return err
	}
	c.truncated = c.truncated || more
	keep(c.movements, moved)
	var lots []string
	for _, m := range moved {
		lots = append(lots, m.GetLot())
	}
	found, err := s.lots.Find(ctx, distinct(lots))
	if err != nil {
		return err
	}
	keep(c.lots, found)
	return s.holders(ctx, c)
}

// folded finds what has the number in another case.
func (s *Service) folded(ctx context.Context, c *chain, number string) error {
	q := index.NewQuery(number)
	transfers := map[string]bool{}
	for _, search := range []func(context.Context, index.Query, int) ([]read.Found, bool, error){
		s.orders.Search, s.receipts.Search, s.invoices.Search, s.lots.Search, s.movements.Search,
	} {
		found, more, err := search(ctx, q, mostBearers)
		if err != nil {
			return err
		}
		for _, f := range found {
			if f.Rank > index.ByListedCode {
				more = false
				continue
			}
			switch r := f.Record.(type) {
			case *orderv1.Order:
				c.orders[f.Name] = r
			case *receiptv1.Receipt:
				c.receipts[f.Name] = r
			case *invoicev1.Invoice:
				c.invoices[f.Name] = r
			case *inventoryv1.Lot:
				c.lots[f.Name] = r
			case *inventoryv1.Movement:
				transfers[r.GetTransferNumber()] = true
			}
		}
		c.truncated = c.truncated || more
	}
	if err := s.holders(ctx, c); err != nil || len(c.names()) > 0 {
		return err
	}
	for transfer := range transfers {
		if err := s.transfer(ctx, c, transfer); err != nil {
			return err
		}
	}
	return nil
}

// sold finds the product that has a SKU, GTIN or other code, in any case.
func (s *Service) sold(ctx context.Context, c *chain, code string) error {
	if s.products == nil {
		return nil
	}
	found, _, err := s.products.Search(ctx, index.NewQuery(code), mostBearers)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(found, func(f read.Found) bool { return f.Rank <= index.ByListedCode })
	if i < 0 {
		return nil
	}
	return s.lead(ctx, c, found[i].Name)
}

// lead adds a product and the last documents that it is on.
func (s *Service) lead(ctx context.Context, c *chain, product string) error {
	products, err := s.products.Find(ctx, []string{product})
	if err != nil || len(products) == 0 {
		return err
	}
	c.product = products[0]
	orders, more, err := s.orders.WhereLast(ctx, "lines.product", product, lastDocuments)
	if err != nil {
		return err
	}
	receipts, others, err := s.receipts.WhereLast(ctx, "lines.product", product, lastDocuments)
	if err != nil {
		return err
	}
	keep(c.orders, orders)
	keep(c.receipts, receipts)
	c.truncated = c.truncated || more || others
	return nil
}

package trace

import (
	"context"
	"maps"
	"slices"
	"strings"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
)

// unions puts names that belong together into one group each.
type unions map[string]string

// of is the name that stands for the group of a name.
func (u unions) of(name string) string {
	for u[name] != name {
		if u[name] == "" {
			u[name] = name
			break
		}
		u[name] = u[u[name]]
		name = u[name]
	}
	return name
}

func (u unions) join(a, b string) {
	if a, b = u.of(a), u.of(b); a != b {
		u[max(a, b)] = min(a, b)
	}
}

// groups takes apart what only the number has in common. Documents of the same order
// belong together, and those that hold one lot where the number is the lot's.
func (c *chain) groups() []*chain {
	u := unions{}
	for name, r := range c.receipts {
		u.of(name)
		for _, order := range r.GetOrders() {
			if c.orders[order] != nil {
				u.join(name, order)
			}
		}
		for _, other := range []string{r.GetBackorderOf(), r.GetReturnOf()} {
			if c.receipts[other] != nil {
				u.join(name, other)
			}
		}
		for _, l := range r.GetLines() {
			for _, x := range l.GetLotLines() {
				if c.lots[x.GetLot()] != nil {
					u.join(name, x.GetLot())
				}
			}
		}
	}
	for name, i := range c.invoices {
		u.of(name)
		for _, order := range i.GetOrders() {
			if c.orders[order] != nil {
				u.join(name, order)
			}
		}
		if c.invoices[i.GetReversalOf()] != nil {
			u.join(name, i.GetReversalOf())
		}
	}
	for name, m := range c.movements {
		u.of(name)
		if c.lots[m.GetLot()] != nil {
			u.join(name, m.GetLot())
		}
		if c.orders[m.GetOrder()] != nil {
			u.join(name, m.GetOrder())
		}
		for other, n := range c.movements {
			if n.GetOdooTransferId() == m.GetOdooTransferId() {
				u.join(name, other)
			}
		}
	}
	parts := map[string]*chain{}
	part := func(name string) *chain {
		group := u.of(name)
		if parts[group] == nil {
			parts[group] = newChain()
		}
		return parts[group]
	}
	for name, o := range c.orders {
		part(name).orders[name] = o
	}
	for name, r := range c.receipts {
		part(name).receipts[name] = r
	}
	for name, i := range c.invoices {
		part(name).invoices[name] = i
	}
	for name, l := range c.lots {
		part(name).lots[name] = l
	}
	for name, m := range c.movements {
		part(name).movements[name] = m
	}
	if c.product != nil { // all of it leads to its documents, each with what belongs to it
		return c.ofProduct(parts)
	}
	// In the order of what the number was found as, which each of them holds some of.
	var list []*chain
	for _, name := range c.found {
		p := part(name)
		if p.found == nil {
			list = append(list, p)
		}
		p.found = append(p.found, name)
	}
	return list
}

// ofProduct are the chains of a product, the newest documents first.
func (c *chain) ofProduct(parts map[string]*chain) []*chain {
	var list []*chain
	for _, name := range slices.Backward(slices.SortedFunc(maps.Keys(parts), compareNames)) {
		parts[name].found, parts[name].product = []string{c.product.GetName()}, c.product
		list = append(list, parts[name])
	}
	return list
}

func newChain() *chain {
	return &chain{
		orders: map[string]*orderv1.Order{}, receipts: map[string]*receiptv1.Receipt{},
		invoices: map[string]*invoicev1.Invoice{}, lots: map[string]*inventoryv1.Lot{}, movements: map[string]*inventoryv1.Movement{},
	}
}

// told is one group as it is answered, without the names of its suppliers.
func (c *chain) told() *tracev1.Chain {
	t := &tracev1.Chain{Found: c.found, Milestones: c.milestones()}
	var companies []string
	for _, o := range c.orders {
		t.Suppliers, companies = append(t.Suppliers, o.GetSupplier()), append(companies, o.GetCompany())
	}
	for _, r := range c.receipts {
		t.Suppliers, companies = append(t.Suppliers, r.GetSupplier()), append(companies, r.GetCompany())
	}
	for _, i := range c.invoices {
		t.Suppliers, companies = append(t.Suppliers, i.GetSupplier()), append(companies, i.GetCompany())
	}
	for _, l := range c.lots {
		t.Products, companies = append(t.Products, l.GetProduct()), append(companies, l.GetCompany())
	}
	if c.product != nil {
		t.Products = append(t.Products, c.product.GetName())
	}
	for _, m := range c.movements {
		t.Products, companies = append(t.Products, m.GetProduct()), append(companies, m.GetCompany())
	}
	t.Suppliers, t.Products = distinct(t.Suppliers), distinct(t.Products)
	slices.SortFunc(t.Suppliers, compareNames)
	slices.SortFunc(t.Products, compareNames)
	t.Company = strings.Join(distinct(companies), ", ")
	return t
}

// called fills in what people call the suppliers of the chains.
func (s *Service) called(ctx context.Context, chains []*tracev1.Chain) error {
	var all []string
	for _, c := range chains {
		all = append(all, c.GetSuppliers()...)
	}
	known, err := s.suppliers.Find(ctx, distinct(all))
	if err != nil {
		return err
	}
	display := map[string]string{}
	for _, k := range known {
		display[k.GetName()] = k.GetDisplayName()
	}
	for _, c := range chains {
		for _, supplier := range c.GetSuppliers() {
			c.SupplierNames = append(c.SupplierNames, display[supplier])
		}
	}
	return nil
}

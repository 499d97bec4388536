package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	searchv1 "odoomesh/gen/go/mesh/search/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/index"
	"odoomesh/internal/read"
)

const (
	defaultPage = 20
	// leastText is how many characters somebody has to write, and mostWords how many words
	// at most.
	leastText = 2
	mostWords = 16
)

// Service answers SearchService.
type Service struct {
	searchv1.UnimplementedSearchServiceServer
	clock clock.Clock
	// places are the collections that are served, in the order of their hits.
	places                          []*place
	productPlace, lotPlace, vendors *place
	products                        *read.Collection[*productv1.Product]
	lots                            *read.Collection[*inventoryv1.Lot]
	suppliers                       *read.Collection[*supplierv1.Supplier]
}

// New makes the service; deps gives what a collection is read from, and false for one that
// is not served.
func New(deps func(collection string) (read.Deps, bool), c clock.Clock) (*Service, error) {
	s := &Service{clock: c}
	var errs [9]error
	s.productPlace, s.products, errs[0] = open[*productv1.Product](place{collection: "products", domain: "product", method: "/mesh.product.v1.ProductService/ListProducts", kind: searchv1.HitType_HIT_TYPE_PRODUCT}, deps)
	s.lotPlace, s.lots, errs[1] = open[*inventoryv1.Lot](place{collection: "lots", domain: "inventory", method: "/mesh.inventory.v1.InventoryService/ListLots", kind: searchv1.HitType_HIT_TYPE_LOT}, deps)
	var orders, requisitions, receipts, movements, invoices, locations *place
	orders, _, errs[2] = open[*orderv1.Order](place{collection: "orders", domain: "order", method: "/mesh.order.v1.OrderService/ListOrders", kind: searchv1.HitType_HIT_TYPE_ORDER}, deps)
	requisitions, _, errs[3] = open[*orderv1.Requisition](place{collection: "requisitions", domain: "order", method: "/mesh.order.v1.OrderService/ListRequisitions", kind: searchv1.HitType_HIT_TYPE_REQUISITION}, deps)
	receipts, _, errs[4] = open[*receiptv1.Receipt](place{collection: "receipts", domain: "receipt", method: "/mesh.receipt.v1.ReceiptService/ListReceipts", kind: searchv1.HitType_HIT_TYPE_RECEIPT}, deps)
	movements, _, errs[5] = open[*inventoryv1.Movement](place{collection: "movements", domain: "inventory", method: "/mesh.inventory.v1.InventoryService/ListMovements", kind: searchv1.HitType_HIT_TYPE_TRANSFER}, deps)
	invoices, _, errs[6] = open[*invoicev1.Invoice](place{collection: "invoices", domain: "invoice", method: "/mesh.invoice.v1.InvoiceService/ListInvoices", kind: searchv1.HitType_HIT_TYPE_INVOICE}, deps)
	s.vendors, s.suppliers, errs[7] = open[*supplierv1.Supplier](place{collection: "suppliers", domain: "supplier", method: "/mesh.supplier.v1.SupplierService/ListSuppliers", kind: searchv1.HitType_HIT_TYPE_SUPPLIER}, deps)
	locations, _, errs[8] = open[*inventoryv1.Location](place{collection: "locations", domain: "inventory", method: "/mesh.inventory.v1.InventoryService/ListLocations", kind: searchv1.HitType_HIT_TYPE_LOCATION}, deps)
	if err := cmp.Or(errs[:]...); err != nil {
		return nil, err
	}
	s.places = slices.DeleteFunc([]*place{s.productPlace, s.lotPlace, orders, requisitions, receipts, movements, invoices, s.vendors, locations},
		func(p *place) bool { return p == nil })
	return s, nil
}

// found is a record that was found, before it is told.
type found struct {
	read.Found
	kind searchv1.HitType
}

// Search answers what a text leads to.
func (s *Service) Search(ctx context.Context, r *searchv1.SearchRequest) (*searchv1.SearchResponse, error) {
	q := index.NewQuery(r.GetQ())
	out := &searchv1.SearchResponse{}
	all, err := s.scanned(ctx, r.GetQ(), out)
	if err != nil {
		return nil, err
	}
	if err := check(q, out.GetScan()); err != nil {
		return nil, err
	}
	size := int(r.GetPageSize())
	if size == 0 {
		size = defaultPage
	}
	for _, p := range s.places {
		if !p.mayRead(ctx) {
			continue
		}
		if !p.records.Searching() {
			out.IncompleteCollections = append(out.IncompleteCollections, p.collection)
		}
		hits, more, err := p.records.Search(ctx, q, size)
		if err != nil {
			return nil, err
		}
		out.Truncated = out.GetTruncated() || more
		for _, h := range hits {
			all = append(all, found{h, p.kind})
		}
		out.Freshness = older(out.GetFreshness(), p.records.Freshness())
	}
	all = once(all)
	if len(all) > size {
		all, out.Truncated = all[:size], true
	}
	out.Hits, err = s.told(ctx, all)
	return out, err
}

// check refuses what would find everything, or take for ever.
func check(q index.Query, scan *searchv1.Scan) error {
	invalid := func(problem string) error {
		return fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "q", problem)
	}
	switch n := len(q.Words()); {
	case utf8.RuneCountInString(q.Text()) < leastText:
		return invalid(fmt.Sprintf("it has to have %d characters at least, white space around them apart", leastText))
	case n > mostWords && scan.GetSyntax() == searchv1.ScanSyntax_SCAN_SYNTAX_UNSPECIFIED:
		return invalid(fmt.Sprintf("it has %d words: write %d at most, the rarer ones", n, mostWords))
	}
	return nil
}

// older makes an answer as old as the oldest of what it is made of; nil is none yet.
func older(have, f *typesv1.Freshness) *typesv1.Freshness {
	if have == nil {
		return f
	}
	if !f.GetVerifiedTime().AsTime().After(have.GetVerifiedTime().AsTime()) {
		have.VerifiedTime = f.GetVerifiedTime()
	}
	have.OdooReachable = have.GetOdooReachable() && f.GetOdooReachable()
	return have
}

// once puts the best hits first, and leaves of each record the best one, and of each
// transfer one record: the receipt where it is one, or else the first movement.
func once(all []found) []found {
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(a.Rank, b.Rank) })
	seen := map[string]bool{}
	for _, f := range all {
		if r, ok := f.Record.(*receiptv1.Receipt); ok && f.Field == "number" {
			seen["transfer "+r.GetNumber()] = true
		}
	}
	return slices.DeleteFunc(all, func(f found) bool {
		key := f.Name
		if m, ok := f.Record.(*inventoryv1.Movement); ok && f.Field == "transfer_number" {
			key = "transfer " + m.GetTransferNumber()
		}
		was := seen[key]
		seen[key] = true
		return was
	})
}

package flat_test

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/export/flat"
)

func names(t *flat.Table) (all []string) {
	for _, c := range t.Columns {
		all = append(all, c.Name)
	}
	return all
}

// Every record of the contract has tables in which no two columns have one name, and its
// lists have tables that lead back to it.
func TestEveryRecordHasTables(t *testing.T) {
	for collection, record := range map[string]proto.Message{
		"products": &productv1.Product{}, "suppliers": &supplierv1.Supplier{}, "approvedVendors": &supplierv1.ApprovedVendor{}, "orders": &orderv1.Order{},
		"requisitions": &orderv1.Requisition{}, "receipts": &receiptv1.Receipt{}, "invoices": &invoicev1.Invoice{}, "locations": &inventoryv1.Location{},
		"lots": &inventoryv1.Lot{}, "stockPositions": &inventoryv1.StockPosition{}, "movements": &inventoryv1.Movement{},
	} {
		s, err := flat.New(collection, record.ProtoReflect().Descriptor(), nil, true)
		if err != nil {
			t.Errorf("%s: %v", collection, err)
			continue
		}
		met := map[string]bool{}
		for i, table := range s.Tables {
			if met[table.Name] {
				t.Errorf("two tables are called %s", table.Name)
			}
			met[table.Name] = true
			if first := names(table)[0]; (i == 0) != (first == "id") || i > 0 && first != "record" {
				t.Errorf("%s begins with %s", table.Name, first)
			}
			if slices.Contains(names(table), "references") {
				t.Errorf("%s has a column of what other tables say", table.Name)
			}
		}
	}
}

// What is hidden has no column, and where it is a list, no table.
func TestWhatIsHiddenIsNotThere(t *testing.T) {
	s, err := flat.New("orders", (&orderv1.Order{}).ProtoReflect().Descriptor(), []string{"total_amount", "lines.unit_price", "lines.taxes", "provenance.revision"}, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range s.Tables {
		for _, hidden := range []string{"total_amount", "total_amount_currency", "unit_price", "unit_price_currency", "provenance_revision"} {
			if slices.Contains(names(table), hidden) && !(table.Name == "orders_lines" && hidden == "total_amount" || table.Name == "orders_lines" && hidden == "total_amount_currency") {
				t.Errorf("%s has %s", table.Name, hidden)
			}
		}
		if table.Name == "orders_lines_taxes" {
			t.Error("there is a table of what is hidden")
		}
	}
	if orders := names(s.Tables[0]); !slices.Contains(orders, "untaxed_amount_currency") || !slices.Contains(orders, "provenance_company_id") || slices.Contains(orders, "etag") {
		t.Errorf("orders has %v", orders)
	}
}

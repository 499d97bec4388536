package rules_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/services/event/rules"
)

// at is a time that day, written is when Odoo last wrote the record.
func at(hour int) *timestamppb.Timestamp {
	return timestamppb.New(time.Date(2026, 11, 23, hour, 0, 0, 0, time.UTC))
}

var written = at(20)

// kept is a record as the cache keeps it.
func kept(t testing.TB, record proto.Message) []byte {
	t.Helper()
	body, err := proto.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := proto.Marshal(&internalv1.CacheRecord{Body: body, SourceTime: written, Company: "Hospital North"})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// hospital holds what lies in or below WH/Quarantine, which is locations/9.
var hospital = rules.Rules{HoldLocations: []string{"WH/Quarantine"}, Places: func(location string) (string, error) {
	return map[string]string{"locations/8": "WH/Stock", "locations/9": "WH/Quarantine", "locations/10": "WH/Quarantine/Cold", "locations/11": "WH/Quarantine 2"}[location], nil
}}

// epoch is the run of ids of these tests.
var epoch = rules.EpochOf("a journal")

// imply is what holds of a record, as the events of the first time.
func imply(t testing.TB, r rules.Rules, collection string, record proto.Message) []*eventv1.CloudEvent {
	t.Helper()
	conditions, err := r.Conditions(collection, kept(t, record))
	if err != nil {
		t.Fatal(err)
	}
	var events []*eventv1.CloudEvent
	for _, c := range conditions {
		if c.State == "" {
			continue
		}
		e, err := c.Event(epoch, 1)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}

// told is what is looked at in an event.
type told struct {
	Type, Subject string
	Time          time.Time
	Data          proto.Message
}

func TestStatesImplyWhatHasHappened(t *testing.T) {
	eur := func(units int64) *money.Money { return &money.Money{CurrencyCode: "EUR", Units: units} }
	piece := &typesv1.UnitOfMeasure{DisplayName: "Units"}
	ten := &decimal.Decimal{Value: "10"}
	order := func(state orderv1.State) *orderv1.Order {
		return &orderv1.Order{
			Name: "orders/42", Number: "P00042", Supplier: "suppliers/7", State: state, ConfirmTime: at(9), ExpectedTime: at(12), TotalAmount: eur(121),
			Lines: []*orderv1.OrderLine{
				{Id: "1", Type: orderv1.LineType_LINE_TYPE_SECTION, Description: "Wards"},
				{Id: "2", Type: orderv1.LineType_LINE_TYPE_PRODUCT, Product: "products/3", Quantity: ten, Unit: piece, UnitPrice: eur(12)},
			},
		}
	}
	requisition := func(state orderv1.RequisitionState) *orderv1.Requisition {
		return &orderv1.Requisition{Name: "requisitions/5", Number: "BO00005", State: state, Lines: []*orderv1.RequisitionLine{{Id: "1", Product: "products/3", Quantity: ten, Unit: piece}}}
	}
	approved := &eventv1.RequisitionApproved{Requisition: "requisitions/5", Number: "BO00005", Items: []*eventv1.RequisitionItem{{LineId: "1", Product: "products/3", Quantity: ten, Unit: "Units"}}}
	receipt := func(state receiptv1.State, way receiptv1.Direction) *receiptv1.Receipt {
		return &receiptv1.Receipt{
			Name: "receipts/9", Number: "WH/IN/00009", State: state, Direction: way, DoneTime: at(10), Orders: []string{"orders/42"},
			Lines: []*receiptv1.ReceiptLine{{Id: "4", Product: "products/3", AcceptedQuantity: ten, Unit: piece, LotLines: []*receiptv1.ReceiptLotLine{
				{Id: "5", Lot: "lots/17", LotNumber: "L17", AcceptedQuantity: ten, Unit: piece, ExpirationTime: at(11)},
				{Id: "6", AcceptedQuantity: &decimal.Decimal{Value: "0.0"}, Unit: piece},
			}}},
		}
	}
	movement := func(kind inventoryv1.InventoryEventType, from, to string) *inventoryv1.Movement {
		return &inventoryv1.Movement{
			Name: "movements/77", Type: kind, Product: "products/3", Lot: "lots/17", LotNumber: "L17", Quantity: ten, Unit: piece, MoveTime: at(13),
			SourceLocation: from, DestinationLocation: to, OdooTransferId: 31, TransferNumber: "WH/INT/00031", Reference: "WH/INT/00031",
		}
	}
	moved := func(from, to string) told {
		return told{"mesh.stock.transferred.v1", "movements/77", at(13).AsTime(), &eventv1.StockTransferred{
			Movement: "movements/77", Product: "products/3", Lot: "lots/17", LotNumber: "L17", Quantity: ten, Unit: "Units",
			SourceLocation: from, DestinationLocation: to, TransferNumber: "WH/INT/00031", MoveTime: at(13),
		}}
	}
	heldIn := func(location string) told {
		return told{"mesh.quality.hold.v1", "lots/17", at(13).AsTime(), &eventv1.QualityHold{
			HoldState: inventoryv1.HoldState_HOLD_STATE_HELD, Product: "products/3", Lot: "lots/17", LotNumber: "L17", Reason: "WH/INT/00031",
			HoldTime: at(13), Movement: "movements/77", Location: location, Quantity: ten, Unit: "Units",
		}}
	}
	invoice := func(state invoicev1.State, verdict invoicev1.MatchVerdict) *invoicev1.Invoice {
		return &invoicev1.Invoice{
			Name: "invoices/6", Number: "BILL/2026/11/0006", State: state, SourceType: "in_invoice", AccountingDate: &date.Date{Year: 2026, Month: 11, Day: 23},
			TotalAmount: eur(121), Match: &invoicev1.Match{Verdict: verdict, MatchTime: at(15), Lines: []*invoicev1.LineMatch{{LineId: "8", Explanation: "2 EUR more"}}},
		}
	}
	posted := told{"mesh.invoice.posted.v1", "invoices/6", written.AsTime(), &eventv1.InvoicePosted{
		Invoice: "invoices/6", Number: "BILL/2026/11/0006", SourceType: "in_invoice", AccountingDate: &date.Date{Year: 2026, Month: 11, Day: 23}, TotalAmount: eur(121),
	}}
	dropship := receipt(receiptv1.State_STATE_DONE, receiptv1.Direction_DIRECTION_DROP_SHIPMENT)
	dropped := movement(inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DELIVERY, "locations/4", "locations/5")
	dropped.SourceType = "supplier>customer"
	const (
		transfer = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_TRANSFER
		delivery = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DELIVERY
		inbound  = inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RECEIPT
	)
	for name, tt := range map[string]struct {
		collection string
		record     proto.Message
		want       []told
	}{
		"a product was created": {"products", &productv1.Product{Name: "products/3", Sku: "NAC-1", DisplayName: "Saline", CreateTime: at(8), BaseUnit: piece},
			[]told{{"mesh.item.created.v1", "products/3", at(8).AsTime(), &eventv1.ItemCreated{Product: "products/3", Sku: "NAC-1", DisplayName: "Saline", BaseUnit: "Units", CreateTime: at(8)}}}},
		"a supplier that nobody has decided on": {"suppliers", &supplierv1.Supplier{Name: "suppliers/7"}, nil},
		"a supplier that is suspended":          {"suppliers", &supplierv1.Supplier{Name: "suppliers/7", ApprovalStatus: supplierv1.ApprovalStatus_APPROVAL_STATUS_SUSPENDED}, nil},
		"a supplier approved at a time": {"suppliers", &supplierv1.Supplier{Name: "suppliers/7", DisplayName: "Nordica", ApprovalStatus: supplierv1.ApprovalStatus_APPROVAL_STATUS_CONDITIONAL,
			VendorApprovals: []*supplierv1.VendorApproval{
				{Status: supplierv1.ApprovalStatus_APPROVAL_STATUS_CONDITIONAL, DecideTime: at(7), DecidedBy: "QA", Comment: "samples"},
				{Status: supplierv1.ApprovalStatus_APPROVAL_STATUS_APPROVED, DecideTime: at(9), Product: "products/3"},
				{Status: supplierv1.ApprovalStatus_APPROVAL_STATUS_REJECTED, DecideTime: at(10)},
			}},
			[]told{{"mesh.supplier.approved.v1", "suppliers/7", at(7).AsTime(), &eventv1.SupplierApproved{Supplier: "suppliers/7", DisplayName: "Nordica",
				ApprovalStatus: supplierv1.ApprovalStatus_APPROVAL_STATUS_CONDITIONAL, DecideTime: at(7), DecidedBy: "QA", Comment: "samples"}}}},
		"a supplier approved without a time": {"suppliers", &supplierv1.Supplier{Name: "suppliers/7", ApprovalStatus: supplierv1.ApprovalStatus_APPROVAL_STATUS_APPROVED},
			[]told{{"mesh.supplier.approved.v1", "suppliers/7", written.AsTime(), &eventv1.SupplierApproved{Supplier: "suppliers/7", ApprovalStatus: supplierv1.ApprovalStatus_APPROVAL_STATUS_APPROVED}}}},
		"a requisition that is written": {"requisitions", requisition(orderv1.RequisitionState_REQUISITION_STATE_DRAFT), nil},
		"a requisition that is approved": {"requisitions", requisition(orderv1.RequisitionState_REQUISITION_STATE_APPROVED),
			[]told{{"mesh.requisition.approved.v1", "requisitions/5", written.AsTime(), approved}}},
		"a requisition that is closed": {"requisitions", requisition(orderv1.RequisitionState_REQUISITION_STATE_CLOSED),
			[]told{{"mesh.requisition.approved.v1", "requisitions/5", written.AsTime(), approved}}},
		"an order that waits for approval": {"orders", order(orderv1.State_STATE_TO_APPROVE), nil},
		"an order that is cancelled":       {"orders", order(orderv1.State_STATE_CANCELLED), nil},
		"an order that is confirmed": {"orders", order(orderv1.State_STATE_CONFIRMED), []told{{"mesh.order.released.v1", "orders/42", at(9).AsTime(), &eventv1.OrderReleased{
			Order: "orders/42", Number: "P00042", Supplier: "suppliers/7", ConfirmTime: at(9), ExpectedTime: at(12), TotalAmount: eur(121),
			Items: []*eventv1.OrderedItem{{LineId: "2", Product: "products/3", Quantity: ten, Unit: "Units", UnitPrice: eur(12)}},
		}}}},
		"a receipt that is expected": {"receipts", receipt(receiptv1.State_STATE_READY, receiptv1.Direction_DIRECTION_RECEIPT), nil},
		"a return that is done":      {"receipts", receipt(receiptv1.State_STATE_DONE, receiptv1.Direction_DIRECTION_RETURN), nil},
		"a receipt that is done": {"receipts", receipt(receiptv1.State_STATE_DONE, receiptv1.Direction_DIRECTION_RECEIPT), []told{{"mesh.goods.received.v1", "receipts/9", at(10).AsTime(), &eventv1.GoodsReceived{
			Receipt: "receipts/9", Number: "WH/IN/00009", Orders: []string{"orders/42"}, DoneTime: at(10),
			Items: []*eventv1.ReceivedItem{{LineId: "4", Product: "products/3", Quantity: ten, Unit: "Units", Lot: "lots/17", LotNumber: "L17", ExpirationTime: at(11)}},
		}}}},
		"a drop shipment that is done": {"receipts", dropship, []told{{"mesh.goods.dropshipped.v1", "receipts/9", at(10).AsTime(), &eventv1.GoodsDropshipped{
			Receipt: "receipts/9", Number: "WH/IN/00009", Orders: []string{"orders/42"}, DoneTime: at(10),
			Items: []*eventv1.ReceivedItem{{LineId: "4", Product: "products/3", Quantity: ten, Unit: "Units", Lot: "lots/17", LotNumber: "L17", ExpirationTime: at(11)}},
		}}}},
		"a movement from a supplier to a customer": {"movements", dropped, nil},
		"a lot that is free":                       {"lots", &inventoryv1.Lot{Name: "lots/17", HoldState: inventoryv1.HoldState_HOLD_STATE_FREE}, nil},
		"a lot that is recalled": {"lots", &inventoryv1.Lot{Name: "lots/17", LotNumber: "L17", Product: "products/3", HoldState: inventoryv1.HoldState_HOLD_STATE_RECALLED, HoldTime: at(14), HoldReason: "dust"},
			[]told{{"mesh.quality.hold.v1", "lots/17", at(14).AsTime(), &eventv1.QualityHold{HoldState: inventoryv1.HoldState_HOLD_STATE_RECALLED, Product: "products/3", Lot: "lots/17", LotNumber: "L17", Reason: "dust", HoldTime: at(14)}}}},
		"a movement within the house":     {"movements", movement(transfer, "locations/8", "locations/11"), []told{moved("locations/8", "locations/11")}},
		"a movement into quarantine":      {"movements", movement(transfer, "locations/8", "locations/9"), []told{moved("locations/8", "locations/9"), heldIn("locations/9")}},
		"a receipt right into quarantine": {"movements", movement(inbound, "locations/4", "locations/10"), []told{heldIn("locations/10")}},
		"a movement within quarantine":    {"movements", movement(transfer, "locations/9", "locations/10"), []told{moved("locations/9", "locations/10")}},
		"a movement out of quarantine":    {"movements", movement(transfer, "locations/9", "locations/8"), []told{moved("locations/9", "locations/8")}},
		"a movement from a supplier":      {"movements", movement(inbound, "locations/4", "locations/8"), nil},
		"a movement to a customer, of a transfer": {"movements", movement(delivery, "locations/8", "locations/5"), []told{{"mesh.shipment.dispatched.v1", "transfers/31", at(13).AsTime(), &eventv1.ShipmentDispatched{
			OdooTransferId: 31, TransferNumber: "WH/INT/00031", Reference: "WH/INT/00031", DispatchTime: at(13)}}}},
		"an invoice that is a draft": {"invoices", invoice(invoicev1.State_STATE_DRAFT, invoicev1.MatchVerdict_MATCH_VERDICT_PRICE_DIFFERS), nil},
		"an invoice that is posted":  {"invoices", invoice(invoicev1.State_STATE_POSTED, invoicev1.MatchVerdict_MATCH_VERDICT_UNSPECIFIED), []told{posted}},
		"an invoice that matches":    {"invoices", invoice(invoicev1.State_STATE_POSTED, invoicev1.MatchVerdict_MATCH_VERDICT_MATCHED), []told{posted}},
		// What does not match is an exception, and told as one.
		"an invoice that does not match": {"invoices", invoice(invoicev1.State_STATE_POSTED, invoicev1.MatchVerdict_MATCH_VERDICT_PRICE_DIFFERS), []told{posted}},
		"a stock position":               {"stockPositions", &inventoryv1.StockPosition{Name: "stockPositions/3-8-17-0-0"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []told
			for _, e := range imply(t, hospital, tt.collection, tt.record) {
				data, err := e.GetData().UnmarshalNew()
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, told{e.GetType(), e.GetSubject(), e.GetTime().AsTime(), data})
				if e.GetSpecversion() != "1.0" || e.GetId() == "" || e.GetCompany() != "Hospital North" || e.GetDataschema() != string(data.ProtoReflect().Descriptor().FullName()) || e.GetDatacontenttype() != "application/json" {
					t.Errorf("the envelope is %v", e)
				}
			}
			if diff := cmp.Diff(tt.want, got, protocmp.Transform()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestARecordThatCannotBeReadIsAnError(t *testing.T) {
	for _, raw := range [][]byte{{0xff}, kept(t, &productv1.Product{Name: "products/1"})[:3]} {
		if _, err := hospital.Conditions("products", raw); err == nil {
			t.Errorf("% x was read", raw)
		}
	}
}

// An exception has one condition for its kind and subject, and each opening is another
// way in which it holds.
func TestEachOpeningOfAnExceptionIsTold(t *testing.T) {
	condition := func(subject, name, summary string) rules.Condition {
		return rules.Escalated(rules.Exception{Kind: eventv1.ExceptionKind_EXCEPTION_KIND_STOCK_DRIFT, Subject: subject, Name: name, Summary: summary, Opened: at(1).AsTime()})
	}
	first, changed := condition("stockPositions/3-8-0-0-0", "exceptions/1", "3 for 4"), condition("stockPositions/3-8-0-0-0", "exceptions/1", "3 for 5")
	again, other := condition("stockPositions/3-8-0-0-0", "exceptions/2", "3 for 4"), condition("stockPositions/3-9-0-0-0", "exceptions/3", "3 for 4")
	if first.Key != changed.Key || first.State != changed.State {
		t.Error("an exception that says something else is another")
	}
	if first.Key != again.Key || first.State == again.State || first.Key == other.Key {
		t.Error("two exceptions are one")
	}
	e, err := first.Event(epoch, 1)
	if err != nil || e.GetType() != "mesh.exception.escalated.v1" || e.GetSubject() != "stockPositions/3-8-0-0-0" {
		t.Errorf("got %v, %v", e, err)
	}
}

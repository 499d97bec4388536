package rules

import (
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
)

// Places tells the complete name of a location by its resource name; empty where it
// is not known. It makes the events of movements depend on where Odoo has a location.
type Places func(location string) (string, error)

// Rules are what an installation says about its events.
type Rules struct {
	// HoldLocations are complete names of locations, such as WH/Quarantine: what
	// lies there, or below, must not be used.
	HoldLocations []string
	// Places is needed where there are hold locations.
	Places Places
}

// Collections are the kinds of records that mean events, in the order in which a
// supply chain goes through them.
func Collections() []string {
	return []string{"products", "suppliers", "requisitions", "orders", "receipts", "lots", "movements", "invoices"}
}

// Conditions lists what holds of a record, or could and does not. What a record does
// not say is left out: a state that has no canonical form, or that could not be read,
// neither makes an event nor takes one back. raw is the record as the cache and the
// change log keep it. What is in neither event nor record, the name of the Odoo above
// all, is left to whoever shows the event.
func (r Rules) Conditions(collection string, raw []byte) ([]Condition, error) {
	kept := &internalv1.CacheRecord{}
	if err := proto.Unmarshal(raw, kept); err != nil {
		return nil, fmt.Errorf("reading a record of %s: %w", collection, err)
	}
	f := &found{kept: kept}
	var err error
	switch collection {
	case "products":
		err = look(f, &productv1.Product{}, itemCreated)
	case "suppliers":
		err = look(f, &supplierv1.Supplier{}, supplierApproved)
	case "requisitions":
		err = look(f, &orderv1.Requisition{}, requisitionApproved)
	case "orders":
		err = look(f, &orderv1.Order{}, orderReleased)
	case "receipts":
		err = look(f, &receiptv1.Receipt{}, goodsMoved)
	case "lots":
		err = look(f, &inventoryv1.Lot{}, lotHeld)
	case "movements":
		err = look(f, &inventoryv1.Movement{}, stockTransferred, shipmentDispatched, r.movedIntoHold)
	case "invoices":
		err = look(f, &invoicev1.Invoice{}, invoicePosted)
	}
	return f.conditions, err
}

// look reads a record and lets each function say what holds of it.
func look[T proto.Message](f *found, record T, says ...func(*found, T) error) error {
	if err := proto.Unmarshal(f.kept.GetBody(), record); err != nil {
		return err
	}
	for _, s := range says {
		if err := s(f, record); err != nil {
			return err
		}
	}
	return nil
}

// found gathers the conditions of a record.
type found struct {
	kept       *internalv1.CacheRecord
	conditions []Condition
}

// add adds a condition of a subject, which the parts name; data makes what its event
// says. Without a time of its own, that of Odoo's last write to the record counts.
func add[T proto.Message](f *found, subject, state string, at *timestamppb.Timestamp, data func() T, parts ...string) {
	var empty T
	if at == nil {
		at = f.kept.GetSourceTime()
	}
	f.conditions = append(f.conditions, Condition{
		Key: keyOf(append([]string{typeOf(empty)}, parts...)...), State: state, At: at.AsTime(),
		subject: subject, company: f.kept.GetCompany(), data: func() proto.Message { return data() },
	})
}

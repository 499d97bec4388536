package business

import (
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
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

// Imply lists the events that the present state of a record implies: those that have
// happened, whenever and whether or not they were told before. raw is the record as
// the cache and the change log keep it. What is in neither event nor record, the name
// of the Odoo above all, is left to whoever shows the event.
func (r Rules) Imply(collection string, raw []byte) ([]*eventv1.CloudEvent, error) {
	kept := &internalv1.CacheRecord{}
	if err := proto.Unmarshal(raw, kept); err != nil {
		return nil, fmt.Errorf("reading a record of %s: %w", collection, err)
	}
	o := &occurrences{kept: kept}
	var err error
	switch collection {
	case "products":
		err = imply(o, &productv1.Product{}, itemCreated)
	case "suppliers":
		err = imply(o, &supplierv1.Supplier{}, supplierApproved)
	case "requisitions":
		err = imply(o, &orderv1.Requisition{}, requisitionApproved)
	case "orders":
		err = imply(o, &orderv1.Order{}, orderReleased)
	case "receipts":
		err = imply(o, &receiptv1.Receipt{}, goodsReceived)
	case "lots":
		err = imply(o, &inventoryv1.Lot{}, lotHeld)
	case "movements":
		err = imply(o, &inventoryv1.Movement{}, stockTransferred, shipmentDispatched, r.movedIntoHold)
	case "invoices":
		err = imply(o, &invoicev1.Invoice{}, invoicePosted, invoiceMismatched)
	}
	return o.events, err
}

// imply reads a record and lets each function say what it means.
func imply[T proto.Message](o *occurrences, record T, means ...func(*occurrences, T) error) error {
	if err := proto.Unmarshal(o.kept.GetBody(), record); err != nil {
		return err
	}
	for _, m := range means {
		if err := m(o, record); err != nil {
			return err
		}
	}
	return nil
}

// occurrences gathers what a record means.
type occurrences struct {
	kept   *internalv1.CacheRecord
	events []*eventv1.CloudEvent
}

// tell adds an event; the facts tell it from others of its type and subject. Without
// a time of its own, that of Odoo's last write to the record counts.
func (o *occurrences) tell(subject string, at *timestamppb.Timestamp, data proto.Message, facts ...string) error {
	if at == nil {
		at = o.kept.GetSourceTime()
	}
	event, err := eventOf(subject, at, data, facts...)
	if err != nil {
		return err
	}
	if company := o.kept.GetCompany(); company != "" {
		event.Company = &company
	}
	o.events = append(o.events, event)
	return nil
}

func eventOf(subject string, at *timestamppb.Timestamp, data proto.Message, facts ...string) (*eventv1.CloudEvent, error) {
	rule := ruleOf(data.ProtoReflect().Descriptor())
	packed := &anypb.Any{}
	// Deterministic, so that the same occurrence is the same to the last byte.
	if err := anypb.MarshalFrom(packed, data, proto.MarshalOptions{Deterministic: true}); err != nil {
		return nil, fmt.Errorf("writing the data of %s: %w", rule.GetType(), err)
	}
	form, schema := "application/json", string(data.ProtoReflect().Descriptor().FullName())
	return &eventv1.CloudEvent{
		Specversion: "1.0", Id: identity(rule.GetType(), subject, facts...), Type: rule.GetType(), Subject: &subject,
		Time: at, Datacontenttype: &form, Dataschema: &schema, Data: packed,
	}, nil
}

package rules

import (
	eventv1 "odoomesh/gen/go/mesh/event/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
)

// requisitionApproved: a requisition that is approved, or closed behind that, was
// approved. Odoo keeps no time of it.
func requisitionApproved(f *found, r *orderv1.Requisition) error {
	state := r.GetState()
	if state == orderv1.RequisitionState_REQUISITION_STATE_UNSPECIFIED {
		return nil
	}
	approved := state == orderv1.RequisitionState_REQUISITION_STATE_APPROVED || state == orderv1.RequisitionState_REQUISITION_STATE_CLOSED
	add(f, r.GetName(), when(approved), nil, func() *eventv1.RequisitionApproved {
		data := &eventv1.RequisitionApproved{
			Requisition: r.GetName(), Number: r.GetNumber(), SourceType: r.GetSourceType(), Supplier: r.GetSupplier(),
			Buyer: r.GetBuyer(), Origin: r.GetOrigin(), CurrencyCode: r.GetCurrencyCode(),
		}
		for _, l := range r.GetLines() {
			data.Items = append(data.Items, &eventv1.RequisitionItem{
				LineId: l.GetId(), Product: l.GetProduct(), Quantity: l.GetQuantity(), Unit: l.GetUnit().GetDisplayName(), UnitPrice: l.GetUnitPrice(),
			})
		}
		return data
	}, r.GetName())
	return nil
}

// orderReleased: an order that is confirmed was released, at its confirm_time.
func orderReleased(f *found, r *orderv1.Order) error {
	if r.GetState() == orderv1.State_STATE_UNSPECIFIED {
		return nil
	}
	add(f, r.GetName(), when(r.GetState() == orderv1.State_STATE_CONFIRMED), r.GetConfirmTime(), func() *eventv1.OrderReleased {
		data := &eventv1.OrderReleased{
			Order: r.GetName(), Number: r.GetNumber(), Supplier: r.GetSupplier(), SupplierReference: r.GetSupplierReference(),
			ConfirmTime: r.GetConfirmTime(), ExpectedTime: r.GetExpectedTime(), UntaxedAmount: r.GetUntaxedAmount(), TotalAmount: r.GetTotalAmount(),
			Buyer: r.GetBuyer(), Origin: r.GetOrigin(),
		}
		for _, l := range r.GetLines() {
			if l.GetType() != orderv1.LineType_LINE_TYPE_PRODUCT {
				continue
			}
			data.Items = append(data.Items, &eventv1.OrderedItem{
				LineId: l.GetId(), Product: l.GetProduct(), Description: l.GetDescription(), Quantity: l.GetQuantity(),
				Unit: l.GetUnit().GetDisplayName(), UnitPrice: l.GetUnitPrice(), RequestedTime: l.GetRequestedTime(),
			})
		}
		return data
	}, r.GetName())
	return nil
}

// invoicePosted: an invoice that is posted was posted. Odoo keeps no time of it.
func invoicePosted(f *found, i *invoicev1.Invoice) error {
	if i.GetState() == invoicev1.State_STATE_UNSPECIFIED {
		return nil
	}
	add(f, i.GetName(), when(i.GetState() == invoicev1.State_STATE_POSTED), nil, func() *eventv1.InvoicePosted {
		return &eventv1.InvoicePosted{
			Invoice: i.GetName(), Number: i.GetNumber(), SupplierReference: i.GetSupplierReference(), SourceType: i.GetSourceType(), Supplier: i.GetSupplier(),
			InvoiceDate: i.GetInvoiceDate(), AccountingDate: i.GetAccountingDate(), DueDate: i.GetDueDate(),
			UntaxedAmount: i.GetUntaxedAmount(), TaxAmount: i.GetTaxAmount(), TotalAmount: i.GetTotalAmount(),
			PaymentReference: i.GetPaymentReference(), Orders: i.GetOrders(), ReversalOf: i.GetReversalOf(),
		}
	}, i.GetName())
	return nil
}

package business

import (
	eventv1 "odoomesh/gen/go/mesh/event/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
)

// requisitionApproved: a requisition that is approved, or closed behind that, was
// approved, once. Odoo keeps no time of it.
func requisitionApproved(o *occurrences, r *orderv1.Requisition) error {
	if s := r.GetState(); s != orderv1.RequisitionState_REQUISITION_STATE_APPROVED && s != orderv1.RequisitionState_REQUISITION_STATE_CLOSED {
		return nil
	}
	data := &eventv1.RequisitionApproved{
		Requisition: r.GetName(), Number: r.GetNumber(), SourceType: r.GetSourceType(), Supplier: r.GetSupplier(),
		Buyer: r.GetBuyer(), Origin: r.GetOrigin(), CurrencyCode: r.GetCurrencyCode(),
	}
	for _, l := range r.GetLines() {
		data.Items = append(data.Items, &eventv1.RequisitionItem{
			LineId: l.GetId(), Product: l.GetProduct(), Quantity: l.GetQuantity(), Unit: l.GetUnit().GetDisplayName(), UnitPrice: l.GetUnitPrice(),
		})
	}
	return o.tell(r.GetName(), nil, data)
}

// orderReleased: an order that is confirmed was released, at its confirm_time. One
// that was cancelled and confirmed once more has another.
func orderReleased(o *occurrences, r *orderv1.Order) error {
	if r.GetState() != orderv1.State_STATE_CONFIRMED {
		return nil
	}
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
	return o.tell(r.GetName(), r.GetConfirmTime(), data, moment(r.GetConfirmTime()))
}

// invoicePosted: an invoice that is posted was posted. Odoo keeps no time of it; a
// posting is one number, date and total, which can only change by taking it back.
func invoicePosted(o *occurrences, i *invoicev1.Invoice) error {
	if i.GetState() != invoicev1.State_STATE_POSTED {
		return nil
	}
	return o.tell(i.GetName(), nil, &eventv1.InvoicePosted{
		Invoice: i.GetName(), Number: i.GetNumber(), SupplierReference: i.GetSupplierReference(), SourceType: i.GetSourceType(), Supplier: i.GetSupplier(),
		InvoiceDate: i.GetInvoiceDate(), AccountingDate: i.GetAccountingDate(), DueDate: i.GetDueDate(),
		UntaxedAmount: i.GetUntaxedAmount(), TaxAmount: i.GetTaxAmount(), TotalAmount: i.GetTotalAmount(),
		PaymentReference: i.GetPaymentReference(), Orders: i.GetOrders(), ReversalOf: i.GetReversalOf(),
	}, posting(i)...)
}

// posting is what tells one posting of an invoice from another.
func posting(i *invoicev1.Invoice) []string {
	return []string{i.GetNumber(), day(i.GetAccountingDate()), sum(i.GetTotalAmount())}
}

package rules

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
)

// itemCreated: every product was created, once, at its create_time.
func itemCreated(f *found, p *productv1.Product) error {
	add(f, p.GetName(), holding, p.GetCreateTime(), func() *eventv1.ItemCreated {
		return &eventv1.ItemCreated{
			Product: p.GetName(), Sku: p.GetSku(), DisplayName: p.GetDisplayName(), Gtin: p.GetGtin(),
			CategoryPath: p.GetCategory().GetPath(), BaseUnit: p.GetBaseUnit().GetDisplayName(),
			SalesPrice: p.GetSalesPrice(), CreateTime: p.GetCreateTime(),
		}
	}, p.GetName())
	return nil
}

// supplierApproved: a supplier whose approval_status is approved or conditional was
// approved, at the decide_time of the newest entry of its vendor_approvals that is
// about everything and approves. Approved is another occurrence than conditional. No
// status at all is one: nobody has decided.
func supplierApproved(f *found, s *supplierv1.Supplier) error {
	decision := &supplierv1.VendorApproval{}
	for _, a := range s.GetVendorApprovals() {
		about := a.GetProduct() + a.GetCategoryPath() + a.GetSite()
		if about == "" && approves(a.GetStatus()) && !later(decision.GetDecideTime(), a.GetDecideTime()) {
			decision = a
		}
	}
	state := ""
	if approves(s.GetApprovalStatus()) {
		state = s.GetApprovalStatus().String()
	}
	add(f, s.GetName(), state, decision.GetDecideTime(), func() *eventv1.SupplierApproved {
		return &eventv1.SupplierApproved{
			Supplier: s.GetName(), DisplayName: s.GetDisplayName(), Reference: s.GetReference(), TaxId: s.GetTaxId(), Gln: s.GetGln(),
			ApprovalStatus: s.GetApprovalStatus(), Comment: decision.GetComment(), DecidedBy: decision.GetDecidedBy(), DecideTime: decision.GetDecideTime(),
		}
	}, s.GetName())
	return nil
}

func approves(s supplierv1.ApprovalStatus) bool {
	return s == supplierv1.ApprovalStatus_APPROVAL_STATUS_APPROVED || s == supplierv1.ApprovalStatus_APPROVAL_STATUS_CONDITIONAL
}

// later tells whether a time lies behind another; no time lies before all.
func later(a, b *timestamppb.Timestamp) bool {
	return a != nil && (b == nil || a.AsTime().After(b.AsTime()))
}

package order

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/command"
)

// policy is which orders need an approval of the mesh before they are released.
type policy struct {
	on bool
	// from is from which total on they do, in the currency; one in another currency does
	// always, as nothing here tells what it comes to.
	from     *big.Rat
	currency string
}

// policyOf reads a setting such as "1000 EUR"; empty is none.
func policyOf(setting string) policy {
	amount, currency, both := strings.Cut(setting, " ")
	from, ok := number(amount)
	return policy{on: both && ok, from: from, currency: currency}
}

// demands tells whether an order of a total needs an approval.
func (p policy) demands(total *big.Rat, currency string) bool {
	return p.on && (currency != p.currency || total.Cmp(p.from) >= 0)
}

// approved refuses to release a draft that needs an approval, and has none of what it says
// now.
func (p policy) approved(ctx context.Context, e existing) error {
	if !p.on {
		return nil
	}
	o, err := e.live(ctx, e.name)
	if err != nil {
		return err
	}
	total, _ := number(command.Amount(o.GetTotalAmount()))
	switch a := o.GetApproval(); {
	case !p.demands(total, o.GetCurrencyCode()):
		return nil
	case a.GetState() != orderv1.ApprovalState_APPROVAL_STATE_APPROVED:
		return command.Refused("%s comes to %s %s and has to be approved first: it is submitted by orders.submit, and approved by somebody else by orders.approve.", e.name, command.Amount(o.GetTotalAmount()), o.GetCurrencyCode())
	case a.GetContent() != content(o):
		return command.Refused("%s was changed since it was approved at %s: it has to be submitted and approved anew.", e.name, a.GetApproveTime().AsTime().Format(odooTime))
	}
	return nil
}

// covers refuses to raise a released order to a total that needs an approval, and of which
// none was given.
func (p policy) covers(ctx context.Context, e existing, total float64, currency string) error {
	if !p.demands(command.Rat(total), currency) {
		return nil
	}
	o, err := e.live(ctx, e.name)
	if err != nil {
		return err
	}
	a := o.GetApproval()
	was, _ := number(command.Amount(a.GetTotalAmount()))
	if a.GetState() == orderv1.ApprovalState_APPROVAL_STATE_APPROVED && a.GetTotalAmount().GetCurrencyCode() == currency && was.Cmp(command.Rat(total)) >= 0 {
		return nil
	}
	return command.Refused("%s would come to %s %s, which has not been approved: order the rest by an order of its own, which is submitted and approved.", e.name, command.Float(total), currency)
}

// content is a digest of what is approved of an order: for whom, what, how much and at
// which price.
func content(o *orderv1.Order) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s\n", o.GetSupplier(), o.GetCurrencyCode())
	for _, l := range o.GetLines() {
		if l.GetType() == orderv1.LineType_LINE_TYPE_PRODUCT {
			fmt.Fprintf(&text, "%s %s %s %s %s %s\n", l.GetId(), l.GetProduct(), l.GetUnit().GetName(), l.GetQuantity().GetValue(), command.Amount(l.GetUnitPrice()), l.GetDiscountPercent().GetValue())
		}
	}
	sum := sha256.Sum256([]byte(text.String()))
	return hex.EncodeToString(sum[:])
}

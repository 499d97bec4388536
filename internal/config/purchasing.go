package config

import "slices"

// Purchasing is what orders are held to before they reach Odoo.
type Purchasing struct {
	ApprovedSuppliers string  `key:"approved-suppliers" governed:"true" doc:"What becomes of an order of something that its supplier is not approved for: off, warn or refuse. Approved is a supplier as a whole, and each product by an entry of approvedVendors for the site. Of one that is suspended or rejected nothing is ordered in any case."`
	VendorsByTwo      bool    `key:"vendors-by-two" governed:"true" doc:"Who has proposed an entry of approvedVendors, or has changed it since, does not approve it. Of suppliers as a whole that holds always."`
	PriceCheck        string  `key:"price-check" governed:"true" doc:"What becomes of an order at a price that differs from the supplier's price list by more than price-tolerance, in either direction: off, warn or refuse. What has no price in the list is told as a warning."`
	PriceTolerance    float64 `key:"price-tolerance" governed:"true" doc:"By how many percent of the price in the list an order's price may differ from it."`
}

// The modes of a check.
const (
	Off    = "off"
	Warn   = "warn"
	Refuse = "refuse"
)

func defaultPurchasing() Purchasing {
	return Purchasing{ApprovedSuppliers: Off, VendorsByTwo: true, PriceCheck: Off}
}

func (p Purchasing) check(found *problems) {
	for _, mode := range []struct{ key, value string }{{"approved-suppliers", p.ApprovedSuppliers}, {"price-check", p.PriceCheck}} {
		if !slices.Contains([]string{Off, Warn, Refuse}, mode.value) {
			found.add(mode.key, "%q is none of off, warn, refuse", mode.value)
		}
	}
	if !(p.PriceTolerance >= 0 && p.PriceTolerance <= 1000) {
		found.add("price-tolerance", "%v is no percentage from 0 to 1000", p.PriceTolerance)
	}
}

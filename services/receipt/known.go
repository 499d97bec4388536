package receipt

import (
	"context"
	"strings"

	"google.golang.org/genproto/googleapis/type/date"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/gen/go/mesh/inventory/v1/inventoryservice"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/gen/go/mesh/product/v1/productservice"
	"odoomesh/internal/domain"
	"odoomesh/internal/fault"
	"odoomesh/internal/read"
	"odoomesh/internal/scope"
)

// known is what the copy knows of goods; a collection that is not served is nil.
type known struct {
	products *read.Collection[*productv1.Product]
	lots     *read.Collection[*inventoryv1.Lot]
}

func newKnown(r domain.Rooms) (k known, err error) {
	if deps := r.Read(productservice.Products); deps.Kind != nil {
		if k.products, err = read.NewCollection[*productv1.Product](deps); err != nil {
			return k, err
		}
	}
	if deps := r.Read(inventoryservice.Lots); deps.Kind != nil {
		k.lots, err = read.NewCollection[*inventoryv1.Lot](deps)
	}
	return k, err
}

// tracking is how single pieces of a product are told apart, which the caller need not
// meet; unspecified where it is not known.
func (k known) tracking(ctx context.Context, product string) (productv1.Tracking, error) {
	if k.products == nil {
		return productv1.Tracking_TRACKING_UNSPECIFIED, nil
	}
	p, err := k.products.Get(scope.With(ctx, nil), product, nil, nil)
	if fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_FOUND {
		return productv1.Tracking_TRACKING_UNSPECIFIED, nil
	}
	return p.GetTracking(), err
}

// days are those on which lots of a product with this number, whatever white space is
// around it, are known to expire. A caller who is narrowed is told of none: nobody who
// guesses numbers is to learn what others have delivered. Such a notice is kept, and the
// difference is told when the goods are booked.
func (k known) days(ctx context.Context, product, number, company string) (days []*date.Date, err error) {
	if k.lots == nil || number == "" || scope.From(ctx) != nil {
		return nil, nil
	}
	lots, err := k.lots.Where(ctx, "lot_number", number)
	if err != nil {
		return nil, err
	}
	for _, l := range lots {
		if l.GetProduct() == product && strings.TrimSpace(l.GetLotNumber()) == number && l.GetExpirationDate() != nil && (l.GetCompany() == "" || l.GetCompany() == company) {
			days = append(days, l.GetExpirationDate())
		}
	}
	return days, nil
}

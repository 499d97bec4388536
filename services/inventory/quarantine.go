package inventory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/gen/go/mesh/inventory/v1/inventoryservice"
	"odoomesh/internal/command"
	"odoomesh/internal/exact"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
)

// toQuarantine is the method by which held goods are moved.
const toQuarantine = inventoryv1.InventoryService_TransferStock_FullMethodName

// moves tells whether what is held is moved to a place of quarantine.
func (m *marking) moves() bool {
	return m.state != free && !m.stays && len(m.service.quarantine) > 0
}

// follow puts off the transfers to quarantine. They are known to the ledger before the hold
// is done, so that no kill in between leaves the goods where they are.
func (m *marking) follow(ctx context.Context, w *command.Work, lots []*inventoryv1.Lot) error {
	transfers, _, err := m.transfers(ctx, w, lots)
	if err != nil {
		return err
	}
	for _, t := range transfers {
		_, err := m.service.desk.Follow(ctx, w.Principal, toQuarantine, t)
		if err != nil && fault.ReasonOf(err) != errorsv1.Reason_REASON_INVALID_ARGUMENT { // of that, followed tells
			return err
		}
	}
	return nil
}

// followed are the intents of the transfers to quarantine, and what is not moved, in words;
// all is false while one of them is still to be put off.
func (m *marking) followed(ctx context.Context, w *command.Work, lots []*inventoryv1.Lot) (intents, left []string, all bool, err error) {
	transfers, left, err := m.transfers(ctx, w, lots)
	if err != nil {
		return nil, nil, false, err
	}
	for _, t := range transfers {
		i, err := m.service.desk.Followed(ctx, w.Principal, toQuarantine, t)
		switch {
		case fault.ReasonOf(err) == errorsv1.Reason_REASON_INVALID_ARGUMENT:
			left = append(left, fmt.Sprintf("%s is not moved to quarantine: %v", t.GetName(), err))
		case err != nil || i == nil:
			return nil, left, false, err
		default:
			intents = append(intents, i.GetName())
		}
	}
	return intents, left, true, nil
}

// transfers are what takes lots from where the copy says that they lie in the house to the
// places of quarantine, and what has to stay, in words.
func (m *marking) transfers(ctx context.Context, w *command.Work, lots []*inventoryv1.Lot) (all []*inventoryv1.TransferStockRequest, left []string, err error) {
	stock, err := m.service.stockOf(ctx, lots)
	if err != nil {
		return nil, nil, err
	}
	places, err := m.service.quarantinePlaces(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, position := range stock {
		from, err := m.service.Locations.Get(ctx, position.GetLocation(), nil, nil)
		if fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_FOUND {
			left = append(left, fmt.Sprintf("%s is at a place that the mesh does not know (yet), and is not moved to quarantine.", position.GetStockPosition()))
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		if from.GetUsage() != inventoryv1.LocationUsage_LOCATION_USAGE_INTERNAL || within(from.GetCompleteName(), m.service.holds) || exact.Decimal(position.GetQuantity()).Sign() <= 0 {
			continue
		}
		key, err := resource.KeyOf(inventoryservice.StockPositions, position.GetStockPosition())
		if err != nil {
			return nil, nil, err
		}
		ids, to := resource.IDs(key), placeFor(from, places)
		switch {
		case ids[3] != 0 || ids[4] != 0:
			left = append(left, fmt.Sprintf("%s of %s at %s belongs to an owner, or lies in a package: it is moved in Odoo alone.", position.GetQuantity().GetValue(), position.GetLot(), from.GetCompleteName()))
		case to == nil:
			left = append(left, fmt.Sprintf("%s of %s at %s stays there: none of quarantine-locations (%s) is a place of the house, in use, and of its company.", position.GetQuantity().GetValue(), position.GetLot(), from.GetCompleteName(), command.Listed(m.service.quarantine)))
		default:
			all = append(all, &inventoryv1.TransferStockRequest{
				Name: position.GetStockPosition(), RequestId: "quarantine:" + w.ID + ":" + strings.TrimPrefix(position.GetStockPosition(), inventoryservice.StockPositions+"/"),
				Everything: true, TakeReserved: true, AllowExpired: true, OnlyWhileHeld: true, DestinationLocation: to.GetName(), Reason: oneLine("Held: "+m.reason, 200),
			})
		}
	}
	return all, left, nil
}

// quarantinePlaces are the configured places that are in use.
func (s *Service) quarantinePlaces(ctx context.Context) (places []*inventoryv1.Location, err error) {
	for _, name := range s.quarantine {
		page, err := s.Locations.List(ctx, &inventoryv1.ListLocationsRequest{Filter: fmt.Sprintf("complete_name = %q AND usage = INTERNAL", name), PageSize: 1000})
		if err != nil {
			return nil, err
		}
		for _, l := range page.Records {
			if l.GetActive() && l.GetCompleteName() == name {
				places = append(places, l)
			}
		}
	}
	return places, nil
}

// placeFor is the place of quarantine of a place's warehouse, which its name begins with;
// else one of its company; nil for none.
func placeFor(from *inventoryv1.Location, places []*inventoryv1.Location) *inventoryv1.Location {
	warehouse, _, _ := strings.Cut(from.GetCompleteName(), "/")
	mine := slices.DeleteFunc(slices.Clone(places), func(p *inventoryv1.Location) bool {
		return p.GetCompany() != "" && from.GetCompany() != "" && p.GetCompany() != from.GetCompany()
	})
	for _, p := range mine {
		if strings.HasPrefix(p.GetCompleteName(), warehouse+"/") {
			return p
		}
	}
	if len(mine) > 0 {
		return mine[0]
	}
	return nil
}

// oneLine is a text without line breaks and of so many bytes at most.
func oneLine(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	for len(text) > most {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}

package inventory

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/mapping"
)

// converters are those that the mapping of movements names beside the common ones.
func converters() mapping.Converters {
	return mapping.Converters{"movement_type": toMovementType, "movement_words": toMovementWords, "in_house": toInHouse}
}

// Odoo has no word for why goods moved: the usages of the two locations say it,
// and for a loss whether it was scrapped.
const (
	atSupplier   = "supplier"
	atCustomer   = "customer"
	inLoss       = "inventory"
	inProduction = "production"
)

// toMovementType reads [location_usage, location_dest_usage, mark of scrap] and, from 19 on,
// the mark of a count: there a place of scrap is one of losses, and a transfer to one leaves
// no mark of scrap. What goes to a loss and is no count was thrown away.
func toMovementType(in *mapping.Input) (protoreflect.Value, bool, error) {
	from, to, scrapped, err := ends(in)
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	if len(in.Fields) == 4 && to == inLoss && from != inLoss {
		scrapped = scrapped || in.Empty(in.Fields[3])
	}
	kind := movementType(from, to, scrapped)
	return protoreflect.ValueOfEnum(kind.Number()), kind != 0, nil
}

func movementType(from, to string, scrapped bool) inventoryv1.InventoryEventType {
	switch {
	case from == inLoss && to == inLoss:
		return inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_UNSPECIFIED
	case scrapped:
		return inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_SCRAP
	case from == inLoss, to == inLoss:
		return inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_ADJUSTMENT
	case to == inProduction:
		return inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_CONSUMPTION
	case from == inProduction:
		return inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_PRODUCTION
	case from == atSupplier && to == atCustomer:
		return inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT
	case from == atCustomer && to == atSupplier:
		return inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT_RETURN
	case to == atCustomer:
		return inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DELIVERY
	case from == atCustomer:
		return inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_CUSTOMER_RETURN
	case to == atSupplier:
		return inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RETURN_TO_SUPPLIER
	case from == atSupplier:
		return inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RECEIPT
	}
	return inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_TRANSFER
}

// ends reads both usages and the mark of scrap: up to 18 a flag, set where the goods
// went to a place of scrap; from 19 on, where such places are gone, the scrap order.
func ends(in *mapping.Input) (from, to string, scrapped bool, err error) {
	if from, err = in.Row.String(in.Fields[0]); err != nil {
		return "", "", false, err
	}
	if to, err = in.Row.String(in.Fields[1]); err != nil {
		return "", "", false, err
	}
	return from, to, !in.Empty(in.Fields[2]), nil
}

// toMovementWords writes Odoo's own words; it reads the mark of a count as well.
func toMovementWords(in *mapping.Input) (protoreflect.Value, bool, error) {
	from, to, scrapped, err := ends(in)
	if err != nil {
		return protoreflect.Value{}, false, err
	}
	words := from + ">" + to
	if scrapped {
		words += "+scrap"
	}
	if !in.Empty(in.Fields[3]) {
		words += "+count"
	}
	return protoreflect.ValueOfString(words), true, nil
}

// toInHouse tells by the usage of a place whether goods there lie in the house.
func toInHouse(in *mapping.Input) (protoreflect.Value, bool, error) {
	usage, err := in.Row.String(in.Fields[0])
	return protoreflect.ValueOfBool(usage == "internal"), err == nil && usage == "internal", err
}

package trace

import (
	"context"
	"slices"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
)

const (
	// mostLots and mostSteps bound how far a journey goes on: of so many lots, over so many
	// movements, to so many milestones.
	mostLots       = 50
	mostSteps      = 20_000
	mostMilestones = 200
)

// onward tells where the goods of a journey went.
type onward struct {
	*Service
	steps, told int
	truncated   bool
}

// passage is what one milestone tells: what went with one transfer from one place to
// another.
type passage struct {
	transfer, from, to string
	kind               tracev1.MilestoneType
}

// milestoneOf is what a movement is on a journey.
func milestoneOf(m *inventoryv1.Movement) tracev1.MilestoneType {
	switch m.GetType() {
	case inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DELIVERY, inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_CONSUMPTION:
		return tracev1.MilestoneType_MILESTONE_TYPE_DELIVERED
	case inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_ADJUSTMENT:
		return tracev1.MilestoneType_MILESTONE_TYPE_ADJUSTED
	case inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_SCRAP:
		return tracev1.MilestoneType_MILESTONE_TYPE_SCRAPPED
	case inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RECEIPT:
		return tracev1.MilestoneType_MILESTONE_TYPE_RECEIVED
	case inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_RETURN_TO_SUPPLIER:
		return tracev1.MilestoneType_MILESTONE_TYPE_RETURNED
	}
	return tracev1.MilestoneType_MILESTONE_TYPE_MOVED
}

// follow adds to a chain what became of its lots: of those that were asked for or, where
// there are none, of all that its receipts hold.
func (o *onward) follow(ctx context.Context, c *chain) error {
	numbers := map[string]string{}
	for name, l := range c.lots {
		numbers[name] = l.GetLotNumber()
	}
	for _, r := range c.receipts {
		for _, line := range r.GetLines() {
			if len(c.lots) > 0 || c.product != nil && line.GetProduct() != c.product.GetName() {
				continue
			}
			for _, l := range line.GetLotLines() {
				numbers[l.GetLot()] = l.GetLotNumber()
			}
		}
	}
	delete(numbers, "")
	milestones := map[passage]*tracev1.Milestone{}
	own := map[string]bool{} // transfers that the chain tells as documents
	for _, r := range c.receipts {
		own[r.GetNumber()] = true
	}
	lots := names(numbers)
	if len(lots) > mostLots {
		lots, o.truncated = lots[:mostLots], true
	}
	for _, lot := range lots {
		if o.steps >= mostSteps {
			o.truncated = true
			break
		}
		movements, err := o.movements.WherePart(ctx, "lot", lot, followed...)
		if err != nil {
			return err
		}
		o.steps += len(movements)
		for _, m := range movements {
			if !own[m.GetTransferNumber()] {
				o.pass(milestones, m, numbers[lot])
			}
		}
	}
	for _, m := range c.movements {
		if m.GetLot() == "" || numbers[m.GetLot()] == "" {
			o.pass(milestones, m, m.GetLotNumber())
		}
	}
	for _, m := range milestones {
		slices.Sort(m.LotNumbers)
		m.LotNumbers = slices.Compact(m.LotNumbers)
		c.after = append(c.after, m)
	}
	return o.places(ctx, c.after)
}

// pass tells a movement.
func (o *onward) pass(to map[passage]*tracev1.Milestone, m *inventoryv1.Movement, lot string) {
	transfer := m.GetTransferNumber()
	if transfer == "" {
		transfer = m.GetName()
	}
	key := passage{transfer, m.GetSourceLocation(), m.GetDestinationLocation(), milestoneOf(m)}
	told := to[key]
	if told == nil {
		if o.told >= mostMilestones {
			o.truncated = true
			return
		}
		o.told++
		told = &tracev1.Milestone{
			Type: key.kind, OccurTime: m.GetMoveTime(), Document: m.GetName(), Number: m.GetTransferNumber(), SourceState: "done",
			SourceLocation: key.from, DestinationLocation: key.to,
		}
		to[key] = told
	}
	if lot != "" {
		told.LotNumbers = append(told.LotNumbers, lot)
	}
}

// places puts the names of places into the sentences for people.
func (o *onward) places(ctx context.Context, line []*tracev1.Milestone) error {
	var all []string
	for _, m := range line {
		all = append(all, m.GetSourceLocation(), m.GetDestinationLocation())
	}
	found, err := o.locations.Find(ctx, distinct(all))
	if err != nil {
		return err
	}
	called := map[string]string{}
	for _, l := range found {
		called[l.GetName()] = l.GetCompleteName()
	}
	verb := map[tracev1.MilestoneType]string{
		tracev1.MilestoneType_MILESTONE_TYPE_DELIVERED: "were delivered", tracev1.MilestoneType_MILESTONE_TYPE_ADJUSTED: "were set right by a count or correction",
		tracev1.MilestoneType_MILESTONE_TYPE_SCRAPPED: "were thrown away", tracev1.MilestoneType_MILESTONE_TYPE_RECEIVED: "came",
		tracev1.MilestoneType_MILESTONE_TYPE_RETURNED: "went back", tracev1.MilestoneType_MILESTONE_TYPE_MOVED: "moved",
	}
	for _, m := range line {
		m.Summary = "Goods " + verb[m.GetType()]
		if from, to := called[m.GetSourceLocation()], called[m.GetDestinationLocation()]; from != "" && to != "" {
			m.Summary += " from " + from + " to " + to
		}
		if m.GetNumber() != "" {
			m.Summary += " with " + m.GetNumber()
		}
	}
	return nil
}

package e2e

import (
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
)

// delivery is an order of two lines, and what becomes of its goods: cannulas, which come in
// lot A and lot B, and spoons, which come at once; in some lives forks are added.
type delivery struct {
	order *orderv1.Order
	// asked, spoons and forks are the quantities of the order, came how many cannulas were
	// received, and back how many of lot A were returned.
	asked, spoons, forks, came, back float64
	// closed tells that nothing more is to come.
	closed          bool
	receipts        []string
	notices, milest int
	accepted        bool
	// lies is how much of a lot lies in the stock and on the ward.
	lies map[place]float64
	// moved, thrown and counted are what was transferred, scrapped, and booked by counts, with
	// the number of their movements.
	moved, thrown, counted tally
	held                   bool
}

type place struct {
	lot  string
	ward bool
}

// tally are some movements, and how much they moved.
type tally struct {
	times int
	sum   float64
}

func (c *tally) add(n float64) { c.times, c.sum = c.times+1, c.sum+n }

func (l *life) lot(letter string) string { return letter + "-" + l.mark }

// lineOf is the id of an order's line of a product.
func (l *life) lineOf(code string) string {
	lines := l.bought.order.GetLines()
	i := slices.IndexFunc(lines, func(o *orderv1.OrderLine) bool { return o.GetProduct() == l.productName(code) })
	if i < 0 {
		if l.err == nil {
			l.err = fmt.Errorf("no line of %s in %v", code, l.bought.order)
		}
		return ""
	}
	return lines[i].GetId()
}

// isOrdered drafts an order, changes it, has it approved, and releases it.
func (l *life) isOrdered() {
	b := &delivery{asked: 10, spoons: 5, lies: map[place]float64{}}
	l.bought = b
	request := &orderv1.CreateOrderRequest{Order: &orderv1.Order{Supplier: l.supplier, Origin: l.mark, Lines: []*orderv1.OrderLine{
		{Product: l.productName(l.cannula()), Quantity: much(b.asked), UnitPrice: l.euros(2.75)}, {Product: l.productName(l.spoon()), Quantity: much(b.spoons), UnitPrice: l.euros(1.5)},
	}}}
	b.order = does(l, "sue", l.orders.CreateOrder, request).GetOrder()
	name := b.order.GetName()
	if l.maybe() {
		b.asked = 12
		lines := []*orderv1.OrderLine{{Id: l.lineOf(l.cannula()), Quantity: much(b.asked)}, {Id: l.lineOf(l.spoon())}}
		if l.maybe() {
			lines = append(lines, l.forks())
		}
		does(l, "sue", l.orders.UpdateOrder, &orderv1.UpdateOrderRequest{Etag: "*", Order: &orderv1.Order{Name: name, Lines: lines}})
	}
	if l.maybe() {
		does(l, "sue", l.orders.SubmitOrder, &orderv1.SubmitOrderRequest{Name: name, Comment: "for ward 3"})
		refused(l, "sue", l.orders.ApproveOrder, &orderv1.ApproveOrderRequest{Name: name}, "NOT_PERMITTED")
		does(l, "quinn", l.orders.ApproveOrder, &orderv1.ApproveOrderRequest{Name: name})
	}
	does(l, "sue", l.orders.ReleaseOrder, &orderv1.ReleaseOrderRequest{Name: name})
	l.comes(1)
}

// forks are a line that is added to the order.
func (l *life) forks() *orderv1.OrderLine {
	l.bought.forks = 2
	return &orderv1.OrderLine{Product: l.productName(l.fork()), Quantity: much(2), UnitPrice: l.euros(4)}
}

// comes reads the order until it has so many receipts that may bring something.
func (l *life) comes(receipts int) {
	b := l.bought
	b.order = reads(l, l.orders.GetOrder, &orderv1.GetOrderRequest{Name: b.order.GetName(), ReadMode: liveMode}, func(o *orderv1.Order) bool {
		return len(o.GetReceipts()) == receipts
	})
	for _, name := range b.order.GetReceipts() {
		if !slices.Contains(b.receipts, name) {
			b.receipts = append(b.receipts, name)
		}
	}
}

// arriving is the id of an open receipt's line of a product.
func (l *life) arriving(receipt, code string) string {
	line := ""
	reads(l, l.receipts.GetReceipt, &receiptv1.GetReceiptRequest{Name: receipt, ReadMode: liveMode}, func(r *receiptv1.Receipt) bool {
		for _, of := range r.GetLines() {
			if of.GetProduct() == l.productName(code) {
				line = of.GetId()
			}
		}
		return line != ""
	})
	return line
}

// hears lets the supplier answer line by line and announce what is on its way, and the
// carrier say where it is.
func (l *life) hears() {
	b := l.bought
	answer := func(line *orderv1.AcknowledgedLine) {
		does(l, "sue", l.orders.AcknowledgeOrder, &orderv1.AcknowledgeOrderRequest{Name: b.order.GetName(), Lines: []*orderv1.AcknowledgedLine{line}})
	}
	answer(&orderv1.AcknowledgedLine{LineId: l.lineOf(l.spoon()), Status: orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_ACCEPTED})
	answer(&orderv1.AcknowledgedLine{LineId: l.lineOf(l.cannula()), Status: orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_CHANGED, Quantity: much(9)})
	if l.maybe() {
		does(l, "sue", l.orders.AcceptAcknowledgement, &orderv1.AcceptAcknowledgementRequest{Name: b.order.GetName(), LineIds: []string{l.lineOf(l.cannula())}, Reason: "the ward can wait"})
		b.accepted = true
	}
	if l.err != nil {
		return
	}
	line := l.arriving(b.receipts[0], l.cannula())
	announce := func(reference, lot string, quantity float64) {
		does(l, "sue", l.receipts.AnnounceReceipt, &receiptv1.AnnounceReceiptRequest{Name: b.receipts[0], Reference: reference + l.mark, Lines: []*receiptv1.AnnouncedLine{
			{LineId: line, Quantity: much(quantity), LotNumber: l.lot(lot), ExpirationDate: ends()},
		}})
	}
	announce("LS-", "A", 4)
	announce("LS-", "A", 6)
	announce("LX-", "B", 3)
	does(l, "sue", l.receipts.AnnounceReceipt, &receiptv1.AnnounceReceiptRequest{Name: b.receipts[0], Reference: "LX-" + l.mark, Withdraw: true})
	b.notices = 2
	for range l.random.IntN(3) {
		does(l, "sue", l.receipts.ReportMilestone, &receiptv1.ReportMilestoneRequest{Name: b.receipts[0], Milestones: []*receiptv1.ReportedMilestone{
			{Type: receiptv1.MilestoneType_MILESTONE_TYPE_IN_TRANSIT, OccurTime: timestamppb.New(time.Date(2026, 11, 27, 8, b.milest, 0, 0, time.UTC))},
		}})
		b.milest++
	}
}

// receives books lot A, of which six come.
func (l *life) receives() {
	if l.err != nil {
		return
	}
	b := l.bought
	line := l.arriving(b.receipts[0], l.cannula())
	does(l, "sue", l.receipts.ReceiveReceipt, &receiptv1.ReceiveReceiptRequest{Name: b.receipts[0], Lines: []*receiptv1.ReceivedLine{
		{LineId: line, Quantity: much(6), LotNumber: l.lot("A"), ExpirationDate: ends()},
	}})
	b.came, b.lies[place{"A", false}] = 6, 6
	refused(l, "sue", l.orders.CancelOrder, &orderv1.CancelOrderRequest{Name: b.order.GetName()}, "BUSINESS_RULE")
	l.comes(2)
}

// receivesTheRest amends the order in some lives, and books lot B and all that has no lots.
func (l *life) receivesTheRest() {
	if l.err != nil {
		return
	}
	b := l.bought
	amend := func(quantity float64) *orderv1.AmendOrderRequest {
		return &orderv1.AmendOrderRequest{Name: b.order.GetName(), Lines: []*orderv1.OrderLine{{Id: l.lineOf(l.cannula()), Quantity: much(quantity)}}}
	}
	if l.maybe() {
		refused(l, "sue", l.orders.AmendOrder, amend(5), "INVALID_ARGUMENT")
		b.asked += float64(l.random.IntN(4) - 1)
		request := amend(b.asked)
		if b.forks == 0 && l.maybe() {
			request.Lines = append(request.Lines, l.forks())
		}
		does(l, "sue", l.orders.AmendOrder, request)
	}
	line, spoons := l.arriving(b.receipts[1], l.cannula()), l.arriving(b.receipts[1], l.spoon())
	request := &receiptv1.ReceiveReceiptRequest{Name: b.receipts[1], Lines: []*receiptv1.ReceivedLine{
		{LineId: line, Quantity: much(3), LotNumber: l.lot("B"), ExpirationDate: ends()}, {LineId: spoons, Quantity: much(b.spoons)},
	}}
	if b.forks > 0 {
		request.Lines = append(request.Lines, &receiptv1.ReceivedLine{LineId: l.arriving(b.receipts[1], l.fork()), Quantity: much(b.forks)})
	}
	if b.closed = l.maybe() || b.asked == 9; b.closed {
		request.Remainder = receiptv1.Remainder_REMAINDER_CLOSE
	}
	does(l, "sue", l.receipts.ReceiveReceipt, request)
	b.came, b.lies[place{"B", false}] = 9, 3
}

// lotNamed is the name of a lot that has come.
func (l *life) lotNamed(letter string) (name string) {
	list := reads(l, l.inventory.ListLots, &inventoryv1.ListLotsRequest{Filter: fmt.Sprintf("lot_number = %q", l.lot(letter))}, func(r *inventoryv1.ListLotsResponse) bool {
		return len(r.GetLots()) == 1
	})
	if l.err == nil {
		name = list.GetLots()[0].GetName()
	}
	return name
}

// position is where a lot lies.
func (l *life) position(letter string, ward bool) string {
	lot := l.lotNamed(letter)
	if l.err != nil {
		return ""
	}
	at := l.stock
	if ward {
		at = l.ward
	}
	return fmt.Sprintf("stockPositions/%d-%d-%d-0-0", l.products[l.cannula()].id, at, idOf(l.t, lot))
}

func (l *life) transfer(quantity float64) *inventoryv1.TransferStockRequest {
	return &inventoryv1.TransferStockRequest{Name: l.position("A", false), Quantity: much(quantity), DestinationLocation: fmt.Sprint("locations/", l.ward)}
}

// moves takes goods to the ward, counts them there, and throws some away.
func (l *life) moves() {
	b := l.bought
	refused(l, "sue", l.inventory.TransferStock, l.transfer(100), "INVALID_ARGUMENT")
	for range 1 + l.random.IntN(2) {
		does(l, "sue", l.inventory.TransferStock, l.transfer(1))
		b.moved.add(1)
		b.lies[place{"A", false}]--
		b.lies[place{"A", true}]++
	}
	there := b.lies[place{"A", true}]
	count := func(expected, counted float64) *inventoryv1.AdjustStockRequest {
		return &inventoryv1.AdjustStockRequest{Name: l.position("A", true), ExpectedQuantity: much(expected), CountedQuantity: much(counted), Reason: "monthly"}
	}
	refused(l, "quinn", l.inventory.AdjustStock, count(there+1, 50), "INVALID_ARGUMENT")
	if difference := float64(l.random.IntN(4) - 1); l.maybe() {
		does(l, "quinn", l.inventory.AdjustStock, count(there, there+difference))
		if b.lies[place{"A", true}] += difference; difference != 0 {
			b.counted.add(difference)
		}
	}
	does(l, "quinn", l.inventory.ScrapStock, &inventoryv1.ScrapStockRequest{Name: l.position("A", false), Quantity: much(1), Reason: "broken glass"})
	b.thrown.add(1)
	b.lies[place{"A", false}]--
}

// holds keeps lot B where it is for a while, or for good: goods of it go to no ward.
func (l *life) holds() {
	lot := l.lotNamed("B")
	does(l, "quinn", l.inventory.HoldLot, &inventoryv1.HoldLotRequest{Name: lot, Reason: "particles seen"})
	refused(l, "quinn", l.inventory.HoldLot, &inventoryv1.HoldLotRequest{Name: lot, Reason: "me too"}, "BUSINESS_RULE")
	held := l.transfer(1)
	held.Name = l.position("B", false)
	refused(l, "sue", l.inventory.TransferStock, held, "BUSINESS_RULE")
	l.bought.held = true
	if l.maybe() {
		does(l, "quinn", l.inventory.ReleaseLotHold, &inventoryv1.ReleaseLotHoldRequest{Name: lot, Reason: "examined"})
		l.bought.held = false
	}
}

// sendsBack returns some of lot A to the supplier.
func (l *life) sendsBack() {
	b := l.bought
	if l.err != nil {
		return
	}
	line := l.arriving(b.receipts[0], l.cannula())
	back := func(quantity float64) *receiptv1.ReturnReceiptRequest {
		return &receiptv1.ReturnReceiptRequest{Name: b.receipts[0], Reason: "damaged", NoTextMessage: true, Lines: []*receiptv1.ReturnedLine{{LineId: line, Quantity: much(quantity), LotNumber: l.lot("A")}}}
	}
	refused(l, "sue", l.receipts.ReturnReceipt, back(7), "INVALID_ARGUMENT")
	does(l, "sue", l.receipts.ReturnReceipt, back(1))
	b.back++
	b.lies[place{"A", false}]--
}

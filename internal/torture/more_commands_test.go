package torture

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"google.golang.org/protobuf/proto"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/gather"
	"odoomesh/internal/owned"
)

const (
	rowMethod      = productv1.ProductService_CreateProduct_FullMethodName
	announceMethod = receiptv1.ReceiptService_AnnounceReceipt_FullMethodName
)

// moreKinds are two more shapes: a row of an import, which is loaded with other rows, all or
// none, and a value that the mesh keeps and that another command on the same record writes
// over, which may be kept before it can be shown.
func (h *house) moreKinds(l *life) []command.Kind {
	return []command.Kind{
		{Name: "row", Method: rowMethod, Request: &productv1.CreateProductRequest{}, Begin: func(r proto.Message) (command.Command, error) {
			return row{makes{on{h, "", 0, bodyOf(r)}}}, nil
		}},
		{Name: "announce", Method: announceMethod, Request: &receiptv1.AnnounceReceiptRequest{}, Own: true, Begin: func(r proto.Message) (command.Command, error) {
			name := r.(*receiptv1.AnnounceReceiptRequest).GetName()
			return announces{on{h, name, idIn(name), bodyOf(r)}, l}, nil
		}},
	}
}

// row makes a record, as makes does.
type row struct{ makes }

func (r row) Do(ctx context.Context, w *command.Work) error {
	return w.Odoo.LoadOne(ctx, "order", []string{"id", "intent", "body"}, []string{w.External(0), w.ID, r.body})
}

// wrongRow is in the body of a row that Odoo refuses, and with it all that is loaded with it.
const wrongRow = "wrong"

// missing is why.
const missing = "Missing required value for the field 'Name'"

// rowsOf are some rows under the id of an import: whoever sends it again has the same.
func rowsOf(list, rows int) (all []*productv1.CreateProductRequest) {
	for n := range rows {
		r := &productv1.CreateProductRequest{RequestId: fmt.Sprintf("list%d:%d", list, n), Product: &productv1.Product{Sku: fmt.Sprintf("S-%d-%d", list, n)}}
		if list%2 == 0 && n == 3 {
			r.Product.Sku = wrongRow + r.Product.Sku
		}
		all = append(all, r)
	}
	return all
}

// imports sends all rows of a list at once, and those again that are not done.
func (w *world) imports(ctx context.Context, principal string) {
	var rows sync.WaitGroup
	for _, r := range rowsOf(w.below(4), 8+w.below(8)) {
		tries := 1 + w.below(8)
		rows.Go(func() {
			for range tries {
				if w.carried(gather.OneOfMany(ctx), principal, rowMethod, r) {
					return
				}
				w.rest(ctx, 0)
			}
		})
	}
	rows.Wait()
}

// announces is kept by the mesh over what was kept of the record before.
type announces struct {
	on
	life *life
}

func (a announces) Look(_ context.Context, w *command.Work) (command.Standing, error) {
	a.house.note(happening{what: looked, intent: w.ID})
	s := command.Standing{Document: a.name, Model: "receipt", ID: a.id}
	switch kept, shown := a.life.keepsOver(w.ID); {
	case shown:
		s.Stage = command.Done
	case kept:
		s.Stage, s.Evidence = command.Begun, "it is kept, and not shown yet"
	}
	return s, nil
}

func (a announces) Do(ctx context.Context, w *command.Work) error {
	seen := a.house.revision(a.name)
	if !a.life.rest(ctx, 0) {
		return ctx.Err()
	}
	return a.life.keepOver(w.ID, a.body, a.name, seen)
}

// revision is how often the mesh has kept something of a record.
func (h *house) revision(document string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.revisions[document]
}

// keepsOver tells whether the mesh keeps what an intent says, and whether it is shown: after
// a start all is.
func (l *life) keepsOver(intent string) (kept, shown bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept = l.house.kept[intent]
	return kept, kept && !l.late[intent]
}

var errNotShown = command.OwnedError(owned.ErrNotShown)

// keepOver writes what the mesh keeps of a record over what was seen of it, and shows it.
func (l *life) keepOver(intent, body, document string, seen int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dies("before a keep") {
		return errKilled
	}
	if l.chance(20) {
		l.hit("full disk")
		return errFull
	}
	h := l.house
	said := happening{what: committed, intent: intent, body: body, document: document}
	if h.kept[intent] {
		said.what = rewritten
	}
	if seen != h.revisions[document] {
		said.what = clashed
	}
	l.add(said)
	h.kept[intent], h.revisions[document] = true, h.revisions[document]+1
	if l.dies("after a keep") {
		return errKilled
	}
	if l.late[intent] = l.chance(6); l.late[intent] {
		l.hit("kept and not shown")
		return errNotShown
	}
	return nil
}

// request is what a number stands for: one id has one body, and from 1000 on another.
func request(n int) (id, method string, r command.Request) {
	id, record := fmt.Sprint("r", n%1000), n/4%3+1
	switch {
	case n%16 == 10, n%16 == 13:
		return id, announceMethod, &receiptv1.AnnounceReceiptRequest{RequestId: id, Name: fmt.Sprint("receipts/", record), Reference: fmt.Sprint("LS-", n%1000)}
	case n%16 == 6, n%16 == 11:
		return id, holdMethod, &inventoryv1.HoldLotRequest{RequestId: id, Name: fmt.Sprint("lots/", record), Reason: "recalled"}
	case n%8 == 3:
		return id, countMethod, &inventoryv1.AdjustStockRequest{RequestId: id, Name: fmt.Sprint("stockPositions/", record)}
	case n%8 == 4:
		return id, amendMethod, &orderv1.AmendOrderRequest{RequestId: id, Name: fmt.Sprint("orders/", record)}
	case n%4 == 0:
		return id, sayMethod, &orderv1.UpdateOrderRequest{RequestId: id, Order: &orderv1.Order{Name: fmt.Sprint("orders/", record)}}
	case n%4 == 3:
		return id, bookMethod, &receiptv1.ReceiveReceiptRequest{RequestId: id, Name: fmt.Sprint("receipts/", record)}
	case n%4 == 1:
		return id, pressMethod, &orderv1.ReleaseOrderRequest{RequestId: id, Name: fmt.Sprint("orders/", record)}
	}
	return id, makeMethod, &orderv1.CreateOrderRequest{RequestId: id, Order: &orderv1.Order{SupplierReference: fmt.Sprint("V-", n)}}
}

// isWrong tells whether Odoo refuses a row.
func (c call) isWrong() bool { return strings.Contains(c.body, wrongRow) }

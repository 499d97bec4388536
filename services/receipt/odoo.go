package receipt

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/date"

	"odoomesh/gen/go/mesh/receipt/v1/receiptservice"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
)

// Models of Odoo's that commands about receipts read and write; no other file names one.
const (
	transferModel  = "stock.picking"
	moveModel      = "stock.move"
	moveLineModel  = "stock.move.line"
	lotModel       = "stock.lot"
	operationModel = "stock.picking.type"
	productModel   = "product.product"
)

// receiveNeeds are what receiving needs to be let do.
var receiveNeeds = []command.Need{
	{Model: lotModel, Operation: "create"}, {Model: moveLineModel, Operation: "create"}, {Model: moveLineModel, Operation: "unlink"}, {Model: transferModel, Operation: "write"},
}

// transfer is what commands need of a transfer.
type transfer struct{ state, kind string }

// open tells whether it can be received.
func (t transfer) open() bool { return t.state != "done" && t.state != "cancel" && t.state != "draft" }

func readTransfer(ctx context.Context, o *command.Odoo, id int64) (found transfer, ok bool, err error) {
	row, ok, err := o.Row(ctx, transferModel, id, "state", "picking_type_code")
	if err != nil || !ok {
		return transfer{}, ok, err
	}
	if found.state, err = row.String("state"); err != nil {
		return transfer{}, false, err
	}
	found.kind, err = row.String("picking_type_code")
	return found, true, err
}

// backordersOf are the transfers that expect the rest of one.
func backordersOf(ctx context.Context, o *command.Odoo, transfer int64) (names []string, err error) {
	rows, err := o.Rows(ctx, transferModel, command.Where("backorder_id", "=", transfer).And("state", "!=", "cancel"), "id")
	for _, row := range rows {
		names = append(names, resource.Name(receiptservice.Receipts, row.ID()))
	}
	return names, err
}

// demand is what is expected of a product, with the places between which it moves.
type demand struct {
	product, unit, company, from, to int64
	quantity                         float64
	state                            string
}

func demandsOf(ctx context.Context, o *command.Odoo, transfer int64) (map[int64]demand, error) {
	rows, err := o.Rows(ctx, moveModel, command.Where("picking_id", "=", transfer), "product_id", "product_uom", "product_uom_qty", "location_id", "location_dest_id", "company_id", "state")
	if err != nil {
		return nil, err
	}
	demands := map[int64]demand{}
	for _, row := range rows {
		var d demand
		if err := command.Refs(row, map[string]*int64{
			"product_id": &d.product, "product_uom": &d.unit, "location_id": &d.from, "location_dest_id": &d.to, "company_id": &d.company,
		}); err != nil {
			return nil, err
		}
		if d.quantity, err = row.Float("product_uom_qty"); err != nil {
			return nil, err
		}
		if d.state, err = row.String("state"); err != nil {
			return nil, err
		}
		demands[row.ID()] = d
	}
	return demands, nil
}

// article is what receiving needs of a product.
type article struct {
	tracking string
	// expires says that its lots have expiry dates.
	expires bool
}

func articlesOf(ctx context.Context, o *command.Odoo, demands map[int64]demand) (map[int64]article, error) {
	var ids []any
	for _, d := range demands {
		ids = append(ids, d.product)
	}
	// The second field is there only with the module product_expiry.
	dated := true
	rows, err := o.Rows(ctx, productModel, command.Where("id", "in", ids), "tracking", "use_expiration_date")
	if command.HasNoField(err) {
		dated = false
		rows, err = o.Rows(ctx, productModel, command.Where("id", "in", ids), "tracking")
	}
	if err != nil {
		return nil, err
	}
	all := map[int64]article{}
	for _, row := range rows {
		var g article
		if g.tracking, err = row.String("tracking"); err != nil {
			return nil, err
		}
		if dated {
			if g.expires, err = row.Bool("use_expiration_date"); err != nil {
				return nil, err
			}
		}
		all[row.ID()] = g
	}
	return all, nil
}

// lot is what receiving needs of a lot that is there already.
type lot struct {
	id int64
	// expires is when, in Odoo's form; empty where it has no date.
	expires string
}

func dayText(d *date.Date) string {
	return fmt.Sprintf("%04d-%02d-%02d", d.GetYear(), d.GetMonth(), d.GetDay())
}

// endOfDay is the time that stands for a day on which a lot expires, in Odoo's form: the
// lot is good through the whole of the day that stands on the package, where the company
// is.
func endOfDay(d *date.Date, zone *time.Location) string {
	return time.Date(int(d.GetYear()), time.Month(d.GetMonth()), int(d.GetDay()), 23, 59, 59, 0, zone).UTC().Format(time.DateTime)
}

// day is the day on which the lot expires, where the company is; empty where it has none.
func (l lot) day(zone *time.Location) string {
	at, err := time.Parse(time.DateTime, l.expires)
	if err != nil {
		return ""
	}
	return at.In(zone).Format(time.DateOnly)
}

// lotsOf are the lots of a product with a number, whatever white space is around it, that
// the company of a receipt may book: its own, and those that all share.
func lotsOf(ctx context.Context, o *command.Odoo, d demand, number string) ([]lot, error) {
	domain := command.Where("product_id", "=", d.product).And("name", "ilike", command.Like(number)).And("company_id", "in", []any{false, d.company})
	dated := true
	rows, err := o.Rows(ctx, lotModel, domain, "name", "expiration_date")
	if command.HasNoField(err) {
		dated = false
		rows, err = o.Rows(ctx, lotModel, domain, "name")
	}
	if err != nil {
		return nil, err
	}
	var lots []lot
	for _, row := range rows {
		name, err := row.String("name")
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(name) != number {
			continue
		}
		l := lot{id: row.ID()}
		if dated {
			if l.expires, err = row.String("expiration_date"); err != nil {
				return nil, err
			}
		}
		lots = append(lots, l)
	}
	return lots, nil
}

// lotOfMove is a lot that a line of a transfer has brought; the number is empty for goods
// without lots.
type lotOfMove struct {
	move int64
	lot  string
}

// bookedOf is how much each line of a transfer has brought of each lot, and how much was
// expected of it, in the line's unit.
func bookedOf(ctx context.Context, o *command.Odoo, transfer int64) (sums map[lotOfMove]float64, expected map[int64]float64, err error) {
	quantity := "quantity"
	if o.Major() < 17 {
		quantity = "qty_done"
	}
	rows, err := o.Rows(ctx, moveLineModel, command.Where("picking_id", "=", transfer).And("state", "=", "done"), "move_id", "lot_id", quantity)
	if err != nil {
		return nil, nil, err
	}
	demands, err := demandsOf(ctx, o, transfer)
	if err != nil {
		return nil, nil, err
	}
	sums, expected = map[lotOfMove]float64{}, map[int64]float64{}
	for _, row := range rows {
		move, _, err := row.Many2One("move_id")
		if err != nil {
			return nil, nil, err
		}
		lot, _, err := row.Many2One("lot_id")
		if err != nil {
			return nil, nil, err
		}
		n, err := row.Float(quantity)
		if err != nil {
			return nil, nil, err
		}
		sums[lotOfMove{move.ID, strings.TrimSpace(lot.Name)}] += n
		expected[move.ID] = demands[move.ID].quantity
	}
	return sums, expected, nil
}

// Do makes the lots that are new, puts the request's lines in place of those that Odoo
// proposes, and books the transfer. Each step leaves what is there already as it is.
func (c *receive) Do(ctx context.Context, w *command.Work) error {
	lines, err := c.plan(ctx, w.Odoo)
	if err != nil {
		return err
	}
	if err := loadLots(ctx, w.Odoo, lines); err != nil {
		return err
	}
	there, err := c.proposed(ctx, w, lines)
	if err != nil {
		return err
	}
	if len(there.others) > 0 {
		_, err := w.Odoo.Do(ctx, moveLineModel, "unlink", there.others, nil)
		// Somebody else, or a call whose answer was lost, has deleted one: look again.
		if err != nil {
			return err
		}
	}
	if !there.prepared {
		if err := c.stillOpen(ctx, w.Odoo); err != nil {
			return err
		}
		if err := c.loadLines(ctx, w, lines); err != nil {
			return err
		}
	}
	return c.validate(ctx, w.Odoo)
}

// stillOpen refuses a transfer that somebody has booked in this very moment: Odoo takes
// lines of one that is done, and books them as well.
func (c *receive) stillOpen(ctx context.Context, o *command.Odoo) error {
	found, ok, err := readTransfer(ctx, o, c.id)
	switch {
	case err != nil:
		return err
	case !ok:
		return fault.NotFound(c.name)
	case !found.open():
		return c.closed(found)
	}
	return nil
}

// externalOf is the external id of a lot that is made: blanks are not allowed in one, and
// numbers have anything. Up to 17 a lot belongs to a company.
func externalOf(o *command.Odoo, d demand, number string) string {
	if o.Major() < 18 {
		return fmt.Sprintf("%s.lot_%d_%d_%x", command.Module, d.company, d.product, number)
	}
	return fmt.Sprintf("%s.lot_%d_%x", command.Module, d.product, number)
}

// validate books the transfer. Odoo leaves one that is done as it is; a window in place
// of an answer is a question that nobody answers unasked.
func (c *receive) validate(ctx context.Context, o *command.Odoo) error {
	words := map[string]any{"skip_backorder": true}
	if c.close {
		words["picking_ids_not_to_backorder"] = []any{c.id}
	}
	answer, err := o.Do(ctx, transferModel, "button_validate", []int64{c.id}, map[string]any{"context": words})
	if err != nil {
		return err
	}
	switch window := command.Window(answer); window {
	case "":
		return nil
	case "expiry.picking.confirmation":
		return &command.Question{Text: "Something that has come is expired, or is to be taken out of stock by now: somebody has to decide in Odoo whether to receive it. The lines are prepared there; validate the transfer, or correct it."}
	default:
		return &command.Question{Text: fmt.Sprintf("Odoo asks a question (%s) that only a person may answer. The lines are prepared there; validate the transfer, or correct it.", window)}
	}
}

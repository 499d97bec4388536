package supplier

import (
	"context"
	"fmt"
	"strings"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/index"
	"odoomesh/internal/resource"
)

// Models of Odoo's that commands about suppliers read and write; no other file names one.
const (
	partnerModel  = "res.partner"
	priceModel    = "product.supplierinfo"
	orderModel    = "purchase.order"
	transferModel = "stock.picking"
	invoiceModel  = "account.move"
	languageModel = "res.lang"
	currencyModel = "res.currency"
	countryModel  = "res.country"
	regionModel   = "res.country.state"
	noteModel     = "mail.message"
)

// What the commands need to be let do.
var (
	createNeeds = []command.Need{{Model: partnerModel, Operation: "create"}, {Model: partnerModel, Operation: "write"}}
	turnNeeds   = []command.Need{{Model: partnerModel, Operation: "write"}}
	updateNeeds = []command.Need{{Model: partnerModel, Operation: "write"}, {Model: noteModel, Operation: "create"}}
)

// partner is what commands need of a supplier.
type partner struct {
	id, legal, parent, country int64
	name, tax, gln             string
	active                     bool
}

// glnField is where Odoo keeps the Global Location Number: from 19 on in a field of its
// own, before in the barcode, or where the module account_add_gln is installed.
func glnField(o *command.Odoo) string {
	if o.Major() >= 19 {
		return "global_location_number"
	}
	return "barcode"
}

func readPartner(ctx context.Context, o *command.Odoo, id int64) (found partner, ok bool, err error) {
	row, ok, err := o.Row(ctx, partnerModel, id, "name", "vat", glnField(o), "active", "commercial_partner_id", "parent_id", "country_id")
	if err != nil || !ok {
		return partner{}, ok, err
	}
	found, err = partnerIn(row, glnField(o))
	return found, true, err
}

func partnerIn(row command.Row, gln string) (p partner, err error) {
	p.id = row.ID()
	for field, to := range map[string]*string{"name": &p.name, "vat": &p.tax, gln: &p.gln} {
		if *to, err = row.String(field); err != nil {
			return p, err
		}
	}
	if p.active, err = row.Bool("active"); err != nil {
		return p, err
	}
	return p, command.Refs(row, map[string]*int64{"commercial_partner_id": &p.legal, "parent_id": &p.parent, "country_id": &p.country})
}

// folded is a tax number or a name as it is compared: without what people write in it
// for the eye.
func folded(text string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n.-/,'’\u00a0", r) {
			return -1
		}
		return r
	}, text))
}

// unlike refuses a supplier that is there already: one with the same tax number or Global
// Location Number, or with the same name in the same country; unless both have tax numbers
// that differ, which is told. Whoever belongs to the same company is no other.
func unlike(ctx context.Context, o *command.Odoo, p partner) (warnings []string, err error) {
	for _, look := range []struct{ field, text, what string }{{"vat", p.tax, "tax_id"}, {glnField(o), p.gln, "gln"}, {"name", p.name, "display_name"}} {
		others, err := alike(ctx, o, look.field, look.text, p)
		if err != nil {
			return nil, err
		}
		for _, other := range others {
			name := supplierName(other.id)
			text := fmt.Sprintf("%s has the %s %q already.", name, look.what, look.text)
			if !other.active {
				text += " It is archived, and can be restored."
			}
			switch {
			case look.field != "name":
			case p.country != 0 && other.country != 0 && p.country != other.country:
				continue
			case p.tax != "" && other.tax != "" && folded(p.tax) != folded(other.tax):
				warnings = append(warnings, fmt.Sprintf("%s has the same name, with the tax_id %s.", name, other.tax))
				continue
			}
			return nil, fault.New(errorsv1.Reason_REASON_ALREADY_EXISTS, text, fault.Resource("mesh/Supplier", name), fault.Violation("supplier."+look.what, text))
		}
	}
	return warnings, nil
}

// alike are the partners of others that say the same in a field.
func alike(ctx context.Context, o *command.Odoo, field, text string, p partner) (others []partner, err error) {
	if text == "" {
		return nil, nil
	}
	domain := command.Where(field, "ilike", pattern(text))
	if field == "name" {
		domain = domain.And("is_company", "=", true)
	}
	rows, err := o.Rows(ctx, partnerModel, domain, "name", "vat", glnField(o), "active", "commercial_partner_id", "parent_id", "country_id")
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		other, err := partnerIn(row, glnField(o))
		if err != nil {
			return nil, err
		}
		says, err := row.String(field)
		if err != nil {
			return nil, err
		}
		related := other.id == p.id || other.legal == p.legal && p.legal != 0 || other.id == p.parent || other.legal == p.parent && p.parent != 0
		if !related && folded(index.Trim(says)) == folded(text) {
			others = append(others, other)
		}
	}
	return others, nil
}

// pattern finds a text however people part what is in it.
func pattern(text string) string {
	var signs []string
	for _, r := range folded(text) {
		signs = append(signs, command.Like(string(r)))
	}
	return strings.Join(signs, "%")
}

// ordersOf tells which orders of a supplier are not released, or not received in full.
func ordersOf(ctx context.Context, o *command.Odoo, id int64) ([]string, error) {
	drafts, err := o.Rows(ctx, orderModel, command.Where("partner_id", "=", id).And("state", "in", []any{"draft", "sent", "to approve"}), "name")
	if err != nil {
		return nil, err
	}
	open, err := o.Rows(ctx, orderModel, command.Where("partner_id", "=", id).And("state", "in", []any{"purchase", "done"}).And("receipt_status", "in", []any{"pending", "partial"}), "name")
	if err != nil {
		return nil, err
	}
	return named(append(drafts, open...), "orders")
}

// transfersOf tells which transfers from or to a supplier are not ended.
func transfersOf(ctx context.Context, o *command.Odoo, id int64) ([]string, error) {
	rows, err := o.Rows(ctx, transferModel, command.Where("partner_id", "=", id).And("state", "not in", []any{"done", "cancel"}), "name")
	if err != nil {
		return nil, err
	}
	return named(rows, "")
}

// billsOf tells which bills of a supplier are drafts or not paid.
func billsOf(ctx context.Context, o *command.Odoo, id int64) ([]string, error) {
	kinds := []any{"in_invoice", "in_refund", "in_receipt"}
	drafts, err := o.Rows(ctx, invoiceModel, command.Where("partner_id", "=", id).And("move_type", "in", kinds).And("state", "=", "draft"), "name")
	if err != nil {
		return nil, err
	}
	open, err := o.Rows(ctx, invoiceModel, command.Where("partner_id", "=", id).And("move_type", "in", kinds).And("state", "=", "posted").And("payment_state", "in", []any{"not_paid", "partial"}), "name")
	if err != nil {
		return nil, err
	}
	return named(append(drafts, open...), "invoices")
}

// named are rows by Odoo's name, with that of the mesh where it has one.
func named(rows []command.Row, collection string) (names []string, err error) {
	for _, row := range rows {
		name, err := row.String("name")
		if err != nil {
			return nil, err
		}
		switch {
		case collection == "":
		case name == "" || name == "/":
			name = resource.Name(collection, row.ID())
		default:
			name = fmt.Sprintf("%s (%s)", resource.Name(collection, row.ID()), name)
		}
		names = append(names, name)
	}
	return names, nil
}

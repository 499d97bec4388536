package odoosim

import (
	"slices"
	"strings"

	"odoomesh/internal/odoosim/models"
	"odoomesh/internal/odoosim/orm"
)

// right is a group and what its members may do with a model: r, w, c, u for read,
// write, create, unlink.
type right struct{ group, may string }

// rights are the access lists of the simulated models. A user in none of the groups
// that may do something gets fault 4. Every internal user may read, unless the
// model is listed as guarded.
func rights(version int, model string) []right {
	switch model {
	case "product.product", "product.template", "product.category":
		list := []right{{"Inventory/Administrator", "rwcu"}, {"Purchase/Administrator", "rwcu"}}
		if version >= 18 {
			list = append(list, right{"Extra Rights/Product Creation", "rwcu"})
		}
		return list
	case "product.packaging", "product.uom":
		return []right{{"Inventory/User", "rwcu"}, {"Purchase/User", "rwcu"}}
	case "product.supplierinfo":
		return []right{{"Purchase/User", "rwcu"}}
	case "res.partner", "res.partner.category":
		return []right{{"Extra Rights/Contact Creation", "rwcu"}}
	case "uom.uom", "uom.category":
		return []right{{"Inventory/Administrator", "rwcu"}}
	case "purchase.order", "purchase.order.line", "purchase.requisition", "purchase.requisition.line":
		return []right{{"Purchase/User", "rwcu"}, {"Inventory/User", "w"}}
	case "stock.picking", "stock.move", "stock.move.line", "stock.lot", "stock.quant", "stock.scrap", "stock.return.picking",
		"stock.return.picking.line", "stock.quant.package", "stock.package", "stock.warehouse.orderpoint", "procurement.group", "stock.reference":
		return []right{{"Inventory/User", "rwcu"}, {"Purchase/User", "rwc"}}
	case "stock.location", "stock.warehouse", "stock.picking.type":
		return []right{{"Inventory/Administrator", "rwcu"}}
	case "account.move", "account.move.line", "account.move.reversal":
		if version >= 19 {
			return []right{{"Accounting/Accounting/Invoicing", "rwcu"}, {"Purchase/Purchase/User", "rwc"}}
		}
		return []right{{"Invoicing/Billing", "rwcu"}, {"Purchase/User", "rwc"}}
	case "account.tax", "account.journal", "account.account", "account.payment.term.line", "account.payment.term":
		return []right{{"Invoicing/Administrator", "rwcu"}}
	case "mail.message": // mail's access list, 16 to 19; what it is of decides besides
		return []right{{"User types/Internal User", "rwcu"}}
	case "ir.model.data", "res.users", "res.company", "res.groups":
		return []right{{"Administration/Access Rights", "rwcu"}}
	}
	return []right{{"Administration/Settings", "rwcu"}}
}

// meshGroups are what the least privileged user has. Creating products takes an
// administrator of the inventory on 16 and 17.
func meshGroups(version int) []string {
	groups := []string{"User types/Internal User", "Purchase/User", "Inventory/User", "Invoicing/Billing", "Accounting/Accounting/Invoicing", "Extra Rights/Contact Creation"}
	if version >= 18 {
		return append(groups, "Extra Rights/Product Creation")
	}
	return append(groups, "Inventory/Administrator")
}

// allowed refuses a call for which the user has no right.
func (s *Sim) allowed(uid int64, needs string, m *orm.Model) error {
	if uid == models.AdminUser || needs == "read" && m.Name != "ir.model.data" && m.Name != "ir.config_parameter" {
		return nil
	}
	var mine []string
	if uid == models.MeshUser {
		mine = meshGroups(s.opts.Version)
	}
	var groups []string
	for _, r := range rights(s.opts.Version, m.Name) {
		if strings.Contains(r.may, needs[:1]) {
			if slices.Contains(mine, r.group) {
				return nil
			}
			groups = append(groups, r.group)
		}
	}
	verb := map[string]string{"read": "access", "write": "modify", "create": "create", "unlink": "delete"}[needs]
	text := "You are not allowed to " + verb + " '" + m.Label + "' (" + m.Name + ") records.\n\nThis operation is allowed for the following groups:"
	for _, g := range groups {
		if s.opts.Version >= 19 {
			_, g, _ = strings.Cut(g, "/")
		}
		text += "\n\t- " + g
	}
	return &orm.Fault{Code: 4, Text: text + "\n\nContact your administrator to request access if necessary."}
}

package schema

import "strings"

// Label is the field's name on the screen. The recordings leave it out; the ones
// that appear in recorded messages are listed, the others are made from the name.
func Label(model, field string) string {
	switch model + "." + field {
	case "product.product.categ_id", "product.template.categ_id":
		return "Product Category"
	case "product.product.standard_price", "product.template.standard_price":
		return "Cost"
	case "product.supplierinfo.partner_id":
		return "Vendor"
	case "product.supplierinfo.min_qty":
		return "Quantity"
	case "product.supplierinfo.delay":
		return "Delivery Lead Time"
	case "product.product.default_code", "product.template.default_code":
		return "Internal Reference"
	case "product.product.list_price", "product.template.list_price":
		return "Sales Price"
	case "purchase.order.partner_id":
		return "Vendor"
	case "purchase.order.order_line":
		return "Order Lines"
	case "purchase.order.date_order":
		return "Order Deadline"
	case "purchase.order.line.product_qty":
		return "Quantity"
	case "purchase.order.line.date_planned":
		return "Expected Arrival"
	case "purchase.order.line.product_uom":
		return "Unit of Measure"
	case "purchase.order.line.taxes_id", "purchase.order.line.tax_ids", "account.move.line.tax_ids":
		return "Taxes"
	case "account.move.invoice_line_ids":
		return "Invoice lines"
	case "account.move.line.purchase_line_id":
		return "Purchase Order Line"
	case "product.product.uom_id", "product.template.uom_id":
		return "Unit of Measure"
	}
	words := strings.Split(strings.TrimSuffix(strings.TrimSuffix(field, "_ids"), "_id"), "_")
	for i, w := range words {
		if w != "" {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, " ")
}

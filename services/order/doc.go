// Package order is the Order domain: purchase orders, and the requests for
// quotation that they were before, one record for each with all its lines. Behind
// it stand Odoo's purchase.order and purchase.order.line; receipts and invoices
// are linked by name. Sections and notes are lines of their own types.
// Before them stand requisitions, purchase.requisition, where Odoo has that module.
package order

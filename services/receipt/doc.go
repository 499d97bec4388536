// Package receipt is the Receipt domain: goods that are expected or have come from
// a supplier, and goods that go back, one record for each document. Behind it
// stand Odoo's stock.picking with its stock.move and stock.move.line, and the
// stock.lot that the goods were booked on. Transfers within the house and
// deliveries to customers are none of it.
package receipt

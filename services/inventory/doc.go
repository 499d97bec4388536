// Package inventory is the Inventory domain: what lies where, which lots there are
// and which places. Behind it stand Odoo's stock.quant, stock.lot and
// stock.location. A stock position is the sum of all quants of one product,
// location, lot, owner and package, and is named by these: Odoo merges and deletes
// the rows themselves at will. Places outside the house, such as suppliers and
// customers, have positions too: what Odoo counts there is what went through.
// What moved stock is told as events, out of the book of stock in stockbook.
package inventory

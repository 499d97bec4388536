// Package goods moves goods in Odoo for commands: by transfers that the mesh makes itself,
// each once, of exactly the lots and places that were asked for. Odoo refuses no movement
// of more than there is, nor of what another transfer has reserved: here is looked first,
// in the product's base unit, right before the goods are booked. What a command is for,
// and what it refuses besides, is the command's.
//
// All that it knows of Odoo's words stands in its files; it is one with the odoo.go of the
// domains that use it.
package goods

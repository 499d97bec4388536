// Package match compares invoices with what was ordered and received: the three-way
// match, line by line, in quantity, price and unit. It is pure: it reads records, and
// asks and keeps nothing.
//
// Quantities are judged by the line of the order, over all that is billed of it, so that
// no number of bills gets more than one bill would. A kit is counted as Odoo counts it,
// by the line's own received quantity; components are never added up.
package match

// Package invoice is the Invoice domain: suppliers' bills, refunds and receipts of
// purchases, one record for each with the lines that bill something. Behind it
// stand Odoo's account.move and account.move.line; how far one is paid follows
// account.partial.reconcile.
package invoice

// Package supplier is the Supplier domain: whoever can be bought from. Behind it
// stands Odoo's res.partner, with the partners below it as addresses and contacts.
package supplier

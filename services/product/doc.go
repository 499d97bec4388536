// Package product is the Product domain: everything that can be bought, stored
// or sold, one record for each variant. Behind it stand Odoo's product.product
// with its product.template, product.supplierinfo, product.category, uom.uom and
// the packagings (product.packaging, from 19 on product.uom).
package product

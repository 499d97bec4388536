// Package mapping is where the canonical vocabulary and Odoo's meet. A domain's
// mapping.yaml says, field by field, where the canonical value stands in Odoo,
// version by version, and names converters: those that all domains share are here,
// the domain brings its own. Compile binds it to one version and to the record's
// proto message; a Reader reads records with it, one bulk read per Odoo model, and
// tells change capture which models to look at.
//
// A value that cannot be mapped never hides its record: the field stays empty
// and the record carries a fault that names the field, the Odoo record and what
// was wrong with it.
package mapping

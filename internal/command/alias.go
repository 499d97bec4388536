package command

import (
	"strings"

	"odoomesh/internal/odoo"
)

// What a domain's calls of Odoo are written in: of Odoo's client a domain sees this and
// no more.
type (
	// Row is what Odoo answers of one row.
	Row = odoo.Row
	// Domain says which rows are meant.
	Domain = odoo.Domain
)

// Where is a domain of one condition; its method And adds others.
func Where(field, operator string, value any) Domain { return odoo.Where(field, operator, value) }

// Refs reads the ids that fields of a row refer to; 0 where one refers to nothing.
func Refs(row Row, fields map[string]*int64) error {
	for field, to := range fields {
		ref, _, err := row.Many2One(field)
		if err != nil {
			return err
		}
		*to = ref.ID
	}
	return nil
}

// Numbers reads numbers of a row.
func Numbers(row Row, fields map[string]*float64) (err error) {
	for field, to := range fields {
		if *to, err = row.Float(field); err != nil {
			return err
		}
	}
	return nil
}

// Like is a text as a part of what Odoo's ilike looks for: a pattern, in which some
// characters stand for others.
func Like(text string) string { return likeEscapes.Replace(text) }

var likeEscapes = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// HasNoField tells whether a call failed because this Odoo has no such field, as where
// the module is missing that brings it.
func HasNoField(err error) bool {
	return faultKind(err) == odoo.UnknownField
}

package odoo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Companies are those that are served, the first of which others are made for by default;
// empty: all that the user may see.
func (c *Client) Companies() []int64 { return c.companies }

// checkCompanies refuses companies that the user may not see. Odoo says "Access to
// unauthorized or invalid companies" to every question in which one of them is
// named, so that nothing at all would be read.
func (c *Client) checkCompanies(ctx context.Context, user int64) error {
	if len(c.companies) == 0 {
		return nil
	}
	theirs, err := c.companiesOf(ctx, user)
	var transport *TransportError
	if errors.As(err, &transport) {
		return connectError(err)
	}
	if err != nil {
		return err
	}
	var hidden, seen []string
	for _, id := range c.companies {
		if !slices.ContainsFunc(theirs, func(r Row) bool { return r.ID() == id }) {
			hidden = append(hidden, strconv.FormatInt(id, 10))
		}
	}
	if len(hidden) == 0 {
		return nil
	}
	for _, r := range theirs {
		name, _ := r.Text("name") // only the id is needed
		seen = append(seen, fmt.Sprintf("%d (%s)", r.ID(), name))
	}
	return &ConnectError{Reason: HiddenCompany, Err: fmt.Errorf("%s; it may see %s", strings.Join(hidden, ", "), strings.Join(seen, ", "))}
}

// companiesOf reads the companies that a user may see, without naming any of those
// that are to be read. Archived ones are not among them for Odoo either.
func (c *Client) companiesOf(ctx context.Context, user int64) ([]Row, error) {
	users, err := c.readPlainly(ctx, "res.users", []int64{user}, "company_ids")
	if err != nil {
		return nil, err
	}
	if len(users) != 1 {
		return nil, badResult("res.users", "read", "the user who asks")
	}
	ids, err := users[0].IDs("company_ids")
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	companies, err := c.readPlainly(ctx, "res.company", ids, "name", "active")
	companies = slices.DeleteFunc(companies, func(r Row) bool {
		active, err := r.Bool("active")
		return err == nil && !active
	})
	slices.SortFunc(companies, func(a, b Row) int { return cmp.Compare(a.ID(), b.ID()) })
	return companies, err
}

func (c *Client) readPlainly(ctx context.Context, model string, ids []int64, fields ...string) ([]Row, error) {
	answer, err := c.CallOn(ctx, model, "read", ids, nil, map[string]any{"fields": fields})
	if err != nil {
		return nil, fmt.Errorf("asking what the user may see: %w", err)
	}
	return rows(model, "read", answer)
}

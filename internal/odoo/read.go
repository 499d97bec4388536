package odoo

import (
	"context"
	"errors"
	"fmt"
	"maps"
)

// Domain is a search domain: leaves of [field, operator, value] as []any, and
// the operators "&", "|", "!" as strings, in Odoo's prefix order.
type Domain []any

// Where is a domain of one leaf.
func Where(field, operator string, value any) Domain {
	return Domain{[]any{field, operator, value}}
}

// And is the domain that both hold in.
func (d Domain) And(field, operator string, value any) Domain {
	return append(d[:len(d):len(d)], []any{field, operator, value})
}

// ReadOptions say how to read.
type ReadOptions struct {
	// Order is Odoo's, such as "write_date, id"; empty is the model's own.
	Order string
	// Limit is how many rows at most; 0 is all.
	Limit int
	// Offset is how many rows to leave out first.
	Offset int
	// ActiveTest hides archived records, as Odoo's screens do. A copy of Odoo
	// has to hold them, so they are read unless it is set.
	ActiveTest bool
	// Context is added to the call's context.
	Context map[string]any
}

func (o ReadOptions) context(companies []int64) map[string]any {
	all := make(map[string]any, len(o.Context)+2)
	all["active_test"] = o.ActiveTest
	if len(companies) > 0 {
		all["allowed_company_ids"] = companies
	}
	maps.Copy(all, o.Context)
	return all
}

func (c *Client) searchArguments(o ReadOptions) map[string]any {
	kwargs := map[string]any{"context": c.context(o)}
	if o.Order != "" {
		kwargs["order"] = o.Order
	}
	if o.Limit > 0 {
		kwargs["limit"] = o.Limit
	}
	if o.Offset > 0 {
		kwargs["offset"] = o.Offset
	}
	return kwargs
}

func (d Domain) argument() []any {
	if d == nil {
		return []any{}
	}
	return d
}

// SearchRead reads the fields of the records in the domain.
func (c *Client) SearchRead(ctx context.Context, model string, domain Domain, fields []string, o ReadOptions) ([]Row, error) {
	kwargs := c.searchArguments(o)
	kwargs["fields"] = fields
	answer, err := c.Call(ctx, model, "search_read", []any{domain.argument()}, kwargs)
	if err != nil {
		return nil, err
	}
	return rows(model, "search_read", answer)
}

// Read reads the fields of records by id. Ids of records that are gone are left
// out of the answer. The caller chunks: one call is one request to Odoo. No ids
// is no call.
func (c *Client) Read(ctx context.Context, model string, ids []int64, fields []string, o ReadOptions) ([]Row, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	answer, err := c.CallOn(ctx, model, "read", ids, []any{fields}, map[string]any{"context": c.context(o)})
	if err != nil {
		return nil, err
	}
	return rows(model, "read", answer)
}

// Search gives the ids of the records in the domain.
func (c *Client) Search(ctx context.Context, model string, domain Domain, o ReadOptions) ([]int64, error) {
	answer, err := c.Call(ctx, model, "search", []any{domain.argument()}, c.searchArguments(o))
	if err != nil {
		return nil, err
	}
	ids, err := NewRow(model, map[string]any{"id": answer}).IDs("id")
	if err != nil {
		return nil, badResult(model, "search", "a list of ids")
	}
	return ids, nil
}

// SearchCount counts the records in the domain; of the options only the context
// counts.
func (c *Client) SearchCount(ctx context.Context, model string, domain Domain, o ReadOptions) (int64, error) {
	answer, err := c.Call(ctx, model, "search_count", []any{domain.argument()}, map[string]any{"context": c.context(o)})
	if err != nil {
		return 0, err
	}
	n, isInt := answer.(int64)
	if !isInt {
		return 0, badResult(model, "search_count", "a number")
	}
	return n, nil
}

func rows(model, method string, answer any) ([]Row, error) {
	list, isList := answer.([]any)
	if !isList {
		return nil, badResult(model, method, "a list of records")
	}
	out := make([]Row, len(list))
	for i, item := range list {
		values, isMap := item.(map[string]any)
		if !isMap {
			return nil, badResult(model, method, "a list of records")
		}
		out[i] = NewRow(model, values)
		if out[i].ID() == 0 {
			return nil, badResult(model, method, "records with ids")
		}
	}
	return out, nil
}

// badResult is an answer in the right format with another content than the
// method's.
func badResult(model, method, want string) error {
	return fmt.Errorf("calling %s.%s: %w", model, method,
		&TransportError{Kind: BadAnswer, Sent: true, Err: errors.New("the result is not " + want)})
}

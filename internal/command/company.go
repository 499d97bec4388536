package command

import (
	"context"
	"maps"
	"slices"
)

// served lets a call act for the companies that are served: what it makes without a company
// is the first one's. Without such a list Odoo goes by its user. A call that says its
// companies keeps them.
func (o *Odoo) served(kwargs map[string]any) map[string]any {
	companies := o.client.Companies()
	said, _ := kwargs["context"].(map[string]any)
	if len(companies) == 0 || said["allowed_company_ids"] != nil {
		return kwargs
	}
	all, context := maps.Clone(kwargs), maps.Clone(said)
	if all == nil {
		all = map[string]any{}
	}
	if context == nil {
		context = map[string]any{}
	}
	context["allowed_company_ids"] = companies
	all["context"] = context
	return all
}

// OfCompany are the words of a context by which what is made is a company's.
func OfCompany(company int64) map[string]any {
	if company == 0 {
		return nil
	}
	return map[string]any{"allowed_company_ids": []any{company}}
}

// Company refuses a company for which nothing can be made; at is where the request says it.
func (o *Odoo) Company(ctx context.Context, g *Given, at string, company int64) error {
	if served := o.client.Companies(); len(served) > 0 && !slices.Contains(served, company) {
		g.Wrong(at, "the mesh does not serve the company %d", company)
		return nil
	}
	_, there, err := o.Row(ctx, "res.company", company, "name")
	if err == nil && !there {
		g.Wrong(at, "Odoo has no company %d that the mesh's user may see", company)
	}
	return err
}

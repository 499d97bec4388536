package odoo

import "context"

// Field is what Odoo says of a field. What was not asked for is empty.
type Field struct {
	Name     string
	Type     string
	Label    string
	Relation string
	Required bool
	Readonly bool
	Store    bool
	// CompanyDependent says that each company has a value of its own: what is
	// read is that of the first company in the call's context.
	CompanyDependent bool
	// Unsearchable says that a domain must not name the field: Odoo computes it
	// and keeps it nowhere.
	Unsearchable bool
	// Selection are the values of a selection field with their labels.
	Selection []Choice
}

// Choice is one value of a selection field.
type Choice struct{ Value, Label string }

// FieldsGet gives the fields of a model by name, with the attributes named, such
// as type, relation, required, readonly, store, searchable, company_dependent,
// selection, string; with none named, with all.
func (c *Client) FieldsGet(ctx context.Context, model string, attributes []string) (map[string]Field, error) {
	kwargs := map[string]any{}
	if len(attributes) > 0 {
		kwargs["attributes"] = attributes
	}
	answer, err := c.Call(ctx, model, "fields_get", []any{}, kwargs)
	if err != nil {
		return nil, err
	}
	list, isMap := answer.(map[string]any)
	if !isMap {
		return nil, badResult(model, "fields_get", "a dictionary of fields")
	}
	fields := make(map[string]Field, len(list))
	for name, described := range list {
		d, isMap := described.(map[string]any)
		if !isMap {
			return nil, badResult(model, "fields_get", "a dictionary of fields")
		}
		fields[name] = fieldOf(name, d)
	}
	return fields, nil
}

func fieldOf(name string, d map[string]any) Field {
	f := Field{Name: name}
	f.Type, _ = d["type"].(string)
	if searchable, told := d["searchable"].(bool); told {
		f.Unsearchable = !searchable
	}
	f.Label, _ = d["string"].(string)
	f.Relation, _ = d["relation"].(string)
	f.Required, _ = d["required"].(bool)
	f.Readonly, _ = d["readonly"].(bool)
	f.Store, _ = d["store"].(bool)
	f.CompanyDependent, _ = d["company_dependent"].(bool)
	choices, _ := d["selection"].([]any)
	for _, choice := range choices {
		if pair, isPair := choice.([]any); isPair && len(pair) == 2 {
			value, isText := pair[0].(string)
			label, _ := pair[1].(string)
			if isText {
				f.Selection = append(f.Selection, Choice{Value: value, Label: label})
			}
		}
	}
	return f
}

package json2

import (
	"fmt"
	"maps"
)

// Call is one call of a method. JSON-2 takes arguments by name alone, so a
// positional one is given the name that Odoo has for it.
type Call struct {
	Method string
	// IDs are the records that the method runs on; nil for a method of the model itself.
	IDs []int64
	// Args are positional arguments, after the ids if there are IDs.
	Args []any
	// Kwargs are arguments by name, "context" among them.
	Kwargs map[string]any
}

// parameters are the names of a method's positional arguments as Odoo 19 has
// them, with "ids" first where it runs on records; none for a method that is not
// known here, whose arguments have to be given by name.
func parameters(method string) []string {
	switch method {
	case "search_read":
		return []string{"domain", "fields", "offset", "limit", "order"}
	case "search":
		return []string{"domain", "offset", "limit", "order"}
	case "search_count":
		return []string{"domain", "limit"}
	case "read":
		return []string{"ids", "fields", "load"}
	case "fields_get":
		return []string{"allfields", "attributes"}
	case "create":
		return []string{"vals_list"}
	case "write":
		return []string{"ids", "vals"}
	case "unlink", "action_archive", "action_unarchive":
		return []string{"ids"}
	case "copy":
		return []string{"ids", "default"}
	case "load":
		return []string{"fields", "data"}
	case "default_get":
		return []string{"fields"}
	case "name_search":
		return []string{"name", "domain", "operator", "limit"}
	case "check_object_reference":
		return []string{"module", "xml_id", "raise_on_access_error"}
	}
	return nil
}

// Body is the call as JSON-2 takes it. It fails with *ValueError.
func (c Call) Body() ([]byte, error) {
	named := make(map[string]any, len(c.Args)+len(c.Kwargs)+1)
	maps.Copy(named, c.Kwargs)
	if named["context"] == nil {
		delete(named, "context") // Odoo would take null for the context itself
	}
	names := parameters(c.Method)
	if c.IDs != nil {
		if _, twice := named["ids"]; twice {
			return nil, &ValueError{Path: "ids", Reason: "given twice"}
		}
		named["ids"] = c.IDs
		if len(names) > 0 && names[0] == "ids" {
			names = names[1:]
		}
	}
	for i, value := range c.Args {
		if i >= len(names) {
			return nil, &ValueError{Path: fmt.Sprintf("args[%d]", i),
				Reason: fmt.Sprintf("JSON-2 takes arguments by name, and the name that %s has for this one is not known", c.Method)}
		}
		if _, twice := named[names[i]]; twice {
			return nil, &ValueError{Path: names[i], Reason: "given twice"}
		}
		named[names[i]] = value
	}
	if c.createsOne() {
		named["vals_list"] = []any{named["vals_list"]}
	}
	body, err := appendObject(nil, named, 0)
	if err != nil {
		return nil, err
	}
	return body, nil
}

// createsOne tells whether the call is a create of the values of one record,
// which XML-RPC answers with its id and JSON-2 with a list.
func (c Call) createsOne() bool {
	if c.Method != "create" || len(c.Args) == 0 {
		return false
	}
	_, one := c.Args[0].(map[string]any)
	return one
}

// Result is what XML-RPC would give in place of what JSON-2 gave.
func (c Call) Result(answer any) any {
	if list, isList := answer.([]any); isList && len(list) == 1 && c.createsOne() {
		return list[0]
	}
	return answer
}

package json2

import "encoding/json"

// Refusal is what Odoo answers with a status of 400 or more.
type Refusal struct {
	// Name is the Python exception with its module, such as
	// odoo.exceptions.MissingError or builtins.ValueError.
	Name string `json:"name"`
	// Message is what the exception says.
	Message string `json:"message"`
	// Debug is the whole traceback, for the log alone.
	Debug string `json:"debug"`
}

// ParseRefusal reads the body of a refusal; false if Odoo did not write it.
func ParseRefusal(body []byte) (Refusal, bool) {
	var r Refusal
	err := json.Unmarshal(body, &r)
	return r, err == nil && r.Name != ""
}

// Package schema holds the fields of Odoo's models as fields_get answered them on
// running servers of versions 16 to 19, and a few models written by hand in the same
// form (folder written) that were not recorded. It is data; it gives no behaviour.
package schema

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed recorded written
var files embed.FS

// Field is what fields_get says of one field. A missing flag is false.
type Field struct {
	Type             string      `json:"type"`
	Relation         string      `json:"relation"`
	RelationField    string      `json:"relation_field"`
	Selection        [][2]string `json:"selection"`
	Digits           any         `json:"digits"`
	Store            bool        `json:"store"`
	Required         bool        `json:"required"`
	Readonly         bool        `json:"readonly"`
	Searchable       bool        `json:"searchable"`
	Sortable         bool        `json:"sortable"`
	CompanyDependent bool        `json:"company_dependent"`
}

// Load answers the fields of every known model of one major version, by model and name.
func Load(version int) (map[string]map[string]Field, error) {
	models := map[string]map[string]Field{}
	for _, dir := range []string{fmt.Sprintf("recorded/%d", version), "written/all", fmt.Sprintf("written/%d", version)} {
		entries, err := files.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(dir, "written") {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("no fields of Odoo %d: %w", version, err)
		}
		for _, e := range entries {
			raw, err := files.ReadFile(dir + "/" + e.Name())
			if err != nil {
				return nil, err
			}
			fields := map[string]Field{}
			if err := json.Unmarshal(raw, &fields); err != nil {
				return nil, fmt.Errorf("reading %s: %w", e.Name(), err)
			}
			if strings.HasPrefix(dir, "written") {
				addLogFields(fields)
			}
			models[strings.TrimSuffix(e.Name(), ".json")] = fields
		}
	}
	return models, nil
}

// addLogFields gives a hand-written model the fields that every Odoo model has.
func addLogFields(fields map[string]Field) {
	log := Field{Store: true, Readonly: true, Searchable: true, Sortable: true}
	for name, kind := range map[string]string{"id": "integer", "create_date": "datetime", "write_date": "datetime"} {
		f := log
		f.Type = kind
		fields[name] = f
	}
	for _, name := range []string{"create_uid", "write_uid"} {
		f := log
		f.Type, f.Relation = "many2one", "res.users"
		fields[name] = f
	}
	fields["display_name"] = Field{Type: "char", Readonly: true, Searchable: true}
}

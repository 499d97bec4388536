package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// widestDoc is how long the lines of a template's comments are.
const widestDoc = 96

// mustBeSet are the settings without which there is no Odoo to serve, with what stands
// in a template until somebody writes the right value.
var mustBeSet = map[string]string{
	"odoo-url":           "https://odoo.example.org",
	"odoo-db":            "hospital",
	"odoo-user":          "mesh@example.org",
	"odoo-password-file": "/etc/mesh/odoo-api-key",
}

// Template is a file of settings to begin with: every setting that a file can hold, with
// what it means and its default, as a comment; only what has to be set is none.
func Template() string {
	var b strings.Builder
	b.WriteString("# Settings of meshd. What stands behind a # is the default.\n" +
		"# Flags and variables (MESH_…) win over this file; docs/configuration.md says more.\n")
	section := ""
	defaults := reflect.ValueOf(Default())
	for _, o := range options() {
		if o.envOnly {
			continue
		}
		if o.section != section {
			section = o.section
			fmt.Fprintf(&b, "\n# %s\n# %s\n", section, strings.Repeat("-", len(section)))
		}
		b.WriteString("\n" + comment(o.doc))
		if value, must := mustBeSet[o.key]; must {
			fmt.Fprintf(&b, "%s: %s\n", o.key, value)
			continue
		}
		fmt.Fprintf(&b, "# %s: %s\n", o.key, inYAML(defaults.FieldByIndex(o.field).Interface()))
	}
	return b.String()
}

// comment breaks a sentence into lines of a comment.
func comment(text string) string {
	var b strings.Builder
	line := "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > widestDoc {
			b.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	return b.String() + line + "\n"
}

// inYAML writes a setting's value as a file of settings holds it.
func inYAML(v any) string {
	switch v := v.(type) {
	case time.Duration:
		return shortDuration(v)
	case []string:
		quoted := make([]string, len(v))
		for i, s := range v {
			quoted[i] = strconv.Quote(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	case string:
		return strconv.Quote(v)
	}
	return fmt.Sprint(v)
}

// Setting is a setting by its key, with its value as a file holds it.
type Setting struct{ Key, Value string }

// Changed lists the settings that are not what they are by default, in the order of the
// documentation. A secret is told as set, and nothing else of it.
func (c Config) Changed() []Setting {
	var list []Setting
	here, defaults := reflect.ValueOf(c), reflect.ValueOf(Default())
	for _, o := range options() {
		v, d := here.FieldByIndex(o.field), defaults.FieldByIndex(o.field)
		switch {
		case o.envOnly && !v.IsZero():
			list = append(list, Setting{o.key, "set"})
		case !o.envOnly && !reflect.DeepEqual(v.Interface(), d.Interface()) && !(v.Kind() == reflect.Slice && v.Len()+d.Len() == 0):
			list = append(list, Setting{o.key, inYAML(v.Interface())})
		}
	}
	return list
}

package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Lines are all settings, a line each, without what is secret.
func (c Config) Lines() string {
	var b strings.Builder
	value := reflect.ValueOf(c)
	for _, o := range options() {
		if o.envOnly {
			continue
		}
		fmt.Fprintf(&b, "%s: %v\n", o.key, value.FieldByIndex(o.field).Interface())
	}
	return b.String()
}

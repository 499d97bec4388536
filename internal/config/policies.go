package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
	yamlv3 "go.yaml.in/yaml/v3"
)

// policies are the settings that say what is kept for how long, and what is let pass: with
// governed, they are changed by two persons.
func policies() map[string]option {
	all := map[string]option{}
	for _, o := range options() {
		if o.governed {
			all[o.key] = o
		}
	}
	return all
}

// Policies are the settings that are policies, as a configuration file says them.
func (c Config) Policies() ([]byte, error) {
	root := &yamlv3.Node{Kind: yamlv3.MappingNode}
	for _, o := range options() {
		if !o.governed {
			continue
		}
		value := &yamlv3.Node{}
		var is any = reflect.ValueOf(c).FieldByIndex(o.field).Interface()
		switch v := is.(type) {
		case time.Duration:
			is = shortDuration(v)
		case []string:
			is = append([]string{}, v...)
		}
		if err := value.Encode(is); err != nil {
			return nil, err
		}
		root.Content = append(root.Content, &yamlv3.Node{Kind: yamlv3.ScalarNode, Value: o.key}, value)
	}
	return yamlv3.Marshal(root)
}

// WithPolicies is a configuration with the policies of a document, which is a part of a
// configuration file. What the document leaves out is what holds where nothing is set: who
// can change the configuration alone changes no policy. It fails with *Error.
func (c Config) WithPolicies(text []byte) (Config, error) {
	found, known := problems{}, policies()
	defaults := reflect.ValueOf(Default())
	for _, o := range known {
		reflect.ValueOf(&c).Elem().FieldByIndex(o.field).Set(defaults.FieldByIndex(o.field))
	}
	file := koanf.New(keyDelimiter)
	if err := file.Load(rawbytes.Provider(text), yaml.Parser()); err != nil {
		found.add("policies", "it is no YAML with one setting a line, such as \"log-retention: 720h\"")
		return c, found.err()
	}
	settings := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(file.All())) {
		if _, is := known[key]; !is {
			found.add(key, "it is no policy: there are %s", strings.Join(slices.Sorted(maps.Keys(known)), ", "))
			continue
		}
		settings[key] = file.Get(key)
	}
	merged := koanf.New(keyDelimiter)
	load(merged, settings, &found)
	decode(merged, &c, &found)
	all := problems{}
	c.check(Sources{}, &all)
	for _, p := range all {
		if _, is := known[p.Key]; is {
			found = append(found, p)
		}
	}
	return c, found.err()
}

// Differences are the policies that differ between two configurations, by their keys: what
// the first says, and what the second.
func Differences(before, after Config) map[string][2]string {
	all := map[string][2]string{}
	for key, o := range policies() {
		was, is := told(before, o), told(after, o)
		if was != is {
			all[key] = [2]string{was, is}
		}
	}
	return all
}

// told is what a setting says, for people.
func told(c Config, o option) string {
	switch v := reflect.ValueOf(c).FieldByIndex(o.field).Interface().(type) {
	case time.Duration:
		return shortDuration(v)
	case []string:
		return strings.Join(v, "; ")
	default:
		return fmt.Sprint(v)
	}
}

package config

import (
	"reflect"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

const (
	envPrefix = "MESH_"
	// fileKey is the one setting that is no field: where the file is.
	fileKey = "config"
)

// option is one setting, as the tags describe it.
type option struct {
	key, section, doc string
	envOnly           bool
	// governed says that it is a policy: where policies are governed, proposals change it.
	governed bool
	field    []int
	kind     reflect.Type
}

func (o option) env() string { return envName(o.key) }

func envName(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}

// options reads the tags of Config, in the order of the struct.
func options() []option {
	var list []option
	root := reflect.TypeFor[Config]()
	for i := range root.NumField() {
		section := root.Field(i)
		for j := range section.Type.NumField() {
			f := section.Type.Field(j)
			list = append(list, option{
				key:     f.Tag.Get("key"),
				section: section.Tag.Get("title"),
				doc:     f.Tag.Get("doc"),
				envOnly: f.Tag.Get("only") == "env", governed: f.Tag.Get("governed") == "true",
				field: []int{i, j},
				kind:  f.Type,
			})
		}
	}
	return list
}

// shortDuration is 10m rather than 10m0s.
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// AddFlags adds a flag for every setting that may have one, and --config.
func AddFlags(flags *pflag.FlagSet, defaults Config) {
	addFileFlag(flags)
	addFlags(flags, defaults, func(option) bool { return true })
}

func addFileFlag(flags *pflag.FlagSet) {
	flags.String(fileKey, "", "YAML file with settings (also "+envName(fileKey)+").")
}

// AddRestFlags adds those of them that LoadRest reads.
func AddRestFlags(flags *pflag.FlagSet) {
	addFileFlag(flags)
	addFlags(flags, Default(), func(o option) bool { return ofRest(o.key) })
}

// ofRest tells whether a setting says how what lies on disk is encrypted.
func ofRest(key string) bool {
	return strings.HasPrefix(key, encryptionKey) || strings.HasPrefix(key, backupKey)
}

// AddBackupFlags adds those that LoadBackupKey reads.
func AddBackupFlags(flags *pflag.FlagSet) {
	addFlags(flags, Default(), func(o option) bool { return strings.HasPrefix(o.key, backupKey) })
}

func addFlags(flags *pflag.FlagSet, defaults Config, wanted func(option) bool) {
	value := reflect.ValueOf(defaults)
	for _, o := range options() {
		if o.envOnly || !wanted(o) {
			continue
		}
		usage := o.doc + " (" + o.env() + ")"
		switch v := value.FieldByIndex(o.field).Interface().(type) {
		case string:
			flags.String(o.key, v, usage)
		case bool:
			flags.Bool(o.key, v, usage)
		case int:
			flags.Int(o.key, v, usage)
		case float64:
			flags.Float64(o.key, v, usage)
		case time.Duration:
			flags.Duration(o.key, v, usage)
		case []string:
			flags.StringSlice(o.key, v, usage)
		}
	}
}

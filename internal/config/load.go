package config

import (
	"io"
	"maps"
	"os"
	"slices"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"
)

// Sources are where settings come from, and what is asked of them.
type Sources struct {
	// Defaults is what holds where nothing is set.
	Defaults Config
	// Flags are parsed flags that AddFlags made; nil is none.
	Flags *pflag.FlagSet
	// Environ is the environment, as os.Environ gives it.
	Environ []string
	// Stdin is read when odoo-password-stdin is set.
	Stdin io.Reader
	// KnownServices are the services there are; nil leaves them unchecked.
	KnownServices []string
	// NeedsOdoo refuses a configuration that names no Odoo to connect to.
	NeedsOdoo bool
}

// Load puts the sources together and checks the result. It fails with *Error.
func Load(s Sources) (Config, error) {
	found := problems{}
	c := s.read(&found)
	s.readPassword(&c, &found)
	c.Rest.readKeys(&found)
	c.Instance = c.Odoo.instance()
	if c.HTTPAddr == off {
		c.HTTPAddr = ""
	}
	c.check(s, &found)
	return c, found.err()
}

// LoadRest is for what opens a data folder and serves nothing: of the settings it reads
// how the folder is encrypted, and complains of nothing else. It fails with *Error.
func LoadRest(s Sources) (Rest, error) {
	all, found := problems{}, problems{}
	c := s.read(&all)
	for _, p := range all {
		if p.Key == fileKey || ofRest(p.Key) {
			found = append(found, p)
		}
	}
	c.Rest.readKeys(&found)
	return c.Rest, found.err()
}

// LoadBackupKey is for whoever has a backup and no data folder: of flags and variables it
// reads the key of backups, and complains of nothing else; none is nil. It fails with
// *Error.
func LoadBackupKey(s Sources) ([]byte, error) {
	all, found := problems{}, problems{}
	r := s.read(&all).Rest
	r = Rest{BackupKey: r.BackupKey, BackupKeyFile: r.BackupKeyFile, BackupKeyCommand: r.BackupKeyCommand}
	r.readKeys(&found)
	return bytesOf(r.BackupKey), found.err()
}

// read puts the sources together.
func (s Sources) read(found *problems) Config {
	merged := koanf.New(keyDelimiter)
	s.loadFile(merged, found)
	s.loadEnviron(merged, found)
	s.loadFlags(merged, found)
	c := s.Defaults
	decode(merged, &c, found)
	return c
}

// off in place of an address; an empty variable would count as not set.
const off = "off"

// keyDelimiter stands in no key, so that settings are never nested.
const keyDelimiter = "."

func (s Sources) loadFile(into *koanf.Koanf, found *problems) {
	path := ""
	for _, name := range s.Environ {
		if value, ok := cutEnv(name, envName(fileKey)); ok {
			path = value
		}
	}
	if s.Flags != nil {
		if given := s.Flags.Lookup(fileKey); given != nil && given.Changed {
			path = given.Value.String()
		}
	}
	if path == "" {
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		found.add(fileKey, "the file cannot be read: %v; name another or leave it out", err)
		return
	}
	file := koanf.New(keyDelimiter)
	if err := file.Load(rawbytes.Provider(text), yaml.Parser()); err != nil {
		// The parser quotes the text, in which a password may stand.
		found.add(fileKey, "%s is no YAML with one setting a line, such as \"log-level: debug\"", path)
		return
	}
	settings := make(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(file.All())) {
		if problem := unknownKey(key); problem != "" {
			found.add(key, "%s (in %s)", problem, path)
			continue
		}
		settings[key] = file.Get(key)
	}
	load(into, settings, found)
}

func (s Sources) loadEnviron(into *koanf.Koanf, found *problems) {
	byVariable := make(map[string]option)
	for _, o := range options() {
		byVariable[o.env()] = o
	}
	provider := env.Provider(keyDelimiter, env.Opt{
		Prefix:      envPrefix,
		EnvironFunc: func() []string { return s.Environ },
		TransformFunc: func(name, value string) (string, any) {
			o, known := byVariable[name]
			switch {
			case known && value != "":
				return o.key, value
			case !known && name != envName(fileKey) && !fromKubernetes(name) && !forMeshctl(name):
				found.add(name, "there is no such variable%s", proposal(name, slices.Collect(maps.Keys(byVariable))))
			}
			return "", nil
		},
	})
	if err := into.Load(provider, nil); err != nil {
		found.add("", "the environment cannot be read: %v", err)
	}
}

func (s Sources) loadFlags(into *koanf.Koanf, found *problems) {
	if s.Flags == nil {
		return
	}
	known := make(map[string]bool)
	for _, o := range options() {
		known[o.key] = !o.envOnly && s.Flags.Lookup(o.key) != nil
	}
	provider := posflag.ProviderWithFlag(s.Flags, keyDelimiter, nil, func(f *pflag.Flag) (string, any) {
		if !known[f.Name] {
			return "", nil
		}
		return f.Name, posflag.FlagVal(s.Flags, f)
	})
	if err := into.Load(provider, nil); err != nil {
		found.add("", "the flags cannot be read: %v", err)
	}
}

func load(into *koanf.Koanf, settings map[string]any, found *problems) {
	if err := into.Load(confmap.Provider(settings, ""), nil); err != nil {
		found.add(fileKey, "the settings cannot be taken: %v", err)
	}
}

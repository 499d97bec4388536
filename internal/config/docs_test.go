package config_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"odoomesh/internal/config"
	"odoomesh/internal/exit"
)

var update = flag.Bool("update", false, "write docs/configuration.md anew")

const intro = `# Configuration

Generated from internal/config and internal/exit by ` + "`go test ./internal/config -run Documentation -update`" + `.

Every setting has one name in three spellings: a flag, a variable, and a key of the YAML file that ` + "`--config` or `MESH_CONFIG`" + ` names.
Flags win over variables, variables over the file, the file over the defaults. An empty variable counts as not set. Durations carry their unit
(` + "`400ms`, `5s`, `10m`, `720h`" + `); lists are written ` + "`a,b`" + ` in flags and variables, and as a YAML list in the file.
Settings with *Policy* are changed by two persons where ` + "`governed`" + ` is set: [governance.md](governance.md).
An unknown key, or an unknown variable that begins with MESH_, is an error; what Kubernetes sets for a service called mesh, and meshctl's ` + "`MESH_SERVER`" + ` and ` + "`MESH_TOKEN`" + `, are passed over.

`

const outro = `
## The password of Odoo's user

It has no flag, because the arguments of a process can be read by others, and no key in the file. Give it in exactly one place:
` + "`odoo-password-file`, `odoo-password-command`, the variable `MESH_ODOO_PASSWORD`, or `odoo-password-stdin`" + `. An API key of the user is better than the password: it can be
revoked alone, and with it Odoo 19 and later are called by JSON-2 (` + "`odoo-transport`" + `). Any of the places takes the key. In Odoo the user makes
it under Preferences, Account Security, New API Key; it is shown once, and Odoo may give it a day on which it ends.

The key of the data folder (` + "`encryption-key`" + `) has the same places, but for the standard input. A file with a secret that everybody may write is refused, one that everybody may
read is warned of. A variable stays readable in ` + "`/proc`" + ` for the user of meshd as long as it runs; a file or a command is better. A command is started as meshd's own user, without a
shell and without meshd's variables, has ten seconds and 4 KiB, and what it says on its standard error goes nowhere. Its arguments are seen by others and recorded: they are no place for a secret. Who may write the settings decides what is run.

## Pages in browsers

A page that is not served by the mesh itself may call REST where ` + "`cors-allowed-origins`" + ` names its origin exactly; nobody else's may. It can send ` + "`Authorization`" + `
and the other headers that the mesh reads, and sees ` + "`ETag`, `Preference-Applied`, `X-Request-Id`, `Retry-After` and `Mesh-Verified-Time`" + ` of an answer. Cookies are never of use to it: they are the mesh's own pages' alone.

## Who may call

Without ` + "`access-file`" + ` callers of this machine (loopback addresses) are the principal ` + "`local`" + `, which may read and operate, and all others are
refused; so is what a proxy of this machine passes on from elsewhere. With ` + "`access-file`" + ` every call needs ` + "`Authorization: Bearer <token>`" + `:

` + "```yaml" + `
principals:
  - name: ward-application
    token_sha256: 0f0c…64 hexadecimal digits…
    rights:
      product: [read]
      supplier: [read, write]
  - name: operator
    token_sha256: 7c9e…
    rights:
      "*": [read, operate] # every domain
  - name: ann
    token_sha256: 41aa…
    roles: [buyer]         # in place of rights, or beside them
` + "```" + `

There are ready roles for those who work in a hospital, and a file can define its own: [roles.md](roles.md) says what each may do, which exclude each other, how somebody takes
more for a while (` + "`break_glass`" + `), and how to see what a new file would change before it is used (` + "`meshctl access check`, `diff`, `explain`" + `).

Only the hash of a token stands there, so the file cannot be used to call. Make a token and its hash without the line's end, which is no part of it:

` + "```sh" + `
openssl rand -hex 32 | tr -d '\n' | tee token | sha256sum
` + "```" + `

A principal can be narrowed down to ` + "`companies`, a `supplier`, a `carrier` or `finance`, and have prices hidden (`hide_prices`)" + `: [access.md](access.md)
says what it meets then. What the calls of one principal may cost, and how many streams it may have open, is bounded for each alike
(` + "`caller-max-units-per-second`, `caller-max-streams`, `caller-max-page-size`" + `), for callers of this machine too: more is refused with the reason OVERLOADED and the delay after which
to come back (REST: 429 and ` + "`Retry-After`" + `). Calls of operators, and those that change something, have a record in the [audit](operations.md#audit), refused ones too.

Certificates of clients, tokens of an identity provider and keys that the mesh makes can stand in place of the token: [identity.md](identity.md).

Others must not be able to write the file (` + "`chmod go-w`" + `). It is read again when it changes, within three seconds, and at once on SIGHUP: as a whole, or, where anything
of it is wrong, not at all. Then the one before stays in force, and the log, ` + "`/readyz` and `meshctl status`" + ` say so. The health service answers without a token.

## Exit codes

| code | meaning | what to do |
|---|---|---|
`

// page is docs/configuration.md.
func page(t *testing.T) string {
	t.Helper()
	flags := pflag.NewFlagSet("meshd", pflag.ContinueOnError)
	config.AddFlags(flags, config.Default())
	var b strings.Builder
	b.WriteString(intro)
	root := reflect.TypeFor[config.Config]()
	for i := range root.NumField() {
		section := root.Field(i)
		fmt.Fprintf(&b, "## %s\n\n| flag | variable | key | default | meaning |\n|---|---|---|---|---|\n", section.Tag.Get("title"))
		for j := range section.Type.NumField() {
			f := section.Type.Field(j)
			key, doc := f.Tag.Get("key"), f.Tag.Get("doc")
			if f.Tag.Get("governed") == "true" {
				doc += " *Policy.*"
			}
			if key == "" || !strings.HasSuffix(f.Tag.Get("doc"), ".") {
				t.Errorf("%s has no name or no sentence", f.Name)
			}
			env := "MESH_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
			if f.Tag.Get("only") == "env" {
				fmt.Fprintf(&b, "| – | `%s` | – | – | %s |\n", env, doc)
				continue
			}
			known := flags.Lookup(key)
			if known == nil {
				t.Fatalf("%s has no flag", key)
			}
			fmt.Fprintf(&b, "| `--%s` | `%s` | `%s` | %s | %s |\n", key, env, key, shown(known.DefValue), doc)
		}
		b.WriteString("\n")
	}
	b.WriteString(strings.TrimPrefix(outro, "\n"))
	rows := exit.Codes()
	slices.SortFunc(rows, func(a, b exit.Row) int { return a.Code - b.Code })
	for _, r := range rows {
		fmt.Fprintf(&b, "| %d | %s | %s |\n", r.Code, r.Meaning, r.Advice)
	}
	return b.String()
}

func shown(value string) string {
	if value == "" || value == "[]" {
		return "–"
	}
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(value, zero) {
			value = strings.TrimSuffix(value, zero[1:])
		}
	}
	return "`" + value + "`"
}

func TestDocumentationIsUpToDate(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "configuration.md")
	want := page(t)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(have)); diff != "" {
		t.Errorf("docs/configuration.md is out of date; write it anew with -update:\n%s", diff)
	}
}

// A flag with the password's value would show it in every list of processes.
func TestNoFlagTakesAPassword(t *testing.T) {
	flags := pflag.NewFlagSet("meshd", pflag.ContinueOnError)
	config.AddFlags(flags, config.Default())
	if flags.Lookup("odoo-password") != nil {
		t.Error("there is a flag for the password")
	}
}

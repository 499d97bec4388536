package config

import (
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"time"
	_ "time/tzdata" // a machine need not have the table of time zones

	"odoomesh/internal/clock"
	"odoomesh/internal/odoo"
	"odoomesh/internal/secret"
)

// Odoo is which Odoo stands behind the mesh, and how much of it may be used.
type Odoo struct {
	URL             string        `key:"odoo-url" doc:"Root of Odoo, such as https://erp.hospital.example."`
	Database        string        `key:"odoo-db" doc:"Name of Odoo's database."`
	User            string        `key:"odoo-user" doc:"Login of the technical user in Odoo."`
	Password        odoo.Secret   `key:"odoo-password" only:"env" doc:"Password or, better, API key of the technical user."`
	PasswordFile    string        `key:"odoo-password-file" doc:"File that holds the password, in place of MESH_ODOO_PASSWORD. It is read anew before each sign-in, so that another password needs no restart."`
	PasswordStdin   bool          `key:"odoo-password-stdin" doc:"Read the password from the first line of the standard input, in place of MESH_ODOO_PASSWORD."`
	PasswordCommand []string      `key:"odoo-password-command" doc:"Program and its arguments, started without a shell, whose first line of output is the password, in place of MESH_ODOO_PASSWORD, such as vault,kv,get,-field=key,secret/odoo. It is run again for a sign-in that comes a minute later, and each thirty seconds while the password is refused."`
	RotateKey       bool          `key:"odoo-rotate-key" doc:"Have Odoo make another API key when 70 % of the life of the one in use is over, put it into odoo-password-file, and revoke the one before. It takes an Odoo 19 of May 2026 or later, odoo-transport auto or json2, the parameter base.enable_programmatic_api_keys in Odoo, and a folder in which meshd may write."`
	PasswordMaxAge  time.Duration `key:"odoo-password-max-age" doc:"How long a password or API key may be used of which Odoo tells no end, from when odoo-password-file was written: the mesh warns when 70 % of that is over, as it does for a key that ends. 0: it does not."`
	ApproverUser    string        `key:"odoo-approver-user" doc:"Login of a user in Odoo who may approve purchases, and who approves there the orders that orders.approve has approved. Empty: a person does that in Odoo."`
	ApproverFile    string        `key:"odoo-approver-password-file" doc:"File that holds that user's password or API key. It is read anew before each sign-in."`
	Transport       string        `key:"odoo-transport" doc:"How Odoo is called: xmlrpc; json2, which Odoo has from 19 on and which needs an API key in place of the password; or auto, which is json2 where Odoo has it and accepts the API key, else xmlrpc."`
	Insecure        bool          `key:"odoo-insecure" doc:"Allow plain http:// to another machine. The password can then be read on the network."`
	CAFile          string        `key:"odoo-ca-file" doc:"PEM file with the authorities that may sign Odoo's certificate, in place of the system's."`
	MaxConcurrent   int           `key:"odoo-max-concurrent" doc:"Calls to Odoo at once."`
	MaxPerSecond    float64       `key:"odoo-max-per-second" doc:"Calls to Odoo that begin each second. 0: no limit."`
	Timeout         time.Duration `key:"odoo-timeout" doc:"Longest time for one call to Odoo, waiting for its turn included."`
	LiveTimeout     time.Duration `key:"live-read-timeout" doc:"Longest time that a live read, and the comparison of one record, waits for Odoo; then the call is refused with ODOO_UNAVAILABLE."`
	Instance        string        `key:"odoo-instance" doc:"Name of this Odoo in the provenance of records. Empty: host/database."`
	Companies       []string      `key:"odoo-companies" doc:"Ids of the companies whose records are served, such as 1,3, beside what all companies share. Empty: all that the technical user may see."`
	Language        string        `key:"odoo-lang" doc:"Language in which translated texts are read, by Odoo's code, such as de_DE. Empty: that of the technical user in Odoo. Another one reads all records again."`
	TimeZone        string        `key:"time-zone" doc:"Time zone whose days are shown where an instant of Odoo's means a day, as with expiry, such as Europe/Berlin. Empty: that of the company's address in Odoo, else that of the technical user, else UTC."`
	Overlays        []string      `key:"mapping-overlay" doc:"YAML files that change or add to the mapping, in this order."`
}

func defaultOdoo() Odoo {
	return Odoo{
		Transport:     string(odoo.Auto),
		MaxConcurrent: odoo.DefaultMaxCalls,
		MaxPerSecond:  odoo.DefaultCallsPerSecond,
		Timeout:       odoo.DefaultTimeout,
		LiveTimeout:   4 * time.Second,
	}
}

// Client is what the client of Odoo takes.
func (o Odoo) Client() odoo.Config {
	c := odoo.DefaultConfig()
	c.URL, c.Database, c.User, c.Password = o.URL, o.Database, o.User, o.Password
	if o.PasswordFile != "" {
		c.Passwords = secret.NewFile(o.PasswordFile)
	}
	if len(o.PasswordCommand) > 0 {
		c.Passwords = secret.NewCommand(o.PasswordCommand, clock.System{})
	}
	c.Protocol, c.Insecure, c.CAFile = odoo.Protocol(o.Transport), o.Insecure, o.CAFile
	c.Timeout, c.MaxCalls, c.CallsPerSecond = o.Timeout, o.MaxConcurrent, o.MaxPerSecond
	for _, text := range o.Companies {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil { // Load has refused others
			c.Companies = append(c.Companies, id)
		}
	}
	return c
}

// Approver is what the client of the user who approves purchases takes; false where there
// is none.
func (o Odoo) Approver() (odoo.Config, bool) {
	c := o.Client()
	c.User, c.Password, c.Passwords, c.MaxCalls = o.ApproverUser, "", secret.NewFile(o.ApproverFile), 2
	return c, o.ApproverUser != ""
}

// instance is the name that an Odoo has when nobody gave it one.
func (o Odoo) instance() string {
	u, err := url.Parse(o.URL)
	if o.Instance != "" || err != nil || u.Host == "" {
		return o.Instance
	}
	return u.Host + "/" + o.Database
}

// check asks for an Odoo to connect to where one is needed.
func (o Odoo) check(needed bool, found *problems) {
	if needed {
		for _, need := range []struct{ key, value, example string }{
			{"odoo-url", o.URL, "https://erp.hospital.example"}, {"odoo-db", o.Database, "hospital"}, {"odoo-user", o.User, "mesh"},
		} {
			if need.value == "" {
				found.add(need.key, "it is not set; set it, such as %s", need.example)
			}
		}
		if o.Password == "" && o.PasswordFile == "" && !o.PasswordStdin && len(o.PasswordCommand) == 0 {
			found.add("odoo-password", "there is none; set odoo-password-file, odoo-password-command or %s", envName("odoo-password"))
		}
	}
	if o.URL != "" {
		plain := "plain http:// would show the password to the network; use https://, or set odoo-insecure if that network is yours alone"
		if o.Insecure {
			plain = ""
		}
		checkURL("odoo-url", o.URL, "set odoo-user and odoo-password-file instead", plain, found)
	}
	o.checkKeeping(found)
	switch {
	case (o.ApproverUser == "") != (o.ApproverFile == ""):
		found.add("odoo-approver-user", "it goes with odoo-approver-password-file; set both or neither")
	case o.ApproverUser != "" && o.ApproverUser == o.User:
		found.add("odoo-approver-user", "it is odoo-user, who enters the orders; name another one")
	}
	checkReadable("odoo-approver-password-file", o.ApproverFile, found)
	if !slices.Contains(odoo.Protocols(), odoo.Protocol(o.Transport)) {
		found.add("odoo-transport", "%q is none of %s, %s, %s", o.Transport, odoo.Auto, odoo.XMLRPC, odoo.JSON2)
	}
	if o.MaxConcurrent < 1 || o.MaxConcurrent > 1000 {
		found.add("odoo-max-concurrent", "%d is not from 1 to 1000", o.MaxConcurrent)
	}
	// Written so that a NaN is refused too.
	if !(o.MaxPerSecond >= 0) {
		found.add("odoo-max-per-second", "%v is less than 0; write 0 for no limit", o.MaxPerSecond)
	}
	atLeast("odoo-timeout", o.Timeout, time.Second, found)
	atLeast("live-read-timeout", o.LiveTimeout, 100*time.Millisecond, found)
	o.checkLocale(found)
	checkCompanies(o.Companies, found)
	checkReadable("odoo-ca-file", o.CAFile, found)
	for _, path := range o.Overlays {
		checkReadable("mapping-overlay", path, found)
	}
}

func (o Odoo) checkKeeping(found *problems) {
	if o.PasswordMaxAge < 0 {
		found.add("odoo-password-max-age", "%s is less than 0; write 0 for no limit", shortDuration(o.PasswordMaxAge))
	}
	if o.PasswordFile == "" && o.PasswordMaxAge > 0 {
		found.add("odoo-password-max-age", "it counts from when the file was written; set odoo-password-file")
	}
	switch {
	case !o.RotateKey:
	case o.PasswordFile == "":
		found.add("odoo-rotate-key", "the next key has to be kept where the one before is; set odoo-password-file")
	case o.Transport == string(odoo.XMLRPC):
		found.add("odoo-rotate-key", "Odoo makes keys over JSON-2 alone; set odoo-transport to auto or json2")
	default:
		if info, err := os.Lstat(o.PasswordFile); err == nil && !info.Mode().IsRegular() {
			found.add("odoo-rotate-key", "odoo-password-file is a link or no file, so that none can take its place; name the file itself")
		}
	}
}

// languageCode is how Odoo writes languages: de_DE, es_419, sr@latin.
var languageCode = regexp.MustCompile(`^[a-z]{2,3}(_[A-Za-z0-9]{2,4})?(@[a-z]+)?$`)

func (o Odoo) checkLocale(found *problems) {
	if o.Language != "" && !languageCode.MatchString(o.Language) {
		found.add("odoo-lang", "%q is no code of a language in Odoo; write it as Odoo does, such as de_DE", o.Language)
	}
	// Go takes "Local" for the zone of this machine, which says nothing of the company.
	if _, err := time.LoadLocation(o.TimeZone); err != nil || o.TimeZone == "Local" {
		found.add("time-zone", "%q is no name of a time zone; write one such as Europe/Berlin", o.TimeZone)
	}
}

func checkCompanies(companies []string, found *problems) {
	for _, text := range companies {
		if id, err := strconv.ParseInt(text, 10, 64); err != nil || id < 1 {
			found.add("odoo-companies", "%q is no id of a company; write Odoo's ids, such as 1,3", text)
		}
	}
}

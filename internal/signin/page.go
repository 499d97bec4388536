package signin

import (
	"html/template"
	"net/http"
	"time"
)

const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

// setHeaders is for every answer. The origin goes with forms to the own server alone.
func setHeaders(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
}

// view is what a page shows.
type view struct {
	Title, Message, RequestID string
	// Again offers to sign in.
	Again bool
	// Elsewhere says that signing out is done at the provider, too.
	Elsewhere bool
	// Principal is who is signed in; empty for nobody.
	Principal, Person string
	Began, Ends       time.Time

	Environment string
}

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"time": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") },
}).Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{.Title}} - odoomesh, {{.Environment}}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}button{font:inherit;padding:.4rem .8rem}dt{font-weight:600}dd{margin:0 0 .6rem;overflow-wrap:anywhere}</style>
<p>odoomesh, environment {{.Environment}}</p>
<h1>{{.Title}}</h1>
{{with .Message}}<p>{{.}}</p>{{end}}
{{if .Principal}}<dl>
<dt>As</dt><dd>{{.Principal}}</dd>
<dt>By the identity provider known as</dt><dd>{{.Person}}</dd>
<dt>Since</dt><dd>{{time .Began}}</dd>
<dt>At the latest until</dt><dd>{{time .Ends}}</dd>
</dl>
<form method="post" action="/signout"><button>Sign out</button>
{{- if .Elsewhere}} <button name="at" value="here">Sign out here alone</button>
<p>You are signed out at the identity provider, too, and may be in other applications that you use with it.</p>{{end}}</form>{{end}}
{{if .Again}}<p><a href="/signin">Sign in</a></p>{{end}}
<p><a href="/docs/">API pages</a></p>
{{with .RequestID}}<p><small>Request {{.}}</small></p>{{end}}
</html>
`))

func (d *Door) page(w http.ResponseWriter, code int, v view) {
	v.Environment = d.Environment
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_ = page.Execute(w, v) // the caller has gone away
}

package gateway

import (
	"bytes"
	_ "embed" // the script is part of the program
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"

	swaggerFiles "github.com/swaggo/files/v2"
)

const (
	pathOpenAPI = "/openapi.json"
	pathYAML    = "/openapi.yaml"
	pathDocs    = "/docs/"
)

// docsPolicy lets the documentation run its own scripts and talk to this server
// alone. Swagger UI sets styles on its elements, hence 'unsafe-inline' for them.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docsStart takes the place of Swagger UI's own, which shows a document from the
// internet and has a service there check it.
const docsStart = `window.onload = function () {
  window.ui = SwaggerUIBundle({
    url: "` + pathOpenAPI + `",
    dom_id: "#swagger-ui",
    deepLinking: true,
    validatorUrl: null,
    defaultModelsExpandDepth: 0,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
  });
};
`

// pathScript is what lets pages follow streams with a token.
const pathScript = "/mesh.js"

//go:embed mesh.js
var script []byte

const index = `{"name":"odoomesh","documentation":"` + pathDocs + `","openapi":"` + pathOpenAPI + `","contract":"` + pathContract + `","api":"/v1/"}` + "\n"

// newPages makes everything that is no call of a service.
func newPages(openAPI []byte, note string, console bool) (*http.ServeMux, error) {
	mux := http.NewServeMux()
	if len(openAPI) == 0 {
		return mux, nil
	}
	document, err := withNote(openAPI, note)
	if err != nil {
		return nil, fmt.Errorf("reading the OpenAPI document: %w", err)
	}
	mux.Handle("GET "+pathOpenAPI, page(mimeJSON, written(document)))
	mux.Handle("GET "+pathYAML, page(mimeYAML, inYAML(document)))
	mux.Handle("GET "+pathScript, page("text/javascript; charset=utf-8", written(script)))
	mux.Handle("GET "+pathContract, page(mimeContract, contract()))
	mux.Handle("GET "+strings.TrimSuffix(pathDocs, "/"), redirect(pathDocs))
	mux.Handle("GET /{$}", indexPage(console))
	files := map[string]string{
		"index.css":                       "index.css",
		"swagger-ui.css":                  "swagger-ui.css",
		"favicon-16x16.png":               "favicon-16x16.png",
		"favicon-32x32.png":               "favicon-32x32.png",
		"swagger-ui-bundle.js":            "swagger-ui-bundle.js",
		"swagger-ui-standalone-preset.js": "swagger-ui-standalone-preset.js",
	}
	start, err := fs.ReadFile(swaggerFiles.FS, "index.html")
	if err != nil {
		return nil, fmt.Errorf("reading the documentation's pages: %w", err)
	}
	start = bytes.Replace(start, []byte("<title>Swagger UI</title>"), []byte("<title>odoomesh API</title>"), 1)
	for _, name := range []string{"{$}", "index.html"} {
		mux.Handle("GET "+pathDocs+name, docsPage("text/html; charset=utf-8", written(start)))
	}
	for name, file := range files {
		if _, err := fs.Stat(swaggerFiles.FS, file); err != nil {
			return nil, fmt.Errorf("reading the documentation's pages: %w", err)
		}
		mux.Handle("GET "+pathDocs+name, docsPage(mime.TypeByExtension(path.Ext(file)), embedded(swaggerFiles.FS, file)))
	}
	mux.Handle("GET "+pathDocs+"swagger-initializer.js", docsPage("text/javascript; charset=utf-8", written([]byte(docsStart))))
	return mux, nil
}

// content writes what a page consists of.
type content func(io.Writer)

func written(whole []byte) content { return func(w io.Writer) { _, _ = w.Write(whole) } }

// embedded is a file of the program, of which no copy is kept.
func embedded(files fs.FS, name string) content {
	return func(w io.Writer) {
		file, err := files.Open(name)
		if err != nil {
			return // It was there at the start.
		}
		defer func() { _ = file.Close() }()
		_, _ = io.Copy(w, file)
	}
}

// contract is made when it is asked for, and kept from then on: few ask.
func contract() content {
	set := sync.OnceValues(contractSet)
	return func(w io.Writer) {
		// What is linked into the program can be written.
		if text, err := set(); err == nil {
			_, _ = w.Write(text)
		}
	}
}

func page(contentType string, show content) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("X-Frame-Options", "DENY")
		show(w)
	}
}

func docsPage(contentType string, whole content) http.HandlerFunc {
	show := page(contentType, whole)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", docsPolicy)
		show(w, r)
	}
}

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusPermanentRedirect)
	}
}

// indexPage leads a person to the console, or to the documentation where there is none,
// and tells a program where things are.
func indexPage(console bool) http.HandlerFunc {
	show, to := page(mimeJSON, written([]byte(index))), pathDocs
	if console {
		to = pathConsole
	}
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept")
		if strings.Contains(r.Header.Get("Accept"), "text/html") {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusSeeOther)
			return
		}
		show(w, r)
	}
}

package gateway

import (
	"bytes"
	_ "embed" // the script is part of the program
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	swaggerFiles "github.com/swaggo/files/v2"
)

const (
	pathOpenAPI = "/openapi.json"
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
	contract, err := contractSet()
	if err != nil {
		return nil, fmt.Errorf("describing the contract: %w", err)
	}
	mux.Handle("GET "+pathOpenAPI, page(mimeJSON, document))
	mux.Handle("GET "+pathScript, page("text/javascript; charset=utf-8", script))
	mux.Handle("GET "+pathContract, page(mimeContract, contract))
	mux.Handle("GET "+strings.TrimSuffix(pathDocs, "/"), redirect(pathDocs))
	mux.Handle("GET /{$}", indexPage(console))
	files := map[string]string{
		"":                                "index.html",
		"index.html":                      "index.html",
		"index.css":                       "index.css",
		"swagger-ui.css":                  "swagger-ui.css",
		"favicon-16x16.png":               "favicon-16x16.png",
		"favicon-32x32.png":               "favicon-32x32.png",
		"swagger-ui-bundle.js":            "swagger-ui-bundle.js",
		"swagger-ui-standalone-preset.js": "swagger-ui-standalone-preset.js",
	}
	for name, file := range files {
		content, err := fs.ReadFile(swaggerFiles.FS, file)
		if err != nil {
			return nil, fmt.Errorf("reading the documentation's pages: %w", err)
		}
		if name == "" {
			name = "{$}"
		}
		content = bytes.Replace(content, []byte("<title>Swagger UI</title>"), []byte("<title>odoomesh API</title>"), 1)
		mux.Handle("GET "+pathDocs+name, docsPage(mime.TypeByExtension(path.Ext(file)), content))
	}
	mux.Handle("GET "+pathDocs+"swagger-initializer.js", docsPage("text/javascript; charset=utf-8", []byte(docsStart)))
	return mux, nil
}

func page(contentType string, content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("X-Frame-Options", "DENY")
		_, _ = bytes.NewReader(content).WriteTo(w)
	}
}

func docsPage(contentType string, content []byte) http.HandlerFunc {
	show := page(contentType, content)
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
	show, to := page(mimeJSON, []byte(index)), pathDocs
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

// Package odoomesh holds what the contract generates and a server hands out:
// the OpenAPI document. It lies at the root because an embedded file has to lie
// beneath the package that embeds it, and gen/ is wiped before it is generated.
package odoomesh

import _ "embed"

//go:embed gen/openapi/mesh.openapi.json
var openAPI string

// OpenAPI answers the OpenAPI 3.1 document of all services, as generated. Each
// call makes a copy.
func OpenAPI() []byte { return []byte(openAPI) }

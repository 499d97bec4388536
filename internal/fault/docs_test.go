package fault_test

import (
	stdcmp "cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/code"

	"odoomesh/internal/fault"
)

var update = flag.Bool("update", false, "write docs/errors.md anew")

const errorsIntro = `# Errors

Generated from the contract (proto/mesh/errors/v1/reason.proto) by ` + "`go test ./internal/fault -run Documentation -update`" + `.

Every refusal is a google.rpc.Status, over gRPC as the call's status and over REST as ` + "`{\"error\": {…}}`" + `. Its details hold
exactly one ErrorInfo with the domain ` + "`mesh`" + ` and one of the reasons below, and in its metadata ` + "`who_acts`, `retry` and `what_to_do`" + `.
Program against the reason and ` + "`retry`" + `, never against the message. The list is closed: reasons are added, and keep their meaning.

Other details, where they fit: BadRequest (fields by their path in the proto, such as ` + "`names[1]`" + `), PreconditionFailure,
ResourceInfo, RetryInfo (how long to wait; over REST also as the header Retry-After), and RequestInfo with the id under which the
mesh's log has the call. A status is kept below 4 KiB: when violations had to be left out, ` + "`violations_left_out`" + ` in the metadata counts them.
What went wrong inside the mesh or inside Odoo never stands in a status; it is in the log.

What ` + "`retry`" + ` means:

| retry | the caller |
|---|---|
| never | gets the same refusal again |
| same_request | sends the same call again, for a write with the same request_id, after the delay in RetryInfo if there is one, with growing pauses |
| after_read | reads the record, decides anew, and makes a new call |
| start_anew | begins the list or the watch anew, without the token or position |
| after_repair | sends it again when whoever has to act has acted |

| reason | meaning | gRPC code | HTTP | who acts | retry | what to do |
|---|---|---|---|---|---|---|
`

// meanings reads the comment above each reason, which compiled descriptors lack.
func meanings(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "proto", "mesh", "errors", "v1", "reason.proto"))
	if err != nil {
		t.Fatal(err)
	}
	value := regexp.MustCompile(`^  REASON_(\w+) = \d+`)
	found := make(map[string]string)
	var comment []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		switch m := value.FindStringSubmatch(line); {
		case strings.HasPrefix(line, "  // "):
			comment = append(comment, strings.TrimPrefix(line, "  // "))
		case m != nil:
			found[m[1]], comment = strings.Join(comment, " "), nil
		default:
			comment = nil
		}
	}
	return found
}

func TestDocumentationIsUpToDate(t *testing.T) {
	rules, err := fault.Rules()
	if err != nil {
		t.Fatal(err)
	}
	meaning := meanings(t)
	var page strings.Builder
	page.WriteString(errorsIntro)
	for _, r := range rules {
		if meaning[r.Name] == "" {
			t.Errorf("%s has no comment in the contract", r.Name)
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s | %d | %s | %s | %s |\n", r.Name, meaning[r.Name], code.Code(r.Code), stdcmp.Or(r.HTTP, runtime.HTTPStatusFromCode(r.Code)),
			strings.ReplaceAll(r.WhoActs, "_", " "), r.Retry, r.WhatToDo)
	}
	path := filepath.Join("..", "..", "docs", "errors.md")
	if *update {
		if err := os.WriteFile(path, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page.String(), string(have)); diff != "" {
		t.Errorf("docs/errors.md is out of date; write it anew with -update:\n%s", diff)
	}
}

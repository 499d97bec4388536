package e2e

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/race"
)

// matrix reads docs/roles.md: the roles, and for each method which of them may call it.
func matrix(t *testing.T) (roles []string, may map[string][]bool) {
	t.Helper()
	text, err := os.ReadFile("../../docs/roles.md")
	if err != nil {
		t.Fatal(err)
	}
	may = map[string][]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) < 10 {
			continue
		}
		method := strings.Trim(strings.TrimSpace(cells[0]), "`")
		if method == "method" {
			for _, c := range cells[2 : len(cells)-1] {
				roles = append(roles, strings.TrimSpace(c))
			}
		}
		if strings.Contains(method, "/") && !strings.HasPrefix(method, "/") { // a page is no method
			method, _, _ = strings.Cut(method, " ")
			for _, c := range cells[2 : len(cells)-1] {
				may["mesh."+strings.ReplaceAll(method, "/", ".")] = append(may["mesh."+strings.ReplaceAll(method, "/", ".")], strings.TrimSpace(c) != "–")
			}
		}
	}
	return roles, may
}

// Whom docs/roles.md does not let in is not let in, by no method and no route, nor as a
// stream of any form: nobody without a role that does, and nobody whose credential is none,
// is of elsewhere, has ended or was revoked.
func TestEveryMethodByEveryRole(t *testing.T) {
	t.Parallel()
	roles, may := matrix(t)
	d := newDoor(t)
	for _, role := range roles {
		rest := "roles: [" + role + "]"
		if role == "partner" {
			rest += ", supplier: suppliers/1"
		}
		if role == "carrier" {
			rest += ", carrier: Swift"
		}
		d.let(role, rest)
	}
	n := d.open(t)
	if len(roles) < 10 || len(may) != len(rpcs()) {
		t.Fatalf("docs/roles.md has %d roles and %d of %d methods", len(roles), len(may), len(rpcs()))
	}
	for _, role := range race.Fewer(roles...) {
		i := slices.Index(roles, role)
		for _, m := range rpcs() {
			if let := may[string(m.FullName())][i]; !let {
				n.refused(t, bearer(role), "NOT_PERMITTED", m)
			} else if !m.IsStreamingServer() {
				_, err := n.ask(n.as(t, role), m, newMessage(m.Input()))
				if r := refusalOf(err).reason; r == "NOT_PERMITTED" && !decidesItself(m) || r == "UNAUTHENTICATED" {
					t.Errorf("%s for %s, which may: %v", m.FullName(), role, err)
				}
			}
		}
	}
	for _, c := range race.Fewer(d.worthless()...) {
		for _, m := range rpcs() {
			n.refused(t, c, "UNAUTHENTICATED", m)
		}
	}
	n.letsNothingBeSmuggled(t)
	n.opensByTicket(t, d)
	n.endsWhatIsOpen(t, d)
}

// decidesItself says that no right lets somebody call a method, which may refuse all the
// same: a list of changes of whom lets nothing be watched.
func decidesItself(m protoreflect.MethodDescriptor) bool {
	rule, _ := proto.GetExtension(m.Options(), optionsv1.E_Method).(*optionsv1.MethodRule)
	return rule.GetAccess() == optionsv1.Access_ACCESS_KNOWN
}

var inPath = regexp.MustCompile(`\{[a-z_.]+=([a-zA-Z]+)/\*\}|\{[a-z_.]+(=\*\*)?\}`)

// routesOf are the ways to call a method over REST.
func routesOf(m protoreflect.MethodDescriptor) map[string]string {
	rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	found := map[string]string{http.MethodGet: rule.GetGet(), http.MethodPost: rule.GetPost(), http.MethodPatch: rule.GetPatch(), http.MethodDelete: rule.GetDelete()}
	maps.DeleteFunc(found, func(_, path string) bool { return path == "" })
	for method, path := range found {
		found[method] = inPath.ReplaceAllStringFunc(path, func(s string) string {
			if collection := inPath.FindStringSubmatch(s)[1]; collection != "" {
				return collection + "/1"
			}
			return "1"
		})
	}
	return found
}

// forms are those that a method's answer can have over REST.
func forms(m protoreflect.MethodDescriptor) []string {
	if m.IsStreamingServer() {
		return []string{"application/json", "application/x-ndjson", "text/event-stream"}
	}
	return []string{"application/json"}
}

// refused calls a method over gRPC and, in all forms, over REST.
func (n *narrowed) refused(t *testing.T, as credential, reason string, m protoreflect.MethodDescriptor) {
	t.Helper()
	if _, err := n.ask(as.context(t.Context()), m, newMessage(m.Input())); refusalOf(err).reason != reason {
		t.Errorf("%s for %s: %v, want %s", m.FullName(), as.name, err, reason)
	}
	for method, path := range routesOf(m) {
		for _, form := range forms(m) {
			if body, code := n.send(t, as, method, path, form); !strings.Contains(body, `"`+reason+`"`) || code < 400 {
				t.Errorf("%s %s as %s for %s: %d, %s, want %s", method, path, form, as.name, code, body, reason)
			}
		}
	}
}

func (n *narrowed) send(t *testing.T, as credential, method, path, form string) (body string, code int) {
	t.Helper()
	response := n.opened(t, t.Context(), as, method, path, form)
	defer response.Body.Close()
	text := make([]byte, 4096)
	read, err := response.Body.Read(text)
	if err != nil && read == 0 {
		return fmt.Sprint(err), response.StatusCode
	}
	return string(text[:read]), response.StatusCode
}

// opened begins a request over REST.
func (n *narrowed) opened(t *testing.T, ctx context.Context, as credential, method, path, form string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, n.rest+path, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", form)
	for name, value := range as.shows {
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

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
		if strings.Contains(method, "/") {
			method, _, _ = strings.Cut(method, " ")
			for _, c := range cells[2 : len(cells)-1] {
				may["mesh."+strings.ReplaceAll(method, "/", ".")] = append(may["mesh."+strings.ReplaceAll(method, "/", ".")], strings.TrimSpace(c) != "–")
			}
		}
	}
	return roles, may
}

// Whom docs/roles.md does not let in is not let in, by no method and no route: nobody
// without a role that does, nobody without a token, and nobody with a token of elsewhere.
func TestEveryMethodByEveryRole(t *testing.T) {
	t.Parallel()
	roles, may := matrix(t)
	p := simulated(t, 18, 3)
	c := settings(t, p)
	c.AccessFile, c.MaxUnits = filepath.Join(t.TempDir(), "access.yaml"), 0
	var of [][2]string
	for _, role := range roles {
		rest := "roles: [" + role + "]"
		if role == "partner" {
			rest += ", supplier: suppliers/1"
		}
		of = append(of, [2]string{role, rest})
	}
	accessFileOf(t, c.AccessFile, of...)
	n := &narrowed{mesh: start(t, c)}
	if len(roles) < 10 || len(may) != len(rpcs()) {
		t.Fatalf("docs/roles.md has %d roles and %d of %d methods", len(roles), len(may), len(rpcs()))
	}
	for _, role := range race.Fewer(roles...) {
		i := slices.Index(roles, role)
		for _, m := range rpcs() {
			if let := may[string(m.FullName())][i]; !let {
				n.refused(t, role, "NOT_PERMITTED", m)
			} else if !m.IsStreamingServer() {
				_, err := n.ask(n.as(t, role), m, newMessage(m.Input()))
				if r := refusalOf(err).reason; r == "NOT_PERMITTED" || r == "UNAUTHENTICATED" {
					t.Errorf("%s for %s, which may: %v", m.FullName(), role, err)
				}
			}
		}
	}
	for _, m := range rpcs() {
		n.refused(t, "somebody-of-elsewhere", "UNAUTHENTICATED", m)
		n.refused(t, "", "UNAUTHENTICATED", m)
	}
}

var inPath = regexp.MustCompile(`\{[a-z_.]+=([a-zA-Z]+)/\*\}|\{[a-z_.]+(=\*\*)?\}`)

// refused calls a method over gRPC and over REST.
func (n *narrowed) refused(t *testing.T, as, reason string, m protoreflect.MethodDescriptor) {
	t.Helper()
	ctx := t.Context()
	if as != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+as)
	}
	if _, err := n.ask(ctx, m, newMessage(m.Input())); refusalOf(err).reason != reason {
		t.Errorf("%s for %q: %v, want %s", m.FullName(), as, err, reason)
	}
	rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	for method, path := range map[string]string{http.MethodGet: rule.GetGet(), http.MethodPost: rule.GetPost(), http.MethodPatch: rule.GetPatch(), http.MethodDelete: rule.GetDelete()} {
		if path == "" {
			continue
		}
		path = inPath.ReplaceAllStringFunc(path, func(s string) string {
			if collection := inPath.FindStringSubmatch(s)[1]; collection != "" {
				return collection + "/1"
			}
			return "1"
		})
		if body, code := n.send(t, as, method, path); !strings.Contains(body, `"`+reason+`"`) || code < 400 {
			t.Errorf("%s %s for %q: %d, %s, want %s", method, path, as, code, body, reason)
		}
	}
}

func (n *narrowed) send(t *testing.T, as, method, path string) (body string, code int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, n.rest+path, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if as != "" {
		request.Header.Set("Authorization", "Bearer "+as)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text := make([]byte, 4096)
	read, err := response.Body.Read(text)
	if err != nil && read == 0 {
		return fmt.Sprint(err), response.StatusCode
	}
	return string(text[:read]), response.StatusCode
}

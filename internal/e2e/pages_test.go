package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"odoomesh/internal/clock"
)

// Metrics are shown to a caller of this machine that speaks for itself, and from elsewhere,
// such as through a proxy, to who has the right to them and meets everything.
func TestMetricsAreForWhoeverHasTheRight(t *testing.T) {
	t.Parallel()
	c := settings(t, simulated(t, 18, 1))
	c.AccessFile = filepath.Join(t.TempDir(), "access.yaml")
	accessFileOf(t, c.AccessFile, [2]string{"scraper", "roles: [monitor]"}, [2]string{"ann", "roles: [reader]"}, [2]string{"all", `rights: {"*": [read, operate]}`},
		[2]string{"narrow", `rights: {"*": [read, operate]}, companies: [1]`}, [2]string{"single", "roles: [scrape]"})
	text, err := os.ReadFile(c.AccessFile)
	if err != nil {
		t.Fatal(err)
	}
	replace(t, c.AccessFile, append(text, "roles:\n  scrape: {methods: [/metrics]}\n"...))
	m := launch(t, c, clock.System{})
	for _, try := range []struct {
		as, through string
		want        int
	}{
		{"", "", http.StatusOK},
		{"", "203.0.113.7", http.StatusForbidden},
		{"somebody", "203.0.113.7", http.StatusForbidden},
		{"ann", "203.0.113.7", http.StatusForbidden},
		{"narrow", "203.0.113.7", http.StatusForbidden},
		{"scraper", "203.0.113.7", http.StatusOK},
		{"single", "203.0.113.7", http.StatusOK},
		{"all", "203.0.113.7", http.StatusOK},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.rest+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		if try.as != "" {
			request.Header.Set("Authorization", "Bearer "+try.as)
		}
		if try.through != "" {
			request.Header.Set("X-Forwarded-For", try.through)
		}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != try.want {
			t.Errorf("%q through %q: %s", try.as, try.through, response.Status)
		}
	}
}

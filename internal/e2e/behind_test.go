package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"odoomesh/internal/clock"
	"odoomesh/internal/config"
	"odoomesh/internal/odooproxy"
)

// behind puts a proxy between a mesh and a person's simulated Odoo.
func behind(t *testing.T, p *person) (*odooproxy.Proxy, config.Config) {
	t.Helper()
	proxy := odooproxy.New(p.sim)
	c := settings(t, p)
	c.URL = served(t, proxy)
	return proxy, c
}

// toldWhy are the reasons for which a mesh is degraded.
func (m *mesh) toldWhy(t testing.TB) string {
	t.Helper()
	_, body := m.get(t, "/readyz", nil)
	var r struct {
		Reasons []struct{ Of, Reason, Since string }
	}
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, one := range r.Reasons {
		all = append(all, one.Reason)
	}
	return strings.Join(all, "; ")
}

// What stands before Odoo for a while, just as everything is started again, keeps
// no copy from being served, and goes away by itself.
func TestACopyIsServedBehindWhateverAnswersInPlaceOfOdoo(t *testing.T) {
	t.Parallel()
	p := simulated(t, 17, 20)
	proxy, c := behind(t, p)
	first := start(t, c)
	want := len(first.allProducts(t))
	first.stop()
	for name, trouble := range map[string]odooproxy.Trouble{
		"a rate limit":           odooproxy.TooManyRequests("1"),
		"a web filter":           odooproxy.Forbidden(),
		"a redirect":             odooproxy.Redirect(),
		"a page for maintenance": odooproxy.Page(),
		"a gateway":              odooproxy.BadGateway(),
		"a wrong password":       odooproxy.WrongPassword(),
	} {
		t.Run(name, func(t *testing.T) {
			match := odooproxy.Match(odooproxy.Any)
			if name == "a wrong password" {
				match = odooproxy.SignIn
			}
			end := proxy.Always(match, trouble)
			defer end()
			seen := proxy.Seen(match)
			again := launch(t, c, clock.System{})
			defer again.stop()
			eventually(t, func() (bool, any) { n := proxy.Seen(match); return n > seen, n })
			again.await(t, "degraded")
			if have := len(again.allProducts(t)); have != want {
				t.Errorf("%d products are served of %d", have, want)
			}
			if name == "a wrong password" {
				return // it is tried again after a minute
			}
			end()
			again.await(t, "ready")
		})
	}
}

// A key that has run out, or a changed password, is called so; nobody else is kept
// out by it, and the new one is taken from its file.
func TestCredentialsAreReplacedWhileTheMeshRuns(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 20)
	proxy, c := behind(t, p)
	c.User, c.Password = "mesh", "mesh"
	c.PasswordFile = filepath.Join(t.TempDir(), "password")
	put := func(password string) {
		t.Helper()
		if err := os.WriteFile(c.PasswordFile, []byte(password+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("mesh")
	m := start(t, c)
	p.sim.SetPassword("mesh", "another")
	eventually(t, func() (bool, any) {
		why := m.toldWhy(t)
		return strings.Contains(why, "credentials refused"), why
	})
	p.signIn(t)
	signIns := proxy.Seen(odooproxy.SignIn)
	p.create(t, "product.product", map[string]any{"name": "Made meanwhile"})
	put("another")
	m.await(t, "ready")
	if n := proxy.Seen(odooproxy.SignIn) - signIns; n != 1 {
		t.Errorf("it signed in %d times, want once", n)
	}
	m.equalsOdoo(t, p)
}

// While Odoo asks for a pause nothing is sent, and it is called a limit.
func TestAPauseIsKept(t *testing.T) {
	t.Parallel()
	p := simulated(t, 17, 20)
	proxy, c := behind(t, p)
	m := start(t, c)
	proxy.Next(1, odooproxy.Data, odooproxy.TooManyRequests("3"))
	eventually(t, func() (bool, any) {
		why := m.toldWhy(t)
		return strings.Contains(why, "rate limited"), why
	})
	if code, body := m.get(t, "/v1/products/1", map[string][]string{"read_mode.live": {"true"}}); code != 503 || !strings.Contains(string(body), "ODOO_UNAVAILABLE") {
		t.Errorf("a live read is answered %d %s", code, body)
	}
	m.await(t, "ready")
	m.equalsOdoo(t, p)
}

// An Odoo that hangs neither answers nor refuses.
func TestAHangingOdooIsDegraded(t *testing.T) {
	t.Parallel()
	p := simulated(t, 17, 20)
	proxy, c := behind(t, p)
	m := start(t, c)
	end := proxy.Always(odooproxy.Any, odooproxy.Hang())
	m.await(t, "degraded")
	if why := m.toldWhy(t); !strings.Contains(why, "not been compared") && !strings.Contains(why, "has not answered") {
		t.Errorf("it is degraded because %q", why)
	}
	end()
	m.await(t, "ready")
}

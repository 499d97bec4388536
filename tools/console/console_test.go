package console

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
)

// pages are all pages of the console, by the name of their picture.
var pages = []struct{ name, path string }{
	{"home", ""}, {"search", "/search?q=saline"}, {"record", "/products/1"}, {"order", "/orders/1"}, {"journey", "/journeys?number=P00002"}, {"trace", "/lots/328/trace"},
	{"stock", "/stock?product=products/1"}, {"expiring", "/expiring?days=120"}, {"late", "/late"}, {"payables", "/payables"}, {"events", "/events"}, {"exceptions", "/exceptions"}, {"faulty", "/faulty"},
	{"consumers", "/consumers"}, {"records", "/records"}, {"list", "/products"}, {"proof", "/proof"}, {"nothing", "/products/999999"}, {"asking", "/stock?product=x"},
}

// heaviest is how many bytes a page may have, with its style and its script.
const heaviest = 50_000

func TestPagesInABrowser(t *testing.T) {
	axe, err := os.ReadFile(os.Getenv("AXE"))
	if err != nil {
		t.Fatal("AXE has to name axe.min.js; make test-console does: ", err)
	}
	base := demo(t)
	shared := size(t, base+"/console/static/console.css") + size(t, base+"/console/static/console.js")
	browser := chromium(t)
	for _, look := range []struct {
		name, scheme string
		width        int64
		height       int64
	}{{"light", "light", 1280, 800}, {"dark", "dark", 1280, 800}, {"phone", "light", 320, 640}} {
		for _, page := range pages {
			t.Run(look.name+"/"+page.name, func(t *testing.T) {
				var complaints []string
				tab, end := chromedp.NewContext(browser, chromedp.WithListener(func(event any) {
					if e, is := event.(*log.EventEntryAdded); is && e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.Text, "status of 40") {
						complaints = append(complaints, e.Entry.Text)
					}
				}))
				defer end()
				tab, cancel := context.WithTimeout(tab, time.Minute)
				defer cancel()
				if err := chromedp.Do(tab, chromedp.EmulateViewport(look.width, look.height), chromedp.Func(func(ctx context.Context, at *chromedp.Target) error {
					_, err := cdp.Call(ctx, at, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look.scheme}}})
					return err
				}), chromedp.Navigate(base+"/console"+page.path), chromedp.WaitReady(chromedp.CSS("main"))); err != nil {
					t.Fatal(err)
				}
				wide, err := chromedp.Run(tab, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth`))
				if err != nil {
					t.Fatal(err)
				}
				picture, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
				if err != nil {
					t.Fatal(err)
				}
				found, err := chromedp.Run(tab, chromedp.Evaluate[string](string(axe)+judge, chromedp.EvalAwaitPromise))
				if err != nil {
					t.Fatal(err)
				}
				keep(t, page.name, look.name, picture)
				var violations []any
				if err := json.Unmarshal([]byte(found), &violations); err != nil || len(violations) > 0 {
					t.Errorf("axe: %s %v", found, err)
				}
				if wide {
					t.Error("the page is wider than its window")
				}
				if len(complaints) > 0 {
					t.Errorf("the browser complains: %q", complaints)
				}
				if n := size(t, base+"/console"+page.path) + shared; n > heaviest {
					t.Errorf("%d bytes", n)
				}
			})
		}
	}
	t.Run("environments", func(t *testing.T) { environments(t, browser, base, string(axe)) })
	t.Run("keys", func(t *testing.T) { keys(t, browser, base) })
}

// environments looks at the colours of all environments, light and dark: they are told apart,
// and what stands on them is read.
func environments(t *testing.T, browser context.Context, base, axe string) {
	seen := map[string]string{}
	for _, scheme := range []string{"light", "dark"} {
		for _, look := range []string{"production", "trying", "development"} {
			tab, end := chromedp.NewContext(browser)
			tab, cancel := context.WithTimeout(tab, time.Minute)
			if err := chromedp.Do(tab, chromedp.EmulateViewport(1280, 800), chromedp.Func(func(ctx context.Context, at *chromedp.Target) error {
				_, err := cdp.Call(ctx, at, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
				return err
			}), chromedp.Navigate(base+"/console/late"), chromedp.WaitReady(chromedp.CSS("main"))); err != nil {
				t.Fatal(err)
			}
			colour, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.body.className = "`+look+`"; getComputedStyle(document.body).borderTopColor`))
			if err != nil {
				t.Fatal(err)
			}
			if other := seen[scheme+colour]; other != "" {
				t.Errorf("%s: %s looks like %s", scheme, look, other)
			}
			seen[scheme+colour] = look
			found, err := chromedp.Run(tab, chromedp.Evaluate[string](axe+judge, chromedp.EvalAwaitPromise))
			var violations []any
			if err != nil || json.Unmarshal([]byte(found), &violations) != nil || len(violations) > 0 {
				t.Errorf("%s, %s: axe: %s %v", look, scheme, found, err)
			}
			picture, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			keep(t, "environment-"+look, scheme, picture)
			cancel()
			end()
		}
	}
}

// keys gets from the first page to a record by keys alone.
func keys(t *testing.T, browser context.Context, base string) {
	tab, end := chromedp.NewContext(browser)
	defer end()
	tab, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	if err := chromedp.Do(tab, chromedp.Navigate(base+"/console"), chromedp.WaitReady(chromedp.CSS("main")), chromedp.KeyEvent("\t")); err != nil {
		t.Fatal(err)
	}
	if focused, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.activeElement.className`)); err != nil || focused != "skip" {
		t.Fatalf("the first stop is %q: %v", focused, err)
	}
	if err := chromedp.Do(tab, chromedp.KeyEvent("\t\tsaline\r"), chromedp.WaitReady(chromedp.CSS("table td a"))); err != nil {
		t.Fatal(err)
	}
	// The first page has a table, too: the minute bounds the wait for the other.
	for at := ""; !strings.HasSuffix(at, "/console/search?q=saline"); {
		var err error
		if at, err = chromedp.Run(tab, chromedp.Location()); err != nil {
			t.Fatalf("the search leads to %s: %v", at, err)
		}
	}
}

// judge lets axe look at a page, and answers what violates its rules.
const judge = `;axe.run().then(r => JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => n.html).slice(0, 3)}))))`

// keep writes a picture into the folder that SCREENSHOTS names: of those that it holds, or of all
// where it holds none. The documentation shows some of them.
func keep(t *testing.T, page, look string, picture []byte) {
	t.Helper()
	folder, name := os.Getenv("SCREENSHOTS"), page+"-"+look+".png"
	if held := heldPictures(); folder == "" || len(held) > 0 && !slices.Contains(held, filepath.Join(folder, name)) {
		return
	}
	err := os.MkdirAll(folder, 0o755)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name), picture, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// heldPictures are those that the folder held at the start.
var heldPictures = sync.OnceValue(func() []string {
	held, _ := filepath.Glob(filepath.Join(os.Getenv("SCREENSHOTS"), "*.png"))
	return held
})

func size(t *testing.T, at string) int {
	t.Helper()
	answer, err := http.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return len(body)
}

// demo starts the simulated hospital that MESHD serves, and waits until it is there.
func demo(t *testing.T) string {
	t.Helper()
	at, grpc, odoo := free(t), free(t), free(t)
	ctx, stop := context.WithCancel(context.Background())
	c := exec.CommandContext(ctx, os.Getenv("MESHD"), "demo", "--http-addr", at, "--grpc-addr", grpc, "--sim-addr", odoo, "--stock-proof-interval", "1s", "--time-zone", "Europe/Berlin")
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 20 * time.Second
	if err := c.Start(); err != nil {
		t.Fatal("MESHD has to name the server; make test-console does: ", err)
	}
	t.Cleanup(func() { stop(); _ = c.Wait() })
	deadline := time.Now().Add(2 * time.Minute)
	for {
		answer, err := http.Get("http://" + at + "/v1/operations/status")
		if err == nil {
			text, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			if strings.Contains(string(text), `"state":"ready"`) && strings.Contains(string(text), "proveTime") {
				return "http://" + at
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("the demo does not get ready: ", err)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr())
}

// chromium starts the browser; as root it has to do without its sandbox.
func chromium(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	all, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	browser, shut := chromedp.NewContext(all)
	t.Cleanup(shut)
	if err := chromedp.Do(browser); err != nil {
		t.Fatal("starting chromium: ", err)
	}
	return browser
}

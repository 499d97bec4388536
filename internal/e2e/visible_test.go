package e2e

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	"odoomesh/internal/odoosim/xmlrpc"
)

// visible stands right before Odoo and notes when Odoo came to hold what a command asked
// for, whether or not its answer reached the mesh: a client that goes away stops no call,
// as Odoo does not notice it.
type visible struct {
	odoo http.Handler

	mu sync.Mutex
	// calls are those that end a command and that Odoo has carried out, by what they are
	// about.
	calls map[string][]span
	// all are the calls that were answered.
	all []answered
	// away are the times in which Odoo was gone, or the mesh.
	away []span
}

type span struct{ from, to time.Time }

// answered is a call, by model and method.
type answered struct {
	span
	what string
}

func before(odoo http.Handler) *visible { return &visible{odoo: odoo, calls: map[string][]span{}} }

// taken is how load answers what it has made, over XML-RPC and over JSON-2.
var taken = regexp.MustCompile(`<name>ids</name>\s*<value>\s*<array>|"ids":\s*\[`)

// ServeHTTP passes the call on, and notes when it ended.
func (v *visible) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the caller went away
	}
	r = r.WithContext(context.WithoutCancel(r.Context()))
	r.Body = io.NopCloser(bytes.NewReader(body))
	from, answer := time.Now(), httptest.NewRecorder()
	v.odoo.ServeHTTP(answer, r)
	said := answer.Body.Bytes()
	model, method, _, _ := sentTo(r.URL.Path, body)
	v.mu.Lock()
	v.all = append(v.all, answered{span{from, time.Now()}, model + " " + method})
	v.mu.Unlock()
	if about, isLoad := aboutWhat(r.URL.Path, body); len(about) > 0 && answer.Code == http.StatusOK && !bytes.Contains(said, []byte("<fault>")) && (!isLoad || taken.Match(said)) {
		v.mu.Lock()
		for _, of := range about {
			v.calls[of] = append(v.calls[of], span{from, time.Now()})
		}
		v.mu.Unlock()
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(said) // the caller may have gone away
}

// aboutWhat is what a call that ends commands is about; nothing for other calls. Rows of an
// import are loaded together.
func aboutWhat(path string, body []byte) (about []string, isLoad bool) {
	model, method, ids, data := sentTo(path, body)
	switch {
	case method == "load" && slices.Contains([]string{"purchase.order", "account.move", "product.product", "res.partner"}, model):
		for _, row := range data {
			if _, id, made := strings.Cut(fmt.Sprint(row.([]any)[0]), "mesh.x_"); made {
				about = append(about, "intents/"+id)
			}
		}
		return about, true
	case slices.Contains([]string{"button_confirm", "button_validate", "action_post"}, method) && len(ids) > 0:
		return []string{fmt.Sprint(method, " ", ids[0])}, false
	}
	return nil, false
}

// endsByACall tells whether it is noted when Odoo came to hold what a command asked for.
func endsByACall(i *commandv1.Intent) bool {
	return slices.Contains([]string{"orders.create", "orders.release", "receipts.receive", "invoices.create", "invoices.post", "products.create", "suppliers.create"}, i.GetCommand())
}

// sentTo is what a call says, over XML-RPC or JSON-2: the records of a button, the rows of a
// load.
func sentTo(path string, body []byte) (model, method string, ids, data []any) {
	if path, isJSON := strings.CutPrefix(path, "/json/2/"); isJSON {
		var said struct{ IDs, Data []any }
		model, method, _ = strings.Cut(path, "/")
		if err := json.Unmarshal(body, &said); err != nil {
			return "", "", nil, nil
		}
		return model, method, said.IDs, said.Data
	}
	sent, err := xmlrpc.Decode(bytes.NewReader(body))
	if err != nil || len(sent.Params) < 6 {
		return "", "", nil, nil
	}
	model, _ = sent.Params[3].(string)
	method, _ = sent.Params[4].(string)
	args, _ := sent.Params[5].([]any)
	if len(args) > 0 {
		ids, _ = args[0].([]any)
	}
	if len(args) > 1 {
		data, _ = args[1].([]any)
	}
	return model, method, ids, data
}

// of are the calls that ended a command, oldest first.
func (v *visible) of(i *commandv1.Intent) []span {
	_, id, _ := strings.Cut(i.GetDocument(), "/")
	about := i.GetName()
	switch i.GetCommand() {
	case "orders.release":
		about = "button_confirm " + id
	case "receipts.receive":
		about = "button_validate " + id
	case "invoices.post":
		about = "action_post " + id
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	calls := slices.Clone(v.calls[about])
	slices.SortFunc(calls, func(a, b span) int { return a.to.Compare(b.to) })
	return calls
}

// meanwhile tells how Odoo answered between two moments: how slow a settlement is that waits
// for it.
func (v *visible) meanwhile(from, to time.Time) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var in []answered
	for _, a := range v.all {
		if a.to.After(from) && a.from.Before(to) {
			in = append(in, a)
		}
	}
	if len(in) == 0 {
		return "Odoo answered nothing"
	}
	slices.SortFunc(in, func(a, b answered) int { return cmp.Compare(a.to.Sub(a.from), b.to.Sub(b.from)) })
	half, longest := in[len(in)/2], in[len(in)-1]
	times := map[string]int{}
	for _, a := range in {
		times[a.what]++
	}
	often := slices.SortedFunc(maps.Keys(times), func(a, b string) int { return cmp.Compare(times[b], times[a]) })
	for i, what := range often {
		often[i] = fmt.Sprintf("%d %s", times[what], what)
	}
	return fmt.Sprintf("Odoo answered %d calls, half of them within %v, %s in %v, most often %s", len(in), half.to.Sub(half.from),
		longest.what, longest.to.Sub(longest.from), strings.Join(often[:min(len(often), 12)], ", "))
}

// isAway notes that Odoo was gone, or the mesh.
func (v *visible) isAway(from, to time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.away = append(v.away, span{from, to})
}

// settling is how long a command was visible in Odoo before it was settled, and how much
// of that both Odoo and the mesh were there; ok is false where nothing of it was seen.
func (v *visible) settling(i *commandv1.Intent) (whole, there time.Duration, ok bool) {
	calls := v.of(i)
	if len(calls) == 0 {
		return 0, 0, false
	}
	from, to := calls[0].to, i.GetUpdateTime().AsTime()
	whole = max(0, to.Sub(from))
	v.mu.Lock()
	defer v.mu.Unlock()
	slices.SortFunc(v.away, func(a, b span) int { return a.from.Compare(b.from) })
	for _, a := range v.away {
		if a.from.After(to) {
			break
		}
		there += max(0, a.from.Sub(from))
		if a.to.After(from) {
			from = a.to
		}
	}
	return whole, there + max(0, to.Sub(from)), true
}

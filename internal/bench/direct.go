package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/kolo/xmlrpc"

	"odoomesh/internal/odoosim"
)

// directFields are what a caller would read of a product without the mesh. What
// stands in other models (prices, category, units) would cost further calls.
var directFields = []any{"name", "default_code", "barcode", "active", "tracking", "use_expiration_date", "standard_price", "lst_price",
	"uom_id", "categ_id", "seller_ids", "company_id", "currency_id", "weight", "volume", "type", "is_storable", "product_tmpl_id",
	"create_date", "write_date"}

const directTurn = 500 * time.Millisecond

// pastMesh is where reads past the mesh go, and as whom.
type pastMesh struct {
	name, url, db, user, password string
	fields                        []any
	ids                           []int
}

// measureDirect compares reading from the mesh with reading from Odoo itself: a
// simulated one and, where BENCH_ODOO_URL names it, a running one.
func measureDirect(ctx context.Context, sim *odoosim.Sim, root string, names []string, get call) ([]row, error) {
	played := pastMesh{name: "a simulated Odoo at a real one's speed", url: root, db: "sim", user: "admin", password: "admin", fields: directFields}
	for _, name := range names {
		_, number, _ := strings.Cut(name, "/")
		id, err := strconv.Atoi(number)
		if err != nil {
			return nil, err
		}
		played.ids = append(played.ids, id)
	}
	sim.Faults().Costs(1)
	rows, err := played.compare(ctx, get, atLeast(300))
	if err != nil {
		return rows, err
	}
	sim.Faults().Costs(0)
	played.name = "a simulated Odoo that costs no time"
	more, err := played.compare(ctx, get, atLeast(1))
	if rows = append(rows, more...); err != nil {
		return rows, err
	}
	running, err := runningOdoo(ctx)
	if err != nil || running == nil {
		return rows, err
	}
	more, err = running.compare(ctx, get, atLeast(300))
	return append(rows, more...), err
}

// compare lets many callers, and then one, read from both.
func (o pastMesh) compare(ctx context.Context, get call, g goal) ([]row, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}}
	defer client.CloseIdleConnections()
	uid, err := o.signIn(ctx, client)
	if err != nil {
		return nil, err
	}
	next := newRotation(len(o.ids))
	read := func(ctx context.Context, caller int) error {
		var records []map[string]any
		id := o.ids[next(caller)]
		if err := o.call(ctx, client, uid, &records, "read", []any{[]any{id}, o.fields}, nil); err != nil {
			return err
		}
		if len(records) != 1 {
			return fmt.Errorf("reading product %d from Odoo: %d records", id, len(records))
		}
		return nil
	}
	many, err := inTurns(ctx, 3, callers, directTurn, read, get)
	if err != nil {
		return nil, err
	}
	one, err := inTurns(ctx, 3, 1, directTurn, read, get)
	if err != nil {
		return nil, err
	}
	return []row{
		many.row("reading past the mesh: "+o.name+", rate", "calls/s", rate, g),
		one.row("reading past the mesh: "+o.name+", one caller", "calls/s", p50Inverse, g),
	}, nil
}

// runningOdoo is the one that the environment names, with some of its products; nil
// where it names none.
func runningOdoo(ctx context.Context) (*pastMesh, error) {
	o := &pastMesh{url: os.Getenv("BENCH_ODOO_URL"), db: os.Getenv("BENCH_ODOO_DB"), user: os.Getenv("BENCH_ODOO_USER"), password: os.Getenv("BENCH_ODOO_PASSWORD")}
	if o.url == "" {
		return nil, nil
	}
	uid, err := o.signIn(ctx, http.DefaultClient)
	if err != nil {
		return nil, err
	}
	var version struct {
		Version string `xmlrpc:"server_version"`
	}
	if err := xmlrpcCall(ctx, http.DefaultClient, o.url+"/xmlrpc/2/common", &version, "version"); err != nil {
		return nil, err
	}
	o.name = "a running Odoo " + version.Version
	var known map[string]any
	if err := o.call(ctx, http.DefaultClient, uid, &known, "fields_get", []any{}, map[string]any{"attributes": []any{"type"}}); err != nil {
		return nil, err
	}
	for _, field := range directFields {
		if known[field.(string)] != nil {
			o.fields = append(o.fields, field)
		}
	}
	var found []int
	if err := o.call(ctx, http.DefaultClient, uid, &found, "search", []any{[]any{}}, map[string]any{"limit": products}); err != nil {
		return nil, err
	}
	if o.ids = found; len(o.ids) == 0 {
		return nil, fmt.Errorf("the Odoo at %s has no products", o.url)
	}
	return o, nil
}

func (o pastMesh) signIn(ctx context.Context, client *http.Client) (int, error) {
	var uid any
	err := xmlrpcCall(ctx, client, o.url+"/xmlrpc/2/common", &uid, "authenticate", o.db, o.user, o.password, map[string]any{})
	if err != nil {
		return 0, err
	}
	n, ok := uid.(int64)
	if !ok {
		return 0, fmt.Errorf("the Odoo at %s does not know the user %s", o.url, o.user)
	}
	return int(n), nil
}

// call calls a method of the products.
func (o pastMesh) call(ctx context.Context, client *http.Client, uid int, answer any, method string, args []any, named map[string]any) error {
	return o.callOf(ctx, client, uid, answer, "product.product", method, args, named)
}

// callOf calls a method of a model.
func (o pastMesh) callOf(ctx context.Context, client *http.Client, uid int, answer any, model, method string, args []any, named map[string]any) error {
	if named == nil {
		named = map[string]any{}
	}
	return xmlrpcCall(ctx, client, o.url+"/xmlrpc/2/object", answer, "execute_kw", o.db, uid, o.password, model, method, args, named)
}

func xmlrpcCall(ctx context.Context, client *http.Client, url string, answer any, method string, args ...any) error {
	body, err := xmlrpc.EncodeMethodCall(method, args...)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "text/xml")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if err := xmlrpc.Response(text).Err(); err != nil {
		return fmt.Errorf("calling Odoo: %w", err)
	}
	return xmlrpc.Response(text).Unmarshal(answer)
}

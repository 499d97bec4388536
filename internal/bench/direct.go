package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
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

// measureDirect compares reading from the mesh with reading from Odoo itself.
func measureDirect(ctx context.Context, sim *odoosim.Sim, root string, names []string, get call) ([]row, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}}
	defer client.CloseIdleConnections()
	next := newRotation(len(names))
	read := func(ctx context.Context, caller int) error {
		_, number, _ := strings.Cut(names[next(caller)], "/")
		id, err := strconv.Atoi(number)
		if err != nil {
			return err
		}
		return readDirect(ctx, client, root, id)
	}
	var rows []row
	for _, odoo := range []struct {
		name  string
		costs bool
		goal  goal
	}{{"an Odoo at a real one's speed", true, atLeast(300)}, {"a simulated Odoo that costs no time", false, atLeast(1)}} {
		sim.Faults().Costs(odoo.costs)
		many, err := inTurns(ctx, 3, callers, directTurn, read, get)
		if err == nil {
			rows = append(rows, many.row("reading past the mesh: "+odoo.name+", rate", "calls/s", rate, odoo.goal))
			many, err = inTurns(ctx, 3, 1, directTurn, read, get)
		}
		if err != nil {
			return rows, err
		}
		rows = append(rows, many.row("reading past the mesh: "+odoo.name+", one caller", "calls/s", p50Inverse, odoo.goal))
	}
	return rows, nil
}

// readDirect reads one record by XML-RPC.
func readDirect(ctx context.Context, client *http.Client, root string, id int) error {
	body, err := xmlrpc.EncodeMethodCall("execute_kw", "sim", 2, "admin", "product.product", "read", []any{[]any{id}, directFields}, map[string]any{})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, root+"/xmlrpc/2/object", bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var records []map[string]any
	if err := xmlrpc.Response(text).Unmarshal(&records); err != nil {
		return err
	}
	if len(records) != 1 {
		return fmt.Errorf("reading product %d from Odoo: %d records", id, len(records))
	}
	return nil
}

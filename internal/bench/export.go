package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"odoomesh/gen/go/mesh/inventory/v1/inventoryservice"
)

// leastExported is how many rows a second an export of everything writes at least.
const leastExported = 20_000

// measureExport writes a million movements, and the events that they are, into a folder.
func measureExport(ctx context.Context, p *place) ([]row, error) {
	data := p.path("export")
	if err := fill(ctx, data, []string{"inventory"}, map[string]catalogue{
		inventoryservice.Movements: {model: "stock.move.line", rows: million, record: syntheticMovement},
		inventoryservice.Lots:      {model: "stock.lot", rows: lastLot, record: syntheticLot},
		inventoryservice.Locations: {model: "stock.location", rows: 2 + wards, record: syntheticLocation},
	}); err != nil {
		return nil, fmt.Errorf("filling the cache: %w", err)
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", p.path("meshctl"), "odoomesh/cmd/meshctl")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, err
	}
	mesh, all, stop, err := p.served(ctx, data, "inventory")
	if err != nil {
		return nil, err
	}
	defer stop()
	if err := awaitBooks(ctx, all[0]); err != nil {
		return nil, err
	}
	var rows []row
	for _, one := range []struct{ says, collections string }{{"movements", "movements"}, {"inventory events", "inventoryEvents"}} {
		to := p.path("lake-" + one.collections)
		began := now()
		c := exec.CommandContext(ctx, p.path("meshctl"), "export", "--to", to, "--collections", one.collections, "--server", mesh.grpcAddr)
		c.Env = append(os.Environ(), "MESH_TOKEN="+token)
		if text, err := c.CombinedOutput(); err != nil {
			return rows, fmt.Errorf("exporting %s: %w: %s", one.says, err, text)
		}
		took := now().Sub(began).Seconds()
		n, err := exportedRows(to)
		if err != nil || n < million {
			return rows, fmt.Errorf("the export of %s has %d rows: %w", one.says, n, err)
		}
		peak := float64(c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
		rows = append(rows,
			row{Name: "export of 1,000,000 " + one.says + " to Parquet", Value: float64(n) / took, Unit: "rows/s", Reference: leastExported, Ratio: float64(n) / took / leastExported, Goal: atLeast(1)},
			within("memory of meshctl while it exports 1,000,000 "+one.says, peak, 512, "MiB"))
	}
	held, err := mesh.resident("RssAnon")
	return append(rows, within("memory of the mesh's own behind an export of 1,000,000 movements", held, 1024, "MiB")), err
}

// exportedRows counts what an export has.
func exportedRows(dir string) (n int64, err error) {
	raw, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		return 0, err
	}
	var m struct {
		Tables []struct{ Rows int64 }
		Events struct{ Parts []struct{ Rows int64 } }
	}
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&m); err != nil {
		return 0, err
	}
	for _, t := range m.Tables {
		n += t.Rows
	}
	for _, p := range m.Events.Parts {
		n += p.Rows
	}
	return n, nil
}

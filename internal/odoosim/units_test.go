package odoosim_test

import (
	"fmt"
	"testing"

	"odoomesh/internal/odoosim"
)

// Odoo 19 keeps for every unit the ids from the root of its tree down to itself.
func TestUnitsOf19ShowTheirPath(t *testing.T) {
	sim, err := odoosim.New(odoosim.Options{Version: 19})
	if err != nil {
		t.Fatal(err)
	}
	tx := sim.Begin()
	defer tx.Rollback()
	ids, err := tx.Search("uom.uom", []any{[]any{"name", "in", []any{"Units", "Dozens"}}})
	if err != nil || len(ids) != 2 {
		t.Fatalf("units: %v, %v", ids, err)
	}
	rows, err := tx.Read("uom.uom", ids, []string{"parent_path"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{fmt.Sprintf("%d/", ids[0]), fmt.Sprintf("%d/%d/", ids[0], ids[1])} {
		if rows[i]["parent_path"] != want {
			t.Errorf("parent_path of unit %d is %v, want %q", ids[i], rows[i]["parent_path"], want)
		}
	}
}

package odoo

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every name in the table is a field of the recorded Odoo of that version, and
// where the table has none, the names of the other versions are not there.
func TestRenamesAreWhatEachVersionHas(t *testing.T) {
	text, err := os.ReadFile("testdata/fields.json")
	if err != nil {
		t.Fatal(err)
	}
	var recorded map[string]map[string][]string
	if err := json.Unmarshal(text, &recorded); err != nil {
		t.Fatal(err)
	}
	for _, r := range renames() {
		for i, name := range r.called {
			version := OldestMajor + i
			fields := recorded[strconv.Itoa(version)][r.model]
			if name != "" && !slices.Contains(fields, name) {
				t.Errorf("Odoo %d has no %s.%s for %s", version, r.model, name, r.name)
			}
			for _, other := range r.called {
				if name == "" && other != "" && slices.Contains(fields, other) {
					t.Errorf("Odoo %d does have %s.%s for %s", version, r.model, other, r.name)
				}
			}
			if got := PackFor(Version{Major: version}).Field(r.model, r.name); got != name {
				t.Errorf("%s.%s on %d is %q, want %q", r.model, r.name, version, got, name)
			}
		}
	}
}

func TestPackLeavesOtherNamesAsTheyAre(t *testing.T) {
	p := PackFor(Version{Major: 19})
	if got := p.Field("product.product", "default_code"); got != "default_code" {
		t.Errorf("got %q", got)
	}
	if got := p.Method("stock.return.picking", "create_returns"); got != "action_create_returns" {
		t.Errorf("got %q", got)
	}
	if got := PackFor(Version{Major: 17}).Method("stock.return.picking", "create_returns"); got != "create_returns" {
		t.Errorf("got %q", got)
	}
}

func TestQuirks(t *testing.T) {
	v16, v17, v18, v184, v19 := Version{Major: 16}, Version{Major: 17}, Version{Major: 18}, Version{Major: 18, Minor: 4}, Version{Major: 19}
	want := []Pack{
		{Version: v16, UomCategories: true, LockedIsState: true, ValidateDoneIsFault: true, ImmediateTransfer: true},
		{Version: v17, TemplateStampsShowInProduct: true, WebhookActions: true, UomCategories: true, LockedIsState: true, ValidateDoneIsFault: true},
		{Version: v18, TemplateStampsShowInProduct: true, WebhookActions: true, UomCategories: true, LockedIsState: true, ValidateDoneIsFault: true, StorableIsFlag: true},
		{Version: v184, TemplateStampsShowInProduct: true, WebhookActions: true, UomCategories: true, LockedIsState: true, ValidateDoneIsFault: true, StorableIsFlag: true, CoarseDatetimeComparison: true},
		{Version: v19, TemplateStampsShowInProduct: true, WebhookActions: true, WebhookAfterCommit: true, StorableIsFlag: true, CoarseDatetimeComparison: true, JSON2: true},
	}
	for _, w := range want {
		if diff := cmp.Diff(w, PackFor(w.Version)); diff != "" {
			t.Error(diff)
		}
	}
}

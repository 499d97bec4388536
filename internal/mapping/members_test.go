package mapping_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/resource"
)

// family are the partners that the tests are about: a company, its branch, two people
// there, and a stranger.
type family struct{ company, branch, buyer, other, stranger, order int64 }

// sourceOf reads suppliers out of a simulated Odoo by a mapping.
func sourceOf(t *testing.T, text string) (*mapping.Reader, family) {
	t.Helper()
	return sourceThrough(t, text, func(r odoo.Reader) odoo.Reader { return r })
}

// sourceThrough is sourceOf where a test stands between the mapping and Odoo's rows.
func sourceThrough(t *testing.T, text string, through func(odoo.Reader) odoo.Reader) (*mapping.Reader, family) {
	t.Helper()
	sim, err := odoosim.New(odoosim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var f family
	if err := sim.Do(func(tx *odoosim.Tx) error {
		for _, p := range []struct {
			id      *int64
			name    string
			parent  *int64
			company bool
		}{{&f.company, "Company", nil, true}, {&f.branch, "Branch", &f.company, false}, {&f.buyer, "Buyer", &f.branch, false},
			{&f.other, "Other", &f.branch, false}, {&f.stranger, "Stranger", nil, true}} {
			vals := map[string]any{"name": p.name, "is_company": p.company}
			if p.parent != nil {
				vals["parent_id"] = *p.parent
			}
			if *p.id, err = tx.Create("res.partner", vals); err != nil {
				return err
			}
		}
		f.order, err = tx.Create("purchase.order", map[string]any{"partner_id": f.buyer})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	cfg := odoo.DefaultConfig()
	cfg.URL, cfg.Database, cfg.User, cfg.Password = server.URL, "sim", "mesh", "mesh"
	cfg.CallsPerSecond = 0
	client, err := odoo.Connect(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	spec, err := mapping.Parse([]byte("domain: supplier\nversion: 1\nmodel: res.partner\n" + text))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := mapping.Fit(t.Context(), spec, 17, (&supplierv1.Supplier{}).ProtoReflect().Type(), "suppliers", client)
	if err != nil {
		t.Fatal(err)
	}
	return mapping.NewReader(plan, through(client)), f
}

// diary writes down when a mapping asks who is bought from, and when it reads names.
type diary struct {
	odoo.Reader
	mu    sync.Mutex
	lines []string
}

func (d *diary) write(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, line)
}

func (d *diary) SearchRead(ctx context.Context, model string, domain odoo.Domain, fields []string, o odoo.ReadOptions) ([]odoo.Row, error) {
	if model == "res.partner" && slices.Contains(fields, "name") {
		d.write("names are read")
	}
	rows, err := d.Reader.SearchRead(ctx, model, domain, fields, o)
	if model == "purchase.order" {
		d.write("members are known")
	}
	return rows, err
}

// A row that was read before it became a member would show what the member never was.
func TestNoRowIsOlderThanItsMembership(t *testing.T) {
	d := &diary{}
	s, f := sourceThrough(t, whoIsBoughtFrom, func(r odoo.Reader) odoo.Reader { d.Reader = r; return d })
	records, err := s.Fetch(t.Context(), [][]byte{resource.Key(f.buyer)})
	if err != nil || len(records) != 1 {
		t.Fatalf("%d records: %v", len(records), err)
	}
	if want := []string{"members are known", "names are read"}; !slices.Equal(d.lines, want) {
		t.Errorf("in the order %v, want %v", d.lines, want)
	}
}

const whoIsBoughtFrom = `
members:
  - {model: purchase.order, through: partner_id}
  - {model: of.no.module, through: vendor_id, optional: true}
  - {through: parent_id}
fields: {display_name: name}
`

func TestWhatAMemberPointsAtIsAMember(t *testing.T) {
	s, f := sourceOf(t, whoIsBoughtFrom)
	all := []int64{f.company, f.branch, f.buyer, f.other, f.stranger}
	want := []int64{f.company, f.branch, f.buyer}
	got, err := s.Members(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	// Asked for alone, a company is one by what stands below it.
	if got, err = s.Members(t.Context(), []int64{f.stranger, f.company}); err != nil || !slices.Equal(got, []int64{f.company}) {
		t.Errorf("members of two: %v, %v", got, err)
	}
	for _, w := range s.Watches() {
		if w.Through == "" {
			continue
		}
		if got, err = s.Touched(t.Context(), w, []int64{f.order}); err != nil || !slices.Equal(got, want) {
			t.Errorf("an order touches %v, want %v: %v", got, want, err)
		}
	}
	if got, err = s.Touched(t.Context(), s.Watches()[0], []int64{f.buyer}); err != nil || !slices.Equal(got, want) {
		t.Errorf("a contact touches %v, want %v: %v", got, want, err)
	}
	// Odoo refuses to find what stands above a row that is gone.
	const gone = 9_999_999
	if got, err = s.Touched(t.Context(), s.Watches()[0], []int64{f.buyer, gone}); err != nil || !slices.Equal(got, append(slices.Clone(want), gone)) {
		t.Errorf("a contact, and one that is gone, touch %v, want %v and that: %v", got, want, err)
	}
}

func TestARowIsFollowedOnlyWhereItIsKept(t *testing.T) {
	s, f := sourceOf(t, `
fields:
  display_name: name
  parent:
    follow: parent_id
    model: res.partner
    keep: {is_company: [true]}
    take: {odoo: id, as: reference, to: suppliers}
    or: {odoo: parent_id, as: reference, to: partners}
`)
	records, err := s.Fetch(t.Context(), [][]byte{resource.Key(f.branch), resource.Key(f.buyer), resource.Key(f.stranger)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range records {
		got = append(got, r.Message.(*supplierv1.Supplier).GetParent())
	}
	want := []string{resource.Name("suppliers", f.company), resource.Name("partners", f.branch), ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parents (-want +got):\n%s", diff)
	}
}

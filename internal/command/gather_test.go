package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"odoomesh/internal/gather"
	"odoomesh/internal/odoo"
)

// archive is an Odoo that answers a second later. Its rows are those of ten templates, two
// of each; it takes loads that do not name what it refuses.
type archive struct {
	Client
	mu       sync.Mutex
	asked    []string
	loads    [][]string
	refuses  string
	severed  bool
	language string
}

func (a *archive) Language() string   { return a.language }
func (a *archive) Companies() []int64 { return nil }

func (a *archive) SearchRead(_ context.Context, model string, domain odoo.Domain, _ []string, _ odoo.ReadOptions) ([]odoo.Row, error) {
	a.mu.Lock()
	a.asked = append(a.asked, fmt.Sprint(domain))
	a.mu.Unlock()
	time.Sleep(time.Second)
	leaf := domain[len(domain)-1].([]any)
	wanted, many := leaf[2].([]any)
	if !many {
		wanted = []any{leaf[2]}
	}
	var rows []odoo.Row
	for id := int64(1); id <= 20; id++ {
		values := map[string]any{"id": id, "template": []any{(id + 1) / 2, "T"}}
		if leaf[0] == "id" && slices.Contains(wanted, any(id)) || leaf[0] == "template" && slices.Contains(wanted, any((id+1)/2)) {
			rows = append(rows, odoo.NewRow(model, values))
		}
	}
	return rows, nil
}

func (a *archive) Call(_ context.Context, _, _ string, args []any, _ map[string]any) (any, error) {
	var ids, names []any
	for _, row := range args[1].([]any) {
		ids, names = append(ids, int64(1)), append(names, row.([]any)[0])
	}
	a.mu.Lock()
	a.loads = append(a.loads, []string{fmt.Sprint(names)})
	a.mu.Unlock()
	time.Sleep(time.Second)
	switch {
	case a.severed:
		return nil, &odoo.TransportError{Kind: odoo.NoAnswer, Sent: true, Err: errors.New("reset by peer")}
	case slices.Contains(names, any(a.refuses)):
		return map[string]any{"ids": false, "messages": []any{map[string]any{"message": "It is full."}}}, nil
	}
	return map[string]any{"ids": ids}, nil
}

// atOnce has everybody do something, one right after the other.
func atOnce(n int64, do func(n int64)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i + 1) })
		synctest.Wait()
	}
	all.Wait()
}

func TestWhatManyCommandsAskGoesTogether(t *testing.T) {
	for _, c := range []struct {
		name   string
		domain func(n int64) odoo.Domain
		calls  int
		want   func(n int64) []int64
	}{
		{"rows by their ids", func(n int64) odoo.Domain { return Where("id", "=", n) }, 2, func(n int64) []int64 { return []int64{n} }},
		{"rows of others", func(n int64) odoo.Domain { return Where("template", "=", n) }, 2, func(n int64) []int64 { return []int64{2*n - 1, 2 * n} }},
		{"one question", func(int64) odoo.Domain { return Where("id", "=", int64(7)) }, 2, func(int64) []int64 { return []int64{7} }},
		{"what is not there", func(n int64) odoo.Domain { return Where("id", "=", 100*n) }, 2, func(int64) []int64 { return nil }},
		{"either of two", func(n int64) odoo.Domain { return odoo.Domain{"|", []any{"id", "=", int64(99)}, []any{"id", "=", n}} }, 5, func(n int64) []int64 { return []int64{n} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &archive{}
				client := &gathered{Client: a}
				atOnce(5, func(n int64) {
					rows, err := (&Odoo{client: client}).Rows(gather.OneOfMany(t.Context()), "product.product", c.domain(n), "template")
					var ids []int64
					for _, row := range rows {
						ids = append(ids, row.ID())
					}
					if err != nil || !slices.Equal(ids, c.want(n)) {
						t.Errorf("%d: %v, %v", n, ids, err)
					}
				})
				if len(a.asked) != c.calls {
					t.Errorf("asked was %v", a.asked)
				}
			})
		})
	}
}

func TestRowsOfManyCommandsAreLoadedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &archive{refuses: "mesh.x_3"}
		client := &gathered{Client: a}
		load := func(n int64) (*Odoo, error) {
			o := &Odoo{client: client}
			return o, o.LoadOne(gather.OneOfMany(t.Context()), "product.product", []string{"id", "name"}, []string{fmt.Sprint("mesh.x_", n), "N"})
		}
		atOnce(4, func(n int64) {
			var fault *odoo.Fault
			if o, err := load(n); (n == 3) != errors.As(err, &fault) || !o.sent || o.adrift || o.last() != fmt.Sprint("product.product.load mesh.x_", n) {
				t.Errorf("%d: %v, %+v", n, err, o)
			}
		})
		// The first alone, the others at once, and as they are refused each for itself.
		if len(a.loads) != 5 || a.loads[1][0] != "[mesh.x_2 mesh.x_3 mesh.x_4]" {
			t.Errorf("loaded was %v", a.loads)
		}
		// What became of rows whose answer is lost is for those who look to find out.
		a.loads, a.severed = nil, true
		atOnce(4, func(n int64) {
			if o, err := load(n); !isOfTransport(err) || !o.sent || !o.adrift {
				t.Errorf("%d: %v, %+v", n, err, o)
			}
		})
		if len(a.loads) != 2 {
			t.Errorf("loaded was %v", a.loads)
		}
	})
}

package capture_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/odoosim"
)

var (
	rounds = flag.Int("adversary.rounds", 2, "rounds of the adversary; each ends with a comparison of everything")
	seed   = flag.Uint64("adversary.seed", 1, "seed of the adversary's choices")
)

// The adversary does to Odoo what makes a naive capture lose rows, in all domains,
// while capture runs, fails, and is stopped and started again. After each round the
// cache has to equal Odoo record for record, within one overlap, and the log has to
// tell every record's story without a gap.
func TestAdversary(t *testing.T) {
	for _, version := range []int{16, 19} {
		t.Run(fmt.Sprintf("Odoo %d", version), func(t *testing.T) {
			t.Parallel()
			a := &adversary{house: newWholeHouse(t, version, 60), version: version, random: rand.New(rand.NewPCG(*seed, uint64(version)))}
			a.loaded()
			for round := range *rounds {
				a.round()
				a.healed(fmt.Sprintf("round %d of seed %d", round, *seed))
			}
		})
	}
}

// Thousands of rows under one stamp, and hundreds of deletions at once, are a day's
// import and its correction.
func TestStampede(t *testing.T) {
	a := &adversary{house: newWholeHouse(t, 17, 20), version: 17, random: rand.New(rand.NewPCG(*seed, 17))}
	a.loaded()
	a.stampede()
	a.rest()
	a.healed("the stampede")
}

type adversary struct {
	*house
	version int
	random  *rand.Rand
	// open are transactions that will commit late, under the stamp of their start.
	open []*odoosim.Tx
}

// round plays some forty tricks and then lets Odoo come to rest.
func (a *adversary) round() {
	tricks := []func(){
		a.beginLate, a.beginLate, a.commitLate, a.commitLate, a.editPrice, a.editPrice, a.writeTheSame, a.archive,
		a.deleteSome, a.mergeSuppliers, a.writeMany, a.crossSecond, a.create, a.fail, a.outage, a.restart,
		a.live, a.live, a.live, a.live, a.editLine, a.editDone, a.mergeQuants, a.splitQuant, a.resetBill, a.cancelOrder,
		a.renumberLot, a.renamePlace, a.vanish,
	}
	for range 40 {
		tricks[a.random.IntN(len(tricks))]()
		a.later(time.Duration(a.random.IntN(1500)) * time.Millisecond)
	}
	a.rest()
}

// rest ends what is under way and lets one overlap pass, with what Odoo's clock may
// be wrong by.
func (a *adversary) rest() {
	for len(a.open) > 0 {
		a.commitLate()
	}
	a.sim.Faults().Clear()
	a.sim.Faults().Down(false)
	a.later(2*time.Minute + time.Second)
}

// healed waits while the time of Odoo's database stands still: no more than what has
// passed of it may be needed.
func (a *adversary) healed(what string) {
	a.t.Helper()
	a.meanwhile = func() {
		a.later(5 * time.Millisecond)
		a.behind.Add(int64(5 * time.Millisecond))
	}
	a.eventually(what, a.equals)
	a.meanwhile = nil
	a.behind.Store(0)
	if err := a.storiesHaveNoGap(); err != nil {
		a.t.Fatalf("%s: %v", what, err)
	}
}

// attempt changes Odoo; two transactions that write the same row are the
// adversary's own fault, as they are a user's in Odoo.
func (a *adversary) attempt(fn func(tx *odoosim.Tx) error) {
	if err := a.sim.Do(fn); err != nil {
		a.t.Logf("refused by Odoo: %v", err)
	}
}

func (a *adversary) pick(tx *odoosim.Tx, model string, n int, domain ...any) []int64 {
	if model == "res.partner" {
		// The hospital's own partner is not for sale.
		domain = append(domain, []any{"supplier_rank", ">", int64(0)})
	}
	ids, err := tx.Search(model, domain)
	if err != nil {
		a.t.Fatal(err)
	}
	a.random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	return ids[:min(n, len(ids))]
}

func (a *adversary) word() string { return fmt.Sprintf("W%06d", a.random.IntN(1_000_000)) }

func (a *adversary) beginLate() {
	tx := a.sim.Begin()
	if err := tx.Write("product.product", a.pick(tx, "product.product", 2), map[string]any{"default_code": a.word()}); err != nil {
		tx.Rollback()
		return
	}
	a.open = append(a.open, tx)
}

func (a *adversary) commitLate() {
	if len(a.open) == 0 {
		return
	}
	i := a.random.IntN(len(a.open))
	if err := a.open[i].Commit(); err != nil {
		a.t.Logf("refused by Odoo: %v", err)
	}
	a.open = append(a.open[:i], a.open[i+1:]...)
}

func (a *adversary) editPrice() {
	a.attempt(func(tx *odoosim.Tx) error {
		return tx.Write("product.supplierinfo", a.pick(tx, "product.supplierinfo", 3), map[string]any{"price": float64(a.random.IntN(10000)) / 100})
	})
}

func (a *adversary) writeTheSame() {
	a.attempt(func(tx *odoosim.Tx) error {
		ids := a.pick(tx, "product.product", 1)
		rows, err := tx.Read("product.product", ids, []string{"default_code"})
		if err != nil {
			return err
		}
		return tx.Write("product.product", ids, map[string]any{"default_code": rows[0]["default_code"]})
	})
}

func (a *adversary) archive() {
	a.attempt(func(tx *odoosim.Tx) error {
		return tx.Write("product.product", a.pick(tx, "product.product", 1), map[string]any{"active": a.random.IntN(2) == 0})
	})
}

func (a *adversary) deleteSome() {
	model := []string{"product.supplierinfo", "product.product", "res.partner"}[a.random.IntN(3)]
	a.attempt(func(tx *odoosim.Tx) error {
		if left := a.pick(tx, model, 1000); len(left) > 5 {
			return tx.Unlink(model, left[:2])
		}
		return nil
	})
}

// mergeSuppliers moves all prices of one supplier to another and deletes it, as
// Odoo's merge of contacts does.
func (a *adversary) mergeSuppliers() {
	a.attempt(func(tx *odoosim.Tx) error {
		prices := a.pick(tx, "product.supplierinfo", 2)
		if len(prices) < 2 {
			return nil
		}
		rows, err := tx.Read("product.supplierinfo", prices, []string{"partner_id"})
		if err != nil {
			return err
		}
		from, to := first(rows[0]["partner_id"]), first(rows[1]["partner_id"])
		if left := a.pick(tx, "res.partner", 1000); from == to || len(left) < 5 {
			return nil
		}
		theirs, err := tx.Search("product.supplierinfo", []any{[]any{"partner_id", "=", from}})
		if err != nil {
			return err
		}
		if err := tx.Write("product.supplierinfo", theirs, map[string]any{"partner_id": to}); err != nil {
			return err
		}
		return tx.Unlink("res.partner", []int64{from})
	})
}

// writeMany changes everything in one transaction, under one stamp.
func (a *adversary) writeMany() {
	a.attempt(func(tx *odoosim.Tx) error {
		return tx.Write("product.product", a.pick(tx, "product.product", 1000), map[string]any{"weight": float64(a.random.IntN(100)) / 10})
	})
}

// crossSecond writes the same row on both sides of a second's end, and twice in
// the same second.
func (a *adversary) crossSecond() {
	var ids []int64
	a.attempt(func(tx *odoosim.Tx) error {
		ids = a.pick(tx, "res.partner", 1)
		return tx.Write("res.partner", ids, map[string]any{"phone": a.word()})
	})
	for range 2 {
		a.attempt(func(tx *odoosim.Tx) error { return tx.Write("res.partner", ids, map[string]any{"phone": a.word()}) })
	}
	a.later(time.Second)
	a.attempt(func(tx *odoosim.Tx) error { return tx.Write("res.partner", ids, map[string]any{"phone": a.word()}) })
}

func (a *adversary) create() {
	a.attempt(func(tx *odoosim.Tx) error {
		id, err := tx.Create("product.product", map[string]any{"name": a.word(), "default_code": a.word()})
		if err != nil {
			return err
		}
		rows, err := tx.Read("product.product", []int64{id}, []string{"product_tmpl_id"})
		if err != nil {
			return err
		}
		_, err = tx.Create("product.supplierinfo", map[string]any{
			"partner_id": a.pick(tx, "res.partner", 1)[0], "product_tmpl_id": first(rows[0]["product_tmpl_id"]), "price": 1.5,
		})
		return err
	})
}

func (a *adversary) fail() {
	kinds := []odoosim.Kind{odoosim.BadGateway, odoosim.DropBefore, odoosim.DropAfterCommit, odoosim.Serialization}
	a.sim.Faults().FailNext(1+a.random.IntN(3), kinds[a.random.IntN(len(kinds))])
}

func (a *adversary) outage() { a.sim.Faults().Down(a.random.IntN(2) == 0) }

func (a *adversary) restart() {
	a.halt()
	a.start()
}

// storiesHaveNoGap reads the log from its beginning: what a change says was there
// before is what the change before it left behind.
func (a *adversary) storiesHaveNoGap() error {
	last := map[string][]byte{}
	next := a.log.Oldest()
	for entry, err := range a.log.Read(a.t.Context(), next) {
		if err != nil {
			return err
		}
		if entry.Position != next {
			return fmt.Errorf("position %d follows %d", entry.Position, next-1)
		}
		next++
		var c internalv1.ChangeRecord
		var before, after internalv1.CacheRecord
		if err := errors.Join(proto.Unmarshal(entry.Payload, &c), proto.Unmarshal(c.GetBefore(), &before), proto.Unmarshal(c.GetAfter(), &after)); err != nil {
			return err
		}
		if left, known := last[c.GetName()]; known && !bytes.Equal(left, before.GetContentHash()) {
			return fmt.Errorf("change %d of %s does not begin where the one before it ended", entry.Position, c.GetName())
		}
		if bytes.Equal(before.GetContentHash(), after.GetContentHash()) {
			return fmt.Errorf("change %d of %s changes nothing", entry.Position, c.GetName())
		}
		last[c.GetName()] = after.GetContentHash()
	}
	return nil
}

package capture_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/capture"
	"odoomesh/internal/odoo"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/race"
)

var (
	rounds = flag.Int("adversary.rounds", 2, "rounds of the adversary; each ends with a comparison of everything")
	seed   = flag.Uint64("adversary.seed", 1, "seed of the adversary's choices")
)

// enoughRounds is how many rounds give every trick its chance.
const enoughRounds = 50

// The adversary does to Odoo, and to what stands before it, what makes a naive capture
// lose rows, in all domains, while capture runs, fails, and is stopped and started
// again. After each round the cache has to equal Odoo record for record, within one
// overlap, and the log has to tell every record's story without a gap.
func TestAdversary(t *testing.T) {
	t.Parallel()
	for _, version := range race.Fewer(16, 19) {
		t.Run(fmt.Sprintf("Odoo %d", version), func(t *testing.T) {
			t.Parallel()
			a := newAdversary(t, version, 60)
			a.loaded()
			for round := range *rounds {
				a.round()
				a.healed(fmt.Sprintf("round %d of seed %d", round, *seed))
				t.Logf("round %d has healed", round)
			}
			a.everyTrickWorked()
		})
	}
}

// Thousands of rows under one stamp, and hundreds of deletions at once, are a day's
// import and its correction.
func TestStampede(t *testing.T) {
	t.Parallel()
	a := newAdversary(t, 17, 20)
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
	// raises is the cell that Odoo cannot give.
	raises atomic.Pointer[cell]
	// repairs are done when Odoo comes to rest.
	repairs []func()
	// began is when the round did, by the mesh's clock.
	began time.Time
	// trick is the one that is played; worked counts how often each had an effect, and
	// of the others how often they were played.
	trick  string
	worked map[string]int
}

func newAdversary(t *testing.T, version, products int) *adversary {
	t.Helper()
	a := &adversary{version: version, random: rand.New(rand.NewPCG(*seed, uint64(version))), worked: map[string]int{}}
	a.house = &house{t: t, dir: t.TempDir(), tune: func(c *capture.Config) { c.Relearn, c.Backoff = time.Second, 20*time.Millisecond }}
	a.refusing = func(r odoo.Reader) odoo.Reader { return raising{r, &a.raises} }
	openHouse(a.house, version, products)
	return a
}

// tricks are what the adversary can do, by name.
func (a *adversary) tricks() map[string]func() {
	return map[string]func(){
		"a long transaction begins": a.beginLate, "a long transaction commits": a.commitLate, "a price changes": a.editPrice,
		"a row is written as it is": a.writeTheSame, "a product is archived": a.archive, "rows are deleted": a.deleteSome,
		"a product is archived and deleted": a.archiveAndDelete, "a supplier's prices move": a.mergeSuppliers,
		"partners are merged by SQL": a.mergePartners, "all products are written": a.writeMany, "a second is crossed": a.crossSecond,
		"a product is made": a.create, "calls fail": a.fail, "Odoo is down": a.outage, "capture is started again": a.restart,
		"a day's work": a.live, "a line is written": a.editLine, "what was booked is corrected": a.editDone,
		"quants are merged": a.mergeQuants, "a quant is split": a.splitQuant, "a bill goes back": a.resetBill,
		"bills get other numbers": a.resequence, "an order is cancelled": a.cancelOrder, "a great order": a.bigOrder, "a kit is bought": a.kit,
		"a lot is renamed": a.renumberLot, "a place is renamed": a.renamePlace, "blanks around codes": a.blanks, "a supplier leaves": a.vanish,
		"a stamp in the future": a.stampAhead, "the header's time is wrong": a.shiftHeader, "the database's clock goes back": a.clockBack,
		"a right is lost": a.loseRight, "a row raises": a.raise, "a value is no number": a.notANumber, "a model is slow": a.slow,
		"calls are spoiled on the way": a.spoil,
	}
}

// often are the tricks that are played more often than the others.
var often = []string{
	"a day's work", "a day's work", "a day's work", "a long transaction begins", "a long transaction commits", "a price changes",
}

// round plays some forty tricks and then lets Odoo come to rest.
func (a *adversary) round() {
	// Seconds that a clock may go back to, in which nothing was written.
	a.later(lull)
	a.began = a.now()
	tricks := a.tricks()
	names := append(slices.Sorted(maps.Keys(tricks)), often...)
	for range 40 {
		a.trick = names[a.random.IntN(len(names))]
		tricks[a.trick]()
		a.later(time.Duration(a.random.IntN(1500)) * time.Millisecond)
	}
	a.rest()
}

// everyTrickWorked tells which tricks have never had an effect: such a one is none.
func (a *adversary) everyTrickWorked() {
	a.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(a.tricks())) {
		a.t.Logf("%4d × %s", a.worked[name], name)
		if a.worked[name] == 0 && *rounds >= enoughRounds {
			a.t.Errorf("in %d rounds it never worked: %s", *rounds, name)
		}
	}
}

// works notes that the trick had an effect.
func (a *adversary) works() { a.worked[a.trick]++ }

// rest ends what is under way and lets one overlap pass, with what Odoo's clock may
// be wrong by.
func (a *adversary) rest() {
	for len(a.open) > 0 {
		a.commitLate()
	}
	a.sim.Faults().Clear()
	a.sim.Faults().Down(false)
	a.proxy.Clear()
	for _, repair := range a.repairs {
		repair()
	}
	a.repairs = nil
	a.later(2*time.Minute + time.Second)
}

// healed waits while the time of Odoo's database stands still: no more than what has
// passed of it may be needed.
func (a *adversary) healed(what string) {
	a.t.Helper()
	a.meanwhile = func() {
		a.later(20 * time.Millisecond)
		a.behind.Add(int64(20 * time.Millisecond))
	}
	a.eventually(what, a.equals)
	a.meanwhile = nil
	a.behind.Store(0)
	if err := a.storiesHaveNoGap(); err != nil {
		a.t.Fatalf("%s: %v", what, err)
	}
}

// errNothing says that there is nothing that a trick could be played on.
var errNothing = errors.New("nothing to do it with")

// attempt changes Odoo and says whether it did; two transactions that write the same
// row are the adversary's own fault, as they are a user's in Odoo.
func (a *adversary) attempt(fn func(tx *odoosim.Tx) error) bool {
	switch err := a.sim.Do(fn); {
	case errors.Is(err, errNothing):
		return false
	case err != nil:
		a.t.Logf("%s: refused by Odoo: %v", a.trick, err)
		return false
	}
	a.works()
	return true
}

// some picks rows, at least one.
func (a *adversary) some(tx *odoosim.Tx, model string, n int, domain ...any) ([]int64, error) {
	ids := a.pick(tx, model, n, domain...)
	if len(ids) == 0 {
		return nil, errNothing
	}
	return ids, nil
}

// write writes some rows of a model.
func (a *adversary) write(model string, n int, vals map[string]any, domain ...any) bool {
	return a.attempt(func(tx *odoosim.Tx) error {
		ids, err := a.some(tx, model, n, domain...)
		if err != nil {
			return err
		}
		return tx.Write(model, ids, vals)
	})
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

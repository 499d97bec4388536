package capture_test

import (
	"fmt"
	"time"

	"odoomesh/internal/odooproxy"
	"odoomesh/internal/odoosim"
)

// What goes wrong between capture and Odoo, and with their clocks.

// lull is how long nothing is written before a round.
const lull = 2 * time.Minute

// followed are models that capture asks Odoo for all the time.
var followed = []string{"product.product", "product.supplierinfo", "res.partner", "stock.lot", "stock.quant", "purchase.order", "purchase.order.line", "account.move", "stock.move.line"}

// reading chooses the calls that read a model: Odoo describes fields to everybody.
func reading(model string) odooproxy.Match {
	return odooproxy.Both(odooproxy.Model(model), odooproxy.Method("search_read", "search", "search_count", "read"))
}

func (a *adversary) fail() {
	kinds := []odoosim.Kind{odoosim.BadGateway, odoosim.DropBefore, odoosim.DropAfterCommit, odoosim.Serialization}
	a.sim.Faults().FailNext(1+a.random.IntN(3), kinds[a.random.IntN(len(kinds))])
	a.works()
}

func (a *adversary) outage() {
	a.sim.Faults().Down(a.random.IntN(2) == 0)
	a.works()
}

func (a *adversary) restart() {
	a.halt()
	a.start()
	a.works()
}

// spoil lets the next calls fall to what stands before Odoo.
func (a *adversary) spoil() {
	troubles := []odooproxy.Trouble{
		odooproxy.Cut(), odooproxy.Page(), odooproxy.Forbidden(), odooproxy.Redirect(), odooproxy.BadGateway(),
		odooproxy.TooManyRequests(""), odooproxy.TooManyRequests("1"), odooproxy.AfterCommit(odooproxy.BadGateway()),
	}
	a.proxy.Next(1+a.random.IntN(3), odooproxy.Data, troubles[a.random.IntN(len(troubles))])
	a.works()
}

// forAWhile lets a trouble last some seconds, or until Odoo comes to rest.
func (a *adversary) forAWhile(end func()) {
	if a.random.IntN(2) == 0 {
		a.later(time.Duration(a.random.IntN(5000)) * time.Millisecond)
		end()
	}
	a.works()
}

// loseRight takes the right on one model away for a while.
func (a *adversary) loseRight() {
	a.forAWhile(a.proxy.Always(reading(followed[a.random.IntN(len(followed))]), odooproxy.Denied()))
}

// slow lets one model answer slowly until Odoo comes to rest.
func (a *adversary) slow() {
	a.proxy.Always(reading(followed[a.random.IntN(len(followed))]), odooproxy.Slow(300*time.Millisecond))
	a.works()
}

// spoiledRow writes a row whose value Odoo cannot give well from now on, and writes it
// again when Odoo can.
func (a *adversary) spoiledRow(spoil func(id int64) (end func())) {
	const model = "product.product"
	var ids []int64
	write := func(tx *odoosim.Tx) error {
		return tx.Write(model, ids, map[string]any{"weight": float64(1 + a.random.IntN(99))})
	}
	var end func()
	if !a.attempt(func(tx *odoosim.Tx) (err error) {
		if ids, err = a.some(tx, model, 1); err != nil {
			return err
		}
		end = spoil(ids[0])
		return write(tx)
	}) {
		if end != nil {
			end()
		}
		return
	}
	a.repairs = append(a.repairs, func() {
		end()
		a.attempt(func(tx *odoosim.Tx) error {
			if left, err := tx.Search(model, []any{[]any{"id", "in", ids}, []any{"active", "in", []any{true, false}}}); err != nil || len(left) == 0 {
				return errNothing
			}
			return write(tx)
		})
	})
}

// raise lets Odoo raise whenever the weight of a product is asked for.
func (a *adversary) raise() {
	if a.raises.Load() != nil {
		return
	}
	a.spoiledRow(func(id int64) func() {
		a.raises.Store(&cell{"product.product", id, "weight"})
		return func() { a.raises.Store(nil) }
	})
}

// notANumber lets a product weigh what no number says.
func (a *adversary) notANumber() {
	a.spoiledRow(func(id int64) func() {
		return a.proxy.Always(odooproxy.Model("product.product"), odooproxy.Value(id, "weight", "<double>nan</double>"))
	})
}

// stampAhead stamps a row with a time that has not come.
func (a *adversary) stampAhead() {
	a.future.Store(int64(time.Hour) * (1 + a.random.Int64N(10_000)))
	a.write("product.template", 1, map[string]any{"list_price": float64(a.random.IntN(10000)) / 100})
	a.future.Store(0)
}

// shiftHeader lets the answers come with a wrong time.
func (a *adversary) shiftHeader() {
	a.proxy.ShiftDate(time.Duration(a.random.IntN(3600)-1800) * time.Second)
	a.works()
}

// clockBack sets the clock of Odoo's database back by minutes, to a time in which
// nothing was written, until capture has learnt of it.
func (a *adversary) clockBack() {
	if a.behind.Load() != 0 {
		return
	}
	behind := a.now().Sub(a.began) + 90*time.Second + time.Duration(a.random.IntN(60))*time.Second
	a.behind.Store(int64(behind))
	a.repairs = append(a.repairs, func() {
		a.eventually("the clock is learnt", func() error {
			if c := a.engine.Clock(); !c.Known || (c.Database+behind).Abs() > 5*time.Second {
				return fmt.Errorf("it is %v behind, and known is %+v", behind, c)
			}
			return nil
		})
		a.behind.Store(0)
	})
	a.works()
}

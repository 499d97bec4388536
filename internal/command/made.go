package command

import (
	"fmt"
	"slices"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	"odoomesh/internal/store"
)

// madeTag and what Odoo holds of a command that is done, such as "stock.picking,123", lead
// to the name of the command.
const madeTag = 'm'

// recordOf is what Odoo holds of a command, by model and id; empty where nothing.
func recordOf(s Standing) string {
	if s.Model == "" || s.ID == 0 {
		return ""
	}
	return fmt.Sprintf("%s,%d", s.Model, s.ID)
}

func madeKey(record string) []byte { return append([]byte{madeTag}, record...) }

// made is the fact that Odoo holds something of a command, or after it was put back nothing
// any more; false while that is not known.
func made(i *commandv1.Intent) (store.Fact, bool) {
	fact := store.Fact{Key: madeKey(i.GetOdooRecord())}
	if i.GetState() == stateDone {
		fact.Value = []byte(i.GetCommand())
	}
	return fact, i.GetOdooRecord() != "" && (i.GetState() == stateDone || i.GetState() == stateLost)
}

// Made is the last command by which Odoo came to hold a row as it is, such as
// "stockPositions.scrap" for a transfer; empty where the mesh knows of none.
func (d *Desk) Made(model string, id int64) (name string, err error) {
	facts := d.Ledger.Facts()
	defer facts.Close()
	found, err := facts.Get(madeKey(recordOf(Standing{Model: model, ID: id})))
	return string(found), err
}

// AtWork tells whether one of some commands is being carried out, or looked up in Odoo.
func (d *Desk) AtWork(commands ...string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.running {
		if slices.Contains(commands, r.intent().GetIntent().GetCommand()) {
			return true
		}
	}
	return false
}

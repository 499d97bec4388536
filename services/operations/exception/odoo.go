package exception

import (
	"fmt"
	"strings"
	"time"

	"odoomesh/internal/clock"
	"odoomesh/internal/command"
)

// Odoo says that Odoo is not the one that it was, once that cannot pass any more.
func Odoo(changed func() (command.Change, bool)) Watch {
	return Looks(OdooChanged, func() []Cause {
		change, is := changed()
		if !is || change.Etag == "" {
			return nil
		}
		return []Cause{{
			Kind: OdooChanged, Subject: "odoo",
			Summary: "Odoo is not the one that it was: nothing is written to it until somebody accepts it.",
			Detail: strings.Join(change.Evidence, "\n") + "\nmeshctl odoo reconcile shows what the ledger says is done and Odoo does not have; with --accept and --reason commands go on. " +
				"Where the mesh was led to a wrong Odoo, mend odoo-url or odoo-db first.",
		}}
	})
}

// Deferred says that commands wait to be carried out later for longer than they should.
func Deferred(standing func() (waiting int, oldest time.Time, limit int), most time.Duration, c clock.Clock) Watch {
	return Looks(CommandsWait, func() []Cause {
		n, oldest, limit := standing()
		if n == 0 || c.Now().Sub(oldest) < most {
			return nil
		}
		return []Cause{{
			Kind: CommandsWait, Subject: "commands",
			Summary: "Commands that were put off are not carried out: the oldest waits since " + oldest.UTC().Format(time.RFC3339) + ".",
			Detail: fmt.Sprintf("The longest that one should wait is %s (deferred-alarm), and %d may wait (deferred-limit). See whether Odoo answers, and with meshctl intents list --filter 'state = DEFERRED' what waits; "+
				"meshctl intents cancel gives one up. What comes behind one on the same document waits for it.", most, limit),
		}}
	})
}

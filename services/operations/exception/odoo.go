package exception

import (
	"strings"

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

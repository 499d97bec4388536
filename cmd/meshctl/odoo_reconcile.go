package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
)

func (c *client) reconcileCommand() *cobra.Command {
	var accept bool
	var reason string
	cmd := &cobra.Command{
		Use:   "reconcile",
		Short: "Show what is done and Odoo does not have, and let commands go on",
		Long: "reconcile asks the mesh what its ledger says is done and Odoo does not have, such as\n" +
			"after Odoo was restored. Nothing is written to an Odoo that is not the one that it\n" +
			"was before somebody accepts it, by --accept and --reason. What Odoo does not have is\n" +
			"lost from then on: it is not carried out again by itself, and who still wants it\n" +
			"sends it under another request id.\n" +
			fmt.Sprintf("The exit code is %d while Odoo is another one, or lacks something.", codeDifferent),
		Example: "  meshctl odoo reconcile\n  meshctl odoo reconcile --accept --reason 'restored to Sunday 02:00, ticket 4711'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if accept && strings.TrimSpace(reason) == "" {
				return wrong("reconcile --accept needs --reason: why this Odoo is right as it is")
			}
			if !accept && reason != "" {
				return wrong("reconcile takes --reason with --accept alone")
			}
			return c.reconcile(cmd, accept, reason)
		},
	}
	cmd.Flags().BoolVar(&accept, "accept", false, "Let commands go on with Odoo as it is now.")
	cmd.Flags().StringVar(&reason, "reason", "", "Why it is right so; kept with your name.")
	return cmd
}

func (c *client) reconcile(cmd *cobra.Command, accept bool, reason string) error {
	mesh, err := c.operations()
	if err != nil {
		return err
	}
	// It looks up many commands in Odoo.
	ctx, cancel := c.stream(cmd)
	defer cancel()
	found, err := mesh.CompareLedger(ctx, &operationsv1.CompareLedgerRequest{})
	if err != nil {
		return err
	}
	if !accept {
		return c.comparedLedger(found)
	}
	if found.GetChange() == nil {
		return &outcome{code: codeUsage, text: "Odoo is the one that it was: there is nothing to accept"}
	}
	if found.GetChange().GetEtag() == "" {
		return &outcome{code: codeDown, text: "what was found of Odoo may still pass: ask again in half a minute"}
	}
	done, err := mesh.AcceptOdoo(ctx, &operationsv1.AcceptOdooRequest{Etag: found.GetChange().GetEtag(), Reason: reason})
	if err != nil {
		return err
	}
	if c.asJSON() {
		return c.line(done)
	}
	if err := c.lost(done.GetLost()); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Accepted: commands go on. Of %d that are done, Odoo does not have %d.\n", done.GetCompared(), len(done.GetLost()))
	return nil
}

// comparedLedger prints a comparison.
func (c *client) comparedLedger(r *operationsv1.CompareLedgerResponse) error {
	if c.asJSON() {
		if err := c.line(r); err != nil {
			return err
		}
	} else if err := c.comparison(r); err != nil {
		return err
	}
	if r.GetChange() != nil || len(r.GetLost()) > 0 {
		return &outcome{code: codeDifferent}
	}
	return nil
}

func (c *client) comparison(r *operationsv1.CompareLedgerResponse) error {
	if change := r.GetChange(); change != nil {
		fmt.Fprintf(c.out, "Nothing is written to Odoo since %s: it %s.\n", at(change.GetNoticeTime()), changeWord(change))
		for _, e := range change.GetEvidence() {
			fmt.Fprintf(c.out, "  %s\n", clean(e))
		}
	}
	if err := c.lost(r.GetLost()); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%d commands that are done were looked up, Odoo does not have %d of them; %d older ones were not looked up.\n",
		r.GetCompared(), len(r.GetLost()), r.GetLeftOut())
	return nil
}

// lost prints what Odoo does not have.
func (c *client) lost(all []*operationsv1.LostIntent) error {
	if len(all) == 0 {
		return nil
	}
	t := newTable(c.out, "DOCUMENT", "COMMAND", "DONE", "ASKED BY", "REQUEST ID", "IN ODOO", "SEEN", "INTENT")
	t.widest = uncut
	for _, l := range all {
		i := l.GetIntent()
		t.row(i.GetDocument(), i.GetCommand(), at(i.GetUpdateTime()), i.GetPrincipal(), i.GetRequestId(), lossWord(l.GetLoss()), l.GetEvidence(), i.GetName())
	}
	return t.flush()
}

func lossWord(l operationsv1.LostIntent_Loss) string {
	switch l {
	case operationsv1.LostIntent_LOSS_GONE:
		return "gone"
	case operationsv1.LostIntent_LOSS_OTHER:
		return "another record"
	case operationsv1.LostIntent_LOSS_UNDONE:
		return "not done"
	}
	return "not seen"
}

func changeWord(c *operationsv1.OdooChange) string {
	switch c.GetKind() {
	case operationsv1.OdooChange_KIND_UPGRADED:
		return "was upgraded"
	case operationsv1.OdooChange_KIND_COPIED:
		return "is another database, such as a copy"
	}
	return "was put back to an earlier state"
}

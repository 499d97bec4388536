package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
)

func (c *client) resyncCommand() *cobra.Command {
	var accept bool
	cmd := &cobra.Command{
		Use:   "resync COLLECTION",
		Short: "Read all records of a collection from Odoo again",
		Long: "resync reads every record from Odoo, compares all ids, and brings the copy up to\n" +
			"date. Reads are answered meanwhile. A mass deletion is held back, with exit\n" +
			fmt.Sprintf("code %d, unless it is accepted: it may be a lost right in Odoo.", codeHeldBack),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeCollection,
	}
	cmd.Flags().BoolVar(&accept, "accept-deletions", false, "Delete what Odoo no longer shows, however much it is.")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		of, err := collectionOf(args[0])
		if err != nil {
			return err
		}
		mesh, err := c.operations()
		if err != nil {
			return err
		}
		ctx, cancel := c.stream(cmd)
		defer cancel()
		stream, err := mesh.ResyncDomain(ctx, &operationsv1.ResyncDomainRequest{Collection: of.name, AcceptDeletions: accept})
		if err != nil {
			return err
		}
		return c.resync(of.name, stream.Recv)
	}
	return cmd
}

func (c *client) resync(collection string, next func() (*operationsv1.ResyncDomainResponse, error)) error {
	b := &bar{out: c.errs, on: c.terminal && !c.asJSON(), label: collection}
	var totals *operationsv1.ResyncTotals
	for {
		m, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			b.end()
			return err
		}
		totals = m.GetTotals()
		if c.asJSON() {
			if err := c.line(m); err != nil {
				return err
			}
			continue
		}
		b.show(m.GetProgress(), fmt.Sprintf("%s, %d changed", rows(m.GetProgress()), m.GetChanged()))
	}
	b.end()
	if totals == nil {
		return errors.New("the mesh ended the resync without its totals")
	}
	if !c.asJSON() {
		t := newTable(c.out, "COLLECTION", "CHECKED", "CHANGED", "DELETED", "HELD BACK")
		n := func(i int64) string { return strconv.FormatInt(i, 10) }
		t.row(collection, n(totals.GetChecked()), n(totals.GetChanged()), n(totals.GetDeleted()), n(totals.GetHeld()))
		if err := t.flush(); err != nil {
			return err
		}
	}
	if totals.GetHeld() > 0 {
		return &outcome{code: codeHeldBack, text: heldBack(collection, totals.GetHeld())}
	}
	return nil
}

// barWidth is how many characters a full bar has.
const barWidth = 30

// bar shows a person how far something long is, in one line that is written over.
type bar struct {
	out   io.Writer
	on    bool
	label string
	shown bool
}

// show draws the bar, with a text behind it.
func (b *bar) show(p *operationsv1.Progress, text string) {
	if !b.on {
		return
	}
	full := barWidth
	if p.GetTotal() > 0 {
		full = int(min(p.GetDone(), p.GetTotal()) * barWidth / p.GetTotal())
	}
	b.shown = true
	fmt.Fprintf(b.out, "\r\x1b[K%s [%s%s] %s", b.label, strings.Repeat("#", full), strings.Repeat("-", barWidth-full), text)
}

// end takes the bar away.
func (b *bar) end() {
	if b.shown {
		fmt.Fprint(b.out, "\r\x1b[K")
	}
}

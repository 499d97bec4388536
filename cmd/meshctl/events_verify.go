package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

func (c *client) eventsVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Compare what the events add up to with Odoo's stock",
		Long: "verify adds up all events by product, location, lot, owner and package, and compares\n" +
			"each balance with what Odoo held when the mesh last looked, which it tells. It\n" +
			fmt.Sprintf("changes nothing. Where a balance differs the exit code is %d.", codeDrift),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			inventory, err := c.inventory()
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			v, err := inventory.VerifyBalances(ctx, &inventoryv1.VerifyBalancesRequest{})
			if err != nil {
				return err
			}
			if c.asJSON() {
				err = c.line(v)
			} else {
				err = c.drifts(v)
			}
			if err == nil && v.GetDrifting() > 0 {
				return &outcome{code: codeDrift}
			}
			return err
		},
	}
}

func (c *client) drifts(v *inventoryv1.VerifyBalancesResponse) error {
	fmt.Fprintf(c.out, "%d balances compared, up to event %d: ", v.GetCompared(), v.GetLastEvent())
	if v.GetDrifting() == 0 {
		fmt.Fprintf(c.out, "all are equal to Odoo's stock %s\n", c.asOf(v.GetFreshness()))
		return c.explained(v)
	}
	fmt.Fprintf(c.out, "%d differ from Odoo's stock %s\n\n", v.GetDrifting(), c.asOf(v.GetFreshness()))
	t := newTable(c.out, "STOCK POSITION", "PRODUCT", "LOCATION", "LOT", "EVENTS SAY", "ODOO SAYS", "SINCE")
	for _, d := range v.GetDrifts() {
		t.row(d.GetStockPosition(), d.GetProduct(), d.GetLocation(), d.GetLot(), d.GetEventsQuantity().GetValue(), d.GetOdooQuantity().GetValue(), moment(d.GetSinceTime()))
	}
	if err := t.flush(); err != nil {
		return err
	}
	if more := v.GetDrifting() - int64(len(v.GetDrifts())); more > 0 {
		fmt.Fprintf(c.errs, "meshctl: %d more differ\n", more)
	}
	return c.explained(v)
}

// explained shows what differs by something that is known, if anything does.
func (c *client) explained(v *inventoryv1.VerifyBalancesResponse) error {
	if v.GetExplainedCount() == 0 {
		return nil
	}
	fmt.Fprintf(c.out, "\nbesides, %d differ by what is known and no alarm\n\n", v.GetExplainedCount())
	t := newTable(c.out, "STOCK POSITION", "EVENTS SAY", "ODOO SAYS", "WHY", "ACKNOWLEDGED BY", "REASON")
	for _, d := range v.GetExplained() {
		t.row(d.GetStockPosition(), d.GetEventsQuantity().GetValue(), d.GetOdooQuantity().GetValue(),
			short(d.GetCause().String(), "STOCK_DRIFT_CAUSE_"), d.GetAcknowledgedBy(), d.GetReason())
	}
	return t.flush()
}

// asOf says which moment a comparison holds for.
func (c *client) asOf(f *typesv1.Freshness) string {
	text := "as of a time that is not known yet"
	if t := f.GetVerifiedTime(); t != nil {
		text = fmt.Sprintf("as of %s, %s", t.AsTime().Format(time.RFC3339), c.ago(t))
	}
	if !f.GetOdooReachable() {
		text += "; Odoo does not answer now"
	}
	return text
}

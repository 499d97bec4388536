package main

import (
	"fmt"

	"github.com/spf13/cobra"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

func (c *client) eventsVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Compare what the events add up to with Odoo's stock",
		Long: "verify adds up all events by product, location, lot, owner and package, and compares\n" +
			"each balance with what Odoo holds. It changes nothing. Where one differs the exit\n" +
			fmt.Sprintf("code is %d.", codeDrift),
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
		fmt.Fprintln(c.out, "all are equal to Odoo's stock")
		return nil
	}
	fmt.Fprintf(c.out, "%d differ\n\n", v.GetDrifting())
	t := newTable(c.out, "STOCK POSITION", "PRODUCT", "LOCATION", "LOT", "EVENTS SAY", "ODOO SAYS")
	for _, d := range v.GetDrifts() {
		t.row(d.GetStockPosition(), d.GetProduct(), d.GetLocation(), d.GetLot(), d.GetEventsQuantity().GetValue(), d.GetOdooQuantity().GetValue())
	}
	if err := t.flush(); err != nil {
		return err
	}
	if more := v.GetDrifting() - int64(len(v.GetDrifts())); more > 0 {
		fmt.Fprintf(c.errs, "meshctl: %d more differ\n", more)
	}
	return nil
}

package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
)

func (c *client) accessUsageCommand() *cobra.Command {
	r := &accessv1.ListUsageRequest{PageSize: 1000}
	var within time.Duration
	cmd := &cobra.Command{
		Use:   "usage",
		Short: "List who has called which method, with which client, and when last",
		Long: "usage tells who would notice if a method, or a version of the contract, went away.\n" +
			"Calls are counted for each principal, method and client, which is the first product of\n" +
			"its User-Agent; refused ones are not. It needs the right to operate access.",
		Example: "  meshctl access usage --method /mesh.order.v1. --within 720h",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if within < 0 {
				return wrong("--within %s lies in the future", within)
			}
			if within > 0 {
				r.Since = timestamppb.New(c.clock.Now().Add(-within))
			}
			mesh, err := c.access()
			if err != nil {
				return err
			}
			t := newTable(c.out, "PRINCIPAL", "METHOD", "CLIENT", "CALLS", "FIRST", "LAST")
			t.widest = uncut
			uncounted := int64(0)
			for more := true; more; more = r.GetPageToken() != "" {
				ctx, cancel := c.call(cmd)
				page, err := mesh.ListUsage(ctx, r)
				cancel()
				if err != nil {
					return err
				}
				for _, u := range page.GetUsage() {
					if c.asJSON() {
						if err := c.line(u); err != nil {
							return err
						}
						continue
					}
					t.row(u.GetPrincipal(), u.GetMethod(), u.GetClient(), strconv.FormatInt(u.GetCalls(), 10), at(u.GetFirstTime()), at(u.GetLastTime()))
				}
				r.PageToken, uncounted = page.GetNextPageToken(), page.GetUncounted()
			}
			if uncounted > 0 {
				fmt.Fprintf(c.errs, "meshctl: %d calls are in no row, as there are as many rows as there may be\n", uncounted)
			}
			if c.asJSON() {
				return nil
			}
			return t.flush()
		},
	}
	cmd.Flags().StringVar(&r.Principal, "principal", "", "Only this principal.")
	cmd.Flags().StringVar(&r.MethodPrefix, "method", "", "Only methods whose full name begins so.")
	cmd.Flags().DurationVar(&within, "within", 0, "Only what was called within this time, such as 720h; 0: ever.")
	return cmd
}

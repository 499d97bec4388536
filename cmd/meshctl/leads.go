package main

import (
	"strconv"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
)

func (c *client) leadTimesCommand() *cobra.Command {
	r, all, since, until := &summaryv1.SummarizeLeadTimesRequest{}, false, ago{client: c}, ago{client: c}
	cmd := &cobra.Command{
		Use:   "lead-times [RECORD]",
		Short: "See how long suppliers took to deliver, and how much came late",
		Example: `  meshctl lead-times --within 26w
  meshctl lead-times suppliers/7 --by product --all
  meshctl lead-times --since 2026-01-01 --until 2026-07-01`,
		Args: cobra.MaximumNArgs(1), ValidArgsFunction: completeSubject,
	}
	cmd.Flags().StringVar(&r.GroupBy, "by", "supplier", "What the times are told apart by: supplier, product, company, with commas.")
	cmd.Flags().StringVar(&r.Within, "within", "", "Of deliveries in how long a time until now, such as 26w or 90d. Empty: 52w.")
	cmd.Flags().Var(&since, "since", "Of deliveries from this time on: "+timeHelp)
	cmd.Flags().Var(&until, "until", "Of deliveries before this time, written in the same ways.")
	cmd.Flags().StringVar(&r.Supplier, "supplier", "", "Of this supplier alone, such as suppliers/7.")
	cmd.Flags().StringVar(&r.Product, "product", "", "Of this product alone, such as products/42.")
	cmd.Flags().Int64Var(&r.CompanyId, "company", 0, "Of this company alone, by Odoo's id.")
	cmd.Flags().BoolVar(&all, "all", false, "All groups, not the first page.")
	cmd.MarkFlagsMutuallyExclusive("within", "since")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := c.subjectOf(cmd, args); err != nil {
			return err
		}
		r.StartTime, r.EndTime = since.timestamp(), until.timestamp()
		t := newGroups(c.out, "DELIVERIES", "MEDIAN DAYS", "90 % WITHIN", "SHORTEST", "LONGEST", "LATE", "OF", "LATE SHARE")
		return c.summing(cmd, all, t, func(sums summaryv1.SummaryServiceClient, token string) (proto.Message, string, error) {
			ctx, cancel := c.call(cmd)
			defer cancel()
			r.PageToken = token
			answer, err := sums.SummarizeLeadTimes(ctx, r)
			for _, s := range answer.GetSums() {
				group := grouped([]string{s.GetSupplier(), s.GetSupplierDisplayName()}, []string{s.GetSku(), s.GetProductDisplayName()}, []string{s.GetCompany()})
				t.row(group, strconv.FormatInt(s.GetDeliveryCount(), 10), s.GetMedianDays().GetValue(), s.GetNinetiethPercentileDays().GetValue(), s.GetShortestDays().GetValue(), s.GetLongestDays().GetValue(),
					strconv.FormatInt(s.GetLateCount(), 10), strconv.FormatInt(s.GetDatedCount(), 10), s.GetLateShare().GetValue())
			}
			return answer, answer.GetNextPageToken(), err
		})
	}
	return cmd
}

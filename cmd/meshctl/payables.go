package main

import (
	"strconv"

	"github.com/spf13/cobra"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"

	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
)

func (c *client) payablesCommand() *cobra.Command {
	r, all := &summaryv1.SummarizePayablesRequest{}, false
	cmd := &cobra.Command{
		Use:   "payables [RECORD]",
		Short: "Add up what is owed to suppliers and what they owe, by supplier and currency",
		Long: "payables adds up open bills less open refunds, which is NET: below nought the supplier\n" +
			"owes it. Drafts are told beside it, and, by what the lines of orders say, what is\n" +
			"received and not billed (UNBILLED), billed and not received (UNRECEIVED), and still to\n" +
			"come (TO COME), without taxes. How many documents each is of, stands in -o csv and json.",
		Example: "  meshctl payables suppliers/7\n  meshctl payables --by currency\n  meshctl payables --all -o csv",
		Args:    cobra.MaximumNArgs(1), ValidArgsFunction: completeSubject,
	}
	cmd.Flags().StringVar(&r.GroupBy, "by", "supplier", "What the sums are told apart by, beside the currency: supplier, company, with a comma; currency alone.")
	cmd.Flags().StringVar(&r.Supplier, "supplier", "", "Of this supplier alone, such as suppliers/7.")
	cmd.Flags().Int64Var(&r.CompanyId, "company", 0, "Of this company alone, by Odoo's id.")
	cmd.Flags().BoolVar(&all, "all", false, "All groups, not the first page.")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := c.subjectOf(cmd, args); err != nil {
			return err
		}
		t := newGroups(c.out, "CURRENCY", "BILLS", "OVERDUE", "FIRST DUE", "REFUNDS", "NET", "DRAFT BILLS", "DRAFT REFUNDS", "UNBILLED", "UNRECEIVED", "TO COME")
		return c.summing(cmd, all, t, func(sums summaryv1.SummaryServiceClient, token string) (proto.Message, string, error) {
			ctx, cancel := c.call(cmd)
			defer cancel()
			r.PageToken = token
			answer, err := sums.SummarizePayables(ctx, r)
			for _, s := range answer.GetSums() {
				t.row(grouped([]string{s.GetSupplier(), s.GetSupplierDisplayName()}, []string{s.GetCompany()}), s.GetCurrencyCode(),
					comesTo(s.GetOpenBillAmount(), s.GetOpenBillCount()), comesTo(s.GetOverdueBillAmount(), s.GetOverdueBillCount()), day(s.GetEarliestDueDate()),
					comesTo(s.GetOpenRefundAmount(), s.GetOpenRefundCount()), comesTo(s.GetNetAmount(), s.GetOpenBillCount()+s.GetOpenRefundCount()),
					comesTo(s.GetDraftBillAmount(), s.GetDraftBillCount()), comesTo(s.GetDraftRefundAmount(), s.GetDraftRefundCount()),
					comesTo(s.GetEstimatedUnbilledAmount(), s.GetUnbilledLineCount()), comesTo(s.GetEstimatedUnreceivedAmount(), s.GetUnreceivedLineCount()), comesTo(s.GetOutstandingAmount(), s.GetOpenOrderCount()))
			}
			return answer, answer.GetNextPageToken(), err
		})
	}
	return cmd
}

// comesTo is what some documents come to, whose currency stands beside it: a dash where there
// are none, and how many they are where the caller meets no amounts.
func comesTo(m *money.Money, documents int64) string {
	switch {
	case documents == 0:
		return "-"
	case m == nil:
		return "(" + strconv.FormatInt(documents, 10) + ")"
	}
	return amount(m)
}

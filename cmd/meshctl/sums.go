package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// summing answers pages of sums until there are no more, or one where not all are wanted.
func (c *client) summing(cmd *cobra.Command, all bool, t *table, ask func(summaryv1.SummaryServiceClient, string) (answer proto.Message, next string, err error)) error {
	conn, err := c.conn()
	if err != nil {
		return err
	}
	var rows *separated
	for token := ""; ; {
		answer, next, err := ask(summaryv1.NewSummaryServiceClient(conn), token)
		if err != nil {
			return err
		}
		switch {
		case c.asJSON():
			err = c.line(answer)
		case c.output == asCSV:
			rows, err = c.separate(rows, answer.ProtoReflect())
		default:
			err = t.flush()
		}
		if err != nil {
			return err
		}
		if token = next; token == "" || !all {
			if token != "" {
				fmt.Fprintln(cmd.ErrOrStderr(), "meshctl: there are more; ask for them with --all")
			}
			c.noteAge(answer.ProtoReflect())
			return nil
		}
	}
}

// separate writes the sums of an answer as CSV, with all that they say; rows is what those
// before were written with, nil for the first.
func (c *client) separate(rows *separated, answer protoreflect.Message) (*separated, error) {
	var sums protoreflect.FieldDescriptor
	for i := range answer.Descriptor().Fields().Len() {
		if fd := answer.Descriptor().Fields().Get(i); sums == nil && fd.IsList() {
			sums = fd
		}
	}
	if rows == nil {
		var err error
		if rows, err = newSeparated(csv.NewWriter(c.out), sumColumns(sums.Message()), c.headless); err != nil {
			return nil, err
		}
	}
	all := answer.Get(sums).List()
	for i := range all.Len() {
		if err := rows.record(all.Get(i).Message()); err != nil {
			return nil, err
		}
	}
	return rows, rows.flush()
}

// sumColumns are all fields of a sum; of a unit what it is called.
func sumColumns(sum protoreflect.MessageDescriptor) (all []column) {
	for i := range sum.Fields().Len() {
		c := column{sum.Fields().Get(i)}
		if m := c[0].Message(); m != nil && m.FullName() == (*typesv1.UnitOfMeasure)(nil).ProtoReflect().Descriptor().FullName() {
			c = append(c, m.Fields().ByName("display_name"))
		}
		all = append(all, c)
	}
	return all
}

// sums marks commands that show sums.
func sums(all ...*cobra.Command) []*cobra.Command {
	for _, cmd := range all {
		cmd.Annotations = map[string]string{showsSums: "yes"}
	}
	return all
}

func (c *client) stockCommand() *cobra.Command {
	r, all, outside, past := &summaryv1.SummarizeStockRequest{}, false, false, ago{client: c}
	cmd := &cobra.Command{
		Use:   "stock [RECORD]",
		Short: "Add up stock by product, location, lot and company",
		Example: `  meshctl stock products/42
  meshctl stock NAC-01001 --by location
  meshctl stock --by product,location --all`,
		Args: cobra.MaximumNArgs(1), ValidArgsFunction: completeSubject,
	}
	cmd.Flags().StringVar(&r.GroupBy, "by", "product", "What the sums are told apart by: product, location, lot, company, with commas. \"\": one sum.")
	cmd.Flags().StringVar(&r.Product, "product", "", "Of this product alone, such as products/42.")
	cmd.Flags().StringVar(&r.Location, "location", "", "At this place and below it alone, such as locations/8.")
	cmd.Flags().StringVar(&r.Lot, "lot", "", "Of this lot alone, such as lots/17.")
	cmd.Flags().Int64Var(&r.CompanyId, "company", 0, "Of this company alone, by Odoo's id.")
	cmd.Flags().Var(&past, "as-of", "As of a time in the past: "+timeHelp)
	cmd.Flags().BoolVar(&outside, "outside", false, "At places outside the house, such as those that stand for customers.")
	cmd.Flags().BoolVar(&all, "all", false, "All groups, not the first page.")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := c.subjectOf(cmd, args); err != nil {
			return err
		}
		r.InHouse = proto.Bool(!outside)
		r.AsOfTime = past.timestamp()
		t := newGroups(c.out, "ON HAND", "RESERVED", "AVAILABLE", "HELD", "INCOMING", "OUTGOING", "UNIT", "POSITIONS", "ESTIMATED VALUE")
		return c.summing(cmd, all, t, func(sums summaryv1.SummaryServiceClient, token string) (proto.Message, string, error) {
			ctx, cancel := c.call(cmd)
			defer cancel()
			r.PageToken = token
			answer, err := sums.SummarizeStock(ctx, r)
			for _, s := range answer.GetSums() {
				group := grouped([]string{s.GetProduct(), s.GetSku(), s.GetProductDisplayName()}, []string{s.GetLocation(), s.GetLocationCompleteName()}, []string{s.GetLot(), s.GetLotNumber()}, []string{s.GetCompany()})
				t.row(group, s.GetOnHandQuantity().GetValue(), s.GetReservedQuantity().GetValue(), s.GetAvailableQuantity().GetValue(), s.GetHeldQuantity().GetValue(),
					s.GetIncomingQuantity().GetValue(), s.GetOutgoingQuantity().GetValue(), s.GetUnit().GetDisplayName(), strconv.FormatInt(s.GetPositionCount(), 10), prices(s.GetEstimatedValues()))
			}
			return answer, answer.GetNextPageToken(), err
		})
	}
	return cmd
}

func (c *client) expiringCommand() *cobra.Command {
	r, all := &summaryv1.ListExpiringStockRequest{}, false
	cmd := &cobra.Command{
		Use:     "expiring [RECORD]",
		Short:   "List which lots in the house expire soon, where, and what they are worth",
		Example: "  meshctl expiring --within 60d",
		Args:    cobra.MaximumNArgs(1), ValidArgsFunction: completeSubject,
	}
	cmd.Flags().StringVar(&r.Within, "within", "30d", "Within which time, such as 60d or 8w.")
	cmd.Flags().BoolVar(&r.IncludeExpired, "expired", false, "What has expired already, too.")
	cmd.Flags().StringVar(&r.Product, "product", "", "Of this product alone, such as products/42.")
	cmd.Flags().StringVar(&r.Location, "location", "", "At this place and below it alone, such as locations/8.")
	cmd.Flags().BoolVar(&all, "all", false, "All of it, not the first page.")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := c.subjectOf(cmd, args); err != nil {
			return err
		}
		t := newTable(c.out, "EXPIRES", "PRODUCT", "LOT", "PLACE", "QUANTITY", "UNIT", "HOLD", "ESTIMATED VALUE")
		return c.summing(cmd, all, t, func(sums summaryv1.SummaryServiceClient, token string) (proto.Message, string, error) {
			ctx, cancel := c.call(cmd)
			defer cancel()
			r.PageToken = token
			answer, err := sums.ListExpiringStock(ctx, r)
			for _, e := range answer.GetExpiringStock() {
				hold := ""
				if e.GetHoldState() > inventoryv1.HoldState_HOLD_STATE_FREE {
					hold = short(e.GetHoldState().String(), "HOLD_STATE_")
				}
				t.row(day(e.GetExpirationDate()), strings.Join(spoken(e.GetSku(), e.GetProductDisplayName()), " "), e.GetLotNumber(), e.GetLocationCompleteName(),
					e.GetQuantity().GetValue(), e.GetUnit().GetDisplayName(), hold, price(e.GetEstimatedValue()))
			}
			return answer, answer.GetNextPageToken(), err
		})
	}
	return cmd
}

func (c *client) openOrdersCommand() *cobra.Command {
	r, all := &summaryv1.SummarizeOrdersRequest{}, false
	cmd := &cobra.Command{
		Use:     "open-orders [RECORD]",
		Short:   "Add up what is ordered and has not come yet, by supplier",
		Example: "  meshctl open-orders suppliers/7\n  meshctl open-orders --product products/42",
		Args:    cobra.MaximumNArgs(1), ValidArgsFunction: completeSubject,
	}
	cmd.Flags().StringVar(&r.GroupBy, "by", "supplier", "What the sums are told apart by: supplier, company, with a comma. \"\": one sum.")
	cmd.Flags().StringVar(&r.Supplier, "supplier", "", "Of this supplier alone, such as suppliers/7.")
	cmd.Flags().StringVar(&r.Product, "product", "", "Of this product alone, such as products/42.")
	cmd.Flags().BoolVar(&all, "all", false, "All groups, not the first page.")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := c.subjectOf(cmd, args); err != nil {
			return err
		}
		t := newGroups(c.out, "ORDERS", "LINES", "OUTSTANDING", "FIRST EXPECTED", "LATE ORDERS", "LATE LINES")
		return c.summing(cmd, all, t, func(sums summaryv1.SummaryServiceClient, token string) (proto.Message, string, error) {
			ctx, cancel := c.call(cmd)
			defer cancel()
			r.PageToken = token
			answer, err := sums.SummarizeOrders(ctx, r)
			for _, s := range answer.GetSums() {
				t.row(grouped([]string{s.GetSupplier(), s.GetSupplierDisplayName()}, []string{s.GetCompany()}), strconv.FormatInt(s.GetOrderCount(), 10), strconv.FormatInt(s.GetLineCount(), 10),
					prices(s.GetOutstandingAmounts()), day(s.GetEarliestExpectedDate()), strconv.FormatInt(s.GetLateOrderCount(), 10), strconv.FormatInt(s.GetLateLineCount(), 10))
			}
			return answer, answer.GetNextPageToken(), err
		})
	}
	return cmd
}

func (c *client) consumptionCommand() *cobra.Command {
	r, all := &summaryv1.SummarizeConsumptionRequest{}, false
	cmd := &cobra.Command{
		Use:   "consumption [RECORD]",
		Short: "Add up what was used, by product or ward, and for how many days stock lasts",
		Example: `  meshctl consumption --within 90d
  meshctl consumption --by location,product --all`,
		Args: cobra.MaximumNArgs(1), ValidArgsFunction: completeSubject,
	}
	cmd.Flags().StringVar(&r.GroupBy, "by", "product", "What the sums are told apart by: product, location, with a comma.")
	cmd.Flags().StringVar(&r.Within, "within", "30d", "In how long a time until now, such as 90d or 12w.")
	cmd.Flags().StringVar(&r.Product, "product", "", "Of this product alone, such as products/42.")
	cmd.Flags().StringVar(&r.Location, "location", "", "Of this ward and those below it alone, such as locations/8.")
	cmd.Flags().BoolVar(&all, "all", false, "All groups, not the first page.")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := c.subjectOf(cmd, args); err != nil {
			return err
		}
		t := newGroups(c.out, "CONSUMED", "RETURNED", "A DAY", "ON HAND", "DAYS OF COVER", "UNIT", "MOVEMENTS")
		return c.summing(cmd, all, t, func(sums summaryv1.SummaryServiceClient, token string) (proto.Message, string, error) {
			ctx, cancel := c.call(cmd)
			defer cancel()
			r.PageToken = token
			answer, err := sums.SummarizeConsumption(ctx, r)
			for _, s := range answer.GetSums() {
				group := grouped([]string{s.GetProduct(), s.GetSku(), s.GetProductDisplayName()}, []string{s.GetLocation(), s.GetLocationCompleteName()})
				t.row(group, s.GetConsumedQuantity().GetValue(), s.GetReturnedQuantity().GetValue(), s.GetDailyQuantity().GetValue(), s.GetOnHandQuantity().GetValue(),
					s.GetDaysOfCover().GetValue(), s.GetUnit().GetDisplayName(), strconv.FormatInt(s.GetMovementCount(), 10))
			}
			return answer, answer.GetNextPageToken(), err
		})
	}
	return cmd
}

// newGroups is a table of sums, of which the first column names the group. Its cells are
// as wide as they are: grouped has cut what it puts there, each part by itself.
func newGroups(out io.Writer, headers ...string) *table {
	t := newTable(out, append([]string{"GROUP"}, headers...)...)
	t.widest = widestGroup
	return t
}

// widestGroup is more than grouped makes of four parts.
const widestGroup = 4*widestCell + 8

// grouped names a group by all that it is told apart by, so that a long name of a
// product leaves room for the place.
func grouped(parts ...[]string) string {
	var all []string
	for _, part := range parts {
		all = append(all, shorten(clean(strings.Join(spoken(part...), " ")), widestCell))
	}
	return strings.Join(spoken(all...), ", ")
}

// spoken are those of the texts that say something.
func spoken(texts ...string) (said []string) {
	for _, text := range texts {
		if text != "" {
			said = append(said, text)
		}
	}
	return said
}

// prices are amounts in several currencies.
func prices(all []*money.Money) string {
	var texts []string
	for _, m := range all {
		texts = append(texts, price(m))
	}
	return strings.Join(texts, ", ")
}

// day is a date; a dash where there is none.
func day(d *date.Date) string {
	if d == nil {
		return "-"
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.GetYear(), d.GetMonth(), d.GetDay())
}

package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
)

func (c *client) traceCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "trace LOT",
		Short: "Show where a lot or serial number came from and everywhere it went",
		Long: "trace takes a lot's name, such as lots/17, or its number. Where several products\n" +
			"have a lot of that number, it lists them and wants the name.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, err := c.conn()
			if err != nil {
				return err
			}
			name, err := c.lotName(cmd, inventoryv1.NewInventoryServiceClient(conn), args[0])
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			way, err := tracev1.NewTraceServiceClient(conn).TraceLot(ctx, &tracev1.TraceLotRequest{Name: name})
			if err != nil {
				return err
			}
			if c.asJSON() {
				return c.line(way)
			}
			return c.way(way)
		},
	}
}

// lotName is the name of the one lot that is meant.
func (c *client) lotName(cmd *cobra.Command, inventory inventoryv1.InventoryServiceClient, lot string) (string, error) {
	if strings.HasPrefix(lot, "lots/") {
		return lot, nil
	}
	ctx, cancel := c.call(cmd)
	defer cancel()
	found, err := inventory.ListLots(ctx, &inventoryv1.ListLotsRequest{Filter: "lot_number = " + strconv.Quote(lot)})
	if err != nil {
		return "", err
	}
	if lots := found.GetLots(); len(lots) == 1 {
		return lots[0].GetName(), nil
	}
	var names []string
	for _, l := range found.GetLots() {
		names = append(names, fmt.Sprintf("%s (of %s)", l.GetName(), l.GetProduct()))
	}
	if len(names) == 0 {
		names = c.lotsBearing(cmd, lot)
		if len(names) == 1 {
			return names[0], nil
		}
	}
	if len(names) == 0 {
		return "", wrong("there is no lot with the number %s", lot)
	}
	return "", wrong("several lots have the number %s: name one of %s", lot, strings.Join(names, ", "))
}

// lotsBearing are the lots with a number in another case than it was typed in; none where
// the mesh finds none, or does not answer.
func (c *client) lotsBearing(cmd *cobra.Command, number string) (lots []string) {
	found, err := c.bearing(cmd, number)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(found, func(name string) bool { return !strings.HasPrefix(name, "lots/") })
}

func (c *client) way(way *tracev1.LotTrace) error {
	unit := way.GetUnit().GetDisplayName()
	fmt.Fprintf(c.out, "Lot %s of %s, in %s\n", way.GetLot().GetLotNumber(), way.GetLot().GetProduct(), unit)
	from := newTable(c.out, "CAME", "QUANTITY", "FROM", "ORDER", "RECEIPT", "TRANSFER")
	for _, o := range way.GetOrigins() {
		whence := strings.TrimSpace(o.GetSupplier() + " " + o.GetSupplierName())
		if place := o.GetAssignedLocation(); place != "" {
			whence = strings.TrimSpace("stock without this lot at " + place + " " + o.GetSourceLot())
		}
		from.row(moment(o.GetArriveTime()), o.GetQuantity().GetValue(), whence, o.GetOrder(), o.GetReceipt(), o.GetTransferNumber())
	}
	now := newTable(c.out, "IS AT", "NAME", "QUANTITY", "SINCE")
	for _, w := range way.GetWhereabouts() {
		now.row(w.GetLocation(), w.GetLocationName(), w.GetQuantity().GetValue(), moment(w.GetLastMoveTime()))
	}
	steps := newTable(c.out, "MOVED", "WHY", "QUANTITY", "FROM", "TO", "TRANSFER", "LEFT THERE", "THEN HERE")
	for _, s := range way.GetSteps() {
		steps.row(moment(s.GetMoveTime()), short(s.GetType().String(), "INVENTORY_EVENT_TYPE_"), s.GetQuantity().GetValue(),
			s.GetSourceLocation(), s.GetDestinationLocation(), s.GetTransferNumber(), s.GetSourceBalance().GetValue(), s.GetDestinationBalance().GetValue())
	}
	for _, t := range []*table{from, now, steps} {
		fmt.Fprintln(c.out)
		if err := t.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) journeyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "journey NUMBER",
		Short: "Show the chain of documents behind a business number",
		Long: "journey takes an order's number or the supplier's reference for it, a receipt's\n" +
			"number or tracking number, a lot or serial number, or a bill's number. Where\n" +
			"documents that have nothing to do with each other bear it, it shows each chain.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, err := c.conn()
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			j, err := tracev1.NewTraceServiceClient(conn).GetJourney(ctx, &tracev1.GetJourneyRequest{Number: args[0]})
			if err != nil {
				return err
			}
			if c.asJSON() {
				return c.line(j)
			}
			return c.journey(args[0], j)
		},
	}
}

func (c *client) journey(number string, j *tracev1.Journey) error {
	if len(j.GetChains()) < 2 {
		return c.milestones(j.GetMilestones())
	}
	fmt.Fprintf(c.out, "%d chains of documents have the number %s and nothing else in common.\n", len(j.GetChains()), number)
	for i, chain := range j.GetChains() {
		head := []string{strings.Join(chain.GetFound(), " ")}
		for i, supplier := range chain.GetSuppliers() {
			head = append(head, strings.TrimSpace(supplier+" "+chain.GetSupplierNames()[i]))
		}
		head = append(head, chain.GetProducts()...)
		if chain.GetCompany() != "" {
			head = append(head, chain.GetCompany())
		}
		fmt.Fprintf(c.out, "\n%d. %s\n", i+1, strings.Join(head, ", "))
		if err := c.milestones(chain.GetMilestones()); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) milestones(line []*tracev1.Milestone) error {
	t := newTable(c.out, "WHEN", "WHAT", "NUMBER", "STATE", "SUPPLIER", "LOTS", "AMOUNT", "RECORD")
	for _, m := range line {
		t.row(moment(m.GetOccurTime()), short(m.GetType().String(), "MILESTONE_TYPE_"), m.GetNumber(), m.GetSourceState(), m.GetSupplier(),
			strings.Join(m.GetLotNumbers(), " "), price(m.GetAmount()), m.GetDocument())
	}
	return t.flush()
}

// moment is a time in UTC to the second; a dash where there is none.
func moment(t *timestamppb.Timestamp) string {
	if t == nil {
		return "-"
	}
	return t.AsTime().UTC().Format(time.DateTime)
}

// short is an enum value in words: "return to supplier".
func short(name, prefix string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, prefix), "_", " "))
}

// price is an amount with its currency; empty where there is none.
func price(m *money.Money) string {
	if m == nil {
		return ""
	}
	return amount(m) + " " + m.GetCurrencyCode()
}

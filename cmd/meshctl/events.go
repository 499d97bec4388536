package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

func (c *client) eventsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "events",
		Short: "List, stream, verify and export what happened to the stock",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return wrong("events needs one of list, stream, verify, export") },
	}
	cmd.AddCommand(c.eventsListCommand(), c.eventsStreamCommand(), c.eventsVerifyCommand(), c.eventsExportCommand())
	return cmd
}

func (c *client) inventory() (inventoryv1.InventoryServiceClient, error) {
	conn, err := c.conn()
	if err != nil {
		return nil, err
	}
	return inventoryv1.NewInventoryServiceClient(conn), nil
}

// instant is a flag for a time: RFC 3339, or a date, which is its midnight in UTC.
type instant struct{ at time.Time }

func (i *instant) String() string {
	if i.at.IsZero() {
		return ""
	}
	return i.at.Format(time.RFC3339Nano)
}

// Type implements pflag.Value.
func (i *instant) Type() string { return "time" }

// Set implements pflag.Value.
func (i *instant) Set(text string) error {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			i.at = at.UTC()
			return nil
		}
	}
	return errors.New("a time is written as 2026-11-23T12:00:00Z, or as the date 2026-11-23, which is its midnight in UTC")
}

func (i *instant) timestamp() *timestamppb.Timestamp {
	if i.at.IsZero() {
		return nil
	}
	return timestamppb.New(i.at)
}

const (
	filterHelp = "Which events, as in AIP-160: product = \"products/42\" AND type = RECEIPT."
	fromHelp   = "Begin where nothing that happened at this time or later is left out: " + timeHelp
)

func (c *client) eventsListCommand() *cobra.Command {
	var filter string
	from, to := ago{client: c}, ago{client: c}
	var limit int64
	var last int32
	var all bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List events, the oldest first, or the last ones, the newest first",
		Args:  cobra.NoArgs,
	}
	cmd.Flags().StringVar(&filter, "filter", "", filterHelp)
	cmd.Flags().Var(&from, "from", fromHelp)
	cmd.Flags().Var(&to, "to", "Leave out what happened at this time or later; written in the same ways.")
	cmd.Flags().Int32Var(&last, "last", 0, "Only the last events, so many, at most 1000, the newest first.")
	cmd.Flags().Int64Var(&limit, "limit", 50, "Events at most.")
	cmd.Flags().BoolVar(&all, "all", false, "All events.")
	cmd.MarkFlagsMutuallyExclusive("all", "limit", "last")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		left, err := eventsAtMost(cmd, limit, last, all)
		if err != nil {
			return err
		}
		return c.listEvents(cmd, &inventoryv1.ListInventoryEventsRequest{Filter: filter, StartTime: from.timestamp(), EndTime: to.timestamp(), Last: last}, left)
	}
	return cmd
}

func (c *client) listEvents(cmd *cobra.Command, in *inventoryv1.ListInventoryEventsRequest, left int64) error {
	inventory, err := c.inventory()
	if err != nil {
		return err
	}
	show := c.eventPrinter(newTable(c.out, eventHeaders()...))
	for {
		in.PageSize = int32(min(left, 1000))
		ctx, cancel := c.call(cmd)
		page, err := inventory.ListInventoryEvents(ctx, in)
		cancel()
		if err != nil {
			return err
		}
		if err := show.events(page.GetInventoryEvents()); err != nil {
			return err
		}
		left -= int64(len(page.GetInventoryEvents()))
		in.Last = min(in.GetLast(), int32(max(left, 1)))
		in.PageToken = page.GetNextPageToken()
		if in.PageToken == "" || left <= 0 {
			c.moreEvents(cmd, in.PageToken)
			c.noteAge(page.ProtoReflect())
			return nil
		}
	}
}

func (c *client) eventsStreamCommand() *cobra.Command {
	in := &inventoryv1.StreamInventoryEventsRequest{}
	from := ago{client: c}
	cmd := &cobra.Command{
		Use:   "stream",
		Short: "Show events as they come, until interrupted",
		Long: "stream shows each event once, in order: all of history, unless --from, --position\n" +
			"or --now says where to begin, and then what happens. At its end it tells the\n" +
			"position to go on from.",
		Args: cobra.NoArgs,
	}
	cmd.Flags().StringVar(&in.Filter, "filter", "", filterHelp)
	cmd.Flags().Var(&from, "from", fromHelp)
	cmd.Flags().StringVar(&in.Position, "position", "", "Go on behind this position, with the filter that it came from.")
	cmd.Flags().BoolVar(&in.FromNow, "now", false, "Begin behind the newest event.")
	cmd.MarkFlagsMutuallyExclusive("from", "position", "now")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		in.StartTime = from.timestamp()
		inventory, err := c.inventory()
		if err != nil {
			return err
		}
		return c.untilInterrupted(cmd, func(ctx context.Context) (string, error) { return c.streamEvents(ctx, inventory, in) })
	}
	return cmd
}

// untilInterrupted shows a stream until it ends, or somebody ends it, and tells where to
// go on.
func (c *client) untilInterrupted(cmd *cobra.Command, show func(ctx context.Context) (position string, err error)) error {
	ctx, cancel := c.stream(cmd)
	defer cancel()
	position, err := show(ctx)
	if cmd.Context().Err() != nil {
		err = nil // interrupted, as is the way to end it
	}
	if position != "" {
		fmt.Fprintf(c.errs, "meshctl: to go on from here: --position %s\n", position)
	}
	return err
}

// streamEvents prints events until the stream ends, and answers the last position.
func (c *client) streamEvents(ctx context.Context, inventory inventoryv1.InventoryServiceClient, in *inventoryv1.StreamInventoryEventsRequest) (string, error) {
	stream, err := inventory.StreamInventoryEvents(ctx, in)
	if err != nil {
		return "", err
	}
	show := c.eventPrinter(newStream(c.out, eventHeaders(), usualEventWidths()))
	position := ""
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return position, nil
		}
		if err != nil {
			return position, err
		}
		if err := show.events(withNames(m)); err != nil {
			return position, err
		}
		position = m.GetPosition()
	}
}

// eventPrinter prints events, one a line.
type eventPrinter struct {
	client *client
	table  *table
}

func (c *client) eventPrinter(t *table) *eventPrinter {
	t.widest = widestEventCell
	return &eventPrinter{client: c, table: t}
}

// widestEventCell bounds a column of a table that has many.
const widestEventCell = 32

func eventHeaders() []string {
	return []string{"EVENT", "HAPPENED", "WHY", "PRODUCT", "LOT", "QUANTITY", "UNIT", "FROM", "LEFT THERE", "TO", "THEN HERE", "DOCUMENT"}
}

// usualEventWidths leave room for most events.
func usualEventWidths() []int {
	place, product := len("locations/1234"), len("products/12345")
	return []int{len("123456"), len(time.DateTime), len("return to supplier"), product, widthOfText, widthOfNumber, widthOfNumber, place, widthOfNumber, place, widthOfNumber, 0}
}

func (p *eventPrinter) events(events []*inventoryv1.InventoryEvent) error {
	if p.client.asJSON() {
		for _, e := range events {
			if err := p.client.line(e); err != nil {
				return err
			}
		}
		return nil
	}
	for _, e := range events {
		p.table.row(strings.TrimPrefix(e.GetName(), "inventoryEvents/"), moment(e.GetSourceTime()), why(e), called(e, e.GetProduct()), e.GetLotNumber(),
			e.GetQuantity().GetValue(), e.GetUnit().GetDisplayName(), called(e, e.GetSourceLocation()), e.GetSourceBalance().GetValue(),
			called(e, e.GetDestinationLocation()), e.GetDestinationBalance().GetValue(), documents(e))
	}
	return p.table.flush()
}

// why is an event's reason in words.
func why(e *inventoryv1.InventoryEvent) string {
	text := short(e.GetType().String(), "INVENTORY_EVENT_TYPE_")
	if e.GetType() == inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_UNSPECIFIED {
		text = e.GetSourceType()
	}
	if of, corrects := strings.CutPrefix(e.GetCorrects(), "inventoryEvents/"); corrects {
		text += ", corrects " + of
	}
	return text
}

func documents(e *inventoryv1.InventoryEvent) string {
	var all []string
	for _, d := range e.GetDocuments() {
		text := d.GetNumber()
		if text == "" {
			text = d.GetDocument()
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

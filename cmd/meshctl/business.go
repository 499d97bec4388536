package main

import (
	"math"
	"strings"

	"github.com/spf13/cobra"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	"odoomesh/internal/nearest"
	"odoomesh/services/event/rules"
)

func (c *client) businessEventsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "business-events",
		Short: "List and stream what happened to orders, goods, bills and master data",
		Long: "business-events shows the events of docs/events.md, such as that an order was released\n" +
			"or goods were received. What happened to the stock, movement by movement, is shown by\n" +
			"meshctl events; who reads business events by meshctl consumers.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return wrong("business-events needs one of list, stream, types") },
	}
	cmd.AddCommand(c.businessListCommand(), c.businessStreamCommand(), c.businessTypesCommand())
	return cmd
}

// happening is which business events are asked for.
type happening struct {
	types           []string
	subject, filter string
	from            ago
}

func (h *happening) flags(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&h.types, "type", nil, "Of these types alone, such as order.released or mesh.order.released.v1.")
	cmd.Flags().StringVar(&h.subject, "subject", "", "About this record alone, such as orders/42.")
	cmd.Flags().StringVar(&h.filter, "filter", "", "Which events besides, as in AIP-160: company = \"Nordhaven\".")
	cmd.Flags().Var(&h.from, "from", "Begin where nothing that happened at this time or later is left out: "+timeHelp)
	_ = cmd.RegisterFlagCompletionFunc("type", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return shortTypes(), cobra.ShellCompDirectiveNoFileComp
	})
}

// asked is the filter that the flags come to.
func (h *happening) asked() (string, error) {
	var all []string
	var types []string
	for _, text := range h.types {
		full, err := eventType(text)
		if err != nil {
			return "", err
		}
		types = append(types, `type = "`+full+`"`)
	}
	if len(types) > 0 {
		all = append(all, "("+strings.Join(types, " OR ")+")")
	}
	if h.subject != "" {
		all = append(all, `subject = "`+strings.ReplaceAll(canonical(h.subject), `"`, `\"`)+`"`)
	}
	if h.filter != "" {
		all = append(all, "("+h.filter+")")
	}
	return strings.Join(all, " AND "), nil
}

// shortTypes are the types of events as people say them.
func shortTypes() []string {
	var all []string
	for _, t := range rules.Types() {
		all = append(all, shortType(t.GetType()))
	}
	return all
}

// shortType leaves out of a type what all have.
func shortType(full string) string {
	return strings.TrimSuffix(strings.TrimPrefix(full, "mesh."), ".v1")
}

// eventType finds a type by its name, whole or short.
func eventType(text string) (string, error) {
	for _, t := range rules.Types() {
		if text == t.GetType() || text == shortType(t.GetType()) {
			return t.GetType(), nil
		}
	}
	if word := nearest.Word(shortType(text), shortTypes()); word != "" {
		return "", wrong("--type: there is no event %q; did you mean %s? meshctl business-events types lists all", text, word)
	}
	return "", wrong("--type: there is no event %q; meshctl business-events types lists all", text)
}

func (c *client) businessListCommand() *cobra.Command {
	h := &happening{from: ago{client: c}}
	to, last, limit, all := ago{client: c}, int32(0), int64(50), false
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List business events, the oldest first, or the last ones, the newest first",
		Example: `  meshctl business-events list --last 20
  meshctl business-events list --type order.released,goods.received --from yesterday
  meshctl business-events list --subject orders/42 --all`,
		Args: cobra.NoArgs,
	}
	h.flags(cmd)
	cmd.Flags().Var(&to, "to", "Leave out what happened at this time or later, written in the same ways.")
	cmd.Flags().Int32Var(&last, "last", 0, "Only the last events, so many, at most 1000, the newest first.")
	cmd.Flags().Int64Var(&limit, "limit", 50, "Events at most.")
	cmd.Flags().BoolVar(&all, "all", false, "All events.")
	cmd.MarkFlagsMutuallyExclusive("all", "limit", "last")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		filter, err := h.asked()
		if err != nil {
			return err
		}
		left, err := eventsAtMost(cmd, limit, last, all)
		if err != nil {
			return err
		}
		return c.listBusiness(cmd, &eventv1.ListEventsRequest{Filter: filter, StartTime: h.from.timestamp(), EndTime: to.timestamp(), Last: last}, left)
	}
	return cmd
}

// eventsAtMost is how many events a list has, by its flags.
func eventsAtMost(cmd *cobra.Command, limit int64, last int32, all bool) (int64, error) {
	switch {
	case limit <= 0:
		return 0, wrong("--limit is above 0; --all lists everything")
	case all:
		return math.MaxInt64, nil
	case !cmd.Flags().Changed("last"):
		return limit, nil
	case last < 1 || last > 1000:
		return 0, wrong("--last is from 1 to 1000; --all lists everything")
	}
	return int64(last), nil
}

func (c *client) listBusiness(cmd *cobra.Command, in *eventv1.ListEventsRequest, left int64) error {
	events, err := c.businessEvents()
	if err != nil {
		return err
	}
	show := c.businessPrinter(newTable(c.out, businessHeaders()...))
	for {
		in.PageSize = int32(min(left, 1000))
		ctx, cancel := c.call(cmd)
		page, err := events.ListEvents(ctx, in)
		cancel()
		if err != nil {
			return err
		}
		if err := show.events(page.GetEvents(), page.GetReferences()); err != nil {
			return err
		}
		left -= int64(len(page.GetEvents()))
		in.Last = min(in.GetLast(), int32(max(left, 1)))
		in.PageToken = page.GetNextPageToken()
		if in.PageToken == "" || left <= 0 {
			c.moreEvents(cmd, in.PageToken)
			c.noteAge(page.ProtoReflect())
			return nil
		}
	}
}

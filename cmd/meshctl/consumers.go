package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
)

func (c *client) consumersCommand() *cobra.Command {
	group := &cobra.Command{
		Use:   "consumers",
		Short: "See who reads business events, and how far behind each is",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return wrong("consumers needs one of list, get, delete") },
	}
	group.AddCommand(
		&cobra.Command{Use: "list", Short: "List consumers with their lag", Args: cobra.NoArgs, RunE: c.listConsumers},
		&cobra.Command{Use: "get CONSUMER...", Short: "See how far consumers have come", Args: cobra.MinimumNArgs(1), RunE: c.getConsumers},
		&cobra.Command{
			Use: "delete CONSUMER...", Short: "Forget consumers that will not come back", Args: cobra.MinimumNArgs(1),
			Long: "delete forgets how far a consumer has come. One that comes back begins anew, at the\noldest event that is kept. A stream that is open under its name ends.",
			RunE: c.deleteConsumers,
		},
	)
	return group
}

func (c *client) businessEvents() (eventv1.EventServiceClient, error) {
	conn, err := c.conn()
	if err != nil {
		return nil, err
	}
	return eventv1.NewEventServiceClient(conn), nil
}

func (c *client) listConsumers(cmd *cobra.Command, _ []string) error {
	events, err := c.businessEvents()
	if err != nil {
		return err
	}
	ctx, cancel := c.call(cmd)
	defer cancel()
	all, err := events.ListConsumers(ctx, &eventv1.ListConsumersRequest{})
	if err != nil {
		return err
	}
	return c.showConsumers(all.GetConsumers())
}

func (c *client) getConsumers(cmd *cobra.Command, names []string) error {
	events, err := c.businessEvents()
	if err != nil {
		return err
	}
	var all []*eventv1.Consumer
	err = c.eachName(cmd, names, func(name string, _ bool) error {
		ctx, cancel := c.call(cmd)
		defer cancel()
		one, err := events.GetConsumer(ctx, &eventv1.GetConsumerRequest{Name: consumerName(name)})
		if err == nil {
			all = append(all, one)
		}
		return err
	})
	if len(all) > 0 {
		if err := c.showConsumers(all); err != nil {
			return err
		}
	}
	return err
}

func (c *client) showConsumers(all []*eventv1.Consumer) error {
	if c.asJSON() {
		for _, k := range all {
			if err := c.line(k); err != nil {
				return err
			}
		}
		return nil
	}
	t := newTable(c.out, "NAME", "OWNER", "BEHIND BY", "STREAM", "ACKNOWLEDGED", "LAST")
	for _, k := range all {
		stream := "none"
		if k.GetConnected() {
			stream = "open"
		}
		t.row(k.GetName(), k.GetOwner(), strconv.FormatInt(k.GetLag(), 10), stream, strconv.FormatInt(k.GetAcknowledgedSequence(), 10), c.ago(k.GetAcknowledgeTime()))
	}
	return t.flush()
}

func (c *client) deleteConsumers(cmd *cobra.Command, names []string) error {
	events, err := c.businessEvents()
	if err != nil {
		return err
	}
	return c.eachName(cmd, names, func(name string, _ bool) error {
		ctx, cancel := c.call(cmd)
		defer cancel()
		if _, err := events.DeleteConsumer(ctx, &eventv1.DeleteConsumerRequest{Name: consumerName(name)}); err != nil {
			return err
		}
		fmt.Fprintf(c.errs, "meshctl: %s is forgotten\n", clean(consumerName(name)))
		return nil
	})
}

// consumerName is a consumer's resource name, also where only its last part was written.
func consumerName(name string) string {
	const collection = "consumers/"
	return collection + strings.TrimPrefix(name, collection)
}

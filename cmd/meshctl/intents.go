package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
)

// unsettled is the filter of the intents that somebody may have to look after.
const unsettled = "state != DONE AND state != CANCELLED AND state != REFUSED"

func (c *client) intentsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "intents",
		Short: "See what became of commands, and settle those that stand still",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return wrong("intents needs one of list, get, watch, retry, cancel")
		},
	}
	cmd.AddCommand(c.intentsListCommand(), c.intentsGetCommand(), c.intentsWatchCommand(), c.intentsRetryCommand(), c.intentsCancelCommand())
	return cmd
}

func (c *client) intents() (commandv1.IntentServiceClient, error) {
	conn, err := c.conn()
	if err != nil {
		return nil, err
	}
	return commandv1.NewIntentServiceClient(conn), nil
}

func (c *client) intentsListCommand() *cobra.Command {
	var filter string
	var all bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the intents that are not settled, the newest first",
		Example: "  meshctl intents list\n  meshctl intents list --filter 'document = \"orders/42\"'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if filter == "" && !all {
				filter = unsettled
			}
			return c.listIntents(cmd, filter)
		},
	}
	cmd.Flags().StringVar(&filter, "filter", "", "Which intents, as in AIP-160, in place of those that are not settled.")
	cmd.Flags().BoolVar(&all, "all", false, "Settled ones too.")
	return cmd
}

func (c *client) listIntents(cmd *cobra.Command, filter string) error {
	mesh, err := c.intents()
	if err != nil {
		return err
	}
	t := c.intentTable()
	for token := ""; ; {
		ctx, cancel := c.call(cmd)
		page, err := mesh.ListIntents(ctx, &commandv1.ListIntentsRequest{Filter: filter, PageToken: token, PageSize: 1000})
		cancel()
		if err != nil {
			return err
		}
		if err := c.intentRows(t, page.GetIntents()); err != nil {
			return err
		}
		if token = page.GetNextPageToken(); token == "" {
			return nil
		}
	}
}

func (c *client) intentTable() *table {
	t := newStream(c.out, []string{"INTENT", "STATE", "COMMAND", "DOCUMENT", "ASKED BY", "SINCE", "EXPLANATION"}, nil)
	t.widest = uncut
	return t
}

// intentRows prints intents, one a line.
func (c *client) intentRows(t *table, intents []*commandv1.Intent) error {
	for _, i := range intents {
		if c.asJSON() {
			if err := c.line(i); err != nil {
				return err
			}
			continue
		}
		t.row(i.GetName(), intentState(i), i.GetCommand(), i.GetDocument(), i.GetPrincipal(), at(i.GetUpdateTime()), i.GetExplanation())
	}
	if c.asJSON() {
		return nil
	}
	return t.flush()
}

func (c *client) intentsWatchCommand() *cobra.Command {
	in := &commandv1.WatchIntentsRequest{FromNow: true}
	cmd := &cobra.Command{
		Use:     "watch",
		Short:   "Show each change of an intent as it comes, until interrupted",
		Example: "  meshctl intents watch --filter 'state = ACTION_REQUIRED'",
		Args:    cobra.NoArgs,
	}
	all := cmd.Flags().Bool("all", false, "Begin with the first change that the ledger has.")
	cmd.Flags().StringVar(&in.Filter, "filter", "", "Which changes, as in AIP-160, by what the intent is like after them.")
	cmd.Flags().StringVar(&in.Position, "position", "", "Go on behind this position, with the filter that it came from.")
	cmd.MarkFlagsMutuallyExclusive("all", "position")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		in.FromNow = !*all
		mesh, err := c.intents()
		if err != nil {
			return err
		}
		return c.untilInterrupted(cmd, func(ctx context.Context) (string, error) { return c.watchIntents(ctx, mesh, in) })
	}
	return cmd
}

// watchIntents prints changes until the stream ends, and answers the last position.
func (c *client) watchIntents(ctx context.Context, mesh commandv1.IntentServiceClient, in *commandv1.WatchIntentsRequest) (position string, err error) {
	stream, err := mesh.WatchIntents(ctx, in)
	if err != nil {
		return "", err
	}
	for t := c.intentTable(); ; {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return position, nil
		}
		if err != nil {
			return position, err
		}
		if err := c.intentRows(t, m.GetIntents()); err != nil {
			return position, err
		}
		position = m.GetPosition()
	}
}

func (c *client) intentsGetCommand() *cobra.Command {
	return &cobra.Command{
		Use: "get NAME", Short: "Show all that is known of an intent", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			mesh, err := c.intents()
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			i, err := mesh.GetIntent(ctx, &commandv1.GetIntentRequest{Name: args[0]})
			if err != nil {
				return err
			}
			return c.intent(i)
		},
	}
}

func (c *client) intentsRetryCommand() *cobra.Command {
	return &cobra.Command{
		Use: "retry NAME", Short: "Try an intent again that is not done, refused, or waits for a person", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			mesh, err := c.intents()
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			i, err := mesh.RetryIntent(ctx, &commandv1.RetryIntentRequest{Name: args[0]})
			if err != nil {
				return err
			}
			return c.intent(i)
		},
	}
}

func (c *client) intentsCancelCommand() *cobra.Command {
	var explanation string
	cmd := &cobra.Command{
		Use: "cancel NAME --explanation TEXT", Short: "Give an intent up that is not done", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(explanation) == "" {
				return wrong("cancel needs --explanation: why it is given up")
			}
			mesh, err := c.intents()
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			i, err := mesh.CancelIntent(ctx, &commandv1.CancelIntentRequest{Name: args[0], Explanation: explanation})
			if err != nil {
				return err
			}
			return c.intent(i)
		},
	}
	cmd.Flags().StringVar(&explanation, "explanation", "", "Why it is given up.")
	return cmd
}

// intent prints all of an intent.
func (c *client) intent(i *commandv1.Intent) error {
	if c.asJSON() {
		return c.line(i)
	}
	t := newTable(c.out)
	t.widest = uncut
	for _, row := range [][2]string{
		{"Intent", i.GetName()}, {"Command", i.GetCommand()}, {"Document", i.GetDocument()}, {"State", intentState(i)},
		{"Explanation", i.GetExplanation()}, {"Evidence", i.GetEvidence()}, {"Reason", i.GetReason()},
		{"Asked by", i.GetPrincipal()}, {"Request id", i.GetRequestId()}, {"Since", at(i.GetUpdateTime())},
	} {
		if row[1] != "" {
			t.row(row[0], row[1])
		}
	}
	for _, d := range i.GetDeviations() {
		t.row("Deviation", fmt.Sprintf("%s: asked %q, found %q", d.GetField(), d.GetAsked(), d.GetFound()))
	}
	for _, w := range i.GetWarnings() {
		t.row("Warning", w)
	}
	for _, call := range i.GetCalls() {
		t.row("Call", call.GetModel()+"."+call.GetMethod()+" "+call.GetSubject())
	}
	return t.flush()
}

func intentState(i *commandv1.Intent) string {
	if i.GetName() == "" {
		return "validated"
	}
	return words(i.GetState().String(), "STATE_")
}

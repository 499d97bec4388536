package main

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
)

// lasting is the filter of the exceptions whose cause is still there.
const lasting = "state != CLOSED"

func (c *client) exceptionsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "exceptions",
		Short: "See what people have to settle, and say that it is known",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return wrong("exceptions needs one of list, get, acknowledge") },
	}
	cmd.AddCommand(c.exceptionsListCommand(), c.exceptionsGetCommand(), c.acknowledgeCommand())
	return cmd
}

func (c *client) exceptions() (operationsv1.ExceptionServiceClient, error) {
	conn, err := c.conn()
	if err != nil {
		return nil, err
	}
	return operationsv1.NewExceptionServiceClient(conn), nil
}

func (c *client) exceptionsListCommand() *cobra.Command {
	var filter string
	var closed bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the exceptions whose cause is still there, the newest first",
		Example: "  meshctl exceptions list --filter 'kind = STOCK_WITHOUT_MOVEMENT AND state = OPEN'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if filter == "" && !closed {
				filter = lasting
			}
			return c.listExceptions(cmd, filter)
		},
	}
	cmd.Flags().StringVar(&filter, "filter", "", "Which exceptions, as in AIP-160, in place of those whose cause is still there.")
	cmd.Flags().BoolVar(&closed, "closed", false, "Closed ones too.")
	return cmd
}

func (c *client) listExceptions(cmd *cobra.Command, filter string) error {
	mesh, err := c.exceptions()
	if err != nil {
		return err
	}
	t := newStream(c.out, []string{"EXCEPTION", "STATE", "KIND", "OPENED", "SUMMARY"}, nil)
	t.widest = uncut
	for token := ""; ; {
		ctx, cancel := c.call(cmd)
		page, err := mesh.ListExceptions(ctx, &operationsv1.ListExceptionsRequest{Filter: filter, PageToken: token, PageSize: 1000})
		cancel()
		if err != nil {
			return err
		}
		for _, e := range page.GetExceptions() {
			if c.asJSON() {
				if err := c.line(e); err != nil {
					return err
				}
				continue
			}
			t.row(e.GetName(), exceptionState(e), exceptionKind(e), at(e.GetOpenTime()), e.GetSummary())
		}
		if !c.asJSON() {
			if err := t.flush(); err != nil {
				return err
			}
		}
		if token = page.GetNextPageToken(); token == "" {
			return nil
		}
	}
}

func (c *client) exceptionsGetCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "get NAME",
		Short:   "Show all that is known of an exception",
		Example: "  meshctl exceptions get exceptions/17",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			mesh, err := c.exceptions()
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			e, err := mesh.GetException(ctx, &operationsv1.GetExceptionRequest{Name: args[0]})
			if err != nil {
				return err
			}
			return c.exception(e)
		},
	}
}

func (c *client) acknowledgeCommand() *cobra.Command {
	var reason, etag string
	cmd := &cobra.Command{
		Use:   "acknowledge NAME --reason TEXT",
		Short: "Say that an exception is known, and why it may stay",
		Long: "acknowledge notes in your name that you know of an exception. It stays acknowledged\n" +
			"until its cause is gone; one that comes back is another exception.",
		Example: "  meshctl exceptions acknowledge exceptions/17 --reason 'counted on Monday, ticket 4711'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return wrong("acknowledge needs --reason: why the exception may stay, or what is done about it")
			}
			mesh, err := c.exceptions()
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			e, err := mesh.AcknowledgeException(ctx, &operationsv1.AcknowledgeExceptionRequest{Name: args[0], Reason: reason, Etag: etag})
			if err != nil {
				return err
			}
			return c.exception(e)
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "Why it may stay, or what is done about it.")
	cmd.Flags().StringVar(&etag, "etag", "", "The exception's etag as you have seen it: refused when it has changed since.")
	return cmd
}

// exception prints all of an exception.
func (c *client) exception(e *operationsv1.Exception) error {
	if c.asJSON() {
		return c.line(e)
	}
	t := newTable(c.out)
	t.widest = uncut
	t.row("Exception", e.GetName())
	t.row("State", exceptionState(e))
	t.row("Kind", exceptionKind(e))
	t.row("Subject", e.GetSubject())
	t.row("Summary", e.GetSummary())
	if e.GetDetail() != "" {
		t.row("Detail", e.GetDetail())
	}
	names := make([]string, 0, len(e.GetNumbers()))
	for name := range e.GetNumbers() {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t.row("  "+name, e.GetNumbers()[name])
	}
	t.row("Opened", at(e.GetOpenTime()))
	if e.GetCloseTime() != nil {
		t.row("Closed", at(e.GetCloseTime()))
	}
	if a := e.GetAcknowledgement(); a != nil {
		t.row("Acknowledged", at(a.GetAcknowledgeTime())+" by "+cmp.Or(a.GetAcknowledgedBy(), "someone on the mesh's machine")+": "+a.GetReason())
	}
	t.row("Etag", e.GetEtag())
	return t.flush()
}

func exceptionState(e *operationsv1.Exception) string {
	return words(e.GetState().String(), "EXCEPTION_STATE_")
}

func exceptionKind(e *operationsv1.Exception) string {
	return words(e.GetKind().String(), "EXCEPTION_KIND_")
}

// words is an enumeration's value as people read it, such as "stock drift".
func words(value, prefix string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(value, prefix)), "_", " ")
}

// at is a time as tables show it.
func at(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return t.AsTime().Format(time.DateTime)
}

package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
	"odoomesh/internal/access"
)

func (c *client) accessCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "access",
		Short: "See who may do what and why, who does it, and what another access file would change",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return wrong("access needs one of explain, break-glass, check, diff, usage")
		},
	}
	cmd.AddCommand(c.accessExplainCommand(), c.breakGlassCommand(), c.accessCheckCommand(), c.accessDiffCommand(), c.accessUsageCommand())
	return cmd
}

func (c *client) access() (accessv1.AccessServiceClient, error) {
	conn, err := c.conn()
	if err != nil {
		return nil, err
	}
	return accessv1.NewAccessServiceClient(conn), nil
}

func (c *client) accessExplainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain PRINCIPAL METHOD [NAME]",
		Short: "Tell whether a principal may call a method, and which rule decides",
		Long: "explain asks the mesh, which decides by the access file that is in force. METHOD is a\n" +
			"command such as orders.release, or the full name of a method. With the NAME of a record\n" +
			"it tells, too, whether the principal meets this record, and which of its fields it does\n" +
			"not. It needs the right to operate access.\n" +
			fmt.Sprintf("Where the answer is no the exit code is %d.", codeForbidden),
		Example: "  meshctl access explain ann orders.release\n  meshctl access explain portal-medline /mesh.order.v1.OrderService/GetOrder orders/42",
		Args:    cobra.RangeArgs(2, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			mesh, err := c.access()
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			r := &accessv1.ExplainAccessRequest{Principal: args[0], Method: args[1]}
			if len(args) == 3 {
				r.Name = args[2]
			}
			e, err := mesh.ExplainAccess(ctx, r)
			if err != nil {
				return err
			}
			if err := c.decision(e); err != nil {
				return err
			}
			if e.GetDecision() == accessv1.Decision_DECISION_NEVER || e.GetRecord() != nil && !e.GetRecord().GetMet() {
				return &outcome{code: codeForbidden}
			}
			return nil
		},
	}
}

func (c *client) decision(e *accessv1.ExplainAccessResponse) error {
	if c.asJSON() {
		return c.line(e)
	}
	t := newTable(c.out)
	t.widest = uncut
	t.row("Decision", strings.ToLower(strings.TrimPrefix(e.GetDecision().String(), "DECISION_")))
	t.row("Why", e.GetExplanation())
	for _, rule := range e.GetRules() {
		t.row("Rule", rule)
	}
	if e.GetScope() != "" {
		t.row("Scope", e.GetScope())
	}
	if e.GetBreakGlassEndTime() != nil {
		t.row("Broken glass", "until "+at(e.GetBreakGlassEndTime()))
	}
	if r := e.GetRecord(); r != nil {
		met := "is met"
		if !r.GetMet() {
			met = "is not met"
		}
		t.row("Record", r.GetName()+" "+met+". "+r.GetExplanation())
		if len(r.GetHiddenFields()) > 0 {
			t.row("Hidden", strings.Join(r.GetHiddenFields(), ", "))
		}
	}
	return t.flush()
}

func (c *client) breakGlassCommand() *cobra.Command {
	var reason string
	var minutes int32
	cmd := &cobra.Command{
		Use:   "break-glass",
		Short: "Take the roles that the access file keeps ready for you, for some minutes",
		Long: "break-glass gives you the roles of your break_glass in the access file, for as many\n" +
			"minutes as stand there, or fewer. It is logged as a warning with your name and your\n" +
			"reason, counted, and an exception while it lasts. It ends by itself.",
		Example: "  meshctl access break-glass --reason 'night delivery, nobody of the store here' --minutes 30",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if strings.TrimSpace(reason) == "" {
				return wrong("break-glass needs --reason: why it has to be")
			}
			mesh, err := c.access()
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			given, err := mesh.BreakGlass(ctx, &accessv1.BreakGlassRequest{Reason: reason, Minutes: minutes})
			if err != nil {
				return err
			}
			if c.asJSON() {
				return c.line(given)
			}
			fmt.Fprintf(c.out, "You have %s until %s. It is logged with your reason.\n", clean(strings.Join(given.GetRoles(), ", ")), at(given.GetEndTime()))
			return nil
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "Why it has to be; kept with your name.")
	cmd.Flags().Int32Var(&minutes, "minutes", 0, "For how long; 0: as long as the access file allows.")
	return cmd
}

func (c *client) accessCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Tell whether an access file can be used, without a mesh",
		Long: "check reads an access file as meshd would, and tells all that is wrong with it, each\n" +
			fmt.Sprintf("with its line. Then the exit code is %d. Else it tells what the file comes to: of all\n", codeUsage) +
			"methods of the contract, how many each principal may call.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			file, err := access.ReadFile(args[0])
			if err != nil {
				return c.unusable(err)
			}
			t := newTable(c.out, "PRINCIPAL", "ROLES", "SCOPE", "METHODS", "BREAK GLASS")
			t.widest = uncut
			for _, s := range file.Summaries() {
				if c.asJSON() {
					if err := c.document(s); err != nil {
						return err
					}
					continue
				}
				t.row(s.Principal, strings.Join(s.Roles, ", "), s.Scope, strconv.Itoa(s.Methods), strings.Join(s.BreakGlass, ", "))
			}
			if c.asJSON() {
				return nil
			}
			return t.flush()
		},
	}
}

// unusable says line by line what is wrong with an access file.
func (c *client) unusable(err error) error {
	var wrong *access.FileError
	if !errors.As(err, &wrong) {
		return err
	}
	for line := range strings.SplitSeq(wrong.Err.Error(), "\n") {
		fmt.Fprintf(c.errs, "meshctl: %s: %s\n", clean(wrong.Path), clean(line))
	}
	return &outcome{code: codeUsage}
}

func (c *client) accessDiffCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Tell which decisions another access file would change, without a mesh",
		Long: "diff reads two access files and prints the decisions that differ: for each principal\n" +
			"and method, whether calls are let in and to what they are narrowed. Roles that are\n" +
			"called otherwise and give the same are no difference.\n" +
			fmt.Sprintf("Where a decision differs the exit code is %d.", codeDifferent),
		Example: "  git show HEAD:access.yaml >old.yaml; meshctl access diff old.yaml access.yaml",
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			before, err := access.ReadText(args[0])
			if err != nil {
				return c.unusable(err)
			}
			after, err := access.ReadText(args[1])
			if err != nil {
				return c.unusable(err)
			}
			return c.accessChanges(access.Diff(before, after))
		},
	}
}

func (c *client) accessChanges(changes []access.Change) error {
	t := newTable(c.out, "PRINCIPAL", "METHOD", "BEFORE", "AFTER")
	t.widest = uncut
	for _, change := range changes {
		if c.asJSON() {
			if err := c.document(change); err != nil {
				return err
			}
			continue
		}
		method := change.Method
		if change.Command != "" {
			method = change.Command
		}
		t.row(change.Principal, method, change.Before, change.After)
	}
	if !c.asJSON() && len(changes) > 0 {
		if err := t.flush(); err != nil {
			return err
		}
	}
	if len(changes) > 0 {
		return &outcome{code: codeDifferent}
	}
	if !c.asJSON() {
		fmt.Fprintln(c.out, "No decision changes.")
	}
	return nil
}

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	auditv1 "odoomesh/gen/go/mesh/audit/v1"
	"odoomesh/internal/audit/tlog"
)

func (c *client) auditCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Search who did what, and prove it to others",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return wrong("audit needs one of search, export, prove, check, verify, checkpoint, witness, key, hold, release")
		},
	}
	cmd.AddCommand(
		c.auditSearchCommand(false), c.auditSearchCommand(true), c.auditProveCommand(), c.auditCheckCommand(), c.auditVerifyCommand(),
		c.auditCheckpointCommand(), c.auditWitnessCommand(), c.auditKeyCommand(), c.auditHoldCommand(true), c.auditHoldCommand(false),
	)
	return cmd
}

func (c *client) audits() (auditv1.AuditServiceClient, error) {
	conn, err := c.conn()
	if err != nil {
		return nil, err
	}
	return auditv1.NewAuditServiceClient(conn), nil
}

// auditSearchCommand is search, or export, which writes all that the records hold.
func (c *client) auditSearchCommand(export bool) *cobra.Command {
	in := &auditv1.ListRecordsRequest{PageSize: 1000}
	from, to := ago{client: c}, ago{client: c}
	cmd := &cobra.Command{
		Use: "search", Short: "List records of the audit, the oldest first", Args: cobra.NoArgs,
		Example: "  meshctl audit search --document orders/42\n  meshctl audit search --principal erp --from yesterday\n" +
			"  meshctl audit search --from today --outcome refused",
	}
	if export {
		cmd.Use, cmd.Short = "export", "Write records of the audit, one JSON document a line"
		cmd.Example = "  meshctl audit export --from 2026-11-01 --to 2026-12-01 >november.ndjson"
	}
	flags := cmd.Flags()
	flags.StringVar(&in.Principal, "principal", "", "Who did it, or whose intent it is.")
	flags.StringVar(&in.Command, "command", "", "The command, such as orders.release, or the full name of a method.")
	flags.StringVar(&in.Document, "document", "", "What it is about, such as orders/42.")
	flags.StringVar(&in.Intent, "intent", "", "The intent.")
	flags.StringVar(&in.CallId, "request-id", "", "The call with this id, which its caller was told.")
	flags.StringVar(&in.Outcome, "outcome", "", "refused, or the reason of a refusal, such as NOT_PERMITTED.")
	flags.Var(&from, "from", "From when on: "+timeHelp)
	flags.Var(&to, "to", "Until when, without it; written in the same ways.")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		in.StartTime, in.EndTime = from.timestamp(), to.timestamp()
		if export {
			c.output = "json"
		}
		return c.searchAudit(cmd, in)
	}
	return cmd
}

func (c *client) searchAudit(cmd *cobra.Command, in *auditv1.ListRecordsRequest) error {
	mesh, err := c.audits()
	if err != nil {
		return err
	}
	t := newStream(c.out, []string{"RECORD", "TIME", "KIND", "WHO", "FROM", "WHAT", "ABOUT", "OUTCOME"}, nil)
	t.widest = uncut
	for {
		ctx, cancel := c.call(cmd)
		page, err := mesh.ListRecords(ctx, in)
		cancel()
		if err != nil {
			return err
		}
		for _, r := range page.GetRecords() {
			if c.asJSON() {
				if err := c.line(r); err != nil {
					return err
				}
				continue
			}
			t.row(strings.TrimPrefix(r.GetName(), "auditRecords/"), at(r.GetCreateTime()), r.GetKind(), who(r), r.GetPayload().GetAddress(), what(r), about(r), ended(r))
		}
		if !c.asJSON() {
			if err := t.flush(); err != nil {
				return err
			}
		}
		if in.PageToken = page.GetNextPageToken(); in.PageToken == "" {
			return nil
		}
	}
}

func (c *client) auditKeyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "key", Short: "Print the public key that the audit is checked with", Args: cobra.NoArgs,
		Example: "  meshctl audit key >mesh.key",
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := c.checkpoint(cmd, 0)
			if err == nil {
				fmt.Fprintln(c.out, r.GetPublicKey())
			}
			return err
		},
	}
}

func (c *client) checkpoint(cmd *cobra.Command, since uint64) (*auditv1.GetCheckpointResponse, error) {
	mesh, err := c.audits()
	if err != nil {
		return nil, err
	}
	ctx, cancel := c.call(cmd)
	defer cancel()
	return mesh.GetCheckpoint(ctx, &auditv1.GetCheckpointRequest{SinceSize: int64(since)})
}

func (c *client) auditCheckpointCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "checkpoint", Short: "Print what the audit has signed last, to be kept elsewhere", Args: cobra.NoArgs,
		Long: "checkpoint prints a few lines that commit to all records up to now. Kept where nobody\n" +
			"who can write the audit's folder can write, on paper too, they tell later whether an\n" +
			"older folder was put back: meshctl audit verify DIR --since FILE.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := c.checkpoint(cmd, 0)
			if err != nil {
				return err
			}
			return c.put(out, r.GetCheckpoint())
		},
	}
	cmd.Flags().StringVar(&out, "out", toOutput, "The file; - is the standard output.")
	return cmd
}

// put writes a file, or to the standard output.
func (c *client) put(path string, content []byte) error {
	if path == toOutput {
		_, err := c.out.Write(content)
		return err
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return wrong("--out: %w", err)
	}
	return nil
}

func (c *client) auditHoldCommand(hold bool) *cobra.Command {
	cmd := &cobra.Command{Use: "hold INTENT", Short: "Keep what the records of an intent say, also when its time is over", Args: cobra.ExactArgs(1)}
	if !hold {
		cmd.Use, cmd.Short = "release INTENT", "Let what the records of an intent say be erased when its time is over"
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		mesh, err := c.audits()
		if err != nil {
			return err
		}
		ctx, cancel := c.call(cmd)
		defer cancel()
		if hold {
			_, err = mesh.HoldPayloads(ctx, &auditv1.HoldPayloadsRequest{Intent: args[0]})
		} else {
			_, err = mesh.ReleasePayloads(ctx, &auditv1.ReleasePayloadsRequest{Intent: args[0]})
		}
		return err
	}
	return cmd
}

// auditFolder is where the log of an audit lies: in a folder, or in the data folder that
// is named in place of it.
func auditFolder(dir string) string {
	inside := filepath.Join(dir, "audit")
	if _, err := os.Stat(filepath.Join(inside, "checkpoint")); err == nil {
		return inside
	}
	return dir
}

// different ends the program where an audit is not what was signed.
func different(err error) error {
	var finding *tlog.Finding
	if errors.As(err, &finding) {
		return &outcome{codeDifferent, finding.Error()}
	}
	return err
}

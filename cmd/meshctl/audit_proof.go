package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	auditv1 "odoomesh/gen/go/mesh/audit/v1"
	"odoomesh/internal/audit"
	"odoomesh/internal/audit/tlog"
)

func (c *client) auditProveCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "prove INTENT --out FILE", Short: "Write one file that proves what became of an intent, and who asked", Args: cobra.ExactArgs(1),
		Long: "prove writes all records of an intent into one file, which meshctl audit check checks\n" +
			"on any machine with nothing but the public key. It holds what they say, names too.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return wrong("prove needs --out FILE; - is the standard output")
			}
			mesh, err := c.audits()
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			r, err := mesh.ProveIntent(ctx, &auditv1.ProveIntentRequest{Intent: args[0]})
			if err != nil {
				return err
			}
			return c.put(out, r.GetProof())
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "The file; - is the standard output.")
	return cmd
}

func (c *client) auditCheckCommand() *cobra.Command {
	var keyFile string
	cmd := &cobra.Command{
		Use: "check FILE --key FILE", Short: "Check what prove has written, without a mesh", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			key, err := keyOf(keyFile)
			if err != nil {
				return err
			}
			raw, err := os.ReadFile(args[0])
			if err != nil {
				return wrong("FILE: %w", err)
			}
			checkpoint, shown, err := audit.Check(raw, key)
			if err != nil {
				return &outcome{codeDifferent, args[0] + ": " + err.Error()}
			}
			return c.shown(key, checkpoint, shown)
		},
	}
	cmd.Flags().StringVar(&keyFile, "key", "", "File with the public key, as meshctl audit key prints it.")
	return cmd
}

func keyOf(path string) (tlog.Key, error) {
	if path == "" {
		return tlog.Key{}, wrong("--key FILE is needed: the public key that meshctl audit key has printed")
	}
	key, err := tlog.ReadKey(path)
	if err != nil {
		return key, wrong("--key: %w", err)
	}
	return key, nil
}

// shown prints records that are proven.
func (c *client) shown(key tlog.Key, checkpoint tlog.Checkpoint, shown []audit.Shown) error {
	if c.asJSON() {
		for _, s := range shown {
			if err := c.document(s); err != nil {
				return err
			}
		}
		return nil
	}
	fmt.Fprintf(c.out, "Proven by %s, in a log of %d records.\n", key.Name(), checkpoint.Size)
	for _, s := range shown {
		fmt.Fprintln(c.out)
		t := newTable(c.out)
		t.widest = uncut
		l := s.Leaf
		p := audit.Payload{Principal: "(erased)"}
		if s.Payload != nil {
			p = *s.Payload
		}
		for _, row := range [][2]string{
			{"Record", fmt.Sprint(l.Sequence)}, {"Time", l.Time.Format(time.RFC3339Nano)}, {"Kind", string(l.Kind)}, {"Method", l.Method}, {"Command", l.Command},
			{"Intent", l.Intent}, {"Document", l.Document}, {"Before", words(l.Before, "STATE_")}, {"After", words(l.After, "STATE_")}, {"Outcome", l.Outcome},
			{"Who", p.Principal}, {"Proven by", p.Proof}, {"From", p.Address}, {"Owner", p.Owner}, {"Call", p.CallID}, {"Request id", p.RequestID},
			{"Subject", p.Subject}, {"Explanation", p.Explanation}, {"Evidence", p.Evidence}, {"Reason", p.Reason}, {"Request", requestText(l.Method, p.Request)},
		} {
			if row[1] != "" {
				t.row(row[0], row[1])
			}
		}
		if err := t.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) auditVerifyCommand() *cobra.Command {
	var keyFile string
	var since []string
	cmd := &cobra.Command{
		Use: "verify DIR --key FILE", Short: "Prove that nothing of an audit was changed, without a mesh", Args: cobra.ExactArgs(1),
		Long: "verify reads the folder audit of a data folder, or a copy of it, and needs nothing but\n" +
			"the public key. It names the first record that was changed, removed or inserted; where\n" +
			"the hashes beside the records were changed with them, the first range that differs.\n" +
			"That an older folder was put back shows in a checkpoint that was kept elsewhere:\n" +
			"--since takes those of meshctl audit checkpoint, and those of a witness.\n\n" +
			fmt.Sprintf("Where anything is wrong, the exit code is %d.", codeDifferent),
		Example: "  meshctl audit verify data/audit --key mesh.key --since witness/checkpoint",
		RunE: func(cmd *cobra.Command, args []string) error {
			key, err := keyOf(keyFile)
			if err != nil {
				return err
			}
			var earlier []tlog.Checkpoint
			for _, path := range since {
				raw, err := os.ReadFile(path)
				if err != nil {
					return wrong("--since: %w", err)
				}
				one, err := tlog.ParseCheckpoint(raw, key)
				if err != nil {
					return wrong("--since %s: %w", path, err)
				}
				earlier = append(earlier, one)
			}
			v, err := audit.Verify(cmd.Context(), auditFolder(args[0]), key, earlier)
			if err != nil {
				return different(err)
			}
			return c.verified(v)
		},
	}
	cmd.Flags().StringVar(&keyFile, "key", "", "File with the public key, as meshctl audit key prints it.")
	cmd.Flags().StringSliceVar(&since, "since", nil, "File with a checkpoint that the log has to hold; may be given several times.")
	return cmd
}

func (c *client) verified(v audit.Verified) error {
	if c.asJSON() {
		return c.document(struct {
			Records  uint64 `json:"records"`
			Unsigned uint64 `json:"unsigned"`
			Root     []byte `json:"root"`
		}{v.Records, v.Unsigned, v.Signed.Root})
	}
	text := fmt.Sprintf("whole: %d records", v.Records)
	if v.Records > 0 {
		text += fmt.Sprintf(", from %s to %s", v.First.Format(time.RFC3339), v.Last.Format(time.RFC3339))
	}
	if v.Unsigned > 0 {
		text += fmt.Sprintf("; %d more are not signed yet: the mesh signs them within a second, or at its next start", v.Unsigned)
	}
	fmt.Fprintln(c.out, text)
	return nil
}

// requestText is a request as people read it, where its method is known here.
func requestText(method string, raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	text, err := json.Marshal(decoded(method, raw))
	if err != nil {
		return fmt.Sprintf("%d bytes", len(raw))
	}
	return string(text)
}

package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/durationpb"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
)

func (c *client) keysCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "keys",
		Short: "Make, confirm, list, rotate and revoke the keys by which partners call",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return wrong("keys needs one of create, confirm, list, rotate, revoke")
		},
	}
	cmd.AddCommand(c.keysCreateCommand(), c.keysConfirmCommand(), c.keysListCommand(), c.keysRotateCommand(), c.keysRevokeCommand())
	return cmd
}

func (c *client) keys() (accessv1.KeyServiceClient, error) {
	conn, err := c.conn()
	if err != nil {
		return nil, err
	}
	return accessv1.NewKeyServiceClient(conn), nil
}

func (c *client) keysCreateCommand() *cobra.Command {
	r := &accessv1.CreateApiKeyRequest{}
	var lifetime time.Duration
	var out string
	cmd := &cobra.Command{
		Use:   "create PRINCIPAL --purpose TEXT",
		Short: "Make a key for a principal of the access file, and show it, once",
		Long: "create prints the key to the standard output, alone, or writes it into a new file that\n" +
			"only you can read (--out). It is shown once: the mesh keeps its hash.",
		Example: "  meshctl keys create portal-medline --purpose 'order portal, test system' --out medline.key",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := c.keyPlace(out)
			if err != nil {
				return err
			}
			mesh, err := c.keys()
			if err != nil {
				return to.abandon(err)
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			r.Principal = args[0]
			if cmd.Flags().Changed("lifetime") {
				r.Lifetime = durationpb.New(lifetime)
			}
			made, err := mesh.CreateApiKey(ctx, r)
			if err != nil {
				return to.abandon(err)
			}
			fmt.Fprintf(c.errs, "meshctl: made %s for %s; it ends %s\n", made.GetApiKey().GetName(), clean(made.GetApiKey().GetPrincipal()), at(made.GetApiKey().GetExpireTime()))
			c.toConfirm(made.GetApiKey())
			return to.show(made.GetKey())
		},
	}
	cmd.Flags().StringVar(&r.Purpose, "purpose", "", "What it is for.")
	cmd.Flags().DurationVar(&lifetime, "lifetime", 90*24*time.Hour, "How long it is believed, at most 731 days, such as 2160h.")
	cmd.Flags().StringVar(&out, "out", "", "New file to write the key to, in place of the standard output.")
	_ = cmd.MarkFlagRequired("purpose") // it is there
	return cmd
}

func (c *client) keysRotateCommand() *cobra.Command {
	r := &accessv1.RotateApiKeyRequest{}
	var lifetime, overlap time.Duration
	var out string
	cmd := &cobra.Command{
		Use:   "rotate NAME",
		Short: "Make the key that takes another one's place, and show it, once",
		Long: "rotate makes a new key for the same principal. Both are believed until the overlap is\n" +
			"over, so that the partner can change it when it suits.",
		Example: "  meshctl keys rotate apiKeys/k3qv7m2xa5c6d4ef --overlap 48h --out medline.key",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := c.keyPlace(out)
			if err != nil {
				return err
			}
			mesh, err := c.keys()
			if err != nil {
				return to.abandon(err)
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			r.Name = args[0]
			if cmd.Flags().Changed("lifetime") {
				r.Lifetime = durationpb.New(lifetime)
			}
			if cmd.Flags().Changed("overlap") {
				r.Overlap = durationpb.New(overlap)
			}
			made, err := mesh.RotateApiKey(ctx, r)
			if err != nil {
				return to.abandon(err)
			}
			fmt.Fprintf(c.errs, "meshctl: made %s; it ends %s, and %s ends %s\n", made.GetApiKey().GetName(), at(made.GetApiKey().GetExpireTime()),
				made.GetReplaced().GetName(), at(made.GetReplaced().GetExpireTime()))
			c.toConfirm(made.GetApiKey())
			return to.show(made.GetKey())
		},
	}
	cmd.Flags().DurationVar(&lifetime, "lifetime", 90*24*time.Hour, "How long the new key is believed, at most 731 days.")
	cmd.Flags().DurationVar(&overlap, "overlap", 7*24*time.Hour, "How long the old key is believed beside it, at most 90 days.")
	cmd.Flags().StringVar(&out, "out", "", "New file to write the key to, in place of the standard output.")
	return cmd
}

// toConfirm says what a key still needs.
func (c *client) toConfirm(k *accessv1.ApiKey) {
	if k.GetState() == accessv1.ApiKeyState_API_KEY_STATE_PROPOSED {
		fmt.Fprintf(c.errs, "meshctl: it is believed once another person than you has confirmed it: meshctl keys confirm %s\n", k.GetName())
	}
}

func (c *client) keysConfirmCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "confirm NAME",
		Short: "Let a key be believed that somebody else has made (governed: true)",
		Long: "confirm lets a key be believed that another person has made where the access file is\n" +
			"governed. Look first at whom it speaks for, and what it is for: meshctl keys list.",
		Example: "  meshctl keys confirm apiKeys/k3qv7m2xa5c6d4ef",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			mesh, err := c.keys()
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			k, err := mesh.ConfirmApiKey(ctx, &accessv1.ConfirmApiKeyRequest{Name: args[0]})
			if err != nil {
				return err
			}
			if c.asJSON() {
				return c.line(k)
			}
			fmt.Fprintf(c.out, "%s speaks for %s until %s\n", k.GetName(), clean(k.GetPrincipal()), at(k.GetExpireTime()))
			return nil
		},
	}
}

func (c *client) keysRevokeCommand() *cobra.Command {
	r := &accessv1.RevokeApiKeyRequest{}
	cmd := &cobra.Command{
		Use:     "revoke NAME --reason TEXT",
		Short:   "Take a key back, at once and for ever",
		Example: "  meshctl keys revoke apiKeys/k3qv7m2xa5c6d4ef --reason 'laptop stolen, ticket 4711'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			mesh, err := c.keys()
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			r.Name = args[0]
			k, err := mesh.RevokeApiKey(ctx, r)
			if err != nil {
				return err
			}
			if c.asJSON() {
				return c.line(k)
			}
			fmt.Fprintf(c.out, "%s is revoked since %s\n", k.GetName(), at(k.GetRevokeTime()))
			return nil
		},
	}
	cmd.Flags().StringVar(&r.Reason, "reason", "", "Why.")
	_ = cmd.MarkFlagRequired("reason") // it is there
	return cmd
}

func (c *client) keysListCommand() *cobra.Command {
	r := &accessv1.ListApiKeysRequest{PageSize: 1000}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the keys, the newest first, with when each was used last",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			mesh, err := c.keys()
			if err != nil {
				return err
			}
			t := newTable(c.out, "KEY", "PRINCIPAL", "STATE", "ENDS", "LAST USED", "PURPOSE")
			for more := true; more; more = r.GetPageToken() != "" {
				ctx, cancel := c.call(cmd)
				page, err := mesh.ListApiKeys(ctx, r)
				cancel()
				if err != nil {
					return err
				}
				for _, k := range page.GetApiKeys() {
					if c.asJSON() {
						if err := c.line(k); err != nil {
							return err
						}
						continue
					}
					state := strings.ToLower(strings.TrimPrefix(k.GetState().String(), "API_KEY_STATE_"))
					t.row(k.GetName(), k.GetPrincipal(), state, at(k.GetExpireTime()), at(k.GetLastUseTime()), k.GetPurpose())
				}
				r.PageToken = page.GetNextPageToken()
			}
			if c.asJSON() {
				return nil
			}
			return t.flush()
		},
	}
	cmd.Flags().StringVar(&r.Principal, "principal", "", "Only keys of this principal.")
	return cmd
}

// keyPlace is where a key is shown: a new file, or the standard output.
type keyPlace struct {
	c    *client
	file *os.File
}

// keyPlace makes the file before the key is made: a key that cannot be shown is lost.
func (c *client) keyPlace(path string) (*keyPlace, error) {
	if path == "" {
		return &keyPlace{c: c}, nil
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, wrong("--out: %w", err)
	}
	return &keyPlace{c, file}, nil
}

func (k *keyPlace) show(key string) error {
	if k.file == nil {
		_, err := fmt.Fprintln(k.c.out, key)
		return err
	}
	_, err := fmt.Fprintln(k.file, key)
	return errors.Join(err, k.file.Sync(), k.file.Close())
}

// abandon takes the file away, and passes an error on.
func (k *keyPlace) abandon(err error) error {
	if k.file != nil {
		_ = k.file.Close() // nothing was written
		_ = os.Remove(k.file.Name())
	}
	return err
}

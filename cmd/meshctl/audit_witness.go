package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	auditv1 "odoomesh/gen/go/mesh/audit/v1"
	"odoomesh/internal/audit/tlog"
	"odoomesh/internal/clock"
	"odoomesh/internal/config"
)

// decoded is a serialized request as JSON; nil where its method is not known here.
func decoded(method string, raw []byte) json.RawMessage {
	service, name, _ := strings.Cut(strings.TrimPrefix(method, "/"), "/")
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service))
	if err != nil {
		return nil
	}
	described, is := found.(protoreflect.ServiceDescriptor)
	if !is || described.Methods().ByName(protoreflect.Name(name)) == nil {
		return nil
	}
	kind, err := protoregistry.GlobalTypes.FindMessageByName(described.Methods().ByName(protoreflect.Name(name)).Input().FullName())
	if err != nil {
		return nil
	}
	m := kind.New().Interface()
	if proto.Unmarshal(raw, m) != nil {
		return nil
	}
	text, err := protojson.Marshal(m)
	if err != nil {
		return nil
	}
	return text
}

func (c *client) auditWitnessCommand() *cobra.Command {
	var from, state, keyFile, name string
	var every time.Duration
	cmd := &cobra.Command{
		Use: "witness --from HOST:PORT --state DIR", Short: "See, from a second machine, that the audit only grows, and sign that", Args: cobra.NoArgs,
		Long: "witness asks a mesh what its audit has signed last, and has it proven that this holds all\n" +
			"that was seen before. Then it remembers it in DIR, signed with a key of its own\n" +
			"(DIR/checkpoint), and hands it to the mesh where that knows the key, which is printed at\n" +
			"the first time, as audit-witness-key. It belongs on a machine that those who run the mesh\n" +
			"cannot write to. At the first time it takes the mesh's key as it is told, unless --key\n" +
			"gives it.\n\n" +
			fmt.Sprintf("Where the log was put back, or is another one, nothing is signed, and the exit code is %d.", codeDifferent),
		Example: "  meshctl audit witness --from mesh.example:9090 --state /var/lib/mesh-witness --every 10m",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if state == "" {
				return wrong("witness needs --state DIR: where it remembers what it has seen")
			}
			if from != "" {
				c.server = from
			}
			for {
				err := c.look(cmd, state, keyFile, name)
				var found *outcome
				var usage *config.Error
				if every <= 0 || errors.As(err, &found) || errors.As(err, &usage) {
					return err
				}
				if err != nil {
					fmt.Fprintf(c.errs, "meshctl: %s\n", clean(sentence(err, c.server)))
				}
				if !clock.Sleep(cmd.Context(), c.clock, every) {
					return nil
				}
			}
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&from, "from", "", "Address of meshd's gRPC, in place of --server.")
	flags.StringVar(&state, "state", "", "Folder in which the witness remembers what it has seen.")
	flags.StringVar(&keyFile, "key", "", "File with the audit's public key, at the first time.")
	flags.StringVar(&name, "name", "witness", "What the witness calls itself, at the first time.")
	flags.DurationVar(&every, "every", 0, "Look again after this pause, until interrupted. 0: once.")
	return cmd
}

// look looks once.
func (c *client) look(cmd *cobra.Command, state, keyFile, name string) error {
	key, first, err := c.logKey(cmd, state, keyFile)
	if err != nil {
		return err
	}
	w, err := tlog.OpenWitness(state, name, key)
	if err != nil {
		return err
	}
	seen, err := w.Seen()
	if err != nil {
		return err
	}
	r, err := c.checkpoint(cmd, seen.Size)
	if err != nil {
		return err
	}
	newer, err := tlog.ParseCheckpoint(r.GetCheckpoint(), key)
	if err != nil {
		return &outcome{codeDifferent, fmt.Sprintf("the mesh at %s signs its audit with another key than was seen before: %s", c.server, err)}
	}
	signed, err := w.Look(cmd.Context(), newer, r.GetConsistency())
	if err != nil {
		return different(err)
	}
	if first {
		fmt.Fprintf(c.errs, "meshctl: the witness's public key, for audit-witness-key of the mesh: %s\n", w.Key())
	}
	fmt.Fprintf(c.out, "seen: %d records, %d more than before\n", newer.Size, newer.Size-seen.Size)
	mesh, err := c.audits()
	if err != nil {
		return err
	}
	ctx, cancel := c.call(cmd)
	defer cancel()
	if _, err := mesh.AddCosignature(ctx, &auditv1.AddCosignatureRequest{Checkpoint: signed}); err != nil {
		fmt.Fprintf(c.errs, "meshctl: it is seen and signed in %s, and the mesh did not take the signature: %s\n", filepath.Join(state, tlog.CosignedFile), clean(sentence(err, c.server)))
	}
	return nil
}

// logKey is the public key of the log: the one that was taken at the first time.
func (c *client) logKey(cmd *cobra.Command, state, keyFile string) (key tlog.Key, first bool, err error) {
	kept := filepath.Join(state, "log.key")
	if key, err = tlog.ReadKey(kept); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return key, false, err
	}
	if keyFile != "" {
		key, err = keyOf(keyFile)
	} else {
		var r *auditv1.GetCheckpointResponse
		if r, err = c.checkpoint(cmd, 0); err == nil {
			key, err = tlog.ParseKey(r.GetPublicKey())
		}
	}
	if err != nil {
		return key, true, err
	}
	if err := os.MkdirAll(state, 0o700); err != nil {
		return key, true, wrong("--state: %w", err)
	}
	return key, true, os.WriteFile(kept, []byte(key.String()+"\n"), 0o600)
}

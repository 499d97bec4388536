package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/backup"
	"odoomesh/internal/config"
	"odoomesh/internal/export"
)

// toOutput in place of a file's name is the standard output.
const toOutput = "-"

func (c *client) backupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write what the mesh alone has into a file",
		Long: `backup writes what Odoo cannot give back into one file, while meshd runs: the intents
of commands, the fields that Odoo does not own, and both journals of events with their
numbers and consumers. What the mesh had answered before is in it. Not in it is what is
filled from Odoo again: the copy of the records and the log of their changes.

The file appears under its name when it is complete and was read back from the disk; a
file that has the name is replaced then. Until then it is FILE.partial. Only its owner
may read it: it holds what all callers asked for. FILE - is the standard output.

The mesh seals it where its databases have a key, with that or with its backup-key. That
it is whole is seen without the key; what it holds, and that nobody forged it, with it
(--backup-key-file). Without the key there is no restore: keep it, and not beside the backup.

meshd restore FILE --data-dir DIR makes a data folder of it.`,
		Example: `  meshctl backup "mesh-$(date +%F).backup"
  meshctl backup - | ssh vault.example 'cat >mesh.backup'
  meshctl backup verify mesh-2026-11-23.backup --backup-key-file backup.key`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return c.backUp(cmd, args[0]) },
	}
	verify := &cobra.Command{
		Use:   "verify FILE",
		Short: "Tell whether a backup is whole, and what it holds",
		Long: "verify reads a whole backup, without a mesh. Where anything of it is missing or\n" +
			fmt.Sprintf("changed, or it is no backup, the exit code is %d; where it is sealed with\nanother key than the one that is given, %d.", codeDamaged, codeKey),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			key, err := c.backupKey(cmd)
			if err != nil {
				return err
			}
			read, err := readBack(args[0], key)
			if err != nil {
				return err
			}
			return c.showBackup(args[0], read)
		},
	}
	cmd.AddCommand(verify)
	config.AddBackupFlags(cmd.Flags())
	config.AddBackupFlags(verify.Flags())
	return cmd
}

// backupKey is the key of backups that a flag or a variable names; nil for none.
func (c *client) backupKey(cmd *cobra.Command) ([]byte, error) {
	var environ []string
	for _, pair := range c.environ {
		if strings.HasPrefix(pair, "MESH_BACKUP_KEY") {
			environ = append(environ, pair)
		}
	}
	return config.LoadBackupKey(config.Sources{Defaults: config.Default(), Flags: cmd.LocalFlags(), Environ: environ})
}

func (c *client) backUp(cmd *cobra.Command, path string) error {
	key, err := c.backupKey(cmd)
	if err != nil {
		return err
	}
	mesh, err := c.operations()
	if err != nil {
		return err
	}
	ctx, cancel := c.stream(cmd)
	defer cancel()
	if path == toOutput {
		out := bufio.NewWriterSize(c.out, 1<<16)
		if err := c.receive(ctx, mesh, out); err != nil {
			return err
		}
		return out.Flush()
	}
	file, err := export.CreatePrivateFile(path)
	if err != nil {
		return wrong("FILE: %w", err)
	}
	defer file.Abandon()
	if err := c.receive(ctx, mesh, file); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	read, err := readBack(file.Partial(), key)
	var wrong *backup.KeyError
	if err == nil || errors.As(err, &wrong) { // it is whole, whoever has its key
		err = errors.Join(file.Complete(), err)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return c.showBackup(path, read)
}

// receive writes a backup as it comes.
func (c *client) receive(ctx context.Context, mesh operationsv1.OperationsServiceClient, to io.Writer) error {
	stream, err := mesh.Backup(ctx, &operationsv1.BackupRequest{})
	if err != nil {
		return err
	}
	b := &bar{out: c.errs, on: c.terminal && !c.asJSON(), label: "backup"}
	defer b.end()
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := to.Write(m.GetData()); err != nil {
			return fmt.Errorf("writing the backup: %w", err)
		}
		if m.GetProgress() != nil {
			b.show(m.GetProgress(), rows(m.GetProgress()))
		}
	}
}

// readBackup is a backup that was read.
type readBackup struct {
	backup.Contents
	size int64
	// closed is by what the key is known that it takes; empty where it was opened, or is
	// open to everybody. Nothing is known of the contents of one that is closed.
	closed string
}

// readBack reads a whole backup; of one that is sealed, without a key, it sees whether it
// is whole.
func readBack(path string, key []byte) (readBackup, error) {
	file, err := os.Open(path)
	if err != nil {
		return readBackup{}, wrong("FILE: %w", err)
	}
	defer file.Close()
	var keys [][]byte
	if key != nil {
		keys = append(keys, key)
	}
	read := readBackup{}
	read.Contents, err = backup.Verify(file, keys...)
	var sealed *backup.KeyError
	if errors.As(err, &sealed) && key == nil {
		read.closed, err = sealed.Sealed, nil
	}
	if err != nil {
		return read, fmt.Errorf("%s: %w", path, err)
	}
	info, err := file.Stat()
	if err == nil {
		read.size = info.Size()
	}
	return read, err
}

// shownBackup is what programs are told of a backup.
type shownBackup struct {
	File     string      `json:"file"`
	Bytes    int64       `json:"bytes"`
	Sealed   bool        `json:"sealed"`
	Key      string      `json:"key,omitempty"`
	Instance string      `json:"instance,omitempty"`
	Time     *time.Time  `json:"time,omitempty"`
	Parts    []shownPart `json:"parts,omitempty"`
}

type shownPart struct {
	Name    string `json:"name"`
	Entries uint64 `json:"entries"`
	Oldest  uint64 `json:"oldest"`
	Head    uint64 `json:"head"`
	Facts   uint64 `json:"facts"`
}

func (c *client) showBackup(path string, b readBackup) error {
	shown := shownBackup{File: path, Bytes: b.size, Sealed: b.Sealed || b.closed != "", Key: b.closed, Instance: b.Instance}
	if b.closed == "" {
		shown.Time = &b.Time
	}
	for _, p := range b.Parts {
		shown.Parts = append(shown.Parts, shownPart{p.Name, p.Entries(), p.Oldest, p.Head, p.Facts})
	}
	if c.asJSON() {
		return c.document(shown)
	}
	head := newTable(c.out)
	head.widest = uncut
	if b.closed != "" {
		head.row("Backup", fmt.Sprintf("%s, %s, sealed with the key %s, whole as far as is seen without it", path, mebibytes(b.size), b.closed))
		head.row("To read it", "--backup-key-file")
		return head.flush()
	}
	state := "whole"
	if b.Sealed {
		state = "sealed, whole"
	}
	head.row("Backup", fmt.Sprintf("%s, %s, %s", path, mebibytes(b.size), state))
	head.row("Of", "the mesh over "+b.Instance)
	head.row("Begun", fmt.Sprintf("%s, %s", b.Time.Format(time.RFC3339), c.ago(timestamppb.New(b.Time))))
	if err := head.flush(); err != nil {
		return err
	}
	t := newTable(c.out, "PART", "ENTRIES", "POSITIONS", "FACTS")
	for _, p := range shown.Parts {
		positions := "none"
		if p.Entries > 0 {
			positions = fmt.Sprintf("%d to %d", p.Oldest, p.Head)
		}
		t.row(p.Name, strconv.FormatUint(p.Entries, 10), positions, strconv.FormatUint(p.Facts, 10))
	}
	return t.flush()
}

// mebibytes is a size as people say it.
func mebibytes(size int64) string { return fmt.Sprintf("%.1f MiB", float64(size)/(1<<20)) }

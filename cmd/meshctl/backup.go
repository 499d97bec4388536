package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/backup"
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

meshd restore FILE --data-dir DIR makes a data folder of it.`,
		Example: `  meshctl backup "mesh-$(date +%F).backup"
  meshctl backup - | gpg --encrypt -r ops >mesh.backup.gpg
  meshctl backup verify mesh-2026-11-23.backup`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return c.backUp(cmd, args[0]) },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "verify FILE",
		Short: "Tell whether a backup is whole, and what it holds",
		Long: "verify reads a whole backup, without a mesh. Where anything of it is missing or\n" +
			fmt.Sprintf("changed, or it is no backup, the exit code is %d.", codeDamaged),
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			contents, size, err := readBack(args[0])
			if err != nil {
				return err
			}
			return c.showBackup(args[0], contents, size)
		},
	})
	return cmd
}

func (c *client) backUp(cmd *cobra.Command, path string) error {
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
	contents, size, err := readBack(file.Partial())
	if err == nil {
		err = file.Complete()
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return c.showBackup(path, contents, size)
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

// readBack reads a whole backup, and tells how many bytes it has.
func readBack(path string) (backup.Contents, int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return backup.Contents{}, 0, wrong("FILE: %w", err)
	}
	defer file.Close()
	contents, err := backup.Verify(file)
	if err != nil {
		return contents, 0, fmt.Errorf("%s: %w", path, err)
	}
	info, err := file.Stat()
	if err != nil {
		return contents, 0, err
	}
	return contents, info.Size(), nil
}

// shownBackup is what programs are told of a backup.
type shownBackup struct {
	File     string      `json:"file"`
	Instance string      `json:"instance"`
	Time     time.Time   `json:"time"`
	Bytes    int64       `json:"bytes"`
	Parts    []shownPart `json:"parts"`
}

type shownPart struct {
	Name    string `json:"name"`
	Entries uint64 `json:"entries"`
	Oldest  uint64 `json:"oldest"`
	Head    uint64 `json:"head"`
	Facts   uint64 `json:"facts"`
}

func (c *client) showBackup(path string, b backup.Contents, size int64) error {
	shown := shownBackup{File: path, Instance: b.Instance, Time: b.Time, Bytes: size}
	for _, p := range b.Parts {
		shown.Parts = append(shown.Parts, shownPart{p.Name, p.Entries(), p.Oldest, p.Head, p.Facts})
	}
	if c.asJSON() {
		return c.document(shown)
	}
	head := newTable(c.out)
	head.widest = uncut
	head.row("Backup", fmt.Sprintf("%s, %s, whole", path, mebibytes(size)))
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

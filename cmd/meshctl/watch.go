package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

func (c *client) watchCommand() *cobra.Command {
	var filter, position string
	since := ago{client: c}
	var current bool
	var columns []string
	cmd := &cobra.Command{
		Use:   "watch COLLECTION",
		Short: "Show changes as they come, until interrupted",
		Long: "watch shows each change once, in order. With -o json every line has the position\n" +
			"to go on from, heartbeats too; without, the last one is told when a watch breaks.",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeCollection,
	}
	cmd.Flags().StringVar(&filter, "filter", "", "Which records, as in AIP-160.")
	cmd.Flags().StringVar(&position, "position", "", "Go on behind the message that had this position.")
	cmd.Flags().Var(&since, "since", "Begin with what was recorded at this time or later: "+timeHelp)
	cmd.MarkFlagsMutuallyExclusive("since", "position")
	cmd.Flags().BoolVar(&current, "include-current", false, "Show the records as they are now first.")
	cmd.Flags().StringSliceVar(&columns, "columns", nil, "Fields to show in place of the usual (-o table).")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		of, err := collectionOf(args[0])
		if err != nil {
			return err
		}
		fields, err := c.columnsFor(of, columns)
		if err != nil {
			return err
		}
		if of.watch == nil {
			return wrong("%s cannot be watched", of.name)
		}
		settings := []setting{{"filter", filter}, {"position", position}, {"include_current", current}}
		if start := since.timestamp(); start != nil {
			settings = append(settings, setting{"start_time", start.ProtoReflect()})
		}
		in, err := request(of.watch, settings...)
		if err != nil {
			return err
		}
		conn, err := c.conn()
		if err != nil {
			return err
		}
		return c.untilInterrupted(cmd, func(ctx context.Context) (string, error) {
			w := &watching{client: c, of: of, columns: fields}
			err := follow(ctx, conn, of.watch, in, w.show)
			if c.asJSON() { // each line has its own
				return "", err
			}
			return w.position, err
		})
	}
	return cmd
}

// follow calls a streaming method and takes its messages until it ends.
func follow(ctx context.Context, conn grpc.ClientConnInterface, m protoreflect.MethodDescriptor, in protoreflect.Message, take func(protoreflect.Message) error) error {
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, path(m))
	if err != nil {
		return err
	}
	if err := stream.SendMsg(in.Interface()); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	for {
		out, err := newMessage(m.Output())
		if err != nil {
			return err
		}
		if err := stream.RecvMsg(out.Interface()); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := take(out); err != nil {
			return err
		}
	}
}

// watching prints the messages of one watch.
type watching struct {
	client   *client
	of       collection
	columns  []column
	table    *table
	position string
}

func (w *watching) show(m protoreflect.Message) error {
	if w.client.asJSON() {
		return w.client.line(m.Interface())
	}
	change, ok := m.Interface().(interface {
		GetChangeType() typesv1.ChangeType
		GetPosition() string
		GetRecordedTime() *timestamppb.Timestamp
	})
	if !ok {
		return w.client.line(m.Interface())
	}
	w.position = change.GetPosition()
	if w.table == nil {
		w.table = newStream(w.client.out, append([]string{"RECORDED", "CHANGE"}, headers(w.columns)...),
			append([]int{widthOfTime, widthOfEnum(typesv1.ChangeType(0).Descriptor())}, usualWidths(w.of, w.columns)...))
	}
	if record := recordIn(m, w.of.record); record != nil {
		kind := enumText(change.GetChangeType().Descriptor(), change.GetChangeType().Number())
		at := change.GetRecordedTime().AsTime().Format(time.RFC3339)
		w.table.row(append([]string{at, kind}, cells(record, w.columns)...)...)
		return w.table.flush()
	}
	return nil
}

// recordIn finds the record that a message is about; nil in a heartbeat.
func recordIn(m protoreflect.Message, record protoreflect.MessageDescriptor) protoreflect.Message {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		if fd := fields.Get(i); fd.Message() != nil && fd.Message().FullName() == record.FullName() && m.Has(fd) {
			return m.Get(fd).Message()
		}
	}
	return nil
}

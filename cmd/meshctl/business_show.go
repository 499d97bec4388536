package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/services/event/rules"
)

// moreEvents says that a list ends before the events do, where nobody asked for an end.
func (c *client) moreEvents(cmd *cobra.Command, token string) {
	if token != "" && !cmd.Flags().Changed("limit") && !cmd.Flags().Changed("last") {
		fmt.Fprintln(c.errs, "meshctl: there are more; ask for them with --limit or --all")
	}
}

func (c *client) businessStreamCommand() *cobra.Command {
	in, h := &eventv1.SubscribeRequest{}, &happening{from: ago{client: c}}
	cmd := &cobra.Command{
		Use:   "stream",
		Short: "Show business events as they come, until interrupted",
		Long: "stream shows each event once, in order: all of history, unless --from, --position\n" +
			"or --now says where to begin, and then what happens. At its end it tells the\n" +
			"position to go on from.",
		Example: "  meshctl business-events stream --now --type order.released",
		Args:    cobra.NoArgs,
	}
	h.flags(cmd)
	cmd.Flags().StringVar(&in.Position, "position", "", "Go on behind this position, with the flags that it came from.")
	cmd.Flags().BoolVar(&in.FromNow, "now", false, "Begin behind the newest event.")
	cmd.MarkFlagsMutuallyExclusive("from", "position", "now")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if in.Filter, err = h.asked(); err != nil {
			return err
		}
		in.StartTime = h.from.timestamp()
		events, err := c.businessEvents()
		if err != nil {
			return err
		}
		return c.untilInterrupted(cmd, func(ctx context.Context) (string, error) { return c.streamBusiness(ctx, events, in) })
	}
	return cmd
}

// streamBusiness prints events until the stream ends, and answers the last position.
func (c *client) streamBusiness(ctx context.Context, events eventv1.EventServiceClient, in *eventv1.SubscribeRequest) (string, error) {
	stream, err := events.Subscribe(ctx, in)
	if err != nil {
		return "", err
	}
	usual := []int{len("123456"), len(time.DateTime), len("requisition.approved"), len("invoices/1234"), widthOfText, 0}
	show := c.businessPrinter(newStream(c.out, businessHeaders(), usual))
	position := ""
	for {
		e, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return position, nil
		}
		if err != nil {
			return position, err
		}
		if position = e.GetPosition(); e.Sequence == nil {
			continue // a heartbeat
		}
		if err := show.events([]*eventv1.CloudEvent{e}, nil); err != nil {
			return position, err
		}
	}
}

func (c *client) businessTypesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "types",
		Short: "List the types of business events, and when each happens",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			t := newTable(c.out, "TYPE", "OCCURS")
			t.widest = uncut
			for _, one := range rules.Types() {
				if c.asJSON() {
					if err := c.line(one); err != nil {
						return err
					}
					continue
				}
				t.row(shortType(one.GetType()), one.GetOccurs())
			}
			if c.asJSON() {
				return nil
			}
			return t.flush()
		},
	}
}

func businessHeaders() []string {
	return []string{"EVENT", "HAPPENED", "TYPE", "SUBJECT", "NAME", "WITH"}
}

// businessPrinter prints business events, one a line.
type businessPrinter struct {
	client *client
	table  *table
}

func (c *client) businessPrinter(t *table) *businessPrinter { return &businessPrinter{c, t} }

func (p *businessPrinter) events(events []*eventv1.CloudEvent, names map[string]*typesv1.Reference) error {
	for _, e := range events {
		if p.client.asJSON() {
			if err := p.client.line(e); err != nil {
				return err
			}
			continue
		}
		called, with := spokenOf(e, names)
		p.table.row(e.GetSequence(), moment(e.GetTime()), shortType(e.GetType()), e.GetSubject(), called, strings.Join(with, ", "))
	}
	if p.client.asJSON() {
		return nil
	}
	return p.table.flush()
}

// ownNames are the fields in which the data of an event says what its subject was called.
var ownNames = []protoreflect.Name{"display_name", "number", "lot_number"}

// spokenOf is what people call the subject of an event, and the records that its data names
// beside it: as they are called now, where the answer says it, and else as the event says.
func spokenOf(e *eventv1.CloudEvent, names map[string]*typesv1.Reference) (called string, with []string) {
	called = names[e.GetSubject()].GetDisplayName()
	data, err := e.GetData().UnmarshalNew()
	if err != nil {
		return called, nil // of a mesh that is newer than this program
	}
	m := data.ProtoReflect()
	for _, name := range ownNames {
		if fd := m.Descriptor().Fields().ByName(name); fd != nil && fd.Kind() == protoreflect.StringKind && called == "" {
			called = m.Get(fd).String()
		}
	}
	for i := range m.Descriptor().Fields().Len() {
		fd := m.Descriptor().Fields().Get(i)
		reference, _ := proto.GetExtension(fd.Options(), annotations.E_ResourceReference).(*annotations.ResourceReference)
		if reference.GetType() == "" || fd.IsList() || m.Get(fd).String() == "" || m.Get(fd).String() == e.GetSubject() {
			continue
		}
		name := m.Get(fd).String()
		if shown := names[name].GetDisplayName(); shown != "" {
			name = shown
		}
		with = append(with, name)
	}
	return called, with
}

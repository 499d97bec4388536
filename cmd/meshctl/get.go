package main

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"

	tracev1 "odoomesh/gen/go/mesh/trace/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/fault"
)

// reading is how old an answer may be.
type reading struct {
	live      bool
	staleness time.Duration
	flags     *pflag.FlagSet
}

// add adds the flags. A list is never read from Odoo itself, so it has no --live.
func (r *reading) add(flags *pflag.FlagSet, one bool) {
	r.flags = flags
	if one {
		flags.BoolVar(&r.live, "live", false, "Ask Odoo in any case.")
	}
	flags.DurationVar(&r.staleness, "max-staleness", 0, "Refuse to answer from a copy that was last known to equal Odoo longer ago than this, unless Odoo can be asked.")
}

func (r *reading) setting() (setting, error) {
	s := setting{field: "read_mode", value: ""}
	switch bounded := r.flags.Changed("max-staleness"); {
	case r.live && bounded:
		return s, wrong("--live and --max-staleness exclude each other")
	case r.live:
		s.value = (&typesv1.ReadMode{Mode: &typesv1.ReadMode_Live{Live: true}}).ProtoReflect()
	case bounded:
		s.value = (&typesv1.ReadMode{Mode: &typesv1.ReadMode_MaxStaleness{MaxStaleness: durationpb.New(r.staleness)}}).ProtoReflect()
	}
	return s, nil
}

func (c *client) getCommand() *cobra.Command {
	var mode reading
	var columns []string
	cmd := &cobra.Command{
		Use:   "get NAME...",
		Short: "Show records by name, such as products/42, or documents by number",
		Long: "get takes names such as products/42, product/42 or stock/1-8-0-0-0, and the numbers\n" +
			"of documents and lots, such as P00002: it shows what bears the number.",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeName,
	}
	mode.add(cmd.Flags(), true)
	recordFlags(cmd, &columns)
	cmd.RunE = func(cmd *cobra.Command, names []string) error {
		age, err := mode.setting()
		if err != nil {
			return err
		}
		names, err = c.named(cmd, names)
		if err != nil {
			return err
		}
		show := shower{client: c, columns: columns}
		return errors.Join(c.eachName(cmd, names, func(name string, _ bool) error {
			record, err := c.get(cmd, name, age)
			if err != nil {
				return err
			}
			return show.record(name, record.ProtoReflect())
		}), show.flush())
	}
	return cmd
}

// recordName is how names of records look; numbers of documents, such as WH/IN/00001 or
// LOT/7, begin with a capital letter where they have a slash.
var recordName = regexp.MustCompile(`^[a-z][A-Za-z_-]*/[^/]+$`)

// named puts the records in place of numbers that they bear.
func (c *client) named(cmd *cobra.Command, asked []string) ([]string, error) {
	var names []string
	for _, name := range asked {
		if recordName.MatchString(name) {
			if _, err := collectionOf(name); err != nil {
				return nil, err
			}
			names = append(names, canonical(name))
			continue
		}
		found, err := c.bearing(cmd, name)
		if err != nil {
			return nil, err
		}
		names = append(names, found...)
	}
	return names, nil
}

// bearing asks which records bear a number.
func (c *client) bearing(cmd *cobra.Command, number string) ([]string, error) {
	conn, err := c.conn()
	if err != nil {
		return nil, err
	}
	ctx, cancel := c.call(cmd)
	defer cancel()
	j, err := tracev1.NewTraceServiceClient(conn).GetJourney(ctx, &tracev1.GetJourneyRequest{Number: number})
	if err != nil {
		return nil, err
	}
	var found []string
	for _, chain := range j.GetChains() {
		found = append(found, chain.GetFound()...)
	}
	return found, nil
}

// shower shows records of any collection: in tables each with all that it has, else one
// after another, as a list of its collection does.
type shower struct {
	client  *client
	columns []string
	of      string
	printer printer
	shown   bool
}

func (s *shower) record(name string, m protoreflect.Message) error {
	if s.client.output == asTable && len(s.columns) == 0 {
		if s.shown {
			fmt.Fprintln(s.client.out)
		}
		s.shown = true
		return s.client.sheet(m)
	}
	of, err := collectionOf(name)
	if err != nil {
		return err
	}
	if s.printer == nil || s.of != of.name {
		if err := s.flush(); err != nil {
			return err
		}
		if s.printer, err = s.client.printer(of, s.columns); err != nil {
			return err
		}
		s.of = of.name
	}
	return s.printer.record(m)
}

func (s *shower) flush() error {
	if s.printer == nil {
		return nil
	}
	return s.printer.flush()
}

func (c *client) get(cmd *cobra.Command, name string, age setting) (proto.Message, error) {
	of, err := collectionOf(name)
	if err != nil {
		return nil, err
	}
	if of.get == nil {
		return nil, wrong("%s cannot be read one by one", of.name)
	}
	in, err := request(of.get, setting{"name", name}, age)
	if err != nil {
		return nil, err
	}
	out, err := newMessage(of.get.Output())
	if err != nil {
		return nil, err
	}
	conn, err := c.conn()
	if err != nil {
		return nil, err
	}
	ctx, cancel := c.call(cmd)
	defer cancel()
	return out.Interface(), conn.Invoke(ctx, path(of.get), in.Interface(), out.Interface())
}

// eachName does something for every name. Names that do not exist are told and
// passed over; they make the exit code.
func (c *client) eachName(cmd *cobra.Command, names []string, do func(name string, first bool) error) error {
	missing, first := 0, true
	for _, name := range names {
		err := do(name, first)
		if told, ok := fault.Read(err); ok && told.Reason == "NOT_FOUND" {
			missing++
			fmt.Fprintf(cmd.ErrOrStderr(), "meshctl: there is no %s\n", clean(name))
			continue
		}
		if err != nil {
			return err
		}
		first = false
	}
	if missing > 0 {
		return &outcome{code: codeNotFound}
	}
	return nil
}

package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

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
	cmd := &cobra.Command{
		Use:               "get NAME...",
		Short:             "Show records by name, such as products/42",
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeName,
	}
	mode.add(cmd.Flags(), true)
	cmd.RunE = func(cmd *cobra.Command, names []string) error {
		age, err := mode.setting()
		if err != nil {
			return err
		}
		return c.eachName(cmd, names, func(name string, first bool) error {
			record, err := c.get(cmd, name, age)
			if err != nil {
				return err
			}
			if c.asJSON() {
				return c.line(record)
			}
			if !first {
				fmt.Fprintln(c.out)
			}
			return c.sheet(record.ProtoReflect())
		})
	}
	return cmd
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

package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	changev1 "odoomesh/gen/go/mesh/change/v1"
)

func (c *client) changesCommand() *cobra.Command {
	in := &changev1.ListChangesRequest{}
	since, until := ago{client: c}, ago{client: c}
	cmd := &cobra.Command{
		Use:   "changes [COLLECTION...]",
		Short: "List what changed since a time: which fields, what they were, what is gone",
		Long: "changes lists what changed in all collections, or in those that are named, the oldest\n" +
			"change first. At its end it tells the position to go on from.",
		ValidArgsFunction: completeCollection,
	}
	cmd.Flags().Var(&since, "since", "Begin at this time: "+timeHelp+" Unset: with the oldest that is kept.")
	cmd.Flags().Var(&until, "until", "End before this time, written in the same ways.")
	cmd.Flags().StringVar(&in.Position, "position", "", "Begin behind this position.")
	cmd.MarkFlagsMutuallyExclusive("since", "position")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		in.StartTime, in.EndTime, in.PageSize = since.timestamp(), until.timestamp(), 1000
		for _, name := range args {
			of, err := collectionOf(name)
			if err != nil {
				return err
			}
			if in.Collections = append(in.Collections, of.name); of.watch == nil {
				return wrong("the changes of %s are not recorded", of.name)
			}
		}
		conn, err := c.conn()
		if err != nil {
			return err
		}
		t := c.changesTable()
		for {
			ctx, cancel := c.call(cmd)
			page, err := changev1.NewChangeServiceClient(conn).ListChanges(ctx, in)
			cancel()
			if err != nil {
				return err
			}
			if err := c.changes(t, page.GetChanges()); err != nil {
				return err
			}
			if in.PageToken = page.GetNextPageToken(); in.PageToken == "" {
				fmt.Fprintf(c.errs, "meshctl: go on with --position %s\n", page.GetPosition())
				c.noteAge(page.ProtoReflect())
				return nil
			}
		}
	}
	return cmd
}

func (c *client) historyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "history NAME",
		Short: "Show what changed in one record, the newest change first",
		Long: "history takes a name such as products/42 or product/42, or the number of a document\n" +
			"or lot, such as P00002: it shows what changed in what bears the number.",
		Args: cobra.ExactArgs(1), ValidArgsFunction: completeName,
		RunE: func(cmd *cobra.Command, args []string) error {
			names, err := c.named(cmd, args)
			if err != nil {
				return err
			}
			t := c.changesTable()
			for _, name := range names {
				if err := c.history(cmd, t, name); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// history prints the changes of one record.
func (c *client) history(cmd *cobra.Command, t *table, name string) error {
	conn, err := c.conn()
	if err != nil {
		return err
	}
	in := &changev1.GetHistoryRequest{Name: name, PageSize: 1000}
	for {
		ctx, cancel := c.call(cmd)
		page, err := changev1.NewChangeServiceClient(conn).GetHistory(ctx, in)
		cancel()
		if err != nil {
			return err
		}
		if err := c.changes(t, page.GetChanges()); err != nil {
			return err
		}
		if in.PageToken = page.GetNextPageToken(); in.PageToken != "" {
			continue
		}
		if page.GetOlderDropped() {
			fmt.Fprintln(c.errs, "meshctl: older changes are not kept any more")
		}
		c.noteAge(page.ProtoReflect())
		return nil
	}
}

func (c *client) changesTable() *table {
	return newTable(c.out, "RECORDED", "RECORD", "NAME", "WHAT", "BEFORE -> AFTER")
}

// changes prints changes: in a table a row for each changed field.
func (c *client) changes(t *table, changes []*changev1.Change) error {
	for _, one := range changes {
		if c.asJSON() {
			if err := c.line(one); err != nil {
				return err
			}
			continue
		}
		at := one.GetRecordedTime().AsTime().Format(time.RFC3339)
		kind := short(one.GetChangeType().String(), "CHANGE_TYPE_")
		if len(one.GetChangedFields().GetPaths()) == 0 {
			t.row(at, one.GetName(), one.GetDisplayName(), kind, "")
			continue
		}
		for _, path := range one.GetChangedFields().GetPaths() {
			before, after := valueAt(structpb.NewStructValue(one.GetPrevious()), path), valueAt(structpb.NewStructValue(one.GetCurrent()), path)
			if one.GetTooLarge() != nil {
				before, after = "too large", "to be shown"
			}
			t.row(at, one.GetName(), one.GetDisplayName(), path, before+" -> "+after)
		}
	}
	if c.asJSON() {
		return nil
	}
	return t.flush()
}

// valueAt is what a structure has on a path, in words; of a list what each element has.
func valueAt(v *structpb.Value, path string) string {
	if list := v.GetListValue(); list != nil {
		var each []string
		for _, one := range list.GetValues() {
			each = append(each, valueAt(one, path))
		}
		return strings.Join(each, ", ")
	}
	if path != "" {
		name, rest, _ := strings.Cut(path, ".")
		return valueAt(v.GetStructValue().GetFields()[jsonName(name)], rest)
	}
	switch kind := v.GetKind().(type) {
	case *structpb.Value_StringValue:
		return strconv.Quote(kind.StringValue)
	case *structpb.Value_BoolValue:
		return strconv.FormatBool(kind.BoolValue)
	case *structpb.Value_NumberValue:
		return strconv.FormatFloat(kind.NumberValue, 'f', -1, 64)
	case *structpb.Value_StructValue:
		fields := kind.StructValue.GetFields()
		if text := moneyOrDay(kind.StructValue); text != "" {
			return text
		}
		for _, only := range []string{"value", "displayName"} { // a decimal; a unit
			if text := fields[only].GetStringValue(); text != "" {
				return text
			}
		}
		if raw, err := protojson.Marshal(kind.StructValue); err == nil {
			return string(raw)
		}
	}
	return "none"
}

// moneyOrDay is an amount or a day in words; empty for a structure that is neither.
func moneyOrDay(s *structpb.Struct) string {
	raw, err := protojson.Marshal(s)
	if err != nil {
		return ""
	}
	amount, on := &money.Money{}, &date.Date{}
	switch {
	case protojson.Unmarshal(raw, amount) == nil && amount.GetCurrencyCode() != "":
		return price(amount)
	case protojson.Unmarshal(raw, on) == nil && on.GetYear() != 0:
		return day(on)
	}
	return ""
}

// jsonName is the name of a field in JSON.
func jsonName(name string) string {
	var text strings.Builder
	for i, word := range strings.Split(name, "_") {
		if i > 0 && word != "" {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		text.WriteString(word)
	}
	return text.String()
}

// timeHelp says how a flag for a time is written.
const timeHelp = "today, yesterday, a duration such as 2h or 3d, RFC 3339, or a date."

// ago is a flag for a time as people say it: also today, yesterday, and how long ago.
type ago struct {
	instant
	client *client
}

// Set implements pflag.Value.
func (a *ago) Set(text string) error {
	now := a.client.clock.Now()
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch {
	case text == "today":
		a.at = midnight.UTC()
		return nil
	case text == "yesterday":
		a.at = midnight.AddDate(0, 0, -1).UTC()
		return nil
	case strings.HasSuffix(text, "d"):
		if days, err := strconv.ParseUint(strings.TrimSuffix(text, "d"), 10, 16); err == nil {
			a.at = now.AddDate(0, 0, -int(days)).UTC()
			return nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		a.at = now.Add(-d).UTC()
		return nil
	}
	if a.instant.Set(text) == nil {
		return nil
	}
	return errors.New("a time is today, yesterday, how long ago (2h, 3d), 2026-11-23T12:00:00Z, or the date 2026-11-23, which is its midnight in UTC")
}

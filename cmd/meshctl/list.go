package main

import (
	"fmt"
	"math"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/reflect/protoreflect"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// listing is what a list was asked for.
type listing struct {
	filter, order string
	page          int32
	limit         int64
	all           bool
	columns       []string
	mode          reading
}

func (c *client) listCommand() *cobra.Command {
	var l listing
	cmd := &cobra.Command{
		Use:   "list COLLECTION",
		Short: "List records, such as products",
		Example: `  meshctl list products --filter 'gtin = "04006381333931"'
  meshctl list suppliers --order-by display_name --all -o json
  meshctl list stock --filter 'location = "locations/8"' --all -o csv >stock.csv
  meshctl list orders --columns number,supplier,lines.product,total_amount`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeCollection,
	}
	cmd.Flags().StringVar(&l.filter, "filter", "", "Which records, as in AIP-160: sku = \"A-1\" AND active = true.")
	cmd.Flags().StringVar(&l.order, "order-by", "", "Order by indexed fields, such as \"display_name desc\".")
	cmd.Flags().Int32Var(&l.page, "page-size", 0, "Records fetched at once, at most 1000. 0: as many as the mesh thinks fit.")
	cmd.Flags().Int64Var(&l.limit, "limit", 0, "Records at most. 0: one page.")
	cmd.Flags().BoolVar(&l.all, "all", false, "All records.")
	cmd.MarkFlagsMutuallyExclusive("all", "limit")
	l.mode.add(cmd.Flags(), false)
	recordFlags(cmd, &l.columns)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		of, err := collectionOf(args[0])
		if err != nil {
			return err
		}
		if of.list == nil {
			return wrong("%s cannot be listed", of.name)
		}
		return c.list(cmd, of, l)
	}
	return cmd
}

func (c *client) list(cmd *cobra.Command, of collection, l listing) error {
	show, err := c.printer(of, l.columns)
	if err != nil {
		return err
	}
	left := l.limit
	if l.all || left <= 0 {
		left = math.MaxInt64
	}
	for token := ""; ; {
		answer, err := c.page(cmd, of, l, left, token)
		if err != nil {
			return err
		}
		records := recordsOf(answer, of.record)
		for i := range min(int64(records.Len()), left) {
			if err := show.record(records.Get(int(i)).Message()); err != nil {
				return err
			}
		}
		if err := show.flush(); err != nil {
			return err
		}
		left -= int64(records.Len())
		token = answer.Get(answer.Descriptor().Fields().ByName("next_page_token")).String()
		switch {
		case token == "" || left <= 0:
			c.noteAge(answer)
			return nil
		case !l.all && l.limit == 0:
			fmt.Fprintln(cmd.ErrOrStderr(), "meshctl: there are more; ask for them with --all or --limit")
			c.noteAge(answer)
			return nil
		}
	}
}

// page fetches one page.
func (c *client) page(cmd *cobra.Command, of collection, l listing, left int64, token string) (protoreflect.Message, error) {
	size := l.page
	if l.limit > 0 && (size == 0 || int64(size) > left) {
		size = int32(min(left, 1000))
	}
	age, err := l.mode.setting()
	if err != nil {
		return nil, err
	}
	in, err := request(of.list, setting{"page_size", size}, setting{"page_token", token},
		setting{"filter", l.filter}, setting{"order_by", l.order}, age)
	if err != nil {
		return nil, err
	}
	out, err := newMessage(of.list.Output())
	if err != nil {
		return nil, err
	}
	conn, err := c.conn()
	if err != nil {
		return nil, err
	}
	ctx, cancel := c.call(cmd)
	defer cancel()
	return out, conn.Invoke(ctx, path(of.list), in.Interface(), out.Interface())
}

// recordsOf finds the records in an answer.
func recordsOf(answer protoreflect.Message, record protoreflect.MessageDescriptor) protoreflect.List {
	fields := answer.Descriptor().Fields()
	for i := range fields.Len() {
		if fd := fields.Get(i); fd.IsList() && fd.Message() != nil && fd.Message().FullName() == record.FullName() {
			return answer.Get(fd).List()
		}
	}
	return nil
}

// noteAge warns a person of an answer that Odoo no longer stands behind.
func (c *client) noteAge(answer protoreflect.Message) {
	m, ok := answer.Interface().(interface{ GetFreshness() *typesv1.Freshness })
	if !ok || m.GetFreshness().GetOdooReachable() {
		return
	}
	fmt.Fprintf(c.errs, "meshctl: Odoo does not answer; the copy was last known to equal it %s\n", c.ago(m.GetFreshness().GetVerifiedTime()))
}

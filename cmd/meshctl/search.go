package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	searchv1 "odoomesh/gen/go/mesh/search/v1"
)

func (c *client) searchCommand() *cobra.Command {
	var size int32
	cmd := &cobra.Command{
		Use:   "search TEXT",
		Short: "Find records by what is in the hand: a number, a code, a scan, words of a name",
		Long: "search takes a number in any case, a SKU, GTIN, lot, tracking or reference number,\n" +
			"the name of a record, words of a name in any order, or a scanned GS1 code, which it\n" +
			"takes apart. Several arguments are words of one text. It finds what the caller may read.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			conn, err := c.conn()
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			found, err := searchv1.NewSearchServiceClient(conn).Search(ctx, &searchv1.SearchRequest{Q: strings.Join(args, " "), PageSize: size})
			if err != nil {
				return err
			}
			if c.asJSON() {
				return c.line(found)
			}
			return c.found(found)
		},
	}
	cmd.Flags().Int32Var(&size, "page-size", 0, "How many hits at most; 0: 20, 100 at most.")
	return cmd
}

func (c *client) found(found *searchv1.SearchResponse) error {
	if scan := found.GetScan(); scan != nil {
		if err := c.scan(scan); err != nil {
			return err
		}
	}
	t := newTable(c.out, "RECORD", "WHAT", "NUMBER", "NAME", "DETAIL", "FOUND BY")
	for _, h := range found.GetHits() {
		detail := h.GetDetail()
		if h.GetArchived() {
			detail = strings.TrimPrefix(detail+", archived", ", ")
		}
		t.row(h.GetName(), short(h.GetType().String(), "HIT_TYPE_"), h.GetNumber(), h.GetDisplayName(), detail, h.GetField())
	}
	if err := t.flush(); err != nil {
		return err
	}
	if found.GetTruncated() {
		fmt.Fprintln(c.out, "There is more: add a word.")
	}
	if some := found.GetIncompleteCollections(); len(some) > 0 {
		fmt.Fprintf(c.out, "Still being loaded or indexed: %s.\n", strings.Join(some, ", "))
	}
	return nil
}

// scan prints a code taken apart, and what is to be said of it.
func (c *client) scan(scan *searchv1.Scan) error {
	if scan.GetProblem() != "" {
		fmt.Fprintf(c.out, "It begins like a scanned code, but %s.\n\n", scan.GetProblem())
		return nil
	}
	t := newTable(c.out, "AI", "TITLE", "VALUE", "DATE")
	for _, e := range scan.GetElements() {
		date := ""
		if e.GetDate() != nil {
			date = messageText(e.GetDate())
		}
		t.row(e.GetAi(), e.GetTitle(), e.GetValue(), date)
	}
	if err := t.flush(); err != nil {
		return err
	}
	for _, remark := range scan.GetRemarks() {
		fmt.Fprintln(c.out, remark)
	}
	fmt.Fprintln(c.out)
	return nil
}

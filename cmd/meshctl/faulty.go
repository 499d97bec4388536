package main

import (
	"github.com/spf13/cobra"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
)

func (c *client) faultyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "faulty [COLLECTION]",
		Short: "List the records that could not be read from Odoo, or only in part",
		Args:  cobra.MaximumNArgs(1), ValidArgsFunction: completeCollection,
		RunE: func(cmd *cobra.Command, args []string) error {
			collection := ""
			if len(args) > 0 {
				of, err := collectionOf(args[0])
				if err != nil {
					return err
				}
				collection = of.name
			}
			return c.faulty(cmd, collection)
		},
	}
}

func (c *client) faulty(cmd *cobra.Command, collection string) error {
	mesh, err := c.operations()
	if err != nil {
		return err
	}
	t := newStream(c.out, []string{"RECORD", "FIELD", "ODOO", "PROBLEM", "READ"}, nil)
	t.widest = uncut
	for token := ""; ; {
		ctx, cancel := c.call(cmd)
		page, err := mesh.ListFaultyRecords(ctx, &operationsv1.ListFaultyRecordsRequest{Collection: collection, PageToken: token, PageSize: 1000})
		cancel()
		if err != nil {
			return err
		}
		for _, r := range page.GetFaultyRecords() {
			if c.asJSON() {
				if err := c.line(r); err != nil {
					return err
				}
				continue
			}
			for _, f := range r.GetFaults() {
				t.row(r.GetName(), f.GetField(), f.GetOdooModel()+"."+f.GetOdooField(), f.GetProblem(), c.ago(r.GetSince()))
			}
		}
		if !c.asJSON() {
			if err := t.flush(); err != nil {
				return err
			}
		}
		if token = page.GetNextPageToken(); token == "" {
			return nil
		}
	}
}

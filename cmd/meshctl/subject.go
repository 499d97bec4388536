package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	searchv1 "odoomesh/gen/go/mesh/search/v1"
)

// subjectOf sets the flag that the one argument of a command stands for: --product for
// products/2, product/2, or a product's SKU or GTIN.
func (c *client) subjectOf(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	name := canonical(args[0])
	if !recordName.MatchString(name) {
		var err error
		if name, err = c.sought(cmd, name); err != nil {
			return err
		}
	}
	of, err := collectionOf(name)
	if err != nil {
		return err
	}
	flag := cmd.Flags().Lookup(subjectFlag(of))
	switch {
	case flag == nil:
		return wrong("%s adds up nothing by one of %s; it takes %s", cmd.Name(), of.name, oneOf(subjects(cmd)))
	case flag.Changed:
		return wrong("%s and --%s say the same; give one of them", args[0], flag.Name)
	}
	return cmd.Flags().Set(flag.Name, name)
}

// subjectFlag is the flag of a command that takes one record of a collection.
func subjectFlag(of collection) string { return strings.ToLower(string(of.record.Name())) }

// subjects are the collections of which a command takes one record.
func subjects(cmd *cobra.Command) []string {
	var names []string
	for _, of := range collections() {
		if cmd.Flags().Lookup(subjectFlag(of)) != nil {
			names = append(names, of.name+"/42")
		}
	}
	return names
}

// sought finds the record that bears a number or code, among those that the command takes.
// Words of a name do where they are those of one record alone.
func (c *client) sought(cmd *cobra.Command, text string) (string, error) {
	conn, err := c.conn()
	if err != nil {
		return "", err
	}
	ctx, cancel := c.call(cmd)
	defer cancel()
	found, err := searchv1.NewSearchServiceClient(conn).Search(ctx, &searchv1.SearchRequest{Q: text, PageSize: 100})
	if err != nil {
		return "", err
	}
	best, names := searchv1.Match_MATCH_UNSPECIFIED, []string(nil)
	for _, h := range found.GetHits() {
		of, err := collectionOf(h.GetName())
		if err != nil || cmd.Flags().Lookup(subjectFlag(of)) == nil || len(names) > 0 && h.GetMatch() > best {
			continue
		}
		if !slices.Contains(names, h.GetName()) {
			best, names = h.GetMatch(), append(names, h.GetName())
		}
	}
	switch {
	case len(names) == 1:
		return names[0], nil
	case len(names) == 0:
		return "", &outcome{codeNotFound, fmt.Sprintf("nothing bears %s that %s takes: it takes %s, or a number or code of one", clean(text), cmd.Name(), oneOf(subjects(cmd)))}
	}
	shown := names[:min(len(names), 5)]
	return "", wrong("%s is borne by several: %s; give one of them (meshctl search tells them apart)", text, strings.Join(shown, ", "))
}

// completeSubject lets the shell complete the first part of what a command takes.
func completeSubject(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var starts []string
	for _, name := range subjects(cmd) {
		starts = append(starts, strings.TrimSuffix(name, "42"))
	}
	return starts, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

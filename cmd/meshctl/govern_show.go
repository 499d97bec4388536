package main

import (
	"cmp"
	"fmt"

	governancev1 "odoomesh/gen/go/mesh/governance/v1"
)

// proposal prints where a proposal stands, and what it changes.
func (c *client) proposal(p *governancev1.Proposal) error {
	if c.asJSON() {
		return c.line(p)
	}
	t := newTable(c.out)
	t.widest = uncut
	t.row("Proposal", cmp.Or(p.GetName(), "not kept"))
	t.row("Document", documentWord(p))
	t.row("State", stateOf(p))
	t.row("Author", p.GetAuthor()+": "+p.GetReason())
	if p.GetReviewer() != "" {
		t.row("Reviewer", p.GetReviewer()+": "+p.GetReviewReason())
	}
	if p.GetScheduledTime() != nil {
		t.row("Due", at(p.GetScheduledTime()))
	}
	if p.GetActivateTime() != nil {
		t.row("In force", "since "+at(p.GetActivateTime()))
	}
	if p.GetEndReason() != "" {
		t.row("Ended", p.GetEndReason())
	}
	if p.GetReverts() != "" {
		t.row("Reverts", p.GetReverts())
	}
	t.row("Base", p.GetBaseDigest())
	t.row("New", p.GetDigest())
	if err := t.flush(); err != nil {
		return err
	}
	if err := c.decisionsChanged(p.GetEffect()); err != nil {
		return err
	}
	return c.fieldsChanged(p.GetEffect())
}

func (c *client) decisionsChanged(e *governancev1.Effect) error {
	fmt.Fprintf(c.out, "\n%s\n", clean(e.GetBasis()))
	if len(e.GetDecisions()) == 0 {
		if len(e.GetFields()) == 0 {
			fmt.Fprintln(c.out, "Nothing changes.")
		}
		return nil
	}
	t := newTable(c.out, "PRINCIPAL", "METHOD", "BEFORE", "AFTER")
	t.widest = uncut
	for _, d := range e.GetDecisions() {
		t.row(d.GetPrincipal(), cmp.Or(d.GetCommand(), d.GetMethod()), d.GetBefore(), d.GetAfter())
	}
	if more := e.GetDecisionCount() - int64(len(e.GetDecisions())); more > 0 {
		fmt.Fprintf(c.errs, "meshctl: and %d decisions more\n", more)
	}
	return t.flush()
}

func (c *client) fieldsChanged(e *governancev1.Effect) error {
	if len(e.GetFields()) == 0 {
		return nil
	}
	t := newTable(c.out, "COLLECTION", "FIELD", "CHANGED", "LOOKED AT", "ALL", "RECORD", "BEFORE", "AFTER")
	for _, f := range e.GetFields() {
		field := cmp.Or(f.GetField(), "(the record itself)")
		row := []string{f.GetCollection(), field, fmt.Sprint(f.GetRecords()), fmt.Sprint(f.GetLookedAt()), fmt.Sprint(f.GetTotal())}
		for _, x := range f.GetExamples() {
			t.row(append(row, x.GetName(), x.GetBefore(), x.GetAfter())...)
			row = make([]string, len(row))
		}
		if len(f.GetExamples()) == 0 {
			t.row(append(row, "", "", "")...)
		}
	}
	return t.flush()
}

package fingerprint

import (
	"context"
	"fmt"
	"slices"
	"time"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/odoo"
)

const (
	// remembered is how many of the newest rows of a table are: the first row that is made
	// after a restore has the id of one of them.
	remembered = 10
	// notes is how many of the mesh's own notes are remembered beside them.
	notes = 5
)

// table is one whose rows are remembered.
type table struct {
	model  string
	domain odoo.Domain
	fields []string
	// oldest says that the oldest row counts and not the newest ones.
	oldest bool
}

const (
	movements = "stock.move"
	messages  = "mail.message"
)

// tables are those that grow with ordinary work, and the company, which is as old as the
// database.
func tables() []table {
	company := []string{"create_date", "company_id"}
	return []table{
		{model: "res.company", fields: []string{"create_date"}, oldest: true},
		{model: "purchase.order", fields: company},
		{model: "stock.picking", fields: company},
		{model: "account.move", fields: company},
		{model: movements, domain: odoo.Where("state", "=", "done"), fields: company},
		written,
	}
}

// written are the messages; Odoo makes more of them than of anything else.
var written = table{model: messages, fields: []string{"create_date", "create_uid", "model", "res_id"}}

// table compares the rows of a table that are remembered with those that are there, and
// remembers the newest.
func (l *look) table(ctx context.Context, t table, newest taken) error {
	var before []*internalv1.KeptRow
	for _, row := range l.kept.GetRows() {
		if row.GetModel() == t.model {
			before = append(before, row)
		}
	}
	if !newest.seen {
		l.found.Rows = append(l.found.Rows, before...)
		return nil
	}
	there := map[int64]*internalv1.KeptRow{}
	for _, row := range newest.rows {
		there[row.GetId()] = row
	}
	var unseen []any
	for _, row := range before {
		if there[row.GetId()] == nil {
			unseen = append(unseen, row.GetId())
		}
	}
	if len(unseen) > 0 {
		others, err := l.take(ctx, t, odoo.Where("id", "in", unseen), len(unseen))
		if err != nil {
			return err
		}
		for _, row := range others.rows {
			there[row.GetId()] = row
		}
	}
	for _, row := range before {
		now := there[row.GetId()]
		switch {
		case now == nil:
			l.gone = append(l.gone, row)
		case now.GetCreateSeconds() != row.GetCreateSeconds():
			l.say(Restored, true, "%s %d was made at %s, and the one of %s is gone: no id is given twice, unless Odoo was put back.",
				row.GetModel(), row.GetId(), at(now), at(row))
		}
	}
	l.found.Rows = append(l.found.Rows, newest.rows...)
	if t.model == messages {
		l.found.Rows = append(l.found.Rows, olderNotes(newest.rows, before, there)...)
	}
	return nil
}

// olderNotes are the mesh's own notes that are to be remembered beside the newest
// messages: where people write much, theirs are the newest.
func olderNotes(newest, before []*internalv1.KeptRow, there map[int64]*internalv1.KeptRow) (older []*internalv1.KeptRow) {
	for _, row := range before {
		now := there[row.GetId()]
		if row.GetDocument() != 0 && now != nil && !slices.Contains(newest, now) && len(older) < notes {
			older = append(older, row)
		}
	}
	return older
}

// taken are rows that were read; seen is false where they cannot be.
type taken struct {
	rows []*internalv1.KeptRow
	seen bool
}

// take reads rows of a table. A row whose time cannot be read shows nothing.
func (l *look) take(ctx context.Context, t table, domain odoo.Domain, limit int) (taken, error) {
	o := odoo.ReadOptions{Order: "id desc", Limit: limit}
	if t.oldest {
		o = odoo.ReadOptions{Order: "id", Limit: 1}
	}
	there, err := l.read(ctx, t.model, domain, t.fields, o)
	if err != nil || !there.seen {
		return taken{}, err
	}
	is := taken{seen: true}
	server, _ := l.client.Server()
	for _, row := range there.rows {
		made, err := row.Time("create_date")
		if err != nil || made.IsZero() {
			continue
		}
		r := &internalv1.KeptRow{Model: t.model, Id: row.ID(), CreateSeconds: made.Unix()}
		if slices.Contains(t.fields, "company_id") {
			if ref, ok, err := row.Many2One("company_id"); err == nil && ok {
				r.Company = ref.ID
			}
		}
		if t.model == messages {
			author, ok, err := row.Many2One("create_uid")
			document, _ := row.Int("res_id")
			model, _ := row.Text("model")
			if err == nil && ok && author.ID == server.UserID && model != "" && document != 0 {
				r.DocumentModel, r.Document = model, document
			}
		}
		is.rows = append(is.rows, r)
	}
	return is, nil
}

// missing says what the lack of a row shows, beside a numbering that went back.
func (l *look) missing(ctx context.Context, row *internalv1.KeptRow) error {
	switch {
	case row.GetModel() == movements:
		// The user may have lost the company, or the right.
		domain := odoo.Where("state", "=", "done")
		if row.GetCompany() != 0 {
			domain = domain.And("company_id", "=", row.GetCompany())
		}
		if others, err := l.any(ctx, movements, domain); err != nil || !others {
			return err
		}
		l.say(Restored, !l.lags(), "The movement %d of %s, which was done, is gone: Odoo deletes none that is done.", row.GetId(), at(row))
	case row.GetDocument() != 0:
		if there, err := l.any(ctx, row.GetDocumentModel(), odoo.Where("id", "=", row.GetDocument())); err != nil || !there {
			return err
		}
		l.say(Restored, !l.lags(), "The mesh's note of %s is gone from %s %d, which is there.", at(row), row.GetDocumentModel(), row.GetDocument())
	}
	return nil
}

// numbers compares how far the numberings are. One that a person has set back is not a
// restore: then what was numbered is still there.
func (l *look) numbers(are answer) {
	if !are.seen {
		l.found.Numbers = l.kept.GetNumbers()
	}
	before := map[int64]*internalv1.KeptNumber{}
	for _, n := range l.kept.GetNumbers() {
		before[n.GetId()] = n
	}
	gone := ""
	for _, row := range l.gone {
		if row.GetModel() != messages {
			gone = fmt.Sprintf("%s %d of %s", row.GetModel(), row.GetId(), at(row))
		}
	}
	for _, row := range are.rows {
		next, err := row.Int("number_next_actual")
		if err != nil {
			continue
		}
		name, _ := row.Text("name")
		n := &internalv1.KeptNumber{Id: row.ID(), Name: name, Next: next}
		l.found.Numbers = append(l.found.Numbers, n)
		if was := before[n.GetId()]; was.GetNext() > n.GetNext() && gone != "" {
			l.say(Restored, !l.lags(), "The numbering %q gives %d next, and was at %d; and %s is gone.", name, n.GetNext(), was.GetNext(), gone)
		}
	}
}

// at is when a row was made, for people.
func at(row *internalv1.KeptRow) string {
	return time.Unix(row.GetCreateSeconds(), 0).UTC().Format(time.RFC3339)
}

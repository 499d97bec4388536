package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	"odoomesh/internal/odoo"
)

// Module is the module part of the external ids that the mesh gives.
const Module = "mesh"

// Client asks Odoo; *odoo.Client is one.
type Client interface {
	SearchRead(ctx context.Context, model string, domain odoo.Domain, fields []string, opts odoo.ReadOptions) ([]odoo.Row, error)
	Call(ctx context.Context, model, method string, args []any, kwargs map[string]any) (any, error)
	CallOn(ctx context.Context, model, method string, ids []int64, args []any, kwargs map[string]any) (any, error)
	May(ctx context.Context, model, operation string) (bool, error)
	Server() (odoo.Server, bool)
	Language() string
	Companies() []int64
}

// Odoo is Odoo as a command meets it: what only reads, and the calls that change
// something, which are noted, and in a validation not made.
type Odoo struct {
	client Client
	zone   *time.Location
	// dry makes no call that changes something.
	dry   bool
	calls []*commandv1.Call
	// sent says that Odoo may have carried one of them out, or still does.
	sent bool
	// adrift says that it may still be at one of them: the answer is missing.
	adrift bool
	seen   memory
}

// Dry tells whether the calls that change something are only noted: what they would
// have made is not there to be read.
func (o *Odoo) Dry() bool { return o.dry }

// Major is the release of the Odoo that was signed in to, such as 17.
func (o *Odoo) Major() int {
	server, _ := o.client.Server()
	return server.Version.Major
}

// Zone is where the company is: in which a day is a day.
func (o *Odoo) Zone() *time.Location { return o.zone }

// Spoken adds to a context the language in which people read: what is written in it is
// what they see, also where a text has other languages beside it.
func (o *Odoo) Spoken(context map[string]any) map[string]any {
	if language := o.client.Language(); language != "" {
		context["lang"] = language
	}
	return context
}

// Rows reads the rows of a model that are in a domain, archived ones too.
func (o *Odoo) Rows(ctx context.Context, model string, domain odoo.Domain, fields ...string) ([]odoo.Row, error) {
	question := fmt.Sprint(model, domain, fields)
	if rows, known := o.seen.recall(question); known {
		return rows, nil
	}
	rows, err := o.client.SearchRead(ctx, model, domain, fields, odoo.ReadOptions{Order: "id"})
	if err == nil {
		o.seen.keep(question, rows)
	}
	return rows, err
}

// Newest is the id of the row of a model that was made last; 0 where there is none.
func (o *Odoo) Newest(ctx context.Context, model string) (int64, error) {
	row, _, err := first(o.client.SearchRead(ctx, model, nil, []string{"id"}, odoo.ReadOptions{Order: "id desc", Limit: 1}))
	return row.ID(), err
}

// Row reads one row; ok is false where it is gone.
func (o *Odoo) Row(ctx context.Context, model string, id int64, fields ...string) (row odoo.Row, ok bool, err error) {
	return first(o.Rows(ctx, model, odoo.Where("id", "=", id), fields...))
}

func first(rows []odoo.Row, err error) (row odoo.Row, ok bool, _ error) {
	if err != nil || len(rows) == 0 {
		return odoo.Row{}, false, err
	}
	return rows[0], true, nil
}

// Find gives the id of the row that has an external id; 0 where there is none, or not
// any more. Odoo answers it from its primary database, also where others may lag.
func (o *Odoo) Find(ctx context.Context, external string) (int64, error) {
	module, name, _ := strings.Cut(external, ".")
	answer, err := o.client.Call(ctx, "ir.model.data", "check_object_reference", nil, map[string]any{
		"module": module, "xml_id": name, "context": map[string]any{"active_test": false},
	})
	var fault *odoo.Fault
	if errors.As(err, &fault) && fault.Kind == odoo.Missing {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	// What dangles is answered as [model, false].
	pair, _ := answer.([]any)
	if len(pair) == 2 {
		id, _ := pair[1].(int64)
		return id, nil
	}
	return 0, fmt.Errorf("looking for %s: Odoo answered %T", external, answer)
}

// Load makes or completes rows by Odoo's load: each that has an external id is made
// once, however often it is sent. It answers the ids; in a validation made-up ones.
func (o *Odoo) Load(ctx context.Context, model string, columns []string, rows [][]string) ([]int64, error) {
	return o.LoadWith(ctx, model, columns, rows, nil)
}

// LoadWith is Load with words of the context beside the time zone.
func (o *Odoo) LoadWith(ctx context.Context, model string, columns []string, rows [][]string, words map[string]any) ([]int64, error) {
	o.note(model, "load", rows[0][0])
	if o.dry {
		ids := make([]int64, len(rows))
		for i := range ids {
			ids[i] = -1 - int64(i)
		}
		return ids, nil
	}
	leave := o.leaving()
	answer, err := o.load(ctx, model, columns, rows, words)
	leave(err)
	if err != nil {
		return nil, err
	}
	return loaded(model, answer)
}

// LoadOne is Load of a row that other commands may load with theirs, all of them or none:
// where Odoo refuses them, each is loaded alone.
func (o *Odoo) LoadOne(ctx context.Context, model string, columns []string, row []string) error {
	g, can := o.client.(*gathered)
	if !can || o.dry {
		_, err := o.Load(ctx, model, columns, [][]string{row})
		return err
	}
	o.note(model, "load", row[0])
	leave := o.leaving()
	out := g.load(ctx, o, model, columns, row)
	if leave(out.failed); out.failed != nil {
		return out.failed
	}
	return out.refused
}

func (o *Odoo) load(ctx context.Context, model string, columns []string, rows [][]string, words map[string]any) (any, error) {
	data := make([]any, len(rows))
	for i, row := range rows {
		data[i] = items(row)
	}
	said := map[string]any{"tz": "UTC"}
	maps.Copy(said, words)
	return o.client.Call(ctx, model, "load", []any{items(columns), data}, o.served(map[string]any{"context": o.Spoken(said)}))
}

func items(texts []string) []any {
	all := make([]any, len(texts))
	for i, text := range texts {
		all[i] = text
	}
	return all
}

// loaded reads what load answers: it refuses without a fault.
func loaded(model string, answer any) ([]int64, error) {
	result, isMap := answer.(map[string]any)
	if !isMap {
		return nil, fmt.Errorf("loading %s: Odoo answered %T", model, answer)
	}
	if list, isList := result["ids"].([]any); isList {
		ids := make([]int64, len(list))
		for i, item := range list {
			ids[i], _ = item.(int64)
		}
		if len(ids) == 0 {
			return nil, fmt.Errorf("loading %s: Odoo answered no ids", model)
		}
		return ids, nil
	}
	var texts []string
	messages, _ := result["messages"].([]any)
	for _, m := range messages {
		message, _ := m.(map[string]any)
		if text, _ := message["message"].(string); text != "" {
			texts = append(texts, strings.TrimSpace(text))
		}
	}
	fault := &odoo.Fault{Code: 2, Kind: odoo.BusinessRule, Message: strings.Join(texts, " ")}
	if odoo.IsContention(fault.Message) {
		fault.Kind = odoo.Contention
	}
	return nil, fault
}

// Do calls a method that changes something, which has to be harmless when it is called
// again. The answer of a method that has none is nil.
func (o *Odoo) Do(ctx context.Context, model, method string, ids []int64, kwargs map[string]any) (any, error) {
	return o.DoAs(ctx, o.client, model, method, ids, o.served(kwargs))
}

// Caller calls methods of Odoo's records as a user of its own.
type Caller interface {
	CallOn(ctx context.Context, model, method string, ids []int64, args []any, kwargs map[string]any) (any, error)
}

// DoAs is Do as another user, who may what the mesh's own may not.
func (o *Odoo) DoAs(ctx context.Context, as Caller, model, method string, ids []int64, kwargs map[string]any) (any, error) {
	o.note(model, method, fmt.Sprint(ids))
	if o.dry {
		return nil, nil
	}
	leave := o.leaving()
	answer, err := as.CallOn(ctx, model, method, ids, nil, kwargs)
	leave(err)
	return unmarshalled(answer, err)
}

// Member tells whether the mesh's user is in a group of Odoo's, such as
// "purchase.group_purchase_manager" [has_group, which runs on the user from 18 on].
func (o *Odoo) Member(ctx context.Context, group string) (is bool, err error) {
	server, _ := o.client.Server()
	said := map[string]any{"group_ext_id": group}
	var answer any
	if server.Version.Major >= 18 {
		answer, err = o.client.CallOn(ctx, "res.users", "has_group", []int64{server.UserID}, nil, said)
	} else {
		answer, err = o.client.Call(ctx, "res.users", "has_group", nil, said)
	}
	if err != nil {
		return false, err
	}
	is, known := answer.(bool)
	if !known {
		return false, fmt.Errorf("looking who is in %s: Odoo answered %T", group, answer)
	}
	return is, nil
}

// Run calls a method of a model, and not of rows, that changes something; subject says
// what, for people. Unlike that of Do, it need not be harmless when it is called again:
// the command has to see to that by Adrift.
func (o *Odoo) Run(ctx context.Context, model, method, subject string, args []any, kwargs map[string]any) (any, error) {
	o.note(model, method, subject)
	if o.dry {
		return nil, nil
	}
	leave := o.leaving()
	answer, err := o.client.Call(ctx, model, method, args, o.served(kwargs))
	leave(err)
	return unmarshalled(answer, err)
}

// unmarshalled is an answer without the fault of a method that has none.
func unmarshalled(answer any, err error) (any, error) {
	var fault *odoo.Fault
	if errors.As(err, &fault) && fault.Kind == odoo.NotMarshalled {
		return nil, nil // it was carried out, and only its answer could not be written down
	}
	return answer, err
}

// leaving notes that a call leaves, and then what is known of that when it has ended.
func (o *Odoo) leaving() func(err error) {
	sent, adrift := o.sent, o.adrift
	o.sent, o.adrift = true, true
	return func(err error) {
		executed := err == nil || odoo.MayHaveExecuted(err)
		o.sent, o.adrift = sent || executed, adrift || executed && isOfTransport(err)
	}
}

// last is the call that was made last of those that change something; empty where there
// was none.
func (o *Odoo) last() string {
	if len(o.calls) == 0 {
		return ""
	}
	c := o.calls[len(o.calls)-1]
	return c.GetModel() + "." + c.GetMethod() + " " + c.GetSubject()
}

func (o *Odoo) note(model, method, subject string) {
	o.calls = append(o.calls, &commandv1.Call{Model: model, Method: method, Subject: subject})
}

// Window is the model of the window that Odoo opens in place of an answer, such as
// "expiry.picking.confirmation"; empty where it opens none.
func Window(answer any) string {
	action, _ := answer.(map[string]any)
	model, _ := action["res_model"].(string)
	return model
}

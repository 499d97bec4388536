package goods

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
)

// Needs are what moving goods needs to be let do.
var Needs = []command.Need{
	{Model: Model, Operation: "create"}, {Model: Model, Operation: "write"}, {Model: moveModel, Operation: "create"},
	{Model: lineModel, Operation: "create"}, {Model: lineModel, Operation: "unlink"},
}

// Transfer is goods that go from one place, or from below it, to another.
type Transfer struct {
	Operation, From, To, Company int64
	// Partner is the other side, and ReturnOf the transfer that had brought the goods; 0 for
	// none.
	Partner, ReturnOf int64
	// Origin is what people read there as its reason.
	Origin string
	Moves  []Move
	// TakeReserved lets it take what others have reserved.
	TakeReserved bool
}

// Move is a quantity of a product, in its base unit.
type Move struct {
	Article  Article
	Quantity *big.Rat
	// Of is the move whose goods go back, and OrderLine the line that they were ordered by;
	// 0 for none.
	Of, OrderLine int64
	Lines         []Line
}

// Line is a part of a move that lies at one place, of one lot.
type Line struct {
	From, Lot int64
	Quantity  *big.Rat
}

// lines are the external ids of lines beyond those of moves.
const lines = 1000

// Made is the transfer of an intent as Odoo has it.
type Made struct {
	ID          int64
	Name, State string
}

// Find looks the transfer of an intent up; its id is 0 where there is none.
func Find(ctx context.Context, w *command.Work) (m Made, err error) {
	if m.ID, err = w.Odoo.Find(ctx, w.External(0)); err != nil || m.ID == 0 {
		return m, err
	}
	row, ok, err := w.Odoo.Row(ctx, Model, m.ID, "name", "state")
	if err != nil || !ok {
		return Made{}, err
	}
	if m.Name, err = row.String("name"); err != nil {
		return m, err
	}
	m.State, err = row.String("state")
	return m, err
}

// Standing tells from the transfer of an intent how far its command has come.
func (m Made) Standing(w *command.Work, document string) command.Standing {
	s := command.Standing{Document: document, Evidence: fmt.Sprintf("%s has no mesh.x_%s", Model, w.ID)}
	if m.ID == 0 {
		return s
	}
	s.Model, s.ID, s.Stage = Model, m.ID, command.Begun
	s.Evidence = fmt.Sprintf("%s %d (%s), which is mesh.x_%s, is in state %q", Model, m.ID, m.Name, w.ID, m.State)
	if m.State == "done" {
		s.Stage = command.Done
	}
	return s
}

// Book makes the transfer that plan says and books it, from where it stands; each step
// leaves what is there already as it is. Words are what Odoo is not to ask when it books:
// plan may not have been asked before, where a transfer was begun. Plan looks at the stock,
// and is asked again when the transfer is there and has nothing reserved of its own.
func Book(ctx context.Context, w *command.Work, plan func(context.Context) (Transfer, error), words func(context.Context) (map[string]any, error)) error {
	o := w.Odoo
	made, err := Find(ctx, w)
	if err != nil {
		return err
	}
	if made.ID == 0 {
		t, err := plan(ctx)
		if err != nil {
			return err
		}
		if made.ID, err = t.load(ctx, w); err != nil {
			return err
		}
		if o.Dry() {
			return t.rehearse(ctx, w, made.ID)
		}
		if made, err = Find(ctx, w); err != nil {
			return err
		}
	}
	switch made.State {
	case "done":
		return nil
	case "cancel":
		return command.Refused("The transfer %s that was made for it is cancelled in Odoo.", made.Name)
	case "draft":
		if _, err := o.Do(ctx, Model, "action_confirm", []int64{made.ID}, nil); err != nil {
			return err
		}
	}
	if err := prepare(ctx, w, made, plan); err != nil {
		return err
	}
	said, err := words(ctx)
	if err != nil {
		return err
	}
	return validate(ctx, o, made, said)
}

// prepare puts the lines that were asked for in place of those that Odoo proposes. Where
// the goods are not there any more, the transfer is cancelled.
func prepare(ctx context.Context, w *command.Work, made Made, plan func(context.Context) (Transfer, error)) error {
	if own, err := w.Odoo.Find(ctx, w.External(lines+1)); err != nil || own != 0 {
		return err // they are made at once
	}
	if err := clear(ctx, w.Odoo, made); err != nil {
		return err
	}
	t, err := plan(ctx)
	if err == nil {
		var moves []int64
		if moves, err = movesOf(ctx, w, made, len(t.Moves)); err != nil {
			return err
		}
		if err := t.loadLines(ctx, w, made.ID, moves); err != nil {
			return err
		}
		err = t.overtaken(ctx, w.Odoo)
	}
	switch fault.ReasonOf(err) {
	case errorsv1.Reason_REASON_INVALID_ARGUMENT, errorsv1.Reason_REASON_BUSINESS_RULE:
		if _, failed := w.Odoo.Do(ctx, Model, "action_cancel", []int64{made.ID}, nil); failed != nil {
			return failed
		}
		return command.Refused("%s The transfer %s that was made for it was cancelled.", sentence(err), made.Name)
	}
	return err
}

// sentence is a refusal in words.
func sentence(err error) string {
	text := err.Error()
	var refused *fault.Error
	if errors.As(err, &refused) {
		text = refused.Message()
	}
	return strings.TrimSuffix(text, ".") + "."
}

// clear deletes the lines that Odoo proposes. What people have entered is not taken away.
func clear(ctx context.Context, o *command.Odoo, made Made) error {
	fields := []string{"id", movedField(o)}
	if o.Major() >= 17 {
		fields = append(fields, "picked")
	}
	rows, err := o.Rows(ctx, lineModel, command.Where("picking_id", "=", made.ID), fields...)
	if err != nil || len(rows) == 0 {
		return err
	}
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID()
		entered := false
		if o.Major() >= 17 {
			entered, err = row.Bool("picked")
		} else {
			var done float64
			done, err = row.Float(movedField(o))
			entered = done != 0
		}
		if err != nil {
			return err
		}
		if entered {
			return &command.Question{Text: fmt.Sprintf("Somebody has entered goods by hand in the transfer %s that was made for it: finish it in Odoo, or cancel it there.", made.Name)}
		}
	}
	_, err = o.Do(ctx, lineModel, "unlink", ids, nil)
	return err
}

// movesOf are the moves of the transfer of an intent, in the order of the request.
func movesOf(ctx context.Context, w *command.Work, made Made, n int) ([]int64, error) {
	moves := make([]int64, n)
	for i := range moves {
		var err error
		if moves[i], err = w.Odoo.Find(ctx, w.External(i+1)); err != nil {
			return nil, err
		}
		if moves[i] == 0 {
			return nil, &command.Question{Text: fmt.Sprintf("Somebody has changed the transfer %s that was made for it: finish it in Odoo, or cancel it there.", made.Name)}
		}
	}
	return moves, nil
}

// load makes the transfer, as a draft.
func (t Transfer) load(ctx context.Context, w *command.Work) (int64, error) {
	major := w.Odoo.Major()
	head := []string{"id", "picking_type_id/.id", "location_id/.id", "location_dest_id/.id", "origin", "partner_id/.id"}
	cells := []string{w.External(0), command.Cell(t.Operation), command.Cell(t.From), command.Cell(t.To), t.Origin, command.Cell(t.Partner)}
	if major >= 17 {
		head, cells = append(head, "return_id/.id"), append(cells, command.Cell(t.ReturnOf))
	}
	columns := append(head, "move_ids/id", "move_ids/product_id/.id", "move_ids/product_uom_qty", "move_ids/product_uom/.id",
		"move_ids/location_id/.id", "move_ids/location_dest_id/.id")
	if t.Company != 0 {
		columns = append(columns, "move_ids/company_id/.id")
	}
	if major < 19 {
		columns = append(columns, "move_ids/name")
	}
	if t.ReturnOf != 0 {
		columns = append(columns, "move_ids/origin_returned_move_id/.id", "move_ids/purchase_line_id/.id", "move_ids/to_refund")
	}
	rows := make([][]string, len(t.Moves))
	for i, m := range t.Moves {
		if i > 0 {
			cells = make([]string, len(cells))
		}
		row := append(cells[:len(cells):len(cells)], w.External(i+1), command.Cell(m.Article.ID), Text(m.Quantity), command.Cell(m.Article.Unit), command.Cell(t.From), command.Cell(t.To))
		if t.Company != 0 {
			row = append(row, command.Cell(t.Company))
		}
		if major < 19 {
			row = append(row, t.Origin)
		}
		if t.ReturnOf != 0 {
			row = append(row, command.Cell(m.Of), command.Cell(m.OrderLine), "1")
		}
		rows[i] = row
	}
	var words map[string]any
	if major < 17 { // which does not see the types that are archived, else
		words = map[string]any{"active_test": false}
	}
	ids, err := w.Odoo.LoadWith(ctx, Model, columns, rows, words)
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

func (t Transfer) loadLines(ctx context.Context, w *command.Work, transfer int64, moves []int64) error {
	columns := []string{"id", "picking_id/.id", "move_id/.id", "product_id/.id", "product_uom_id/.id", "location_id/.id", "location_dest_id/.id", "lot_id/.id", movedField(w.Odoo)}
	if w.Odoo.Major() >= 17 {
		columns = append(columns, "picked")
	}
	var rows [][]string
	for i, m := range t.Moves {
		for _, l := range m.Lines {
			row := []string{w.External(lines + 1 + len(rows)), command.Cell(transfer), command.Cell(moves[i]), command.Cell(m.Article.ID), command.Cell(m.Article.Unit), command.Cell(l.From), command.Cell(t.To), command.Cell(l.Lot), Text(l.Quantity)}
			if w.Odoo.Major() >= 17 {
				row = append(row, "1")
			}
			rows = append(rows, row)
		}
	}
	_, err := w.Odoo.Load(ctx, lineModel, columns, rows)
	return err
}

// overtaken refuses what somebody else has taken, or reserved, in the very moment in which
// the lines were made: from 17 on these reserve what they move.
func (t Transfer) overtaken(ctx context.Context, o *command.Odoo) error {
	if o.Major() < 17 || t.TakeReserved {
		return nil
	}
	for _, m := range t.Moves {
		for _, l := range m.Lines {
			stock, err := StockAt(ctx, o, Spot{m.Article.ID, l.From, l.Lot})
			if err != nil {
				return err
			}
			if stock.Free().Sign() < 0 {
				return command.Refused("Somebody else has taken or reserved the goods in this moment: of products/%d there are %s, and %s are reserved.", m.Article.ID, Text(stock.Quantity), Text(stock.Reserved))
			}
		}
	}
	return nil
}

// rehearse notes the calls that follow, in a validation.
func (t Transfer) rehearse(ctx context.Context, w *command.Work, transfer int64) error {
	if _, err := w.Odoo.Do(ctx, Model, "action_confirm", []int64{transfer}, nil); err != nil {
		return err
	}
	if err := t.loadLines(ctx, w, transfer, make([]int64, len(t.Moves))); err != nil {
		return err
	}
	_, err := w.Odoo.Do(ctx, Model, "button_validate", []int64{transfer}, nil)
	return err
}

// validate books the transfer. Odoo leaves one that is done as it is; a window in place of
// an answer is a question that nobody answers unasked.
func validate(ctx context.Context, o *command.Odoo, made Made, words map[string]any) error {
	var said map[string]any
	if len(words) > 0 {
		said = map[string]any{"context": words}
	}
	answer, err := o.Do(ctx, Model, "button_validate", []int64{made.ID}, said)
	if err != nil {
		return err
	}
	switch window := command.Window(answer); window {
	case "":
		return nil
	case "expiry.picking.confirmation":
		return &command.Question{Text: fmt.Sprintf("Some of the goods are expired, or are to be taken out of stock by now: somebody has to decide in Odoo whether they move. The transfer %s is prepared there: validate it, or cancel it.", made.Name)}
	case "confirm.stock.sms":
		return &command.Question{Text: fmt.Sprintf("Odoo asks whether to send a text message for the transfer %s, which is prepared there: validate it, or cancel it.", made.Name)}
	default:
		return &command.Question{Text: fmt.Sprintf("Odoo asks a question (%s) that only a person may answer. The transfer %s is prepared there: validate it, or cancel it.", window, made.Name)}
	}
}

package inventory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/gen/go/mesh/inventory/v1/inventoryservice"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/owned"
	"odoomesh/internal/resource"
)

const (
	free     = inventoryv1.HoldState_HOLD_STATE_FREE
	held     = inventoryv1.HoldState_HOLD_STATE_HELD
	recalled = inventoryv1.HoldState_HOLD_STATE_RECALLED
)

// askOdooFor is how long a hold waits for Odoo, of which it wants to know only who has
// reserved what: the lot is held whether or not Odoo answers.
const askOdooFor = 2 * time.Second

// marking gives a lot, and each of the product whose number differs from its in white
// space alone, another state: it is in nobody's interest that "L123" is held and "L123 ",
// which is the same package, is not.
type marking struct {
	service      *Service
	name, etag   string
	state        inventoryv1.HoldState
	reason       string
	reservations []string
	// stays says that the goods are not moved to a place of quarantine.
	stays bool
}

func (s *Service) beginHold(request proto.Message) (command.Command, error) {
	r := request.(*inventoryv1.HoldLotRequest)
	m := &marking{service: s, name: r.GetName(), state: held, reason: strings.TrimSpace(r.GetReason()), stays: r.GetLeaveInPlace()}
	if r.GetRecall() {
		m.state = recalled
	}
	return m, m.named()
}

func (s *Service) beginReleaseHold(request proto.Message) (command.Command, error) {
	r := request.(*inventoryv1.ReleaseLotHoldRequest)
	m := &marking{service: s, name: r.GetName(), etag: r.GetEtag(), state: free, reason: strings.TrimSpace(r.GetReason())}
	return m, m.named()
}

func (m *marking) named() error {
	var g command.Given
	g.ID("name", inventoryservice.Lots, m.name)
	g.Text("reason", m.reason, 1000)
	if m.reason == "" {
		g.Wrong("reason", "say why, for people")
	}
	return g.Err()
}

// Document is the lot.
func (m *marking) Document() string { return m.name }

// Look tells from the book whether each lot was marked for this intent.
func (m *marking) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	s := command.Standing{Document: m.name, Model: lotModel, Warnings: m.reservations}
	twins, err := m.service.twins(ctx, m.name)
	if err != nil {
		return s, err
	}
	marked := 0
	for _, lot := range twins {
		id := idOf(lot.GetName())
		if lot.GetName() == m.name {
			s.ID = id
		} else {
			s.Twins = append(s.Twins, id)
		}
		revision, _, err := m.service.owned.Made(inventoryservice.Lots, resource.Key(id), w.ID)
		if err != nil {
			return s, err
		}
		if revision != 0 {
			marked++
		}
	}
	s.Evidence = fmt.Sprintf("%d of the %d lots with this number were marked", marked, len(twins))
	if marked == 0 {
		return s, nil
	}
	s.Stage = command.Begun
	followed := true
	if m.moves() {
		var left []string
		if s.FollowUps, left, followed, err = m.followed(ctx, w, twins); err != nil {
			return s, err
		}
		s.Warnings = append(slices.Clip(s.Warnings), left...)
	}
	if len(m.unmarked(twins)) == 0 && followed {
		s.Stage = command.Done
	}
	return s, nil
}

// unmarked are the lots that are not in the state that is wanted, or in a graver one.
func (m *marking) unmarked(lots []*inventoryv1.Lot) (left []*inventoryv1.Lot) {
	for _, lot := range lots {
		switch is := lot.GetHoldState(); m.state {
		case free:
			if is == held || is == recalled {
				left = append(left, lot)
			}
		default:
			if is < m.state {
				left = append(left, lot)
			}
		}
	}
	return left
}

// Check refuses what changes nothing: a second hold would take the first one's reason
// away, and whoever releases it would give free what another holds.
func (m *marking) Check(ctx context.Context, _ *command.Work) error {
	cached := func(ctx context.Context, name string) (*inventoryv1.Lot, error) {
		return m.service.Lots.Get(ctx, name, nil, nil)
	}
	if err := command.Unchanged(ctx, m.name, m.etag, cached); err != nil {
		return err
	}
	twins, err := m.service.twins(ctx, m.name)
	if err != nil || len(m.unmarked(twins)) > 0 {
		return err
	}
	if m.state == free {
		return command.Refused("%s is not held.", m.name)
	}
	first := twins[0]
	return command.Refused("%s is %s already, by %s since %s: %s", m.name, strings.ToLower(strings.TrimPrefix(first.GetHoldState().String(), "HOLD_STATE_")),
		first.GetHeldBy(), first.GetHoldTime().AsTime().Format(time.DateTime), first.GetHoldReason())
}

// Do marks the lots, and then asks Odoo who has reserved something of them. Two who hold
// lots of one number at once do so one after the other: the second has to see the first.
func (m *marking) Do(ctx context.Context, w *command.Work) error {
	twins, err := m.service.twins(ctx, m.name)
	if err != nil {
		return err
	}
	var ids []int64
	for _, lot := range twins {
		ids = append(ids, idOf(lot.GetName()))
	}
	if w.Odoo.Dry() {
		return nil
	}
	if err := m.markAll(ctx, w, twins[0]); err != nil {
		return err
	}
	if m.state == free {
		return nil
	}
	if m.moves() {
		if err := m.follow(ctx, w, twins); err != nil {
			return err
		}
	}
	short, cancel := context.WithTimeout(ctx, askOdooFor)
	defer cancel()
	if m.reservations, err = reservations(short, w.Odoo, ids); err != nil {
		m.reservations = []string{"Odoo does not answer: which transfers have reserved something of it is not known."}
	}
	return nil
}

func (m *marking) markAll(ctx context.Context, w *command.Work, lot *inventoryv1.Lot) error {
	leave, err := w.Alone(ctx, lot.GetProduct()+" "+strings.TrimSpace(lot.GetLotNumber()))
	if err != nil {
		return err
	}
	defer leave()
	twins, err := m.service.twins(ctx, m.name)
	if err != nil {
		return err
	}
	for _, lot := range m.unmarked(twins) {
		if err := m.mark(ctx, w, idOf(lot.GetName())); err != nil {
			return err
		}
	}
	return nil
}

func (m *marking) mark(ctx context.Context, w *command.Work, lot int64) error {
	shown := &inventoryv1.Lot{HoldState: m.state}
	if m.state != free {
		shown.HoldReason, shown.HoldTime, shown.HeldBy = m.reason, timestamppb.New(m.service.now()), w.Principal
	}
	fields, err := owned.FieldsOf(shown, "hold_state", "hold_reason", "hold_time", "held_by")
	if err != nil {
		return err
	}
	_, err = m.service.owned.Set(ctx, owned.Write{
		Collection: inventoryservice.Lots, Key: resource.Key(lot), Owner: optionsv1.Owner_OWNER_MESH, Author: w.Principal, Intent: w.ID, Fields: fields,
	})
	return command.OwnedError(err)
}

// twins are the lot and all of its product whose number differs from its in white space
// alone, the lot first.
func (s *Service) twins(ctx context.Context, name string) ([]*inventoryv1.Lot, error) {
	lot, err := s.Lots.Get(ctx, name, nil, nil)
	if err != nil {
		return nil, err
	}
	twins := []*inventoryv1.Lot{lot}
	for token := ""; ; {
		page, err := s.Lots.List(ctx, &inventoryv1.ListLotsRequest{
			Filter: fmt.Sprintf("product = %q AND lot_number = %q", lot.GetProduct(), lot.GetLotNumber()), PageSize: 1000, PageToken: token,
		})
		if err != nil {
			return nil, err
		}
		for _, twin := range page.Records {
			if twin.GetName() != name {
				twins = append(twins, twin)
			}
		}
		if token = page.NextToken; token == "" {
			return twins, nil
		}
	}
}

func idOf(name string) int64 {
	key, err := resource.KeyOf(inventoryservice.Lots, name)
	if err != nil {
		return 0
	}
	return resource.KeyID(key)
}

package receipt

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/gen/go/mesh/receipt/v1/receiptservice"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/owned"
	"odoomesh/services/inventory/goods"
)

const (
	// mostAnnouncements and mostAnnounced bound what is kept of a receipt: with each write
	// all are written.
	mostAnnouncements = 100
	mostAnnounced     = 5000
	// announcements is where the notices of a receipt are kept.
	announcements = "announcements"

	announced = receiptv1.AnnouncementState_ANNOUNCEMENT_STATE_ANNOUNCED
	withdrawn = receiptv1.AnnouncementState_ANNOUNCEMENT_STATE_WITHDRAWN
)

// announce keeps what the supplier says is on its way, or that it is not.
type announce struct {
	command.Kept
	etag     string
	withdraw bool
	says     *receiptv1.Announcement
	// receipt reads the receipt as the copy has it, so that it works while Odoo is down.
	receipt func(ctx context.Context, name string) (*receiptv1.Receipt, error)
	goods   known
	clock   clock.Clock
}

func (s *Service) beginAnnounce(request proto.Message) (command.Command, error) {
	r := request.(*receiptv1.AnnounceReceiptRequest)
	var g command.Given
	c := &announce{
		Kept: command.Kept{Name: r.GetName(), Model: transferModel, ID: g.ID("name", receiptservice.Receipts, r.GetName()), Book: s.owned},
		etag: r.GetEtag(), withdraw: r.GetWithdraw(), receipt: s.whole, goods: s.goods, clock: s.desk.Clock,
		says: &receiptv1.Announcement{
			Reference: trimmed(&g, "reference", r.GetReference(), 100), State: announced,
			Carrier: g.Text("carrier", r.GetCarrier(), 200), TrackingNumber: trimmed(&g, "tracking_number", r.GetTrackingNumber(), 200),
			ExpectedTime: r.GetExpectedTime(), Comment: g.Text("comment", r.GetComment(), 1000),
		},
	}
	c.Says = c.write
	if c.says.Reference == "" {
		g.Wrong("reference", "give the supplier's number of the notice")
	}
	g.Time("expected_time", r.GetExpectedTime())
	if c.withdraw {
		for _, field := range []struct {
			name  string
			given bool
		}{
			{"lines", len(r.GetLines()) > 0}, {"carrier", r.GetCarrier() != ""}, {"tracking_number", r.GetTrackingNumber() != ""},
			{"expected_time", r.GetExpectedTime() != nil}, {"comment", r.GetComment() != ""},
		} {
			if field.given {
				g.Wrong(field.name, "leave it out: the notice is withdrawn")
			}
		}
		return c, g.Err()
	}
	if len(r.GetLines()) == 0 {
		g.Wrong("lines", "give what is on its way, or withdraw the notice")
	}
	said := map[string]int{}
	for i, l := range r.GetLines() {
		at := fmt.Sprintf("lines[%d]", i)
		line := announcedLine(&g, at, l)
		key := fmt.Sprintf("%q %q %q", line.GetLineId(), line.GetLotNumber(), line.GetPackageCode())
		if before, twice := said[key]; twice {
			g.Wrong(at, "lines[%d] says the same line, lot and package: give the sum", before)
		}
		said[key] = i
		c.says.Lines = append(c.says.Lines, line)
	}
	return c, g.Err()
}

// announcedLine refuses what makes no sense of any line.
func announcedLine(g *command.Given, at string, l *receiptv1.AnnouncedLine) *receiptv1.AnnouncementLine {
	line := &receiptv1.AnnouncementLine{
		LineId: l.GetLineId(), Quantity: &decimal.Decimal{Value: g.Quantity(at+".quantity", l.GetQuantity())},
		LotNumber:      trimmed(g, at+".lot_number", l.GetLotNumber(), 200),
		ExpirationDate: g.Expiry(at+".expiration_date", l.GetExpirationDate()),
		PackageCode:    trimmed(g, at+".package_code", l.GetPackageCode(), 200),
	}
	if line.ExpirationDate != nil && line.LotNumber == "" {
		g.Wrong(at+".expiration_date", "it is the day of a lot: give its number")
	}
	if problem := sscc(line.PackageCode); problem != "" {
		g.Wrong(at+".package_code", "%s", problem)
	}
	return line
}

// trimmed is a text without white space around it: a number with some is another one.
func trimmed(g *command.Given, field, text string, most int) string {
	if strings.TrimSpace(g.Text(field, text, most)) != text {
		g.Wrong(field, "there is white space around it: leave that out")
	}
	if strings.ContainsAny(text, "\n\t") {
		g.Wrong(field, "it goes over one line, without tabs")
	}
	return strings.TrimSpace(text)
}

// sscc says what is wrong with the mark of a package; nothing of one that is no SSCC.
func sscc(code string) string {
	switch {
	case len(code) == 20 && strings.HasPrefix(code, "00") && digits(code):
		return "leave the 00 before the SSCC out: it says only that one follows"
	case len(code) != 18 || !digits(code):
		return ""
	}
	sum := 0
	for i, r := range code[:17] {
		sum += int(r-'0') * (3 - 2*(i%2))
	}
	if want := byte('0' + (10-sum%10)%10); code[17] != want {
		return fmt.Sprintf("the check digit of this SSCC is %c: one of the digits is wrong", want)
	}
	return ""
}

func digits(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

// Check refuses what does not fit the receipt, or is not the supplier's.
func (c *announce) Check(ctx context.Context, w *command.Work) error {
	if err := command.Unchanged(ctx, c.Name, c.etag, c.receipt); err != nil {
		return err
	}
	r, err := c.receipt(ctx, c.Name)
	if err != nil {
		return err
	}
	write, err := c.write(ctx, w)
	if err != nil {
		return err
	}
	if err := c.fits(ctx, r); err != nil {
		return err
	}
	return c.Try(write)
}

// Look tells, where it is kept, what people should know of it.
func (c *announce) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	s, err := c.Kept.Look(ctx, w)
	if err != nil || s.Stage != command.Done || c.withdraw {
		return s, err
	}
	if r, err := c.receipt(ctx, c.Name); err == nil { // it is kept, whether or not it can be read now
		s.Warnings = tooMuch(r)
	}
	return s, nil
}

// write is what is to be kept. What was announced before is the book's to tell, as the copy
// may not show it yet.
func (c *announce) write(ctx context.Context, w *command.Work) (owned.Write, error) {
	write := c.Write(w)
	r, err := c.receipt(ctx, c.Name)
	if err != nil {
		return write, err
	}
	switch {
	case r.GetState() == receiptv1.State_STATE_CANCELLED:
		return write, command.Refused("%s is cancelled.", c.Name)
	case r.GetState() == receiptv1.State_STATE_DONE:
		return write, command.Refused("%s has come: what is still on its way belongs to the receipt that expects the rest.", c.Name)
	case r.GetDirection() == receiptv1.Direction_DIRECTION_RETURN:
		return write, command.Refused("%s brings goods back to the supplier.", c.Name)
	}
	kept, err := c.Book.Get(c.Collection(), c.Key())
	if err != nil {
		return write, err
	}
	all := announcementsIn(kept)
	now := timestamppb.New(c.clock.Now())
	at := slices.IndexFunc(all, func(a *receiptv1.Announcement) bool { return a.GetReference() == c.says.GetReference() })
	says := proto.CloneOf(c.says)
	says.AnnounceTime, says.ChangeTime = now, now
	switch {
	case at < 0 && c.withdraw:
		var g command.Given
		g.Wrong("reference", "%s has no such notice", c.Name)
		return write, g.Err()
	case at < 0:
		all = append(all, says)
	case c.withdraw:
		all[at] = proto.CloneOf(all[at])
		all[at].State, all[at].ChangeTime = withdrawn, now
	default:
		says.AnnounceTime = all[at].GetAnnounceTime()
		all[at] = says
	}
	lines := 0
	for _, a := range all {
		lines += len(a.GetLines())
	}
	if len(all) > mostAnnouncements || lines > mostAnnounced {
		return write, command.Refused("%s has %d notices of %d lines with this one: %d of %d lines are kept at most.", c.Name, len(all), lines, mostAnnouncements, mostAnnounced)
	}
	write.Owner, write.Seen = optionsv1.Owner_OWNER_SUPPLIER_PORTAL, &kept.Revision
	write.Fields, err = owned.FieldsOf(&receiptv1.Receipt{Announcements: all}, announcements)
	return write, err
}

// announcementsIn reads the notices that the book keeps.
func announcementsIn(kept owned.State) (all []*receiptv1.Announcement) {
	for _, f := range kept.Fields {
		if f.Path != announcements {
			continue
		}
		for i := range f.Value.List().Len() {
			if a, is := f.Value.List().Get(i).Message().Interface().(*receiptv1.Announcement); is {
				all = append(all, a)
			}
		}
	}
	return all
}

// fits refuses what is announced of lines that are not there, of goods that are not told
// apart so, and of lots that are known to expire on another day.
func (c *announce) fits(ctx context.Context, r *receiptv1.Receipt) error {
	var g command.Given
	lines := map[string]*receiptv1.ReceiptLine{}
	for _, l := range r.GetLines() {
		lines[l.GetId()] = l
	}
	serials := map[string]int{}
	for i, said := range c.says.GetLines() {
		at := fmt.Sprintf("lines[%d]", i)
		line := lines[said.GetLineId()]
		if line == nil || line.GetState() == receiptv1.State_STATE_CANCELLED {
			g.Wrong(at+".line_id", "%s has no such line that is open", c.Name)
			continue
		}
		tracking, err := c.goods.tracking(ctx, line.GetProduct())
		if err != nil {
			return err
		}
		lot := said.GetLotNumber()
		switch {
		case tracking == productv1.Tracking_TRACKING_NONE && lot != "":
			g.Wrong(at+".lot_number", "%s has no lots", line.GetProduct())
		case tracking == productv1.Tracking_TRACKING_SERIAL && lot != "" && !one(said.GetQuantity().GetValue()):
			g.Wrong(at+".quantity", "%s is tracked by serials: 1 of each", line.GetProduct())
		}
		if key := line.GetProduct() + " " + lot; tracking == productv1.Tracking_TRACKING_SERIAL && lot != "" {
			if before, twice := serials[key]; twice {
				g.Wrong(at+".lot_number", "lines[%d] has the same serial", before)
			}
			serials[key] = i
		}
		if said.GetExpirationDate() == nil {
			continue
		}
		days, err := c.goods.days(ctx, line.GetProduct(), lot, r.GetCompany())
		if err != nil {
			return err
		}
		for _, day := range days {
			if dayText(day) != dayText(said.GetExpirationDate()) {
				g.Wrong(at+".expiration_date", "%s is announced, and the lot is known with the expiry %s: one of the two is wrong", dayText(said.GetExpirationDate()), dayText(day))
			}
		}
	}
	return g.Err()
}

func one(quantity string) bool { return command.Exact(quantity).Cmp(big.NewRat(1, 1)) == 0 }

// tooMuch are warnings of lines of which all notices that stand announce more than is open.
func tooMuch(r *receiptv1.Receipt) (warnings []string) {
	said := map[string]*big.Rat{}
	for _, a := range standing(r) {
		for _, l := range a.GetLines() {
			addTo(said, l.GetLineId(), l.GetQuantity().GetValue())
		}
	}
	for _, l := range r.GetLines() {
		if sum := said[l.GetId()]; sum != nil && sum.Cmp(command.Exact(l.GetExpectedQuantity().GetValue())) > 0 {
			warnings = append(warnings, fmt.Sprintf("Of line %s more is announced than is expected: %s of %s.", l.GetId(), goods.Text(sum), l.GetExpectedQuantity().GetValue()))
		}
	}
	return warnings
}

// standing are the notices of a receipt that stand.
func standing(r *receiptv1.Receipt) (all []*receiptv1.Announcement) {
	for _, a := range r.GetAnnouncements() {
		if a.GetState() == announced {
			all = append(all, a)
		}
	}
	return all
}

func addTo[K comparable](sums map[K]*big.Rat, key K, quantity string) {
	if sums[key] == nil {
		sums[key] = new(big.Rat)
	}
	sums[key].Add(sums[key], command.Exact(quantity))
}

// sameDay tells whether two days are one; one that is not said is any.
func sameDay(a, b *date.Date) bool { return a == nil || b == nil || dayText(a) == dayText(b) }

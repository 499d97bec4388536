package receipt

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
)

func dec(value string) *decimal.Decimal { return &decimal.Decimal{Value: value} }

func notice(reference string, lines ...*receiptv1.AnnouncedLine) *receiptv1.AnnounceReceiptRequest {
	return &receiptv1.AnnounceReceiptRequest{Reference: reference, Lines: lines}
}

func said(line, quantity, lot string) *receiptv1.AnnouncedLine {
	return &receiptv1.AnnouncedLine{LineId: line, Quantity: dec(quantity), LotNumber: lot}
}

// announcing keeps a notice of a receipt that expects 10 with line 1 and 4 with line 2,
// where it is not refused, and answers the warnings.
func announcing(t *testing.T, s *Service, state receiptv1.State, intent string, r *receiptv1.AnnounceReceiptRequest) ([]string, error) {
	t.Helper()
	r.Name = "receipts/9"
	begun, err := s.beginAnnounce(r)
	if err != nil {
		return nil, err
	}
	c := begun.(*announce)
	c.receipt = func(context.Context, string) (*receiptv1.Receipt, error) {
		shown := &receiptv1.Receipt{Name: "receipts/9", Etag: `"now"`, State: state, Lines: []*receiptv1.ReceiptLine{
			{Id: "1", Product: "products/1", ExpectedQuantity: dec("10")}, {Id: "2", Product: "products/2", ExpectedQuantity: dec("4.0")},
		}}
		_, err := s.owned.Merge("receipts", (command.Kept{ID: 9}).Key(), shown, nil)
		return shown, err
	}
	w := &command.Work{ID: intent, Principal: "portal", Odoo: &command.Odoo{}}
	if err := c.Check(t.Context(), w); err != nil {
		return nil, err
	}
	if err := c.Do(t.Context(), w); err != nil {
		return nil, err
	}
	standing, err := c.Look(t.Context(), w)
	return standing.Warnings, err
}

func TestNoticesThatAreRefused(t *testing.T) {
	ready := receiptv1.State_STATE_READY
	dated := func(y, m, d int32) *receiptv1.AnnouncedLine {
		return &receiptv1.AnnouncedLine{LineId: "1", Quantity: dec("1"), LotNumber: "L", ExpirationDate: &date.Date{Year: y, Month: m, Day: d}}
	}
	marked := func(code string) *receiptv1.AnnouncedLine {
		return &receiptv1.AnnouncedLine{LineId: "1", Quantity: dec("1"), PackageCode: code}
	}
	nameless := dated(2030, 1, 31)
	nameless.LotNumber = ""
	now := at(0).AsTime()
	for name, c := range map[string]struct {
		notice *receiptv1.AnnounceReceiptRequest
		state  receiptv1.State
		reason errorsv1.Reason
		says   string
	}{
		"of a receipt that has come": {notice("D1", said("1", "1", "")), receiptv1.State_STATE_DONE, errorsv1.Reason_REASON_BUSINESS_RULE, "has come"},
		"of a cancelled one":         {notice("D1", said("1", "1", "")), receiptv1.State_STATE_CANCELLED, errorsv1.Reason_REASON_BUSINESS_RULE, "cancelled"},
		"of another version":         {&receiptv1.AnnounceReceiptRequest{Reference: "D1", Etag: `"before"`, Lines: []*receiptv1.AnnouncedLine{said("1", "1", "")}}, ready, errorsv1.Reason_REASON_STALE_ETAG, "receipts/9"},
		"without a number":           {notice("", said("1", "1", "")), ready, 0, "reference"},
		"with blanks around it":      {notice(" D1", said("1", "1", "")), ready, 0, "reference"},
		"of nothing":                 {notice("D1"), ready, 0, "lines: "},
		"of another line":            {notice("D1", said("3", "1", "")), ready, 0, "lines[0].line_id"},
		"of less than something":     {notice("D1", said("1", "1", ""), said("2", "-1", "")), ready, 0, "lines[1].quantity"},
		"twice the same":             {notice("D1", said("1", "1", "L"), said("1", "2", "L")), ready, 0, "lines[1]: lines[0]"},
		"a separator of a scanner":   {notice("D1", said("1", "1", "L\x1d10")), ready, 0, "lines[0].lot_number"},
		"a day of no month":          {notice("D1", dated(2030, 13, 0)), ready, 0, "lines[0].expiration_date"},
		"a day that is none":         {notice("D1", dated(2030, 2, 30)), ready, 0, "lines[0].expiration_date"},
		"a day of no lot":            {notice("D1", nameless), ready, 0, "lines[0].expiration_date"},
		"an SSCC with a slip":        {notice("D1", marked("340123450000000012")), ready, 0, "the check digit of this SSCC is 7"},
		"an SSCC with its mark":      {notice("D1", marked("00340123450000000017")), ready, 0, "leave the 00"},
		"withdrawn, not known":       {&receiptv1.AnnounceReceiptRequest{Reference: "D1", Withdraw: true}, ready, 0, "reference"},
		"withdrawn, with a comment":  {&receiptv1.AnnounceReceiptRequest{Reference: "D1", Withdraw: true, Comment: "x"}, ready, 0, "comment"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.reason == 0 {
				c.reason = errorsv1.Reason_REASON_INVALID_ARGUMENT
			}
			s := deskOf(t, &now)
			if _, err := announcing(t, s, c.state, "a", c.notice); fault.ReasonOf(err) != c.reason || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %v of %q", err, c.reason, c.says)
			}
			if kept, err := s.owned.Get("receipts", (command.Kept{ID: 9}).Key()); err != nil || kept.Revision != 0 {
				t.Errorf("kept is %+v, %v", kept, err)
			}
		})
	}
}

// A notice of the same number replaces the one before, others stand beside it, one that is
// withdrawn stays, and more than is expected is a warning.
func TestNoticesStandBesideEachOther(t *testing.T) {
	now := at(0).AsTime()
	s := deskOf(t, &now)
	gs1 := said("2", "4", "M")
	gs1.ExpirationDate = &date.Date{Year: 2028, Month: 2}
	for i, c := range []struct {
		notice   *receiptv1.AnnounceReceiptRequest
		warnings int
	}{
		{notice("A", said("1", "6", "L"), gs1), 0},
		{notice("B", said("1", "5", "")), 1},
		{notice("B", said("1", "4", "")), 0},
		{&receiptv1.AnnounceReceiptRequest{Reference: "A", Withdraw: true}, 0},
	} {
		now = at(i).AsTime()
		for range 2 {
			warnings, err := announcing(t, s, receiptv1.State_STATE_READY, fmt.Sprint("intent ", i), proto.CloneOf(c.notice))
			if err != nil || len(warnings) != c.warnings {
				t.Fatalf("%d: %q, %v", i, warnings, err)
			}
		}
	}
	shown := &receiptv1.Receipt{}
	if _, err := s.owned.Merge("receipts", (command.Kept{ID: 9}).Key(), shown, nil); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range shown.GetAnnouncements() {
		hours := func(t time.Time) int { return int(t.Sub(at(0).AsTime()).Hours()) }
		text := fmt.Sprintf("%s %v +%d +%d", a.GetReference(), a.GetState().Number(), hours(a.GetAnnounceTime().AsTime()), hours(a.GetChangeTime().AsTime()))
		for _, l := range a.GetLines() {
			text += fmt.Sprintf(" %s:%s%s", l.GetLineId(), l.GetQuantity().GetValue(), l.GetLotNumber())
			if d := l.GetExpirationDate(); d != nil {
				text += " " + dayText(d)
			}
		}
		got = append(got, text)
	}
	if want := "A 2 +0 +3 1:6L 2:4M 2028-02-29|B 1 +1 +2 1:4"; strings.Join(got, "|") != want {
		t.Errorf("%s, want %s", strings.Join(got, "|"), want)
	}
}

// came is a receipt that is done, of which a line has brought some lots: "L=6".
func cameWith(name string, lots ...string) *receiptv1.Receipt {
	line := &receiptv1.ReceiptLine{Id: "1" + name, OrderLineId: "7", Product: "products/1"}
	for _, l := range lots {
		number, quantity, _ := strings.Cut(l, "=")
		line.LotLines = append(line.LotLines, &receiptv1.ReceiptLotLine{LotNumber: number, AcceptedQuantity: dec(quantity), ExpirationDate: &date.Date{Year: 2030, Month: 1, Day: 31}})
	}
	return &receiptv1.Receipt{Name: "receipts/" + name, State: receiptv1.State_STATE_DONE, Lines: []*receiptv1.ReceiptLine{line}}
}

func stands(reference string, lines ...string) *receiptv1.Announcement {
	a := &receiptv1.Announcement{Reference: reference, State: announced}
	for _, l := range lines {
		number, quantity, _ := strings.Cut(l, "=")
		a.Lines = append(a.Lines, &receiptv1.AnnouncementLine{LineId: "19", LotNumber: number, Quantity: dec(quantity)})
	}
	return a
}

func TestWhatComesOtherwiseThanAnnounced(t *testing.T) {
	waiting := &receiptv1.Receipt{Name: "receipts/10", State: receiptv1.State_STATE_READY}
	ownNotice := &receiptv1.Receipt{Name: "receipts/10", State: receiptv1.State_STATE_READY, Announcements: []*receiptv1.Announcement{stands("B", "L=4")}}
	otherDay := stands("A", "L=6")
	otherDay.Lines[0].ExpirationDate = &date.Date{Year: 2031, Month: 1, Day: 31}
	gone := stands("C", "L=99")
	gone.State = withdrawn
	all := func(a ...*receiptv1.Announcement) []*receiptv1.Announcement { return a }
	for name, c := range map[string]struct {
		notices []*receiptv1.Announcement
		came    *receiptv1.Receipt
		rest    []*receiptv1.Receipt
		want    string
	}{
		"nothing announced":           {nil, cameWith("9", "L=6"), nil, ""},
		"as announced":                {all(stands("A", "L=6.0"), gone), cameWith("9", "L=6"), nil, ""},
		"less":                        {all(stands("A", "L=6")), cameWith("9", "L=5"), nil, `of lot "L" of order line 7, products/1 6 were announced, and 5 have come`},
		"less, while more may come":   {all(stands("A", "L=6")), cameWith("9", "L=5"), []*receiptv1.Receipt{waiting}, "6 were announced, and 5"},
		"one of two notices":          {all(stands("A", "=6"), stands("B", "=4")), cameWith("9", "L=6"), []*receiptv1.Receipt{waiting}, ""},
		"one of two, and no more":     {all(stands("A", "=6"), stands("B", "=4")), cameWith("9", "L=6"), nil, "10 were announced, and 6"},
		"the other with the rest":     {all(stands("A", "L=6"), stands("B", "M=4")), cameWith("9", "L=6"), []*receiptv1.Receipt{cameWith("10", "M=4")}, ""},
		"the other by its own notice": {all(stands("A", "L=6"), stands("B", "L=4")), cameWith("9", "L=6"), []*receiptv1.Receipt{ownNotice}, ""},
		"another lot":                 {all(stands("A", "L=6")), cameWith("9", "X=6"), nil, `of lot "L" of order line 7, products/1 6 were announced, and 0 have come; 6 of lot "X"`},
		"lots where none were said":   {all(stands("A", "=6")), cameWith("9", "X=2", "Y=4"), nil, ""},
		"another expiry":              {all(otherDay), cameWith("9", "L=6"), nil, "the expiry 2031-01-31, and has 2030-01-31"},
		"a receipt that has not come": {all(stands("A", "L=6")), waiting, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := proto.CloneOf(c.came)
			r.Announcements = c.notices
			got := strings.Join(differences(r, c.rest), "; ")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// What comes just as it was announced differs in nothing, in however many notices and
// deliveries.
func TestWhatComesAsAnnouncedDiffersInNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := cameWith("9")
		rest := []*receiptv1.Receipt{cameWith("10")}
		for i := range rapid.IntRange(1, 6).Draw(t, "notices") {
			lot, quantity := rapid.SampledFrom([]string{"L", "M", "N"}).Draw(t, "lot"), fmt.Sprint(rapid.IntRange(1, 5).Draw(t, "quantity"))
			r.Announcements = append(r.Announcements, stands(fmt.Sprint(i), lot+"="+quantity))
			to := rapid.SampledFrom([]*receiptv1.Receipt{r, rest[0]}).Draw(t, "delivery")
			to.Lines[0].LotLines = append(to.Lines[0].LotLines, &receiptv1.ReceiptLotLine{LotNumber: lot, AcceptedQuantity: dec(quantity)})
		}
		if got := differences(r, rest); len(got) > 0 {
			t.Errorf("%q", got)
		}
		rest[0].State = receiptv1.State_STATE_READY
		if got := differences(r, rest); len(got) > 0 {
			t.Errorf("while the rest is on its way: %q", got)
		}
	})
}

package search

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/proto"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	searchv1 "odoomesh/gen/go/mesh/search/v1"
	"odoomesh/internal/gs1"
	"odoomesh/internal/index"
	"odoomesh/internal/read"
)

var syntaxes = map[gs1.Syntax]searchv1.ScanSyntax{
	gs1.ElementString: searchv1.ScanSyntax_SCAN_SYNTAX_ELEMENT_STRING,
	gs1.Bracketed:     searchv1.ScanSyntax_SCAN_SYNTAX_BRACKETED,
	gs1.DigitalLink:   searchv1.ScanSyntax_SCAN_SYNTAX_DIGITAL_LINK,
	gs1.GTIN:          searchv1.ScanSyntax_SCAN_SYNTAX_GTIN,
}

// scanned takes a text apart that is a code, and answers what it leads to.
func (s *Service) scanned(ctx context.Context, text string, out *searchv1.SearchResponse) ([]found, error) {
	code, err := gs1.Parse(text, s.clock.Now())
	var wrong *gs1.Error
	if errors.As(err, &wrong) {
		out.Scan = &searchv1.Scan{Problem: wrong.Error()}
	}
	if code == nil {
		return nil, nil
	}
	scan := scanOf(code)
	out.Scan = scan
	if scan.GetGtin() == "" || !s.productPlace.ready(ctx) {
		return nil, nil
	}
	products, err := s.withGTIN(ctx, scan.GetGtin())
	if err != nil {
		return nil, err
	}
	var all []found
	for _, p := range products {
		all = append(all, found{read.Found{Name: p.GetName(), Record: p, Rank: index.ByName, Field: "gtin", Archived: !p.GetActive()}, s.productPlace.kind})
	}
	switch len(products) {
	case 0:
		scan.Remarks = append(scan.Remarks, "No product has the GTIN "+scan.GetGtin()+".")
		return nil, nil
	case 1:
		scan.Product = products[0].GetName()
	default:
		scan.Remarks = append(scan.Remarks, fmt.Sprintf("%d products have the GTIN %s.", len(products), scan.GetGtin()))
	}
	lots, err := s.scannedLots(ctx, scan, products)
	if err != nil {
		return nil, err
	}
	for _, l := range lots {
		all = append(all, found{read.Found{Name: l.GetName(), Record: l, Rank: index.ByName, Field: "lot_number"}, s.lotPlace.kind})
	}
	return all, nil
}

func scanOf(code *gs1.Code) *searchv1.Scan {
	scan := &searchv1.Scan{Syntax: syntaxes[code.Syntax], Symbology: code.Symbology}
	for _, e := range code.Elements {
		scan.Elements = append(scan.Elements, &searchv1.Element{Ai: e.AI, Title: e.Title, Value: e.Value, Date: dateOf(e.Date)})
	}
	value := func(ais ...string) string {
		e, _ := code.Get(ais...)
		return e.Value
	}
	scan.Gtin, scan.LotNumber, scan.SerialNumber = value("01", "02", "03"), value("10"), value("21")
	expiry, _ := code.Get("17", "7003")
	scan.ExpirationDate = dateOf(expiry.Date)
	return scan
}

func dateOf(d gs1.Date) *date.Date {
	if d.IsZero() {
		return nil
	}
	return &date.Date{Year: int32(d.Year), Month: int32(d.Month), Day: int32(d.Day)}
}

// withGTIN are the products that have a GTIN, as their own or of one of their packages;
// archived ones alone where there are no others.
func (s *Service) withGTIN(ctx context.Context, gtin string) ([]*productv1.Product, error) {
	products, err := s.products.Where(ctx, "gtin", gtin)
	if err == nil && len(products) == 0 {
		products, err = s.products.Where(ctx, "identifiers.value", gtin)
	}
	if slices.ContainsFunc(products, (*productv1.Product).GetActive) {
		products = slices.DeleteFunc(products, func(p *productv1.Product) bool { return !p.GetActive() })
	}
	return products, err
}

// scannedLots are the lots that a code names, of the products that it names, with what
// there is to be said of them.
func (s *Service) scannedLots(ctx context.Context, scan *searchv1.Scan, products []*productv1.Product) ([]*inventoryv1.Lot, error) {
	if !s.lotPlace.ready(ctx) {
		return nil, nil
	}
	numbers := []string{scan.GetLotNumber(), scan.GetSerialNumber()}
	if products[0].GetTracking() == productv1.Tracking_TRACKING_SERIAL {
		slices.Reverse(numbers)
	}
	for _, number := range numbers {
		if number == "" {
			continue
		}
		lots, remark, err := s.lotsOf(ctx, number, products)
		if err != nil {
			return nil, err
		}
		if remark != "" {
			scan.Remarks = append(scan.Remarks, remark)
		}
		if len(lots) == 1 {
			s.compare(scan, lots[0])
		}
		if len(lots) > 0 {
			return lots, nil
		}
	}
	return nil, nil
}

// lotsOf are the lots with a number, as it is written, of some products. Where there is
// none, those that differ in case alone are, and that is said.
func (s *Service) lotsOf(ctx context.Context, number string, products []*productv1.Product) (lots []*inventoryv1.Lot, remark string, err error) {
	of := func(l *inventoryv1.Lot) bool {
		return slices.ContainsFunc(products, func(p *productv1.Product) bool { return p.GetName() == l.GetProduct() })
	}
	named, err := s.lots.Where(ctx, "lot_number", number)
	if err != nil {
		return nil, "", err
	}
	for _, l := range named {
		if of(l) {
			lots = append(lots, l)
		}
	}
	if len(lots) > 0 {
		return lots, "", nil
	}
	similar, _, err := s.lots.Search(ctx, index.NewQuery(number), defaultPage)
	if err != nil {
		return nil, "", err
	}
	for _, f := range similar {
		l, isLot := f.Record.(*inventoryv1.Lot)
		if isLot && of(l) && index.FoldCase(l.GetLotNumber()) == index.FoldCase(number) {
			lots = append(lots, l)
		}
	}
	switch {
	case len(lots) > 0:
		return lots, fmt.Sprintf("The lot in stock is written %s, the code has %s: their case differs.", lots[0].GetLotNumber(), number), nil
	case len(named) > 0:
		return nil, fmt.Sprintf("There is a lot %s, but of another product.", number), nil
	}
	return nil, fmt.Sprintf("The product has no lot or serial number %s.", number), nil
}

// compare says what a code and the lot in stock do not agree in.
func (s *Service) compare(scan *searchv1.Scan, lot *inventoryv1.Lot) {
	scan.Lot, scan.LotExpirationDate = lot.GetName(), lot.GetExpirationDate()
	scanned, kept := scan.GetExpirationDate(), scan.GetLotExpirationDate()
	switch {
	case scanned == nil:
	case kept == nil:
		scan.Remarks = append(scan.Remarks, fmt.Sprintf("The code expires on %s; the lot in stock has no date of expiry.", day(scanned)))
	case !proto.Equal(scanned, kept):
		scan.ExpirationDiffers = true
		scan.Remarks = append(scan.Remarks, fmt.Sprintf("The code expires on %s, the lot in stock on %s.", day(scanned), day(kept)))
	}
	if state := lot.GetHoldState(); state > inventoryv1.HoldState_HOLD_STATE_FREE {
		scan.Remarks = append(scan.Remarks, "The lot is "+strings.ToLower(strings.TrimPrefix(state.String(), "HOLD_STATE_"))+": "+lot.GetHoldReason())
	}
}

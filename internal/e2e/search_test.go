package e2e

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	searchv1 "odoomesh/gen/go/mesh/search/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
)

// find searches, and answers what the best hits are.
func find(t *testing.T, m *mesh, q string) *searchv1.SearchResponse {
	t.Helper()
	out, err := searchv1.NewSearchServiceClient(m.conn).Search(t.Context(), &searchv1.SearchRequest{Q: q})
	if err != nil {
		t.Fatalf("searching %q: %v", q, err)
	}
	return out
}

func has(out *searchv1.SearchResponse, name, field string, match searchv1.Match) bool {
	return slices.ContainsFunc(out.GetHits(), func(h *searchv1.Hit) bool {
		return h.GetName() == name && h.GetField() == field && h.GetMatch() == match
	})
}

// Whatever is in the hand leads to the record.
func TestAnythingIsFoundByWhatIsInTheHand(t *testing.T) {
	t.Parallel()
	m := hospital(t, 18)
	ctx := t.Context()
	receipt, lotName := boughtLot(ctx, t, m.mesh)
	lot, err := m.inventory.GetLot(ctx, &inventoryv1.GetLotRequest{Name: lotName})
	if err != nil {
		t.Fatal(err)
	}
	product, err := m.products.GetProduct(ctx, &productv1.GetProductRequest{Name: lot.GetProduct()})
	if err != nil || product.GetGtin() == "" {
		t.Fatal(product, err)
	}
	gtin := strings.Repeat("0", 14-len(product.GetGtin())) + product.GetGtin()
	words := strings.FieldsFunc(product.GetDisplayName(), func(r rune) bool { return strings.ContainsRune(" ,()[]/", r) })
	slices.Reverse(words)
	moved, err := m.inventory.ListMovements(ctx, &inventoryv1.ListMovementsRequest{PageSize: 1000})
	if err != nil {
		t.Fatal(err)
	}
	delivery := ""
	for _, one := range moved.GetMovements() {
		if strings.Contains(one.GetTransferNumber(), "/INT/") {
			delivery = one.GetTransferNumber()
			break
		}
	}
	if delivery == "" {
		t.Fatal("there is no transfer within the house")
	}
	const code, word = searchv1.Match_MATCH_CODE, searchv1.Match_MATCH_WORDS
	for _, tt := range []struct {
		q, name, field string
		match          searchv1.Match
	}{
		{strings.ToLower(receipt.GetNumber()), receipt.GetName(), "number", code},
		{" " + receipt.GetNumber() + "\t", receipt.GetName(), "number", code},
		{strings.ToLower(lot.GetLotNumber()), lot.GetName(), "lot_number", code},
		{strings.ToLower(product.GetSku()), product.GetName(), "sku", code},
		{product.GetGtin(), product.GetName(), "gtin", searchv1.Match_MATCH_SCANNED},
		{gtin, product.GetName(), "gtin", searchv1.Match_MATCH_SCANNED},
		{strings.ToUpper(strings.Join(words, " ")), product.GetName(), "display_name", word},
		{words[len(words)-1][:4], product.GetName(), "display_name", searchv1.Match_MATCH_BEGINNINGS},
		{lot.GetName(), lot.GetName(), "name", searchv1.Match_MATCH_SCANNED},
		{"(01)" + gtin + "(10)" + lot.GetLotNumber(), lot.GetName(), "lot_number", searchv1.Match_MATCH_SCANNED},
	} {
		if out := find(t, m.mesh, tt.q); !has(out, tt.name, tt.field, tt.match) {
			t.Errorf("%q does not find %s by %s: %v", tt.q, tt.name, tt.field, out)
		}
	}
	if out := find(t, m.mesh, strings.ToLower(delivery)); len(out.GetHits()) == 0 || out.GetHits()[0].GetNumber() != delivery || out.GetHits()[0].GetType() != searchv1.HitType_HIT_TYPE_TRANSFER {
		t.Errorf("%q finds %v", delivery, out)
	}
	t.Run("a scan is compared with the lot in stock", func(t *testing.T) {
		out := find(t, m.mesh, "]d201"+gtin+"17200131"+"10"+lot.GetLotNumber())
		scan := out.GetScan()
		if scan.GetProduct() != product.GetName() || scan.GetLot() != lot.GetName() || scan.GetExpirationDiffers() != (lot.GetExpirationDate() != nil) || len(scan.GetRemarks()) == 0 {
			t.Errorf("%v", out)
		}
		out = find(t, m.mesh, "01"+gtin+"10NO-SUCH-LOT")
		if scan := out.GetScan(); scan.GetProduct() != product.GetName() || scan.GetLot() != "" || len(scan.GetRemarks()) != 1 {
			t.Errorf("%v", out)
		}
		out = find(t, m.mesh, "]d201"+gtin[:13]+string('0'+(gtin[13]-'0'+1)%10))
		if scan := out.GetScan(); !strings.Contains(scan.GetProblem(), "(01) at 6") || scan.GetSyntax() != 0 {
			t.Errorf("%v", out)
		}
	})
	t.Run("what asks for too much is refused", func(t *testing.T) {
		for _, q := range []string{"", " ", "x", "\u200b x", strings.Repeat("a ", 60), strings.Repeat("word ", 10_000), strings.Repeat("é", 32<<10)} {
			if strings.Count(q, "a") == 60 {
				var distinct []string
				for i := range 17 {
					distinct = append(distinct, fmt.Sprint("w", i))
				}
				q = strings.Join(distinct, " ")
			}
			_, err := searchv1.NewSearchServiceClient(m.conn).Search(ctx, &searchv1.SearchRequest{Q: q})
			if r := refusalOf(err); r.reason != "INVALID_ARGUMENT" || !slices.Contains(r.fields, "q") {
				t.Errorf("%.20q: %v", q, err)
			}
		}
	})
	t.Run("as docs/search.md shows it", func(t *testing.T) {
		text, err := os.ReadFile("../../docs/search.md")
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(text), "--data-urlencode 'q=wh/in/00001'")
		_, rest, _ = strings.Cut(rest, "```json\n")
		shown, _, _ := strings.Cut(rest, "```")
		want, got := &searchv1.SearchResponse{}, &searchv1.SearchResponse{}
		restInto(t, m.mesh, "/v1/search", url.Values{"q": {"wh/in/00001"}}, got)
		got.Freshness = nil
		if err := protojson.Unmarshal([]byte(shown), want); err != nil || !proto.Equal(got, want) {
			t.Errorf("%v; the answer is %s", err, protojson.Format(got))
		}
	})
}

// A journey begins from whatever is in the hand, and goes on to where the goods went.
func TestAJourneyBeginsAnywhereAndGoesOn(t *testing.T) {
	t.Parallel()
	m := hospital(t, 18)
	ctx := t.Context()
	receipt, lotName := boughtLot(ctx, t, m.mesh)
	lot, err := m.inventory.GetLot(ctx, &inventoryv1.GetLotRequest{Name: lotName})
	if err != nil {
		t.Fatal(err)
	}
	product, err := m.products.GetProduct(ctx, &productv1.GetProductRequest{Name: lot.GetProduct()})
	if err != nil {
		t.Fatal(err)
	}
	journey := func(number string) *tracev1.Journey {
		j, err := m.trace.GetJourney(ctx, &tracev1.GetJourneyRequest{Number: number})
		if err != nil {
			t.Errorf("the journey of %q: %v", number, err)
		}
		return j
	}
	leadsTo := func(j *tracev1.Journey, name string) bool {
		return slices.ContainsFunc(j.GetChains(), func(c *tracev1.Chain) bool {
			return slices.ContainsFunc(c.GetMilestones(), func(m *tracev1.Milestone) bool { return m.GetDocument() == name })
		})
	}
	gtin := strings.Repeat("0", 14-len(product.GetGtin())) + product.GetGtin()
	for _, number := range []string{
		strings.ToLower(receipt.GetNumber()), strings.ToLower(lot.GetLotNumber()), strings.ToLower(product.GetSku()), product.GetGtin(),
		"]d201" + gtin + "10" + lot.GetLotNumber(), "(01)" + gtin,
	} {
		if j := journey(number); !leadsTo(j, receipt.GetName()) && !j.GetTruncated() {
			t.Errorf("the journey of %q does not lead to %s: %v", number, receipt.GetName(), j)
		}
	}
	page, err := m.inventory.ListMovements(ctx, &inventoryv1.ListMovementsRequest{PageSize: 1000})
	if err != nil {
		t.Fatal(err)
	}
	transferred, opened := false, false
	for _, one := range page.GetMovements() {
		switch {
		case !transferred && strings.Contains(one.GetTransferNumber(), "/INT/"):
			transferred = true
			j := journey(strings.ToLower(one.GetTransferNumber()))
			if !slices.ContainsFunc(j.GetChains(), func(c *tracev1.Chain) bool {
				return slices.ContainsFunc(c.GetMilestones(), func(m *tracev1.Milestone) bool {
					return m.GetNumber() == one.GetTransferNumber() && m.GetDestinationLocation() != "" && strings.Contains(m.GetSummary(), " to ")
				})
			}) {
				t.Errorf("the journey of %s: %v", one.GetTransferNumber(), j)
			}
		case !opened && one.GetLot() != "" && one.GetType() == inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_ADJUSTMENT:
			opened = true
			if j := journey(one.GetLotNumber()); !leadsTo(j, one.GetName()) {
				t.Errorf("the opening stock %s has no milestone: %v", one.GetLotNumber(), j)
			}
		}
	}
	if !transferred || !opened {
		t.Errorf("there is no such movement: %t %t", transferred, opened)
	}
	if _, err := m.trace.GetJourney(ctx, &tracev1.GetJourneyRequest{Number: "no such thing"}); refusalOf(err).reason != "NOT_FOUND" || !strings.Contains(refusalOf(err).whatToDo, "/v1/search") {
		t.Errorf("%v", err)
	}
}

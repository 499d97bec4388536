package filter_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	_ "odoomesh/gen/go/mesh/product/v1" // references are known where their records are
	_ "odoomesh/gen/go/mesh/receipt/v1"
	_ "odoomesh/gen/go/mesh/supplier/v1"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/filter"
	"odoomesh/internal/index"
)

// noon is when the filters of these tests are asked: in Vienna it is one o'clock.
var noon = time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)

func vienna(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func ask(t testing.TB, record proto.Message, text string) (*filter.Filter, error) {
	t.Helper()
	desc := record.ProtoReflect().Descriptor()
	fields, err := index.Fields(desc)
	if err != nil {
		t.Fatal(err)
	}
	return filter.Parse(text, desc, fields, filter.At(noon, vienna(t)), filter.Closed("unit.display_name", []string{"Units", "Dozens"}))
}

func passing(t *testing.T, record proto.Message, cases map[string]bool) {
	t.Helper()
	for text, want := range cases {
		f, err := ask(t, record, text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.Match(record.ProtoReflect()); got != want {
			t.Errorf("%s: passes is %t", text, got)
		}
	}
}

func refusing(t *testing.T, record proto.Message, cases map[string]string) {
	t.Helper()
	for text, want := range cases {
		if _, err := ask(t, record, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v, want one that says %q", text, err, want)
		}
	}
}

func TestTimesAreAskedFromNow(t *testing.T) {
	position := &inventoryv1.StockPosition{
		// The end of a day in Vienna, 60 days from the 28th of March, behind a change of clocks.
		ExpirationTime: timestamppb.New(time.Date(2026, 5, 27, 21, 59, 0, 0, time.UTC)),
		ExpirationDate: &date.Date{Year: 2026, Month: 5, Day: 27},
		UpdateTime:     timestamppb.New(noon.Add(-90 * time.Minute)),
	}
	passing(t, position, map[string]bool{
		`expiration_time < now() + duration("60d")`:                  false,
		`expiration_time < now() + duration("61d")`:                  true,
		`expiration_time < now()+duration('60d12h')`:                 true,
		`expiration_time < today() + duration("60d")`:                false,
		`expiration_time < TODAY() + duration("61d")`:                true,
		`expiration_date = today() + duration("60d")`:                true,
		`expiration_date <= now() + duration("8w") + duration("3d")`: false,
		`expiration_date <= now() + duration("8w") + duration("4d")`: true,
		`update_time > now() - duration("2h")`:                       true,
		`update_time > now() - duration("1h")`:                       false,
		`update_time > now()-duration("5400s")`:                      false,
		`update_time >= now() - duration("5400s")`:                   true,
		`update_time < today()`:                                      false,
		`update_time >= "2026-03-28"`:                                true,
		`NOT expiration_time < now()`:                                true,
		`arrival_time < now()`:                                       false,
	})
	refusing(t, position, map[string]string{
		`expiration_time < now`:                             "it is a time",
		`expiration_time < now(`:                            "nothing between its parentheses",
		`expiration_time < now(1)`:                          "nothing between its parentheses",
		`expiration_time < now() + "60d"`:                   `Write a duration`,
		`expiration_time < now() + duration("60")`:          "is no duration",
		`expiration_time < now() + duration("")`:            "is no duration",
		`expiration_time < now() + duration("-3d")`:         "is no duration",
		`expiration_time < now() + duration("9999999999d")`: "longer than",
		`expiration_time < now() + duration("50000w50000w50000w50000w50000w50000w50000w50000w50000w")`: "out of the years",
		`expiration_time < duration("60d")`: "behind now() or today()",
		`expiration_time < later()`:         "there is no function later",
		`quantity < now()`:                  "is a time, and quantity is none",
		`lot_number = today()`:              "is a time",
		`now() < expiration_time`:           "write the field first",
	})
	if f, err := ask(t, position, `quantity > 1 AND NOT expiration_time < today()`); err != nil || !f.Clocked() {
		t.Errorf("a filter that asks for the time does not say so: %v", err)
	}
	if f, err := ask(t, position, `expiration_time < "2026-11-23"`); err != nil || f.Clocked() {
		t.Errorf("a filter with a fixed time says that it asks for the time: %v", err)
	}
}

// What can name records of several kinds has no fields that a condition could go on to.
func TestNoConditionGoesThroughWhatNamesAnything(t *testing.T) {
	refusing(t, &inventoryv1.Movement{}, map[string]string{
		`partner.display_name : "nord"`:       `compare the name, as in partner = "suppliers/7"`,
		`partner.any(display_name : "nord")`:  `compare the name, as in partner = "suppliers/7"`,
		`product.display_name : "saline"`:     "compare it with a value", // as where no records are at hand
		`transfer_number.value = "WH/IN/001"`: "compare it with a value",
	})
}

// A day without a time begins when it does where the hospital is.
func TestADayIsTheHospitals(t *testing.T) {
	for _, c := range []struct {
		at   time.Time
		want bool
	}{{time.Date(2026, 7, 14, 21, 59, 59, 0, time.UTC), true}, {time.Date(2026, 7, 14, 22, 0, 0, 0, time.UTC), false}} {
		passing(t, &orderv1.Order{OrderTime: timestamppb.New(c.at)}, map[string]bool{
			`order_time < "2026-07-15"`: c.want, `order_time < "2026-07-15T00:00:00+02:00"`: c.want, `order_time < "2026-07-15T00:00:00Z"`: true,
		})
	}
}

func order() *orderv1.Order {
	line := func(product, quantity, received string) *orderv1.OrderLine {
		return &orderv1.OrderLine{Product: product, Quantity: &decimal.Decimal{Value: quantity}, ReceivedQuantity: &decimal.Decimal{Value: received},
			BilledQuantity: &decimal.Decimal{Value: "0.0"}, RequestedTime: timestamppb.New(noon)}
	}
	return &orderv1.Order{
		Name: "orders/5", Number: "P00005", State: orderv1.State_STATE_CONFIRMED, Supplier: "suppliers/7", LegalSupplier: "suppliers/7 ",
		Lines:       []*orderv1.OrderLine{line("products/1", "10", "10.00"), line("products/2", "0.30", "0.1")},
		TotalAmount: &money.Money{CurrencyCode: "EUR", Units: 12, Nanos: 5e8}, UntaxedAmount: &money.Money{CurrencyCode: "EUR", Units: 10},
		TaxAmount: &money.Money{CurrencyCode: "USD", Units: 2}, OrderTime: timestamppb.New(noon), ExpectedTime: timestamppb.New(noon.Add(time.Hour)),
	}
}

func TestTwoFieldsOfOneMessage(t *testing.T) {
	passing(t, order(), map[string]bool{
		`lines.any(received_quantity < quantity)`:                                   true,
		`lines.any(receivedQuantity < quantity AND product = "products/2")`:         true,
		`lines.any(received_quantity < quantity AND product = "products/1")`:        false,
		`lines.any(received_quantity = quantity AND product = "products/1")`:        true,
		`lines.any(received_quantity > quantity)`:                                   false,
		`lines.any(billed_quantity < received_quantity AND product = "products/2")`: true,
		`lines.any(untaxed_amount < total_amount)`:                                  false, // unset
		`total_amount > untaxed_amount`:                                             true,
		`total_amount > tax_amount OR total_amount <= tax_amount`:                   false, // of other currencies
		`supplier = legal_supplier`:                                                 true,
		`supplier != legal_supplier`:                                                false,
		`order_time < expected_time`:                                                true,
		`confirm_time < expected_time`:                                              false, // unset
		`lines.requested_time < expected_time`:                                      true,
		`lines.any(received_quantity < quantity) and state = confirmed`:             true,
		`number = origin`:   false,
		`number = "origin"`: false,
		`state = CONFIRMED`: true,
		`NOT lines.any(received_quantity != quantity AND product:"PRODUCTS/1")`: true,
	})
	refusing(t, order(), map[string]string{
		`lines.received_quantity < lines.quantity`:       "lines.any(received_quantity < quantity)",
		`total_amount > order_time`:                      "the one is an amount of money, the other a time",
		`lines.any(quantity < unit_price)`:               "cannot be compared",
		`lines.any(discount_percent < quantity)`:         "not in one unit",
		`order_time < expected_date`:                     "the other a day",
		`locked < locked`:                                "no order",
		`state = invoice_status`:                         "the other a value of InvoiceStatus",
		`lines.any(unit = unit)`:                         "group of fields",
		`lines.any(received_quantity < order.quantity)`:  "",
		`lines.any(received_quantity < nosuch_quantity)`: "it is a number",
	})
	if f, err := ask(t, order(), `supplier = legal_supplier`); err != nil || len(f.Equalities()) > 0 {
		t.Errorf("an index is asked for the name of a field: %v", err)
	}
}

func TestQuantitiesInOtherUnitsAreRefused(t *testing.T) {
	refusing(t, order(), map[string]string{`lines.any(received_quantity < base_quantity)`: "not in one unit"})
}

func TestWordsInAnyOrder(t *testing.T) {
	lot := &inventoryv1.StockPosition{OwnerDisplayName: "Säline,  0.9 %\u00a0– Beutel ½ L 50 ml Łódź ＳＴＥＲＩＬ Straße 🧪 مصل"}
	cases := map[string]bool{}
	for words, want := range map[string]bool{
		`50 saline`: true, `SALINE 50`: true, `säline`: true, `SÄLINE`: true, `50 ml saline beutel`: true, `saline 60`: false,
		`lodz`: true, `steril`: true, `strasse`: true, `STRASSE`: true, `🧪`: true, `مصل`: true, `%`: true, ``: true, `  `: true, `beutelsaline`: false,
	} {
		cases[`owner_display_name : "`+words+`"`] = want
		cases[`ownerDisplayName:'`+words+`'`] = want
	}
	passing(t, lot, cases)
}

// What is written in one order of words, case and accents finds what is written in another.
func TestWordsFindTheirText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("aAäÄeéÉßøŁ0%z؟م🧪ﬁ\u0301")), 1, 6, -1), 1, 5).Draw(t, "words")
		text := strings.Join(words, rapid.SampledFrom([]string{" ", "  ", ", ", "\t"}).Draw(t, "between"))
		asked := rapid.Permutation(words).Draw(t, "asked")
		if rapid.Bool().Draw(t, "upper") {
			asked = strings.Fields(strings.ToUpper(strings.Join(asked, " ")))
		}
		record := (&inventoryv1.StockPosition{OwnerDisplayName: text}).ProtoReflect()
		f, err := filter.Parse(`owner_display_name : "`+strings.Join(asked, " ")+`"`, record.Descriptor(), nil)
		if err != nil || !f.Match(record) {
			t.Fatalf("%q does not find %q: %v", asked, text, err)
		}
	})
}

func TestFiltersAsPeopleWriteThem(t *testing.T) {
	passing(t, order(), map[string]bool{
		`number = "P00005" and state = confirmed`:        true,
		`number == "P00005" && state == State_Confirmed`: true,
		`number = "X" || number = "P00005"`:              true,
		`number="X"||number="P00005"`:                    true,
		`number = "X" or number = "P00005"`:              true,
		`not number = "X"`:                               true,
		`not(number = "X")`:                              true,
		`!(number = "X")`:                                true,
		`!number = "P00005"`:                             false,
		`number <> "X"`:                                  true,
		`state IN (DRAFT, CONFIRMED)`:                    true,
		`state in (draft, "sent")`:                       false,
		`state NOT IN (DRAFT, SENT)`:                     true,
		`state not in [CONFIRMED]`:                       false,
		`number IN ("P00005") AND lines.any(product in ("products/2", "products/3"))`: true,
		`lines.quantity IN (0.3, 12)`:                                           true,
		`(number = "X" and state = draft) or state = confirmed`:                 true,
		`legalSupplier = "suppliers/7"`:                                         true,
		`lines.ANY(product = "products/1" AND NOT receivedQuantity < quantity)`: true,
		`notes = "a && b" OR number = "P00005"`:                                 true,
		`notes = and OR notes = "x"`:                                            false,
		`notes : or`:                                                            false,
		`lines : (product = "products/1" and quantity = 10)`:                    true,
	})
	refusing(t, order(), map[string]string{
		`number = "X" && state = DRAFT || state = SENT`:    "OR binds closer",
		`(number = "X" and state = DRAFT or state = SENT)`: "write parentheses",
		`lines.any(id = "1" and id = "2" or id = "3")`:     "write parentheses",
		`state = confrimed`:           "did you mean CONFIRMED",
		`state IN ()`:                 "IN (…) what?",
		`state IN (DRAFT`:             "is not closed",
		`state IN DRAFT`:              "in parentheses",
		`state IN (DRAFT, (SENT))`:    "with OR instead",
		`state IN (DRAFT, confrimed)`: "did you mean CONFIRMED",
		`state IN (` + strings.Repeat("DRAFT, ", 100) + `DRAFT)`: "at most 100",
		`numbr = "X"`:                       "did you mean number?",
		`lines.any(receivedQty < quantity)`: "did you mean received_quantity?",
		`number = "X" and`:                  "",
		`and number = "X"`:                  "",
		`number == "X" && (state = DRAFT`:   "well formed at character 32",
	})
}

func TestReferencesOfAnotherKind(t *testing.T) {
	passing(t, order(), map[string]bool{`supplier = ""`: false, `origin = ""`: true, `supplier : "7"`: true, `supplier = " suppliers/7"`: true})
	refusing(t, order(), map[string]string{
		`lines.any(product = "product/1")`: `did you mean "products/1"?`,
		`lines.product = "1"`:              `did you mean "products/1"?`,
		`lines.product = "Products/1"`:     `did you mean "products/1"?`,
		`supplier = "products/1"`:          `did you mean "suppliers/1"?`,
		`supplier != 7`:                    `did you mean "suppliers/7"?`,
		`supplier = "Nordmed"`:             `names such as "suppliers/42"`,
		`supplier = "suppliers/07"`:        `names such as "suppliers/42"`,
		`receipts = "receipt/9"`:           `did you mean "receipts/9"?`,
		`name = "order/5"`:                 `did you mean "orders/5"?`,
		`name = "P00005"`:                  `names such as "orders/42"`,
	})
	refusing(t, &productv1.Product{}, map[string]string{
		`name = "product/1"`: `did you mean "products/1"?`,
		`name = "Saline"`:    `names such as "products/42"; what people call it is display_name`,
	})
}

func TestValuesOfAClosedList(t *testing.T) {
	position := &inventoryv1.StockPosition{}
	passing(t, position, map[string]bool{`unit.display_name = "Units"`: false, `unit.display_name : "unit"`: false, `unit.display_name:*`: false, `unit.displayName != "Dozens"`: true})
	refusing(t, position, map[string]string{
		`unit.display_name = "Unit"`:     `did you mean "Units"?`,
		`unit.displayName = "Kilograms"`: "there are Units, Dozens",
		`unit.display_name : "pallet"`:   "there is no such",
	})
}

func FuzzAsked(f *testing.F) {
	for _, seed := range []string{
		`a && b || !c`, `expected_time < now() + duration("60d") - duration('1d')`, `state not in (draft, "x", 1.5)`, `state IN [a`, `now()+duration("1d")`,
		`lines.any(received_quantity < quantity) and not late`, `"a" in (b)`, `x in(in)`, `a.any(b in (c)) or d<>"e"`, "now\u00a0()", `today() + duration("9999999w")`,
	} {
		f.Add(seed)
	}
	record := order().ProtoReflect()
	zone := vienna(f)
	f.Fuzz(func(t *testing.T, text string) {
		if parsed, err := filter.Parse(text, record.Descriptor(), nil, filter.At(noon, zone)); err == nil {
			parsed.Match(record)
		}
	})
}

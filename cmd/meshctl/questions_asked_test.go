package main

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/encoding/protojson"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/exact"
)

// aboutDomains says what the records of a domain are.
var aboutDomains = map[string]string{
	"product": "products", "supplier": "suppliers", "order": "orders and requisitions", "receipt": "receipts and returns", "invoice": "invoices",
	"inventory": "stock, lots, places and movements", "event": "business events", "command": "what was asked of the mesh", "operations": "what somebody has to look at",
}

// today is the hospital's day.
func (a *asked) today() time.Time { return dayOf(a.site.clock.Now()) }

func dayOf(t time.Time) time.Time {
	year, month, day := t.In(berlin()).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func berlin() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err) // the mesh has it, too
	}
	return zone
}

func dateOf(d *date.Date) time.Time {
	if d == nil {
		return time.Time{}
	}
	return time.Date(int(d.GetYear()), time.Month(d.GetMonth()), int(d.GetDay()), 0, 0, 0, 0, time.UTC)
}

func less(a, b *decimal.Decimal) bool { return exact.Decimal(a).Cmp(exact.Decimal(b)) < 0 }

// calledLike are the records of a collection whose display names have some words.
func (a *asked) suppliersLike(words ...string) map[string]bool {
	found := map[string]bool{}
	for _, s := range all[*supplierv1.Supplier](a, "suppliers") {
		found[s.GetName()] = !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(strings.ToLower(s.GetDisplayName()), w) })
	}
	return found
}

// questionsOf are the questions of each domain. They are asked in the order of the page.
var questionsOf = map[string][]question{
	"product": {
		{
			asks: "Who supplies it, and at what price?", says: "By the article number, from an index. Prices stand in the order in which Odoo would choose them.",
			path: "/v1/products", with: []string{`filter=sku = "SYR-01001"`, "read_mask=sku,display_name,supplier_prices.supplier,supplier_prices.min_quantity,supplier_prices.price,supplier_prices.lead_time_days,references"},
			meshctl: []string{"list", "products", "--filter", `sku = "SYR-01001"`, "--columns", "sku,supplier_prices.supplier,supplier_prices.min_quantity,supplier_prices.price"},
			right: those("products", func(_ *asked, p *productv1.Product) bool {
				return p.GetSku() == "SYR-01001" && len(p.GetSupplierPrices()) > 0
			}),
		},
		{
			asks: "What can be had from a supplier?", says: "The condition goes on from the reference to the supplier's name; words go in any order, whatever case and accents.",
			path: "/v1/products", with: []string{`filter=supplier_prices.supplier.display_name : "gloves baltic"`, "order_by=sku", "read_mask=sku,display_name", "page_size=3"},
			meshctl: []string{"list", "products", "--filter", `supplier_prices.supplier.display_name : "gloves baltic"`, "--order-by", "sku", "--limit", "3"},
			right: those("products", func(a *asked, p *productv1.Product) bool {
				like := a.suppliersLike("baltic", "gloves")
				return slices.ContainsFunc(p.GetSupplierPrices(), func(s *productv1.SupplierPrice) bool { return like[s.GetSupplier()] })
			}),
		},
		{
			asks: "Which goods with lots has nobody given a GTIN?", says: "A scan does not find them. `:*` asks whether there is a value.",
			path: "/v1/products", with: []string{"filter=active = true AND tracking IN (LOT, SERIAL) AND NOT gtin:*", "read_mask=sku,display_name,tracking"},
			meshctl: []string{"list", "products", "--filter", "active = true AND tracking IN (LOT, SERIAL) AND NOT gtin:*", "--columns", "name,sku,display_name,tracking"},
			right: those("products", func(_ *asked, p *productv1.Product) bool {
				return p.GetActive() && p.GetGtin() == "" && (p.GetTracking() == productv1.Tracking_TRACKING_LOT || p.GetTracking() == productv1.Tracking_TRACKING_SERIAL)
			}),
		},
	},
	"supplier": {
		{
			asks: "Whose name has these words?",
			path: "/v1/suppliers", with: []string{`filter=display_name : "medisin fjell"`, "read_mask=display_name,reference,tax_id,currency_code"},
			meshctl: []string{"list", "suppliers", "--filter", `display_name : "medisin fjell"`},
			right:   those("suppliers", func(_ *asked, s *supplierv1.Supplier) bool { return s.GetDisplayName() == "Fjellstad Medisin AS" }),
		},
		{
			asks: "Which companies have no tax number?", says: "A bill of theirs cannot be told from another's by it.",
			path: "/v1/suppliers", with: []string{"filter=active = true AND is_company = true AND NOT tax_id:*", "order_by=display_name", "read_mask=display_name,reference"},
			meshctl: []string{"list", "suppliers", "--filter", "active = true AND is_company = true AND NOT tax_id:*", "--order-by", "display_name", "--columns", "name,reference,display_name"},
			right: those("suppliers", func(_ *asked, s *supplierv1.Supplier) bool {
				return s.GetActive() && s.GetIsCompany() && s.GetTaxId() == ""
			}),
		},
		{
			asks: "Who has its main address in a country?", says: "`any` is about one address: another one may be elsewhere.",
			path: "/v1/suppliers", with: []string{`filter=addresses.any(type = MAIN AND country_code IN ("SE", "FI"))`, "order_by=display_name", "read_mask=display_name,addresses.city,addresses.country_code"},
			meshctl: []string{"list", "suppliers", "--filter", `addresses.any(type = MAIN AND country_code IN ("SE", "FI"))`, "--order-by", "display_name", "--columns", "display_name,addresses.city"},
			right: those("suppliers", func(_ *asked, s *supplierv1.Supplier) bool {
				return slices.ContainsFunc(s.GetAddresses(), func(a *supplierv1.Address) bool {
					return a.GetType() == supplierv1.AddressType_ADDRESS_TYPE_MAIN && (a.GetCountryCode() == "SE" || a.GetCountryCode() == "FI")
				})
			}),
		},
	},
	"order": {
		{
			asks: "Which orders are late, and by how much?", says: "Late is what was to come on a day that is over where the hospital is, line by line: an order can be late by one line (`lines.late`, `lines.requested_date`) and be expected on a day ahead, with the others. What each supplier owes in all is told by [`orders:summarize`](../sums.md).",
			path: "/v1/orders", with: []string{"filter=late = true", "order_by=expected_time", "read_mask=number,supplier,expected_date,days_late,references", "include_total_size=true", "page_size=2"},
			meshctl: []string{"list", "orders", "--filter", "late = true", "--order-by", "expected_time", "--columns", "number,supplier,expected_date,days_late", "--limit", "2"},
			right: those("orders", func(a *asked, o *orderv1.Order) bool {
				return o.GetState() == orderv1.State_STATE_CONFIRMED && slices.ContainsFunc(o.GetLines(), func(l *orderv1.OrderLine) bool {
					return l.GetType() == orderv1.LineType_LINE_TYPE_PRODUCT && less(l.GetReceivedQuantity(), l.GetQuantity()) && dayOf(l.GetRequestedTime().AsTime()).Before(a.today())
				})
			}),
		},
		{
			asks: "What has come and is not billed yet?", says: "Two fields of one line are compared, as both count in the line's unit.",
			path: "/v1/orders", with: []string{"filter=state = CONFIRMED AND lines.any(billed_quantity < received_quantity)", "order_by=order_time desc", "read_mask=number,supplier,invoice_status,lines.received_quantity,lines.billed_quantity", "page_size=1"},
			meshctl: []string{"list", "orders", "--filter", "state = CONFIRMED AND lines.any(billed_quantity < received_quantity)", "--order-by", "order_time desc", "--columns", "number,supplier,invoice_status,lines.received_quantity,lines.billed_quantity", "--limit", "1"},
			right: those("orders", func(_ *asked, o *orderv1.Order) bool {
				return o.GetState() == orderv1.State_STATE_CONFIRMED && slices.ContainsFunc(o.GetLines(), func(l *orderv1.OrderLine) bool {
					return l.GetReceivedQuantity() != nil && l.GetBilledQuantity() != nil && less(l.GetBilledQuantity(), l.GetReceivedQuantity())
				})
			}),
		},
		{
			asks: "How much of a product is ordered and has not come?", says: "By the product, from an index; `outstanding_quantity` is by line.",
			path: "/v1/orders", with: []string{`filter=lines.any(product.sku = "DRS-01001" AND received_quantity < quantity) AND state = CONFIRMED`, "read_mask=number,expected_date,lines.product,lines.quantity,lines.outstanding_quantity"},
			meshctl: []string{"list", "orders", "--filter", `lines.any(product.sku = "DRS-01001" AND received_quantity < quantity) AND state = CONFIRMED`, "--columns", "number,expected_date,lines.product,lines.outstanding_quantity"},
			right: those("orders", func(a *asked, o *orderv1.Order) bool {
				return o.GetState() == orderv1.State_STATE_CONFIRMED && slices.ContainsFunc(o.GetLines(), func(l *orderv1.OrderLine) bool {
					return l.GetProduct() == "products/15" && less(l.GetReceivedQuantity(), l.GetQuantity())
				})
			}),
		},
		{
			asks: "How long did a supplier take, and how much came late?", says: "In days from the order's confirmation, over the deliveries of a year; [sums](../sums.md) says what counts, and `group_by=supplier,product` tells the products apart.",
			path: "/v1/orders:leadTimes", with: []string{"supplier=suppliers/66"},
			meshctl: []string{"lead-times", "--supplier", "suppliers/66"},
			right: func(a *asked) {
				deliveries, late := 0, 0
				confirmed := map[string]*orderv1.Order{}
				for _, o := range all[*orderv1.Order](a, "orders") {
					confirmed[o.GetName()] = o
				}
				for _, r := range all[*receiptv1.Receipt](a, "receipts") {
					for _, l := range r.GetLines() {
						o := confirmed[l.GetOrder()]
						if r.GetState() != receiptv1.State_STATE_DONE || r.GetDirection() == receiptv1.Direction_DIRECTION_RETURN || o.GetLegalSupplier() != "suppliers/66" {
							continue
						}
						i := slices.IndexFunc(o.GetLines(), func(line *orderv1.OrderLine) bool { return line.GetId() == l.GetOrderLineId() })
						if deliveries++; dateOf(o.GetLines()[i].GetRequestedDate()).Before(dayOf(r.GetDoneTime().AsTime())) {
							late++
						}
					}
				}
				answer, _ := a.get(a.with)
				sums, _ := answer["sums"].([]any)
				if len(sums) != 1 || deliveries < 2 || fmt.Sprint(deliveries, late) != fmt.Sprintf("%v %v", sums[0].(map[string]any)["deliveryCount"], sums[0].(map[string]any)["lateCount"]) {
					a.Errorf("%s: %d deliveries are meant, %d of them late, and the answer is %v", a.asks, deliveries, late, sums)
				}
			},
		},
	},
	"receipt": {
		{
			asks: "What is to come within a week?", says: "With what is late: leave that out with `scheduled_date >= today()`.",
			path: "/v1/receipts", with: []string{`filter=direction = RECEIPT AND state IN (WAITING, CONFIRMED, PARTIALLY_READY, READY) AND scheduled_date <= today() + duration("7d")`, "order_by=scheduled_time", "read_mask=number,supplier,scheduled_date,state,origin,references", "page_size=2"},
			meshctl: []string{"list", "receipts", "--filter", `direction = RECEIPT AND state IN (WAITING, CONFIRMED, PARTIALLY_READY, READY) AND scheduled_date <= today() + duration("7d")`, "--order-by", "scheduled_time", "--limit", "2"},
			right: those("receipts", func(a *asked, r *receiptv1.Receipt) bool {
				open := r.GetState() >= receiptv1.State_STATE_WAITING && r.GetState() <= receiptv1.State_STATE_READY
				return r.GetDirection() == receiptv1.Direction_DIRECTION_RECEIPT && open && !dateOf(r.GetScheduledDate()).After(a.today().AddDate(0, 0, 7))
			}),
		},
		{
			asks: "What has come of an order?", says: "With the lots, which a [trace](../../README.md#reading) follows to the wards.",
			path: "/v1/receipts", with: []string{`filter=orders.number = "P00004" AND state = DONE`, "read_mask=number,done_time,lines.product,lines.expected_quantity,lines.accepted_quantity,lines.lot_lines.lot_number"},
			meshctl: []string{"list", "receipts", "--filter", `orders.number = "P00004" AND state = DONE`, "--columns", "number,lines.product,lines.accepted_quantity,lines.lot_lines.lot_number"},
			right: those("receipts", func(_ *asked, r *receiptv1.Receipt) bool {
				return slices.Contains(r.GetOrders(), "orders/4") && r.GetState() == receiptv1.State_STATE_DONE
			}),
		},
		{
			asks: "What went back to suppliers?",
			path: "/v1/receipts", with: []string{"filter=direction = RETURN AND state = DONE", "read_mask=number,supplier,return_of,lines.product,lines.accepted_quantity,references"},
			meshctl: []string{"list", "receipts", "--filter", "direction = RETURN AND state = DONE", "--columns", "number,supplier,return_of,lines.product,lines.accepted_quantity"},
			right: those("receipts", func(_ *asked, r *receiptv1.Receipt) bool {
				return r.GetDirection() == receiptv1.Direction_DIRECTION_RETURN && r.GetState() == receiptv1.State_STATE_DONE
			}),
		},
	},
	"invoice": {
		{
			asks: "Which bills are to be paid soon?", says: "What is overdue comes first: `due_date < today()` asks for that alone.",
			path: "/v1/invoices", with: []string{`filter=type = BILL AND state = POSTED AND residual_amount > 0 AND due_date < today() + duration("30d")`, "order_by=due_date", "read_mask=number,supplier,due_date,residual_amount,references", "page_size=2"},
			meshctl: []string{"list", "invoices", "--filter", `type = BILL AND state = POSTED AND residual_amount > 0 AND due_date < today() + duration("30d")`, "--order-by", "due_date", "--columns", "number,supplier,due_date,residual_amount", "--limit", "2"},
			right: those("invoices", func(a *asked, i *invoicev1.Invoice) bool {
				return i.GetType() == invoicev1.InvoiceType_INVOICE_TYPE_BILL && i.GetState() == invoicev1.State_STATE_POSTED && exact.Money(i.GetResidualAmount()).Sign() > 0 &&
					i.GetDueDate() != nil && dateOf(i.GetDueDate()).Before(a.today().AddDate(0, 0, 30))
			}),
		},
		{
			asks: "Which bills do not match what was ordered and received?", says: "`match.lines` says of each line why ([commands](../commands.md)).",
			path: "/v1/invoices", with: []string{"filter=match.blocks = true", "read_mask=number,supplier,match.verdict,match.lines.explanation,references", "page_size=1"},
			meshctl: []string{"list", "invoices", "--filter", "match.blocks = true", "--columns", "number,supplier,match.verdict,total_amount", "--limit", "1"},
			right: those("invoices", func(_ *asked, i *invoicev1.Invoice) bool {
				return slices.ContainsFunc(i.GetMatch().GetLines(), func(l *invoicev1.LineMatch) bool {
					return l.GetVerdict() > invoicev1.MatchVerdict_MATCH_VERDICT_MATCHED && l.GetBlocks()
				})
			}),
		},
		{
			asks: "What has a supplier billed that is not paid?", says: "`legal_supplier` is the company, whichever of its contacts is on the bill. Amounts of a refund (`type`), which is what the supplier owes, are positive too; what it all comes to is the next question.",
			path: "/v1/invoices", with: []string{`filter=legal_supplier.display_name : "pacific monitoring" AND state = POSTED AND payment_state IN (NOT_PAID, PARTIAL)`, "read_mask=number,type,invoice_date,total_amount,residual_amount,orders"},
			meshctl: []string{"list", "invoices", "--filter", `legal_supplier.display_name : "pacific monitoring" AND state = POSTED AND payment_state IN (NOT_PAID, PARTIAL)`, "--columns", "number,type,orders,total_amount,residual_amount"},
			right: those("invoices", func(a *asked, i *invoicev1.Invoice) bool {
				unpaid := i.GetPaymentState() == invoicev1.PaymentState_PAYMENT_STATE_NOT_PAID || i.GetPaymentState() == invoicev1.PaymentState_PAYMENT_STATE_PARTIAL
				return a.suppliersLike("pacific", "monitoring")[i.GetLegalSupplier()] && i.GetState() == invoicev1.State_STATE_POSTED && unpaid
			}),
		},
		{
			asks: "What does a supplier owe us, and what do we owe it?", says: "In one call, by currency: open bills less open refunds is `netAmount`, and below nought the supplier owes it. What the lines of orders say besides is an estimate, and `outstandingAmount` is still to come; [sums](../sums.md) says what counts. Without `supplier` it is told of each.",
			path: "/v1/payables:summarize", with: []string{"supplier=suppliers/72"},
			meshctl: []string{"payables", "--supplier", "suppliers/72"},
			right: func(a *asked) {
				owed, bills := map[string]*big.Rat{}, map[string]int{}
				for _, i := range all[*invoicev1.Invoice](a, "invoices") {
					residual, currency := exact.Money(i.GetResidualAmount()), i.GetCurrencyCode()
					if i.GetLegalSupplier() != "suppliers/72" || i.GetState() != invoicev1.State_STATE_POSTED || residual.Sign() == 0 {
						continue
					}
					if owed[currency] == nil {
						owed[currency] = new(big.Rat)
					}
					if i.GetType() == invoicev1.InvoiceType_INVOICE_TYPE_REFUND {
						residual.Neg(residual)
					} else {
						bills[currency]++
					}
					owed[currency].Add(owed[currency], residual)
				}
				answer, raw := a.get(a.with)
				sums, _ := answer["sums"].([]any)
				for _, sum := range sums {
					told := &summaryv1.PayableSum{}
					text, err := json.Marshal(sum)
					if err != nil || protojson.Unmarshal(text, told) != nil {
						a.Fatalf("%s: %s, %v", a.asks, raw, err)
					}
					n := owed[told.GetCurrencyCode()]
					if n == nil { // there are but orders in it
						n = new(big.Rat)
					}
					if n.Cmp(exact.Money(told.GetNetAmount())) != 0 || int64(bills[told.GetCurrencyCode()]) != told.GetOpenBillCount() {
						a.Errorf("%s: %v is owed by %v bills, and the answer is %s", a.asks, owed, bills, raw)
					}
				}
				if len(sums) == 0 || len(sums) < len(owed) {
					a.Errorf("%s: %v is owed, and the answer is %s", a.asks, owed, raw)
				}
			},
		},
	},
	"inventory": {
		{
			asks: "What expires within 60 days, and where is it?", says: "What has expired already is among it; `AND expiration_time > now()` leaves it out. What it is worth, and the answer in one call, without what has expired unless asked for, is told by [`stock:expiring`](../sums.md).",
			path: "/v1/stockPositions", with: []string{`filter=in_house = true AND quantity > 0 AND expiration_time < now() + duration("60d")`, "order_by=expiration_date", "read_mask=product,lot_number,location,expiration_date,quantity,references", "page_size=2"},
			meshctl: []string{"list", "stock", "--filter", `in_house = true AND quantity > 0 AND expiration_time < now() + duration("60d")`, "--order-by", "expiration_date", "--limit", "2"},
			right: those("stockPositions", func(a *asked, p *inventoryv1.StockPosition) bool {
				return p.GetLocationUsage() == inventoryv1.LocationUsage_LOCATION_USAGE_INTERNAL && exact.Decimal(p.GetQuantity()).Sign() > 0 &&
					p.GetExpirationTime() != nil && p.GetExpirationTime().AsTime().Before(a.site.clock.Now().AddDate(0, 0, 60))
			}),
		},
		{
			asks: "Which lots are held, and why?",
			path: "/v1/lots", with: []string{"filter=hold_state IN (HELD, RECALLED)", "read_mask=lot_number,product,hold_state,hold_reason,references"},
			meshctl: []string{"list", "lots", "--filter", "hold_state IN (HELD, RECALLED)"},
			right:   those("lots", func(_ *asked, l *inventoryv1.Lot) bool { return l.GetName() == "lots/4" }),
		},
		{
			asks: "Which wards got a lot?", says: "By the lot, from an index; a drop shipment reaches a ward without a delivery. The whole way of it, from the supplier on, with what came back, is `GET /v1/lots/19:trace` and `meshctl trace lots/19`.",
			path: "/v1/movements", with: []string{`filter=lot.lot_number = "L26013A" AND type IN (DELIVERY, DROP_SHIPMENT)`, "read_mask=quantity,lot_number,destination_location,transfer_number,references"},
			meshctl: []string{"list", "movements", "--filter", `lot.lot_number = "L26013A" AND type IN (DELIVERY, DROP_SHIPMENT)`, "--columns", "name,lot_number,quantity,destination_location,transfer_number"},
			right: those("movements", func(_ *asked, m *inventoryv1.Movement) bool {
				out := m.GetType() == inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DELIVERY || m.GetType() == inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT
				return m.GetLotNumber() == "L26013A" && out
			}),
		},
	},
	"event": {
		{
			asks: "What were the last events?", says: "`last` is answered the newest first.",
			path: "/v1/events", with: []string{"last=2", "end_time=2026-11-23T12:30:00Z"}, shown: []string{"type", "subject", "time", "sequence"},
			meshctl: []string{"business-events", "list", "--last", "2", "--to", "2026-11-23T12:30:00Z"},
			right: func(a *asked) {
				all := a.events("--to", "2026-11-23T12:30:00Z")
				a.finds(all[len(all)-1], all[len(all)-2])
			},
		},
		{
			asks: "What has happened to a record?",
			path: "/v1/events", with: []string{`filter=subject = "orders/4"`}, shown: []string{"type", "subject", "time", "data"},
			meshctl: []string{"business-events", "list", "--subject", "orders/4"},
			right: func(a *asked) {
				a.finds(slices.DeleteFunc(a.events(), func(e *eventv1.CloudEvent) bool { return e.GetSubject() != "orders/4" })...)
			},
		},
		{
			asks: "Which goods have come since a day?", says: "The day begins where the hospital is; `meshctl` takes days as UTC's, and also `today` and `yesterday`.",
			path: "/v1/events", with: []string{`filter=type = "mesh.goods.received.v1"`, "start_time=2026-11-23", "page_size=2"}, shown: []string{"type", "subject", "time"},
			meshctl: []string{"business-events", "list", "--type", "goods.received", "--from", "2026-11-23", "--limit", "2"},
			right: func(a *asked) {
				all := slices.DeleteFunc(a.events(), func(e *eventv1.CloudEvent) bool {
					return e.GetType() != "mesh.goods.received.v1" || dayOf(e.GetTime().AsTime()).Before(a.today())
				})
				a.finds(all[0], all[1])
			},
		},
	},
	"command": {
		{
			asks: "What was asked of a record, and what became of it?", says: "The newest first. What was refused, or waits for a person, is `state IN (REFUSED, ACTION_REQUIRED)`; [commands](../commands.md) tells what each state means.",
			path: "/v1/intents", with: []string{`filter=document = "lots/7"`}, shown: []string{"command", "document", "state", "principal", "explanation", "createTime"},
			meshctl: []string{"intents", "list", "--filter", `document = "lots/7"`},
			right: func(a *asked) {
				a.answers("intents", "lots.releaseHold lots/7 STATE_DONE", "lots.hold lots/7 STATE_DONE")
			},
		},
		{
			asks: "Who has held lots?",
			path: "/v1/intents", with: []string{`filter=command = "lots.hold"`}, shown: []string{"command", "document", "state", "principal", "createTime"},
			meshctl: []string{"intents", "list", "--filter", `command = "lots.hold"`},
			right:   func(a *asked) { a.answers("intents", "lots.hold lots/7 STATE_DONE", "lots.hold lots/4 STATE_DONE") },
		},
		{
			asks: "What has somebody done since a time?", says: "What others asked for is met by who operates commands alone.",
			path: "/v1/intents", with: []string{`filter=principal = "local" AND create_time > now() - duration("1d")`}, shown: []string{"command", "document", "state", "createTime"},
			meshctl: []string{"intents", "list", "--filter", `principal = "local" AND create_time > now() - duration("1d")`},
			right: func(a *asked) {
				a.answers("intents", "lots.releaseHold lots/7 STATE_DONE", "lots.hold lots/7 STATE_DONE", "lots.hold lots/4 STATE_DONE")
			},
		},
	},
	"operations": {
		{
			asks: "What has somebody to look at?", says: "An exception is open until it closes by itself, or somebody acknowledges it.",
			path: "/v1/exceptions", with: []string{"filter=state = OPEN", "page_size=1"}, shown: []string{"kind", "subject", "state", "summary", "detail"},
			meshctl: []string{"exceptions", "list"},
			right:   func(a *asked) { a.opens(func(kind, subject string) bool { return true }, "filter=state = OPEN") },
		},
		{
			asks: "Which bills does somebody have to settle?",
			path: "/v1/exceptions", with: []string{"filter=kind = INVOICE_MISMATCH AND state != CLOSED"}, shown: []string{"subject", "state", "numbers"},
			meshctl: []string{"exceptions", "list", "--filter", "kind = INVOICE_MISMATCH AND state != CLOSED"},
			right: func(a *asked) {
				a.opens(func(kind, _ string) bool { return kind == "EXCEPTION_KIND_INVOICE_MISMATCH" }, a.with...)
			},
		},
		{
			asks: "Is anything the matter with a record?",
			path: "/v1/exceptions", with: []string{`filter=subject = "invoices/2"`}, shown: []string{"kind", "subject", "state", "summary"},
			meshctl: []string{"exceptions", "list", "--filter", `subject = "invoices/2"`},
			right:   func(a *asked) { a.opens(func(_, subject string) bool { return subject == "invoices/2" }, a.with...) },
		},
	},
}

// events are all business events, as meshctl lists them.
func (a *asked) events(args ...string) []*eventv1.CloudEvent {
	a.Helper()
	return businessIn(a.T, a.site.business(append([]string{"list", "--all", "-o", "json"}, args...)...).out)
}

// finds checks that the question finds these events, by both ways.
func (a *asked) finds(want ...*eventv1.CloudEvent) {
	a.Helper()
	answer, _ := a.get(a.with)
	var got, meant []string
	found, _ := answer["events"].([]any)
	for _, e := range found {
		got = append(got, e.(map[string]any)["sequence"].(string))
	}
	for _, e := range want {
		meant = append(meant, e.GetSequence())
	}
	var listed []string
	for _, e := range businessIn(a.T, a.site.run(append(slices.Clone(a.meshctl), "-o", "json")...).out) {
		listed = append(listed, e.GetSequence())
	}
	if len(meant) == 0 || !slices.Equal(got, meant) || !slices.Equal(listed, meant) {
		a.Errorf("%s: REST finds %v, meshctl %v, and %v are meant", a.asks, got, listed, meant)
	}
}

// answers checks of each record of an answer its command, document and state.
func (a *asked) answers(collection string, want ...string) {
	a.Helper()
	answer, _ := a.get(a.with)
	var got []string
	found, _ := answer[collection].([]any)
	for _, one := range found {
		r := one.(map[string]any)
		got = append(got, r["command"].(string)+" "+r["document"].(string)+" "+r["state"].(string))
	}
	if r := a.site.run(append(slices.Clone(a.meshctl), "-o", "json")...); !slices.Equal(got, want) || strings.Count(r.out, "\n") != len(want) {
		a.Errorf("%s: %v are answered and %+v, and %v are meant", a.asks, got, r, want)
	}
}

// opens checks that the question finds an exception for each bill that a person looks at and
// does not match, as far as it is meant.
func (a *asked) opens(meant func(kind, subject string) bool, with ...string) {
	a.Helper()
	answer, _ := a.get(append([]string{"page_size=1000"}, slices.DeleteFunc(slices.Clone(with), func(p string) bool { return strings.HasPrefix(p, "page_size") })...))
	var got, want []string
	found, _ := answer["exceptions"].([]any)
	for _, one := range found {
		r := one.(map[string]any)
		got = append(got, r["kind"].(string)+" "+r["subject"].(string))
	}
	for _, i := range all[*invoicev1.Invoice](a, "invoices") {
		if kind := "EXCEPTION_KIND_INVOICE_MISMATCH"; i.GetState() == invoicev1.State_STATE_POSTED && i.GetMatch().GetBlocks() && meant(kind, i.GetName()) {
			want = append(want, kind+" "+i.GetName())
		}
	}
	if slices.Sort(got); len(want) == 0 || !slices.Equal(got, want) {
		a.Errorf("%s: %v are answered, and %v are meant", a.asks, got, want)
	}
}

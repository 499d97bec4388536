package product

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/mapping"
)

const (
	// mostCode bounds codes and names, and mostText descriptions, in characters.
	mostCode = 200
	mostText = 5000
	// mostDays bounds how many days something lasts: a century.
	mostDays = 36500
)

// changeable is what an update can mean, for people.
const changeable = "sku, display_name, description, gtin, category, expiry_policy, cost, sales_price, can_be_purchased or can_be_sold"

// said is what a field of a product is to say in Odoo; none where the field is not one
// that callers may say.
func said(g *command.Given, p *productv1.Product, f protoreflect.Name, parts []string) (values []command.Value, theirs bool) {
	at := "product." + string(f)
	one := func(field string, is any) ([]command.Value, bool) {
		return []command.Value{{At: at, Field: field, Is: is}}, true
	}
	switch f {
	case "sku":
		return one("default_code", g.Code(at, p.GetSku(), mostCode))
	case "display_name":
		if p.GetDisplayName() == "" {
			g.Wrong(at, "give the product a name")
		}
		return one("name", g.Code(at, p.GetDisplayName(), mostCode))
	case "description":
		return one("description", command.Rich(g.Text(at, p.GetDescription(), mostText)))
	case "gtin":
		if gtin := g.Code(at, p.GetGtin(), mostCode); gtin != "" && !mapping.ValidGTIN(gtin) {
			g.Wrong(at, "a GTIN-8, -12, -13 or -14, digits alone, of which the last one is the check digit")
		}
		return one("barcode", p.GetGtin())
	case "category":
		return one("categ_id", category(g, at, p.GetCategory()))
	case "expiry_policy":
		return lasting(g, at, p.GetExpiryPolicy(), parts), true
	case "cost":
		return one("standard_price", amount(g, at, p.GetCost()))
	case "sales_price":
		return one("lst_price", amount(g, at, p.GetSalesPrice()))
	case "can_be_purchased":
		return one("purchase_ok", p.GetCanBePurchased())
	case "can_be_sold":
		return one("sale_ok", p.GetCanBeSold())
	}
	return nil, false
}

func category(g *command.Given, at string, c *productv1.Category) command.Ref {
	if c != nil && (c.GetId() <= 0 || c.GetId() > 1<<31-1) {
		g.Wrong(at+".id", "the id of a category, such as 7")
	}
	return command.Ref{Collection: "categories", ID: c.GetId()}
}

// amount is a price; one that is not given is none.
func amount(g *command.Given, at string, m *money.Money) command.Number {
	if m == nil {
		return "0"
	}
	return command.Number(g.Price(at, m, ""))
}

// lasting is how long lots last: all of it, or the parts that are meant.
func lasting(g *command.Given, at string, p *productv1.ExpiryPolicy, parts []string) (values []command.Value) {
	for _, d := range []struct {
		part, field string
		days        int32
	}{
		{"expiry_days", "expiration_time", p.GetExpiryDays()}, {"best_before_days", "use_time", p.GetBestBeforeDays()},
		{"removal_days", "removal_time", p.GetRemovalDays()}, {"alert_days", "alert_time", p.GetAlertDays()},
	} {
		if d.days < 0 || d.days > mostDays {
			g.Wrong(at+"."+d.part, "days, from 0 to %d", mostDays)
		}
		if d.part != "expiry_days" && d.days > p.GetExpiryDays() && len(parts) == 0 {
			g.Wrong(at+"."+d.part, "it is counted back from the expiry: up to expiry_days, which is %d", p.GetExpiryDays())
		}
		if !p.GetExpires() && d.days != 0 && len(parts) == 0 {
			g.Wrong(at+"."+d.part, "leave it out where lots do not expire, or say that they do")
		}
		if len(parts) == 0 || slices.Contains(parts, d.part) {
			values = append(values, command.Value{At: at + "." + d.part, Field: d.field, Is: command.Number(strconv.Itoa(int(d.days)))})
		}
	}
	if len(parts) == 0 || slices.Contains(parts, "expires") {
		values = append(values, command.Value{At: at + ".expires", Field: "use_expiration_date", Is: p.GetExpires()})
	}
	return values
}

// partsOf are the fields of a message that a mask means; none where it means all of it.
func partsOf(paths []string, message protoreflect.Name) (parts []string) {
	for _, path := range paths {
		top, below, nested := strings.Cut(path, ".")
		if top != string(message) {
			continue
		}
		if !nested {
			return nil
		}
		parts = append(parts, below)
	}
	return parts
}

// ofVariant are the fields that each variant has for itself: what all others say stands on
// the template, and all its variants say it.
var ofVariant = map[string]bool{"default_code": true, "barcode": true, "standard_price": true}

func shared(values []command.Value) bool {
	return slices.ContainsFunc(values, func(v command.Value) bool { return !ofVariant[v.Field] })
}

// says tells whether a field says the same in two products, as a caller can give it: a
// price without a currency is in that which it has.
func says(f protoreflect.FieldDescriptor, asked, is *productv1.Product) bool {
	a, b := asked.ProtoReflect(), is.ProtoReflect()
	switch f.Name() {
	case "cost":
		return samePrice(asked.GetCost(), is.GetCost())
	case "sales_price":
		return samePrice(asked.GetSalesPrice(), is.GetSalesPrice())
	case "category":
		return asked.GetCategory().GetId() == is.GetCategory().GetId()
	}
	return a.Has(f) == b.Has(f) && a.Get(f).Equal(b.Get(f))
}

func samePrice(asked, is *money.Money) bool {
	if asked.GetCurrencyCode() == "" && asked != nil {
		asked = proto.CloneOf(asked)
		asked.CurrencyCode = is.GetCurrencyCode()
	}
	return proto.Equal(asked, is)
}

// inCurrency refuses a price of the company in another currency than its own.
func inCurrency(g *command.Given, at string, m *money.Money, currencies []string) {
	if code := m.GetCurrencyCode(); code != "" && !slices.Contains(currencies, code) {
		g.Wrong(at+".currency_code", "the company's own, which is %s", strings.Join(currencies, " or "))
	}
}

// kindValues are what makes a product of a kind.
func kindValues(g *command.Given, major int, k productv1.Kind) []command.Value {
	names := map[productv1.Kind]string{productv1.Kind_KIND_GOODS: "product", productv1.Kind_KIND_CONSUMABLE: "consu", productv1.Kind_KIND_SERVICE: "service"}
	name, known := names[k]
	if !known {
		g.Wrong("product.kind", "say whether it is KIND_GOODS, whose stock is counted, KIND_CONSUMABLE or KIND_SERVICE")
	}
	if major < 18 {
		return []command.Value{{At: "product.kind", Field: "detailed_type", Is: name}}
	}
	if name == "product" {
		return []command.Value{{At: "product.kind", Field: "type", Is: "consu"}, {At: "product.kind", Field: "is_storable", Is: true}}
	}
	return []command.Value{{At: "product.kind", Field: "type", Is: name}}
}

// trackings are Odoo's names of how pieces are told apart.
var trackings = map[productv1.Tracking]string{
	productv1.Tracking_TRACKING_UNSPECIFIED: "none", productv1.Tracking_TRACKING_NONE: "none",
	productv1.Tracking_TRACKING_LOT: "lot", productv1.Tracking_TRACKING_SERIAL: "serial",
}

// expiresAtOnce warns of lots that expire when they are received without a date.
func expiresAtOnce(p *productv1.ExpiryPolicy) []string {
	if !p.GetExpires() || p.GetExpiryDays() > 0 {
		return nil
	}
	return []string{fmt.Sprintf("Lots that somebody receives in Odoo without an expiry date expire at once: expiry_days is %d.", p.GetExpiryDays())}
}

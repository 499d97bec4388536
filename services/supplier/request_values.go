package supplier

import (
	"context"
	"net/mail"
	"regexp"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/mapping"
)

const (
	// mostCode bounds codes and names, and mostText notes, in characters.
	mostCode = 200
	mostText = 5000
)

// changeable is what an update can mean, for people.
const changeable = "display_name, reference, tax_id, gln, company_registry, email, phone, mobile, website, currency_code, language, note or addresses"

// texts are the fields that are one line, by what Odoo calls them.
var texts = map[protoreflect.Name]string{
	"display_name": "name", "reference": "ref", "tax_id": "vat", "gln": glnKey, "company_registry": "company_registry",
	"email": "email", "phone": "phone", "mobile": "mobile", "website": "website", "language": "lang",
}

const (
	// glnKey, currencyKey, regionKey and countryKey stand for fields that depend on the
	// release, or for what Odoo is asked for by its code: see resolved.
	glnKey      = "gln"
	currencyKey = "property_purchase_currency_id"
	regionKey   = "state_id"
	countryKey  = "country_id"
)

// said is what a field of a supplier is to say; none where the field is not one that
// callers may say. Codes stand in place of ids.
func said(g *command.Given, s *supplierv1.Supplier, f protoreflect.FieldDescriptor) (values []command.Value, theirs bool) {
	at := "supplier." + string(f.Name())
	if field, is := texts[f.Name()]; is {
		text := g.Code(at, s.ProtoReflect().Get(f).String(), mostCode)
		meaningful(g, at, f.Name(), text)
		return []command.Value{{At: at, Field: field, Is: text}}, true
	}
	switch f.Name() {
	case "currency_code":
		return []command.Value{{At: at, Field: currencyKey, Is: s.GetCurrencyCode()}}, true
	case "note":
		return []command.Value{{At: at, Field: "comment", Is: command.Rich(g.Text(at, s.GetNote(), mostText))}}, true
	case "addresses":
		return own(g, s.GetAddresses()), true
	}
	return nil, false
}

var (
	site      = regexp.MustCompile(`^(https?://)?[^\s/:@]+\.[^\s/:@]+(:\d+)?(/\S*)?$`)
	telephone = regexp.MustCompile(`^\+?[0-9][0-9 ()/.\-]*(\s*(x|ext\.?)\s*[0-9]+)?$`)
)

// meaningful refuses a text that cannot be what its field is for.
func meaningful(g *command.Given, at string, f protoreflect.Name, text string) {
	switch f {
	case "display_name":
		if text == "" {
			g.Wrong(at, "give the supplier a name")
		}
		return
	}
	if text == "" {
		return
	}
	switch f {
	case "gln":
		if len(text) != 13 || !mapping.ValidGTIN(text) {
			g.Wrong(at, "a Global Location Number: 13 digits, of which the last one is the check digit")
		}
	case "email":
		if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
			g.Wrong(at, "one address, such as orders@example.com")
		}
	case "phone", "mobile":
		if !telephone.MatchString(text) {
			g.Wrong(at, "a telephone number, such as +32 2 555 12 34")
		}
	case "website":
		if !site.MatchString(text) {
			g.Wrong(at, "an address of the web, such as https://www.example.com")
		}
	case "tax_id":
		if folded(text) == "" {
			g.Wrong(at, "a tax number has letters or digits")
		}
	}
}

// own is the supplier's own address among those that are given; the others are not the
// caller's to change here.
func own(g *command.Given, all []*supplierv1.Address) (values []command.Value) {
	var main *supplierv1.Address
	for _, a := range all {
		switch {
		case a.GetType() > supplierv1.AddressType_ADDRESS_TYPE_MAIN:
		case a.GetSourceType() != "" && a.GetSourceType() != "self":
		case main != nil:
			g.Wrong("supplier.addresses", "one is the supplier's own, of ADDRESS_TYPE_MAIN")
		default:
			main = a
		}
	}
	at := "supplier.addresses.main."
	for _, l := range []struct{ part, field, text string }{
		{"street", "street", main.GetStreet()}, {"street2", "street2", main.GetStreet2()}, {"city", "city", main.GetCity()}, {"postal_code", "zip", main.GetPostalCode()},
		{"region", regionKey, main.GetRegion()}, {"country_code", countryKey, main.GetCountryCode()},
	} {
		values = append(values, command.Value{At: at + l.part, Field: l.field, Is: g.Code(at+l.part, l.text, mostCode)})
	}
	if main.GetRegion() != "" && main.GetCountryCode() == "" {
		g.Wrong(at+"country_code", "say in which country the region lies")
	}
	return values
}

// resolved puts ids in place of codes, and Odoo's fields in place of those that depend on
// the release; what Odoo does not know is refused.
func resolved(ctx context.Context, o *command.Odoo, g *command.Given, values []command.Value) (all []command.Value, err error) {
	var country int64
	for _, v := range values {
		text, _ := v.Is.(string)
		id, known := int64(0), true
		switch v.Field {
		case glnKey:
			v.Field = glnField(o)
		case "mobile":
			if o.Major() >= 19 {
				if text != "" {
					g.Wrong(v.At, "from Odoo 19 on there is one telephone number: give it as phone")
				}
				continue
			}
		case "lang":
			if text != "" {
				if id, err = coded(ctx, o, languageModel, command.Where("code", "=", text).And("active", "=", true)); err == nil && id == 0 {
					g.Wrong(v.At, "%s is no active language of this Odoo", text)
				}
			}
		case currencyKey:
			id, known, err = ref(ctx, o, currencyModel, text, command.Where("name", "=", text).And("active", "=", true))
			v.Is = command.Ref{Collection: "currencies", ID: id}
		case countryKey:
			id, known, err = ref(ctx, o, countryModel, text, command.Where("code", "=", strings.ToUpper(text)))
			v.Is, country = command.Ref{Collection: "countries", ID: id}, id
		}
		if err != nil {
			return nil, err
		}
		if !known {
			g.Wrong(v.At, "this Odoo has no %q", text)
		}
		all = append(all, v)
	}
	for i, v := range all {
		text, is := v.Is.(string)
		if v.Field != regionKey || !is {
			continue
		}
		id, known, err := region(ctx, o, text, country)
		if err != nil {
			return nil, err
		}
		if !known {
			g.Wrong(v.At, "the country has no region %q in this Odoo", text)
		}
		all[i].Is = command.Ref{Collection: "regions", ID: id}
	}
	return all, nil
}

// ref is the id of the first row of a domain; that there is none is known where the text
// that stands for it is empty.
func ref(ctx context.Context, o *command.Odoo, model, text string, domain command.Domain) (id int64, known bool, err error) {
	if text == "" {
		return 0, true, nil
	}
	id, err = coded(ctx, o, model, domain)
	return id, id != 0, err
}

func region(ctx context.Context, o *command.Odoo, text string, country int64) (id int64, known bool, err error) {
	id, known, err = ref(ctx, o, regionModel, text, command.Where("country_id", "=", country).And("name", "=", text))
	if err != nil || known {
		return id, known, err
	}
	return ref(ctx, o, regionModel, text, command.Where("country_id", "=", country).And("code", "=", text))
}

func coded(ctx context.Context, o *command.Odoo, model string, domain command.Domain) (int64, error) {
	rows, err := o.Rows(ctx, model, domain, "id")
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].ID(), nil
}

package clinical

import "fmt"

// supplier is an invented company.
type supplier struct {
	name, country, city, zip, street, vat, currency string
	days                                            string // payment term
}

var suppliers = [...]supplier{
	{"Nordmed Supply AB", "SE", "Stockholm", "111 43", "Kungsgatan 1", "SE556012345601", "SEK", "30 Days"},
	{"Fjellstad Medisin AS", "NO", "Oslo", "0150", "Storgata 14", "NO987654321MVA", "EUR", "30 Days"},
	{"Øresund Hospital Partner A/S", "DK", "København", "1050", "Nyhavn 22", "DK12345674", "EUR", "30 Days"},
	{"Rheintal Medizintechnik GmbH", "DE", "Koblenz", "56068", "Rheinstraße 8", "DE123456788", "EUR", "30 Days"},
	{"Alpenland Infusion GmbH", "AT", "Innsbruck", "6020", "Maria-Theresien-Straße 5", "ATU12345675", "EUR", "45 Days"},
	{"Lacroix Santé SAS", "FR", "Lyon", "69002", "12 rue de la République", "FR40303265045", "EUR", "60 Days"},
	{"Hôpital Fournitures Bretagne SARL", "FR", "Rennes", "35000", "3 quai Lamartine", "FR83404833048", "EUR", "45 Days"},
	{"Vandermeer Medical BV", "NL", "Utrecht", "3511 AB", "Oudegracht 101", "NL123456782B90", "EUR", "30 Days"},
	{"Brabant Chirurgie NV", "BE", "Leuven", "3000", "Bondgenotenlaan 40", "BE0477472701", "EUR", "30 Days"},
	{"Adriatic Sutures S.r.l.", "IT", "Ancona", "60121", "Via della Loggia 7", "IT12345670017", "EUR", "60 Days"},
	{"Ibérica de Implantes S.L.", "ES", "Valencia", "46002", "Calle de la Paz 19", "ESB58378431", "EUR", "60 Days"},
	{"Atlântico Dispositivos Lda", "PT", "Porto", "4000-322", "Rua das Flores 88", "PT501442600", "EUR", "45 Days"},
	{"Wisła Medyczna Sp. z o.o.", "PL", "Kraków", "31-042", "Rynek Główny 30", "PL8567346215", "EUR", "30 Days"},
	{"Bohemia Sterile s.r.o.", "CZ", "Brno", "602 00", "Masarykova 12", "CZ12345679", "EUR", "30 Days"},
	{"Danube Pharma Kft.", "HU", "Győr", "9021", "Baross Gábor út 4", "HU12892312", "EUR", "30 Days"},
	{"Helsinki Reagent Oy", "FI", "Helsinki", "00100", "Mannerheimintie 9", "FI20774740", "EUR", "30 Days"},
	{"Baltic Gloves OÜ", "EE", "Tallinn", "10111", "Narva mnt 3", "EE100931558", "EUR", "15 Days"},
	{"Shannon Cardio Devices Ltd", "IE", "Limerick", "V94 T28R", "8 Harvey's Quay", "IE6433435F", "EUR", "45 Days"},
	{"Thames Valley Respiratory Ltd", "UK", "Reading", "RG1 1AX", "4 Forbury Square", "", "EUR", "30 Days"},
	{"Helvetia Orthopädie AG", "CH", "Bern", "3011", "Kramgasse 44", "CHE123456788", "EUR", "30 Days"},
	{"Great Lakes Biomedical Inc.", "US", "Milwaukee", "53202", "700 N Water Street", "", "USD", "45 Days"},
	{"Pacific Monitoring Corp.", "US", "Portland", "97204", "215 SW Oak Street", "", "USD", "60 Days"},
	{"Maple Diagnostics Ltd.", "CA", "Hamilton", "L8P 1A1", "50 King Street W", "", "USD", "30 Days"},
	{"東海医療機器株式会社", "JP", "名古屋市", "460-0008", "栄三丁目 5-12", "", "USD", "60 Days"},
	{"Göteborgs Labbglas & Söner AB", "SE", "Göteborg", "411 36", "Östra Hamngatan 18", "SE556098765401", "SEK", "Immediate Payment"},
}

func (b *builder) suppliers(w Writer) error {
	for i, s := range suppliers {
		country, err := w.Search("res.country", []any{[]any{"code", "=", s.country}})
		if err != nil || len(country) == 0 {
			return fmt.Errorf("country %s of %s: %w", s.country, s.name, err)
		}
		currency, err := find(w, "res.currency", s.currency)
		if err != nil {
			return err
		}
		term, err := find(w, "account.payment.term", s.days)
		if err != nil {
			return err
		}
		domain := fmt.Sprintf("supplier%02d.example", i+1)
		id, err := w.Create("res.partner", map[string]any{
			"name": s.name, "is_company": true, "supplier_rank": 1 + i%4, "ref": fmt.Sprintf("SUP-%04d", 1001+i),
			"vat": s.vat, "email": "orders@" + domain, "phone": fmt.Sprintf("+46 8 555 %02d %02d", i+10, (i*37)%100),
			"street": s.street, "zip": s.zip, "city": s.city, "country_id": country[0],
			"website": "https://www." + domain, "property_purchase_currency_id": currency,
			"property_supplier_payment_term_id": term,
		})
		if err != nil {
			return fmt.Errorf("supplier %s: %w", s.name, err)
		}
		b.partners = append(b.partners, partnerRef{id, currency})
		if err := contacts(w, i, id, country[0], s, domain); err != nil {
			return fmt.Errorf("contacts of %s: %w", s.name, err)
		}
	}
	return nil
}

var people = [...]string{"Anna Lindqvist", "Jürgen Weiß", "Chloé Martin", "Piotr Żak", "Marta Díaz", "Tom O'Brien", "Åsa Öberg", "Luca Rossi"}

func contacts(w Writer, i int, parent, country int64, s supplier, domain string) error {
	children := []map[string]any{
		{"name": people[i%len(people)], "type": "contact", "function": "Key account manager", "email": "sales@" + domain, "phone": fmt.Sprintf("+46 70 555 %04d", 100+i)},
	}
	if i%2 == 0 {
		children = append(children, map[string]any{"name": "Warehouse", "type": "delivery", "street": "Dock " + fmt.Sprint(i+1), "city": s.city, "zip": s.zip, "country_id": country})
	}
	if i%3 == 0 {
		children = append(children, map[string]any{"name": "Accounts receivable", "type": "invoice", "email": "billing@" + domain, "street": s.street, "city": s.city, "zip": s.zip, "country_id": country})
	}
	for _, c := range children {
		c["parent_id"] = parent
		if _, err := w.Create("res.partner", c); err != nil {
			return err
		}
	}
	return nil
}

// others are partners that supply nothing, and a supplier that has been given up.
func (b *builder) others(w Writer) error {
	for _, vals := range []map[string]any{
		{"name": "Nordhaven University Hospital", "is_company": true, "customer_rank": 1, "ref": "CUS-2001", "city": "Nordhaven"},
		{"name": "St. Brigid's Clinic", "is_company": true, "customer_rank": 2, "ref": "CUS-2002", "city": "Kilmore"},
		{"name": "Dr. Ingrid Åkesson", "customer_rank": 1, "email": "ingrid@clinic.example"},
		{"name": "City Courier", "is_company": true},
		{"name": "Former Gauze Works Ltd", "is_company": true, "supplier_rank": 1, "ref": "SUP-0900", "active": false},
	} {
		if _, err := w.Create("res.partner", vals); err != nil {
			return err
		}
	}
	return nil
}

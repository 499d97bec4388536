package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"odoomesh/internal/config"
	"odoomesh/internal/odoosim"
)

// TestWhatChangedAndHowMuchIsToldInWords goes by what people look for in the tables.
func TestWhatChangedAndHowMuchIsToldInWords(t *testing.T) {
	s := newSite(t, 20, 0, func(c *config.Config) { c.PollInterval = 100 * time.Millisecond }).settled()
	s.do(func(tx *odoosim.Tx) error {
		return tx.Write("product.template", []int64{1}, map[string]any{"list_price": 1.25})
	})
	eventually(t, "the change", func() bool { return strings.Contains(s.run("history", "products/1").out, "sales_price") })
	for _, tt := range []struct {
		args []string
		says string
	}{
		{[]string{"history", "products/1"}, " -> 1.25 EUR\n"},
		{[]string{"changes", "products"}, " -> 1.25 EUR\n"},
	} {
		if r := s.run(tt.args...); r.code != 0 || !strings.Contains(r.out, tt.says) {
			t.Errorf("%v does not say %q: %d %s%s", tt.args, tt.says, r.code, r.out, r.errs)
		}
	}
}

// TestWhoNeedsTheOperatorIsGivenTheRequestsID: it is what the log and the audit have it under.
func TestWhoNeedsTheOperatorIsGivenTheRequestsID(t *testing.T) {
	access := accessFile(t, "principals:\n"+holder("ward", "rights: {product: [read]}")+holder("audrey", "roles: [auditor]"))
	s := newSite(t, 5, 0, func(c *config.Config) { c.AccessFile = access })
	as := func(who string, args ...string) result {
		return meshctl(t, []string{"MESH_SERVER=" + s.addr, "MESH_TOKEN=" + who}, args...)
	}
	refused := as("ward", "list", "invoices")
	_, id, told := strings.Cut(strings.TrimSpace(refused.errs), "The request's id is ")
	if refused.code != codeForbidden || !told {
		t.Fatalf("the refusal has no id: %+v", refused)
	}
	eventually(t, "the record of "+id, func() bool {
		return strings.Contains(as("audrey", "audit", "search", "--principal", "ward", "-o", "json").out, strings.TrimSuffix(id, "."))
	})
	for _, tt := range []struct {
		args  []string
		found bool
	}{
		{[]string{"--request-id", strings.TrimSuffix(id, ".")}, true},
		{[]string{"--request-id", "ANOTHER"}, false},
		{[]string{"--outcome", "refused", "--from", "yesterday"}, true},
		{[]string{"--outcome", "not_permitted"}, true},
		{[]string{"--outcome", "REASON_NOT_FOUND"}, false},
		{[]string{"--outcome", "OK", "--principal", "ward"}, false},
		{[]string{"--to", "yesterday"}, false},
	} {
		r := as("audrey", append([]string{"audit", "search"}, tt.args...)...)
		if told := strings.Contains(r.out, "NOT_PERMITTED: The caller lacks the right read on invoice."); r.code != 0 || told != tt.found {
			t.Errorf("%v: %+v", tt.args, r)
		}
	}
	if r := as("audrey", "audit", "search", "--outcome", "NOT_PERMITED"); r.code != codeUsage || !strings.Contains(r.errs, "did you mean NOT_PERMITTED?") {
		t.Errorf("%+v", r)
	}
}

func TestSumsAreAskedForAndToldAsPeopleSpeak(t *testing.T) {
	s := newHospital(t, 60, nil).settled()
	eventually(t, "the sums", func() bool { return s.run("consumption").code == 0 })
	for _, tt := range []struct {
		args []string
		says []string
	}{
		{[]string{"consumption", "--by", "location,product", "--within", "520w", "--all"}, []string{"products/", ", locations/", "Partners/Customers/"}},
		{[]string{"stock", "--by", "product,location", "--all"}, []string{", locations/8 WH/Stock "}},
		{[]string{"stock", "--by", "", "--as-of", "yesterday"}, []string{"ON HAND"}},
		{[]string{"stock", "--by", "", "--as-of", "2026-11-20"}, []string{"ON HAND"}},
		{[]string{"stock", "products/2"}, []string{"products/2 "}},
		{[]string{"stock", "product/2"}, []string{"products/2 "}},
		{[]string{"stock", "nac-01001", "--by", "product,location"}, []string{"products/1 NAC-01001 "}},
		{[]string{"stock", "locations/8"}, []string{"products/"}},
		{[]string{"expiring", "products/2", "--within", "520w"}, []string{"EXPIRES"}},
		{[]string{"open-orders", "suppliers/6"}, []string{"OUTSTANDING"}},
		{[]string{"open-orders", "products/2"}, []string{"OUTSTANDING"}},
		{[]string{"consumption", "item/2"}, []string{"CONSUMED"}},
		{[]string{"lead-times", "vendor/6"}, []string{"DELIVERIES"}},
		{[]string{"payables", "--all"}, []string{"suppliers/", "UNBILLED", "  EUR  "}},
		{[]string{"payables", "vendor/6"}, []string{"NET"}},
		{[]string{"payables", "--by", "currency"}, []string{"  EUR  "}},
		{[]string{"payables", "--by", "currency", "-o", "csv"}, []string{"supplier,supplier_display_name,company_id,company,currency_code,open_bill_count,open_bill_amount,", "\n,,,,EUR,"}},
		{[]string{"stock", "products/2", "-o", "csv"}, []string{",unit.display_name,on_hand_quantity,", "\nproducts/2,"}},
	} {
		r := s.run(tt.args...)
		for _, text := range tt.says {
			if r.code != 0 || !strings.Contains(r.out, text) {
				t.Errorf("%v does not say %q: %d %s%s", tt.args, text, r.code, r.out, r.errs)
			}
		}
		for _, line := range strings.Split(r.out, "\n") {
			if tt.args[0] == "consumption" && strings.HasPrefix(line, "products/") && !strings.Contains(line, ", locations/") {
				t.Errorf("%v does not say which ward: %s", tt.args, line)
			}
		}
	}
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"stock", "products/2", "--product", "products/3"}, codeUsage, "give one of them"},
		{[]string{"stock", "orders/2"}, codeUsage, "it takes products/42, "},
		{[]string{"stock", "things/2"}, codeUsage, "there is no collection"},
		{[]string{"stock", "NO-SUCH-0000"}, codeNotFound, "nothing bears NO-SUCH-0000"},
		{[]string{"stock", "saline"}, codeUsage, "borne by several: products/"},
		{[]string{"stock", "products/1", "products/2"}, codeUsage, "accepts at most 1"},
		{[]string{"payables", "products/2"}, codeUsage, "it takes suppliers/42"},
		{[]string{"payables", "-o", "yaml"}, codeUsage, "-o is table, csv or json here"},
	} {
		if r := s.run(tt.args...); r.code != tt.code || !strings.Contains(r.errs, tt.says) {
			t.Errorf("%v does not say %q: %d %s%s", tt.args, tt.says, r.code, r.out, r.errs)
		}
	}
	if r := s.run("stock", "--as-of", "last week"); r.code != 2 || !strings.Contains(r.errs, "yesterday") {
		t.Errorf("a time that is none: %d %s", r.code, r.errs)
	}
}

// TestLateOrdersSayByHowMuch: the day on which an order is expected may lie ahead, where it is
// late by one line.
func TestLateOrdersSayByHowMuch(t *testing.T) {
	s := newHospital(t, 60, nil).settled()
	late := strings.Fields(s.run("list", "orders", "--filter", "late = true", "--columns", "days_late", "--no-headers").out)
	shown := strings.Split(strings.TrimSpace(s.run("list", "orders", "--filter", "late = true").out), "\n")
	if len(late) == 0 || len(shown) != len(late)+1 || !strings.Contains(shown[0], "  EXPECTED DATE  DAYS LATE  TOTAL AMOUNT") {
		t.Fatalf("%q are late, and shown is %q", late, shown)
	}
	for i, days := range late {
		if !slices.Contains(strings.Fields(shown[i+1]), days) {
			t.Errorf("late by %s days: %s", days, shown[i+1])
		}
	}
}

func TestALotIsTracedHoweverItsNumberIsTyped(t *testing.T) {
	s := newHospital(t, 30, nil).settled()
	typed := s.run("trace", "l26001a")
	if written := s.run("trace", "L26001A"); typed.code != 0 || !strings.HasPrefix(typed.out, "Lot L26001A of ") || typed.out != written.out {
		t.Errorf("%+v, and as it is written %+v", typed, written)
	}
	if r := s.run("trace", "l99999a"); r.code != codeUsage || !strings.Contains(r.errs, "there is no lot with the number l99999a") {
		t.Errorf("%+v", r)
	}
}

package match

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
)

// Tolerance is by how much an invoice may differ. The zero Tolerance is not at all.
type Tolerance struct {
	// Quantity is how many percent more may be billed of a line of an order than is due;
	// Price by how many percent a price may differ. nil is none.
	Quantity, Price *big.Rat
	// Amount is by how much money all that remains on a bill may differ: prices, and lines
	// that belong to no order. It holds for bills in Currency.
	Amount   *big.Rat
	Currency string
	// OrderOnly says that a bill without an order is not posted.
	OrderOnly bool
}

func (t Tolerance) amountIn(currency string) *big.Rat {
	if t.Amount == nil || t.Currency != currency {
		return new(big.Rat)
	}
	return t.Amount
}

// Rule is a tolerance for some invoices: of a company, by its display name, and of a
// supplier, by its name; empty is any.
type Rule struct {
	Company, Supplier string
	Tolerance
}

// Rules are those of a mesh.
type Rules []Rule

// For is the tolerance of an invoice: that of the rule that names both its company and its
// supplier, else of one that names its supplier, else its company, else neither. Nothing is
// added up.
func (r Rules) For(i *invoicev1.Invoice) Tolerance {
	best, of := -1, Tolerance{}
	for _, rule := range r {
		rank := 0
		if rule.Company != "" {
			rank++
		}
		if rule.Supplier != "" {
			rank += 2
		}
		bySupplier := rule.Supplier == "" || rule.Supplier == i.GetSupplier() || rule.Supplier == i.GetLegalSupplier()
		if bySupplier && (rule.Company == "" || rule.Company == i.GetCompany()) && rank > best {
			best, of = rank, rule.Tolerance
		}
	}
	return of
}

var (
	word     = regexp.MustCompile(`^\s*([a-z-]+)=("[^"]*"|[^\s"]+)(\s+|$)`)
	percent  = regexp.MustCompile(`^([0-9]{1,3}(?:\.[0-9]{1,4})?)%$`)
	sum      = regexp.MustCompile(`^([0-9]{1,9}(?:\.[0-9]{1,6})?)([A-Z]{3})$`)
	supplier = regexp.MustCompile(`^suppliers/[1-9][0-9]*$`)
)

// ParseRules reads rules as settings have them, such as
//
//	quantity=2% price=1% amount=5EUR
//	company="Hospital North" supplier=suppliers/7 price=3% order=required
func ParseRules(texts []string) (Rules, error) {
	var rules Rules
	for _, text := range texts {
		rule, err := parseRule(text)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		if slices.ContainsFunc(rules, func(r Rule) bool { return r.Company == rule.Company && r.Supplier == rule.Supplier }) {
			return nil, fmt.Errorf("%q: there is a rule for the same company and supplier before it", text)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

func parseRule(text string) (r Rule, err error) {
	seen := map[string]bool{}
	for rest := strings.TrimSpace(text); rest != ""; {
		found := word.FindStringSubmatch(rest)
		if found == nil {
			return r, fmt.Errorf("%q is not key=value, such as price=2%%; a value with blanks stands in double quotes", rest)
		}
		rest = rest[len(found[0]):]
		key, value := found[1], strings.Trim(found[2], `"`)
		if seen[key] {
			return r, fmt.Errorf("%s is there twice", key)
		}
		seen[key] = true
		if err := r.set(key, value); err != nil {
			return r, err
		}
	}
	if !seen["quantity"] && !seen["price"] && !seen["amount"] && !seen["order"] {
		return r, fmt.Errorf("it says nothing: give quantity, price, amount or order")
	}
	return r, nil
}

func (r *Rule) set(key, value string) error {
	switch key {
	case "company":
		if r.Company = value; value == "" {
			return fmt.Errorf("company is empty")
		}
	case "supplier":
		if r.Supplier = value; !supplier.MatchString(value) {
			return fmt.Errorf("supplier is a name such as suppliers/7, and not %q", value)
		}
	case "quantity", "price":
		found := percent.FindStringSubmatch(value)
		if found == nil {
			return fmt.Errorf("%s is a percentage such as 2%%, and not %q", key, value)
		}
		n, _ := new(big.Rat).SetString(found[1])
		if key == "quantity" {
			r.Quantity = n
		} else {
			r.Price = n
		}
	case "amount":
		found := sum.FindStringSubmatch(value)
		if found == nil {
			return fmt.Errorf("amount is money such as 5EUR, and not %q", value)
		}
		r.Amount, _ = new(big.Rat).SetString(found[1])
		r.Currency = found[2]
	case "order":
		if r.OrderOnly = value == "required"; !r.OrderOnly && value != "optional" {
			return fmt.Errorf("order is required or optional, and not %q", value)
		}
	default:
		return fmt.Errorf("there is no %q: company, supplier, quantity, price, amount, order", key)
	}
	return nil
}

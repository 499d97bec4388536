package approved

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/date"

	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/domain"
	"odoomesh/internal/fault"
	"odoomesh/internal/owned"
	"odoomesh/internal/resource"
)

// Collection is the first part of the names of entries.
const Collection = "approvedVendors"

// idsOf is how many ids a name has: product, supplier, company and location.
const idsOf = 4

// Kept is what the mesh keeps of its own.
func Kept() domain.Collection {
	return domain.Collection{Name: Collection, Record: &supplierv1.ApprovedVendor{}}
}

// Register has the entries.
type Register struct{ book *owned.Writer }

// NewRegister makes the register of a book.
func NewRegister(book *owned.Writer) Register { return Register{book} }

// entry is the entry of a key; nil where there is none.
func (r Register) entry(key []byte) (*supplierv1.ApprovedVendor, error) {
	v := &supplierv1.ApprovedVendor{}
	hash, err := r.book.Merge(Collection, key, v, nil)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", resource.NameOf(Collection, key), err)
	}
	if v.GetStatus() == supplierv1.ApprovedVendorStatus_APPROVED_VENDOR_STATUS_UNSPECIFIED {
		return nil, nil
	}
	v.Name, v.Etag = resource.NameOf(Collection, key), strconv.Quote(hex.EncodeToString(hash))
	return v, nil
}

// get is the entry of a name.
func (r Register) get(name string) (*supplierv1.ApprovedVendor, error) {
	key, err := resource.KeyOf(Collection, name)
	if err != nil {
		return nil, fault.NotFound(name)
	}
	v, err := r.entry(key)
	if err == nil && v == nil {
		err = fault.NotFound(name)
	}
	return v, err
}

// Site is a place that goods are to go to: a location with all above it, and a company.
// What is 0, or empty, is not known.
type Site struct {
	Company   int64
	Locations []int64
}

// Verdict is what the list says of buying a product of a supplier for a site.
type Verdict struct {
	// Holds says that it may be bought.
	Holds bool
	// Entry is the one that says so; else the one that comes nearest. Empty where there is
	// none.
	Entry string
	// Why is a sentence for people where it may not.
	Why string
	// Conditions are those under which it may.
	Conditions string
}

// Ask tells whether a product may be bought of a supplier for a site on a day. A site that
// is not known is every site: an entry for any is enough.
func (r Register) Ask(product, supplier int64, site *Site, day *date.Date) (Verdict, error) {
	entries, err := r.about(product, supplier, site)
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{Why: fmt.Sprintf("nobody has approved %s for it", resource.Name("suppliers", supplier))}
	for _, e := range entries {
		why := notOn(e, day)
		if why == "" {
			return Verdict{Holds: true, Entry: e.GetName(), Conditions: e.GetInForce().GetConditions()}, nil
		}
		v.Entry, v.Why = e.GetName(), e.GetName()+" "+why
	}
	return v, nil
}

// about are the entries that may speak of a product, a supplier and a site, those that
// are for everywhere first.
func (r Register) about(product, supplier int64, site *Site) (all []*supplierv1.ApprovedVendor, err error) {
	if site == nil {
		for key, err := range r.book.KeysBelow(Collection, idsOf*8, resource.Key(product, supplier)) {
			if err != nil {
				return nil, err
			}
			e, err := r.entry(key)
			if err != nil {
				return nil, err
			}
			if e != nil {
				all = append(all, e)
			}
		}
		return all, nil
	}
	places := [][2]int64{{0, 0}}
	if site.Company != 0 {
		places = append(places, [2]int64{site.Company, 0})
	}
	for _, l := range site.Locations {
		places = append(places, [2]int64{0, l})
	}
	for _, p := range places {
		e, err := r.entry(resource.Key(product, supplier, p[0], p[1]))
		if err != nil {
			return nil, err
		}
		if e != nil {
			all = append(all, e)
		}
	}
	return all, nil
}

// notOn says why an entry does not hold on a day; empty where it does.
func notOn(e *supplierv1.ApprovedVendor, day *date.Date) string {
	term := e.GetInForce()
	switch {
	case term == nil && e.GetStatus() == supplierv1.ApprovedVendorStatus_APPROVED_VENDOR_STATUS_WITHDRAWN:
		return "is withdrawn: " + e.GetWithdrawReason()
	case term == nil:
		return "waits to be approved"
	}
	return Outside(term.GetValidFrom(), term.GetValidUntil(), day)
}

// Outside says that a day lies outside of a time of which each end may be open; empty
// where it does not.
func Outside(from, until, day *date.Date) string {
	switch {
	case from != nil && Before(day, from):
		return "holds from " + Day(from) + " on"
	case until != nil && Before(until, day):
		return "has ended on " + Day(until)
	}
	return ""
}

// Early refuses to put what begins later in the place of what holds today: until it begins
// nothing would hold.
func Early(name string, later, from, until, today *date.Date) error {
	if later == nil || !Before(today, later) || Outside(from, until, today) != "" {
		return nil
	}
	return command.Refused("valid_from: %s holds today, and what is proposed begins on %s: approve it on that day, or propose it without a first day, as nothing would hold until then.", name, Day(later))
}

// DayOf is the day of an instant.
func DayOf(t time.Time) *date.Date {
	return &date.Date{Year: int32(t.Year()), Month: int32(t.Month()), Day: int32(t.Day())}
}

// Before tells whether a day comes before another.
func Before(a, b *date.Date) bool {
	return slices.Compare([]int32{a.GetYear(), a.GetMonth(), a.GetDay()}, []int32{b.GetYear(), b.GetMonth(), b.GetDay()}) < 0
}

// Day writes a day for people.
func Day(d *date.Date) string {
	return fmt.Sprintf("%04d-%02d-%02d", d.GetYear(), d.GetMonth(), d.GetDay())
}

// siteIDs are the company and the location of a site; false where it is none.
func siteIDs(site string) (company, location int64, ok bool) {
	if site == "" {
		return 0, 0, true
	}
	collection, _, _ := strings.Cut(site, "/")
	key, err := resource.KeyOf(collection, site)
	id := resource.KeyID(key)
	switch {
	case err != nil || id == 0:
		return 0, 0, false
	case collection == "companies":
		return id, 0, true
	case collection == "locations":
		return 0, id, true
	}
	return 0, 0, false
}

package approved

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
)

const (
	mostText     = 1000
	mostEvidence = 20
)

// said are the fields that a caller may say of an entry that is there.
var said = []protoreflect.Name{"valid_from", "valid_until", "evidence", "conditions", "reason"}

// create proposes an entry.
type create struct {
	*writing
	given *supplierv1.ApprovedVendor
	// location is that of the site; 0 where it is none.
	location int64
}

func (s *Service) beginCreate(request proto.Message) (command.Command, error) {
	v := request.(*supplierv1.CreateApprovedVendorRequest).GetApprovedVendor()
	var g command.Given
	g.Only(aVendor, v, append(slices.Clone(said), "product", "supplier", "site")...)
	product, supplier := g.ID(aVendor+".product", "products", v.GetProduct()), g.ID(aVendor+".supplier", "suppliers", v.GetSupplier())
	company, location, ok := siteIDs(v.GetSite())
	if !ok {
		g.Wrong(aVendor+".site", "a location, such as locations/8, a company, such as companies/1, or nothing for everywhere")
	}
	if collection, _, _ := strings.Cut(v.GetSite(), "/"); ok && v.GetSite() != "" {
		g.ID(aVendor+".site", collection, v.GetSite()) // nobody could name an entry of more than Odoo has ids
	}
	sensible(&g, v)
	if err := g.Err(); err != nil {
		return nil, err
	}
	c := &create{writing: s.writing(resource.Key(product, supplier, company, location), ""), given: v, location: location}
	c.change = c.propose
	return c, nil
}

const aVendor = "approved_vendor"

// sensible refuses what makes no sense of any entry.
func sensible(g *command.Given, v *supplierv1.ApprovedVendor) {
	Term(g, aVendor+".", g.Day(aVendor+".valid_from", v.GetValidFrom()), g.Day(aVendor+".valid_until", v.GetValidUntil()))
	Evidence(g, aVendor+".evidence", v.GetEvidence())
	g.Text(aVendor+".conditions", v.GetConditions(), mostText)
	Reason(g, aVendor+".reason", v.GetReason())
}

// Term refuses a time, of days in Odoo's form, that ends before it begins.
func Term(g *command.Given, at, from, until string) {
	if from != "" && until != "" && until < from {
		g.Wrong(at+"valid_until", "it ends before it begins, on %s", from)
	}
}

// Reason refuses that none is given.
func Reason(g *command.Given, field, text string) {
	if strings.TrimSpace(g.Text(field, text, mostText)) == "" {
		g.Wrong(field, "say why, for people")
	}
}

// Evidence refuses what shows nothing: an empty text, and an address of the web that is
// none.
func Evidence(g *command.Given, field string, all []string) {
	if len(all) > mostEvidence {
		g.Wrong(field, "up to %d, and not %d", mostEvidence, len(all))
	}
	for i, text := range all {
		at := fmt.Sprintf("%s[%d]", field, i)
		if strings.TrimSpace(g.Text(at, text, mostText)) == "" {
			g.Wrong(at, "the number of a document, or the address where it lies")
		}
		if strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") {
			if u, err := url.Parse(text); err != nil || u.Hostname() == "" || u.User != nil {
				g.Wrong(at, "it is no address of the web that can be shown to people, such as https://host/document")
			}
		}
	}
}

// propose is the entry as it is to be.
func (c *create) propose(ctx context.Context, w *command.Work, before *supplierv1.ApprovedVendor) (*supplierv1.ApprovedVendor, error) {
	if before != nil {
		return nil, fault.New(errorsv1.Reason_REASON_ALREADY_EXISTS, fmt.Sprintf("There is %s for the same, which is %s: update it.", c.Name, wordOf(before.GetStatus())),
			fault.Resource("mesh/ApprovedVendor", c.Name), fault.Violation(aVendor+".product", "there is an entry for the same product, supplier and site"))
	}
	v := proto.CloneOf(c.given)
	var g command.Given
	if err := c.lookUp(ctx, &g, v); err != nil {
		return nil, err
	}
	if err := g.Err(); err != nil {
		return nil, err
	}
	c.proposed(w, v)
	return v, nil
}

// lookUp refuses what is about records that the mesh does not have, or that are out of
// use, and notes of which company the site is.
func (c *create) lookUp(ctx context.Context, g *command.Given, v *supplierv1.ApprovedVendor) error {
	amiss, err := c.service.amiss(ctx, v)
	if err != nil {
		return err
	}
	for _, a := range amiss {
		g.Wrong(aVendor+"."+a.field, "%s", a.problem)
	}
	v.CompanyId = resource.IDs(c.At)[2]
	if c.location != 0 {
		location, err := c.service.locations.Lookup(ctx, v.GetSite())
		if err != nil {
			return err
		}
		if c.service.locations != nil && location.GetName() == "" {
			g.Wrong(aVendor+".site", "there is no %s", v.GetSite())
		}
		v.CompanyId = location.GetProvenance().GetCompanyId()
	}
	return nil
}

// proposed notes who proposes an entry, beside those who have done so since the last
// decision.
func (c *writing) proposed(w *command.Work, v *supplierv1.ApprovedVendor) {
	if v.GetStatus() != supplierv1.ApprovedVendorStatus_APPROVED_VENDOR_STATUS_PROPOSED {
		v.ProposedBy = nil
	}
	if !slices.Contains(v.GetProposedBy(), w.Principal) {
		v.ProposedBy = append(v.GetProposedBy(), w.Principal)
	}
	v.Status, v.ProposeTime = supplierv1.ApprovedVendorStatus_APPROVED_VENDOR_STATUS_PROPOSED, timestamppb.New(c.service.clock.Now())
	v.WithdrawnBy, v.WithdrawTime, v.WithdrawReason = "", nil, ""
}

// update proposes an entry otherwise than it is.
type update struct {
	*writing
	given  *supplierv1.ApprovedVendor
	fields []protoreflect.FieldDescriptor
}

func (s *Service) beginUpdate(request proto.Message) (command.Command, error) {
	r := request.(*supplierv1.UpdateApprovedVendorRequest)
	v, etag := r.GetApprovedVendor(), r.GetEtag()
	if etag == "" {
		etag = v.GetEtag()
	}
	var g command.Given
	ids := g.IDs(aVendor+".name", Collection, v.GetName(), idsOf)
	fields := g.Meant(v, r.GetUpdateMask().GetPaths(), "valid_from, valid_until, evidence, conditions or reason")
	if err := g.Err(); err != nil {
		return nil, err
	}
	u := &update{writing: s.writing(resource.Key(ids...), etag), given: v, fields: fields}
	u.change = u.propose
	return u, nil
}

// propose is the entry as it is to be.
func (u *update) propose(ctx context.Context, w *command.Work, before *supplierv1.ApprovedVendor) (*supplierv1.ApprovedVendor, error) {
	if before == nil {
		return nil, fault.NotFound(u.Name)
	}
	var g command.Given
	v := proto.CloneOf(before)
	given, is, to := u.given.ProtoReflect(), before.ProtoReflect(), v.ProtoReflect()
	for _, f := range u.fields {
		switch {
		case !slices.Contains(said, f.Name()):
			g.AsItIs(aVendor, f, given, is)
		case given.Has(f):
			to.Set(f, given.Get(f))
		default:
			to.Clear(f)
		}
	}
	sensible(&g, v)
	if err := g.Err(); err != nil {
		return nil, err
	}
	if before.GetStatus() != supplierv1.ApprovedVendorStatus_APPROVED_VENDOR_STATUS_WITHDRAWN && proto.Equal(before, v) {
		return nil, command.Refused("%s says all that already, and is %s.", u.Name, wordOf(before.GetStatus()))
	}
	if err := u.service.inUse(ctx, v); err != nil {
		return nil, err
	}
	u.proposed(w, v)
	return v, nil
}

func wordOf(s supplierv1.ApprovedVendorStatus) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "APPROVED_VENDOR_STATUS_"))
}

package approved

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"go.einride.tech/aip/ordering"
	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/filter"
	"odoomesh/internal/index"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/token"
)

const (
	defaultPage = 50
	maxPage     = 1000
)

// ListApprovedVendors answers a page of the entries that the caller meets and that pass a
// filter.
func (s *Service) ListApprovedVendors(ctx context.Context, r *supplierv1.ListApprovedVendorsRequest) (*supplierv1.ListApprovedVendorsResponse, error) {
	desc := (*supplierv1.ApprovedVendor)(nil).ProtoReflect().Descriptor()
	fields, err := index.Fields(desc)
	if err != nil {
		return nil, err
	}
	caller := s.names.For(ctx)
	through := caller.Records()
	by, err := orderOf(r.GetOrderBy(), fields)
	if err != nil {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "order_by", err.Error())
	}
	hash := token.CallHash(Collection, r.GetFilter(), r.GetOrderBy())
	after := &internalv1.PageToken{}
	if r.GetPageToken() != "" {
		if after, err = s.tokens(ctx).ReadPage(r.GetPageToken(), s.store, hash); err != nil {
			return nil, fault.Token("page_token", err)
		}
	}
	asked := token.AskedAt(after, s.clock.Now())
	passes, err := filter.Parse(r.GetFilter(), desc, fields, filter.At(asked, s.zone()), filter.Through(through))
	if err != nil {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_FILTER, "filter", err.Error())
	}
	var found []row
	for key, err := range s.book.Keys(Collection) {
		if err != nil {
			return nil, err
		}
		v, err := s.entry(key)
		if err != nil {
			return nil, err
		}
		if v == nil || !passes.Match(v.ProtoReflect()) {
			continue
		}
		if err := s.meets(ctx, v); fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_FOUND {
			continue
		} else if err != nil {
			return nil, err
		}
		one := row{key: key, entry: v, values: by.values(v)}
		if r.GetPageToken() == "" || by.compare(one, row{key: after.GetAfterKey(), values: after.GetOrderValues()}) > 0 {
			found = append(found, one)
		}
	}
	if err := through.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(found, by.compare)
	size := min(int(r.GetPageSize()), maxPage)
	if size <= 0 {
		size = defaultPage
	}
	for i := range found[:min(len(found), size+1)] {
		found[i].entry = named(caller, found[i].entry)
	}
	answer := &supplierv1.ListApprovedVendorsResponse{}
	page := fit(found, size, record.PageLimit(ctx))
	for _, one := range page {
		answer.ApprovedVendors = append(answer.ApprovedVendors, one.entry)
	}
	if len(found) > len(page) {
		last := page[len(page)-1]
		answer.NextPageToken = s.tokens(ctx).Page(&internalv1.PageToken{StoreId: s.store, CallHash: hash, AfterKey: last.key, OrderValues: last.values, AskedMicros: uint64(asked.UnixMicro())})
	}
	return answer, nil
}

// fit are the rows of a page: as many as were asked for, of as many bytes as a page has,
// and at least one.
func fit(rows []row, size, limit int) []row {
	bytes := 0
	for i, one := range rows {
		if bytes += proto.Size(one.entry); i == size || i > 0 && bytes > limit {
			return rows[:i]
		}
	}
	return rows
}

// row is an entry with its place in an order.
type row struct {
	key    []byte
	entry  *supplierv1.ApprovedVendor
	values [][]byte
}

// order sorts entries by fields, and those that are equal in all of them by name.
type order []orderField

type orderField struct {
	*index.Field
	descending bool
}

func orderOf(text string, fields []*index.Field) (by order, err error) {
	var parsed ordering.OrderBy
	if err := parsed.UnmarshalString(text); err != nil {
		return nil, fmt.Errorf("it is a list of fields with commas, such as \"valid_until, product desc\"")
	}
	for _, f := range parsed.Fields {
		i := slices.IndexFunc(fields, func(x *index.Field) bool { return x.Path == f.Path && !x.Many })
		if i < 0 || slices.ContainsFunc(by, func(x orderField) bool { return x.Path == f.Path }) {
			var known []string
			for _, x := range fields {
				known = append(known, x.Path)
			}
			return nil, fmt.Errorf("%q: entries can be ordered by %s, each once", f.Path, strings.Join(known, ", "))
		}
		by = append(by, orderField{fields[i], f.Desc})
	}
	return by, nil
}

func (o order) values(v *supplierv1.ApprovedVendor) (all [][]byte) {
	for _, f := range o {
		value := f.Values(v.ProtoReflect())[0]
		if f.Path == "product" || f.Path == "supplier" {
			// By number, as names of records sort elsewhere.
			collection, _, _ := strings.Cut(string(value), "/")
			if key, err := resource.KeyOf(collection, string(value)); err == nil {
				value = key
			}
		}
		all = append(all, value)
	}
	return all
}

func (o order) compare(a, b row) int {
	for i, f := range o {
		if i >= len(a.values) || i >= len(b.values) {
			break
		}
		if c := bytes.Compare(a.values[i], b.values[i]); c != 0 {
			if f.descending {
				return -c
			}
			return c
		}
	}
	return bytes.Compare(a.key, b.key)
}

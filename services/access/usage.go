package access

import (
	"context"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/token"
	"odoomesh/internal/usage"
)

// Usage is who has called what.
type Usage interface {
	// Rows are all rows, by principal, method and client.
	Rows() []usage.Row
	// Since is when counting began, Uncounted how many calls are in no row.
	Since() time.Time
	Uncounted() int64
	// Tokens are the page tokens of who calls.
	Tokens(ctx context.Context) token.Tokens
}

const (
	defaultUsage = 50
	mostUsage    = 1000
	usageStore   = "usage"
)

// ListUsage answers who calls which method.
func (s *Service) ListUsage(ctx context.Context, r *accessv1.ListUsageRequest) (*accessv1.ListUsageResponse, error) {
	size := min(int(r.GetPageSize()), mostUsage)
	if size <= 0 {
		size = defaultUsage
	}
	hash := token.CallHash(usageStore, r.GetPrincipal(), r.GetMethodPrefix(), strconv.FormatInt(r.GetSince().GetSeconds(), 10))
	var after usage.Key
	if r.GetPageToken() != "" {
		page, err := s.usage.Tokens(ctx).ReadPage(r.GetPageToken(), usageStore, hash)
		if err != nil {
			return nil, fault.Token("page_token", err)
		}
		after.Principal, _, _ = strings.Cut(string(page.GetAfterKey()), "\n")
		_, rest, _ := strings.Cut(string(page.GetAfterKey()), "\n")
		after.Method, after.Client, _ = strings.Cut(rest, "\n")
	}
	out := &accessv1.ListUsageResponse{Uncounted: s.usage.Uncounted(), CountTime: timestamppb.New(s.usage.Since())}
	var last usage.Key
	for _, row := range s.usage.Rows() {
		if after != (usage.Key{}) && usage.Compare(row.Key, after) <= 0 || !asked(r, row) {
			continue
		}
		if len(out.GetUsage()) == size {
			out.NextPageToken = s.usage.Tokens(ctx).Page(&internalv1.PageToken{StoreId: usageStore, CallHash: hash, AfterKey: []byte(last.Principal + "\n" + last.Method + "\n" + last.Client)})
			break
		}
		out.Usage, last = append(out.GetUsage(), usageOf(row)), row.Key
	}
	return out, nil
}

func asked(r *accessv1.ListUsageRequest, row usage.Row) bool {
	return (r.GetPrincipal() == "" || r.GetPrincipal() == row.Principal) && strings.HasPrefix(row.Method, r.GetMethodPrefix()) &&
		(r.GetSince() == nil || !row.Last.Before(r.GetSince().AsTime()))
}

func usageOf(row usage.Row) *accessv1.Usage {
	// "/mesh.order.v1.OrderService/GetOrder" belongs to mesh.order.v1.
	service, _, _ := strings.Cut(strings.TrimPrefix(row.Method, "/"), "/")
	version := service
	if i := strings.LastIndexByte(service, '.'); i >= 0 {
		version = service[:i]
	}
	return &accessv1.Usage{
		Principal: row.Principal, Method: row.Method, Version: version, Client: row.Client, Calls: row.Calls,
		FirstTime: timestamppb.New(row.First), LastTime: timestamppb.New(row.Last),
	}
}

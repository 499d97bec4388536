package exception

import (
	"context"
	"encoding/binary"
	"strconv"
	"strings"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/filter"
	"odoomesh/internal/index"
	"odoomesh/internal/token"
)

const (
	defaultPage = 50
	maxPage     = 1000
)

// Get answers one exception.
func (b *Board) Get(name string) (*operationsv1.Exception, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, err := b.find(name)
	if err != nil {
		return nil, err
	}
	return e.show(), nil
}

func (b *Board) find(name string) (*entry, error) {
	id, _ := strings.CutPrefix(name, collection+"/")
	number, err := strconv.ParseUint(id, 10, 64)
	if e := b.all[number]; err == nil && e != nil {
		return e, nil
	}
	return nil, fault.NotFound(name)
}

// List answers a page of the exceptions that pass a filter, the newest first.
func (b *Board) List(ctx context.Context, r *operationsv1.ListExceptionsRequest) (*operationsv1.ListExceptionsResponse, error) {
	desc := (*operationsv1.Exception)(nil).ProtoReflect().Descriptor()
	fields, err := index.Fields(desc)
	if err != nil {
		return nil, err
	}
	hash := token.CallHash(collection, r.GetFilter())
	before, asked, err := b.pageAt(ctx, r.GetPageToken(), hash)
	if err != nil {
		return nil, err
	}
	passes, err := filter.Parse(r.GetFilter(), desc, fields, filter.At(asked, b.Zone()))
	if err != nil {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_FILTER, "filter", err.Error())
	}
	size := min(int(r.GetPageSize()), maxPage)
	if size <= 0 {
		size = defaultPage
	}
	answer := &operationsv1.ListExceptionsResponse{}
	var last uint64
	for _, e := range b.newest() {
		if before > 0 && e.number >= before {
			continue
		}
		shown := e.show()
		if !passes.Match(shown.ProtoReflect()) {
			continue
		}
		if len(answer.GetExceptions()) == size {
			answer.NextPageToken = b.Tokens.For(ctx).Page(&internalv1.PageToken{
				StoreId: b.Journal.ID(), CallHash: hash, AfterKey: binary.BigEndian.AppendUint64(nil, last), AskedMicros: uint64(asked.UnixMicro()),
			})
			break
		}
		answer.Exceptions, last = append(answer.Exceptions, shown), e.number
	}
	return answer, nil
}

// pageAt is the number that a page goes on behind, 0 for the first page, and when that was
// asked for.
func (b *Board) pageAt(ctx context.Context, text string, hash []byte) (uint64, time.Time, error) {
	if text == "" {
		return 0, b.Clock.Now(), nil
	}
	page, err := b.Tokens.For(ctx).ReadPage(text, b.Journal.ID(), hash)
	if err != nil {
		return 0, time.Time{}, fault.Token("page_token", err)
	}
	if len(page.GetAfterKey()) != 8 {
		return 0, time.Time{}, fault.InvalidField(errorsv1.Reason_REASON_INVALID_PAGE_TOKEN, "page_token", "it is no token of this list: begin with the first page")
	}
	return binary.BigEndian.Uint64(page.GetAfterKey()), token.AskedAt(page, b.Clock.Now()), nil
}

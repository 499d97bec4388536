package summary

import (
	"context"
	"slices"
	"strings"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/nearest"
	"odoomesh/internal/resource"
	"odoomesh/internal/scope"
	"odoomesh/internal/token"
)

const (
	defaultPage = 50
	maxPage     = 1000
)

// pageSize is how many a page has at most.
func pageSize(asked int32) int {
	if asked <= 0 {
		return defaultPage
	}
	return min(int(asked), maxPage)
}

// grouping reads by what is grouped: places in known, each once.
func grouping(text string, known []string) ([]int, error) {
	var by []int
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		at := slices.Index(known, word)
		switch {
		case at < 0:
			meant := nearest.Word(word, known)
			if meant != "" {
				meant = "; did you mean " + meant + "?"
			}
			return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "group_by", "cannot group by \""+word+"\", but by any of "+strings.Join(known, ", ")+meant)
		case slices.Contains(by, at):
			return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "group_by", word+" is named twice")
		}
		by = append(by, at)
	}
	return by, nil
}

// idIn is the id in the name of a record, 0 where there is none. Its form was checked by the
// contract.
func idIn(field, collection, name string) (int64, error) {
	if name == "" {
		return 0, nil
	}
	key, err := resource.KeyOf(collection, name)
	if err != nil {
		return 0, fault.InvalidField(errorsv1.Reason_REASON_INVALID_NAME, field, err.Error())
	}
	return resource.KeyID(key), nil
}

// companies are those whose records a caller meets: nil for all.
type companies struct {
	met    []int64
	wanted int64
}

func companiesOf(ctx context.Context, wanted int64) companies {
	c := companies{wanted: wanted}
	if s := scope.From(ctx); s != nil {
		c.met = s.Companies
	}
	return c
}

// passes tells whether a record of a company belongs into the answer; 0 is one that all
// companies share.
func (c companies) passes(id int64) bool {
	return (c.wanted == 0 || id == c.wanted) && c.meets(id)
}

// meets tells whether the caller meets records of a company, asked for or not.
func (c companies) meets(id int64) bool {
	return len(c.met) == 0 || id == 0 || slices.Contains(c.met, id)
}

// pages makes and reads the tokens of pages.
type pages struct {
	tokens  token.Tokens
	storeID string
	hash    []byte
}

func (s *Service) pages(ctx context.Context, call ...string) pages {
	return pages{s.deps.Tokens.For(ctx), s.deps.StoreID, token.CallHash(append([]string{"summary"}, call...)...)}
}

// after reads a token: the ids that a page goes on behind, and what was fixed with the first.
func (p pages) after(text string, ids int) (after, fixed []int64, err error) {
	if text == "" {
		return nil, nil, nil
	}
	page, err := p.tokens.ReadPage(text, p.storeID, p.hash)
	if err != nil {
		return nil, nil, fault.Token("page_token", err)
	}
	if after = resource.IDs(page.GetAfterKey()); len(after) != ids {
		return nil, nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_PAGE_TOKEN, "page_token", "the token does not fit the call")
	}
	return after, resource.IDs(page.GetAfterValue()), nil
}

func (p pages) next(position uint64, after, fixed []int64) string {
	return p.tokens.Page(&internalv1.PageToken{
		StoreId: p.storeID, CallHash: p.hash, Position: position, AfterKey: resource.Key(after...), AfterValue: resource.Key(fixed...),
	})
}

// told is the place in the log as a caller is told it: it would tell who is narrowed how
// much goes on that it does not meet.
func told(ctx context.Context, position uint64) int64 {
	if scope.From(ctx) != nil {
		return 0
	}
	return int64(position)
}

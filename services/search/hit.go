package search

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"google.golang.org/genproto/googleapis/type/date"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	searchv1 "odoomesh/gen/go/mesh/search/v1"
	"odoomesh/internal/index"
	"odoomesh/internal/record"
)

// matches are what the ranks are called.
var matches = map[index.Rank]searchv1.Match{
	index.ByName:          searchv1.Match_MATCH_SCANNED,
	index.ByCode:          searchv1.Match_MATCH_CODE,
	index.ByListedCode:    searchv1.Match_MATCH_LISTED_CODE,
	index.ByWords:         searchv1.Match_MATCH_WORDS,
	index.ByBeginnings:    searchv1.Match_MATCH_BEGINNINGS,
	index.ByCodeBeginning: searchv1.Match_MATCH_CODE_BEGINNING,
}

// told are the hits of what was found.
func (s *Service) told(ctx context.Context, all []found) ([]*searchv1.Hit, error) {
	names, err := s.names(ctx, all)
	if err != nil {
		return nil, err
	}
	var hits []*searchv1.Hit
	for _, f := range all {
		h := &searchv1.Hit{Name: f.Name, Type: f.kind, Field: f.Field, Match: matches[f.Rank], Archived: f.Archived}
		h.DisplayName, h.Number = record.Called(f.Record.ProtoReflect())
		if r, ok := f.Record.(interface{ GetCompany() string }); ok {
			h.Company = r.GetCompany()
		}
		called, state := "", ""
		switch r := f.Record.(type) {
		case *inventoryv1.Lot:
			called = names[r.GetProduct()]
			if d := r.GetExpirationDate(); d != nil {
				state = "expires " + day(d)
			}
		case *inventoryv1.Movement:
			state = r.GetSourceType()
		case interface {
			GetSupplier() string
			GetSourceState() string
		}:
			called, state = names[r.GetSupplier()], r.GetSourceState()
		}
		h.DisplayName = cmp.Or(h.GetDisplayName(), h.GetNumber(), h.GetName())
		h.Detail = strings.Join(nonEmpty(called, state), ", ")
		hits = append(hits, h)
	}
	return hits, nil
}

func nonEmpty(texts ...string) []string {
	var kept []string
	for _, t := range texts {
		if t != "" {
			kept = append(kept, t)
		}
	}
	return kept
}

// names are what people call the products and suppliers of what was found, as far as the
// caller may read them.
func (s *Service) names(ctx context.Context, all []found) (map[string]string, error) {
	var products, suppliers []string
	seen := map[string]bool{"": true}
	note := func(to *[]string, name string) {
		if !seen[name] {
			seen[name] = true
			*to = append(*to, name)
		}
	}
	for _, f := range all {
		switch r := f.Record.(type) {
		case *inventoryv1.Lot:
			note(&products, r.GetProduct())
		case interface{ GetSupplier() string }:
			note(&suppliers, r.GetSupplier())
		}
	}
	names := map[string]string{}
	if s.productPlace.ready(ctx) {
		found, err := s.products.Find(ctx, products)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			names[p.GetName()] = p.GetDisplayName()
		}
	}
	if s.vendors.ready(ctx) {
		found, err := s.suppliers.Find(ctx, suppliers)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			names[p.GetName()] = p.GetDisplayName()
		}
	}
	return names, nil
}

func day(d *date.Date) string {
	return fmt.Sprintf("%04d-%02d-%02d", d.GetYear(), d.GetMonth(), d.GetDay())
}

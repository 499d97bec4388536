package summary

import (
	"context"
	"slices"

	"odoomesh/internal/read"

	"google.golang.org/protobuf/proto"
)

// called finds the records with these names that the caller meets, by name.
func called[T interface {
	proto.Message
	GetName() string
}](ctx context.Context, from *read.Collection[T], names []string) (map[string]T, error) {
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "" })
	found, err := from.Find(ctx, names)
	if err != nil {
		return nil, err
	}
	by := make(map[string]T, len(found))
	for _, r := range found {
		by[r.GetName()] = r
	}
	return by, nil
}

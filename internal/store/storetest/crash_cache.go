package storetest

import (
	"context"
	"fmt"
	"os"

	"odoomesh/internal/store"
)

// crashRecords change together at every position, and as many again come and go.
const crashRecords = 40

// applyForever makes the state of one position after the other: every record
// holds the position, and those of the second half are there at odd positions.
func applyForever(c store.Cache) error {
	ctx := context.Background()
	for {
		position := c.Position() + 1
		text := fmt.Sprint(position)
		var mutations []store.Mutation
		for i := range crashRecords {
			mutations = append(mutations, put("p", fmt.Sprint("a", i), text, "n", text))
			if position%2 == 1 {
				mutations = append(mutations, put("p", fmt.Sprint("b", i), text, "n", text, "m", text))
			} else {
				mutations = append(mutations, drop("p", fmt.Sprint("b", i)))
			}
		}
		if err := c.Apply(ctx, position, mutations); err != nil {
			return err
		}
		if err := c.Fill(ctx, []store.Mutation{put("filled", text, text, "n", text)}); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(os.Stdout, position); err != nil {
			return err
		}
	}
}

// checkApplied wants exactly the state that applyForever makes of the position.
func checkApplied(c store.Cache) error {
	s := c.Snapshot()
	defer s.Close()
	want := crashRecords
	if s.Position()%2 == 1 {
		want *= 2
	}
	for _, index := range []string{"", "n"} {
		hits := s.Records("p", store.Range{})
		if index != "" {
			hits = s.Index("p", index, store.Range{})
		}
		seen := 0
		for hit, err := range hits {
			if err != nil {
				return err
			}
			if string(hit.Value) != fmt.Sprint(s.Position()) {
				return fmt.Errorf("at position %d, %s holds %q", s.Position(), hit.Key, hit.Value)
			}
			seen++
		}
		if seen != want || c.Count("p") != int64(want) {
			return fmt.Errorf("at position %d: %d records by %q, count %d, want %d", s.Position(), seen, index, c.Count("p"), want)
		}
	}
	filled := int64(0)
	for _, err := range s.Index("filled", "n", store.Range{KeysOnly: true}) {
		if err != nil {
			return err
		}
		filled++
	}
	if filled != c.Count("filled") {
		return fmt.Errorf("%d filled records, count %d", filled, c.Count("filled"))
	}
	return nil
}

package eventbook

import (
	"fmt"

	"odoomesh/internal/store"
	"odoomesh/services/event/rules"
)

// epochKey is the fact of the epoch, in a journal that was restored.
var epochKey = []byte("epoch")

// EpochFact lets a journal that is restored go on in the epoch of the one that it was,
// whose name is given: by its own name it would begin another.
func EpochFact(journal string) store.Fact {
	return store.Fact{Key: epochKey, Value: []byte(rules.EpochOf(journal))}
}

// epochOf is the epoch of a journal.
func epochOf(j store.Journal) (rules.Epoch, error) {
	facts := j.Facts()
	defer facts.Close()
	restored, err := facts.Get(epochKey)
	if err != nil {
		return "", fmt.Errorf("reading the epoch of events: %w", err)
	}
	if restored != nil {
		return rules.Epoch(restored), nil
	}
	return rules.EpochOf(j.ID()), nil
}

package command

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
)

var update = flag.Bool("update", false, "write the table in docs/commands.md anew")

// The table of states in the documentation is the one that the code goes by.
func TestDocumentationShowsTheStates(t *testing.T) {
	const begin, end = "<!-- states: go test ./internal/command -run Documentation -update -->\n", "<!-- end -->"
	path := filepath.Join("..", "..", "docs", "commands.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatal("docs/commands.md has no place for the table")
	}
	var table strings.Builder
	table.WriteString("| an intent that is | on | becomes |\n|---|---|---|\n")
	for _, row := range transitions {
		from := stateWord(row.from)
		if row.from == stateNone {
			from = "new"
		}
		table.WriteString("| " + from + " | " + row.event.String() + " | " + stateWord(row.to) + " |\n")
	}
	want := before + begin + table.String() + end + after
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Error("docs/commands.md is out of date: go test ./internal/command -run Documentation -update")
	}
}

// Whatever happens to an intent: what is done changes when Odoo is put back and by
// nothing else, what is given up or lost never changes, what was never accepted does not
// exist, and from every other state there is a way on.
func TestWhatIsDoneStaysDone(t *testing.T) {
	for _, row := range transitions {
		if row.from == stateDone && row.event != putBack || row.from == stateCancelled || row.from == stateLost || row.to == stateNone {
			t.Errorf("%v", row)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		state := stateNone
		for range rapid.IntRange(1, 30).Draw(r, "events") {
			e := event(rapid.IntRange(0, int(putBack)).Draw(r, "event"))
			after, err := next(state, e)
			switch {
			case err != nil && after != state:
				r.Fatalf("%v on %v: refused, and changed to %v", state, e, after)
			case state == stateNone && err == nil && after != stateAccepted && after != stateDeferred:
				r.Fatalf("%v on %v begins as %v", state, e, after)
			}
			state = after
		}
		ways := 0
		for _, row := range transitions {
			if row.from == state {
				ways++
			}
		}
		if settled := state == stateLost || state == stateCancelled; settled != (ways == 0) {
			r.Fatalf("from %v there are %d ways", commandv1.State(state), ways)
		}
	})
}

// Every state is reached from a new intent, and an event leads to one state.
func TestEveryStateIsReached(t *testing.T) {
	reached, seen := map[commandv1.State]bool{stateNone: true}, map[transition]bool{}
	for range transitions {
		for _, row := range transitions {
			reached[row.to] = reached[row.to] || reached[row.from]
		}
	}
	for number := range commandv1.State_name {
		if state := commandv1.State(number); !reached[state] {
			t.Errorf("nothing leads to %v", state)
		}
	}
	for _, row := range transitions {
		key := transition{from: row.from, event: row.event}
		if seen[key] {
			t.Errorf("%v on %v leads to two states", row.from, row.event)
		}
		seen[key] = true
	}
}

package torture

import (
	"fmt"
	"os"
	"slices"
	"strings"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
)

// known is what the model knows of one intent.
type known struct {
	principal, request, body string
	state                    commandv1.State
	// states are those that it has had, with when each began.
	states []stateAt
	// place is when it was put off; 0 while it is not, nor carried out after it was.
	place int
	// effects are what Odoo did for it, removals what people took of that away again.
	effects, removals int
	// seen says that a look began after the effect, and people have left it alone.
	there, seen bool
}

type stateAt struct {
	from  int
	state commandv1.State
}

// had tells whether an intent had one of some states between two happenings.
func (k *known) had(from, to int, states ...commandv1.State) bool {
	for n, s := range k.states {
		ended := n+1 < len(k.states) && k.states[n+1].from < from
		if s.from <= to && !ended && slices.Contains(states, s.state) {
			return true
		}
	}
	return false
}

// judge reads a history, and tells what must not have happened; with the intent that it
// happened to.
func judge(all []happening, follows map[[2]commandv1.State]bool) (intent string, err error) {
	intents, began, working := map[string]*known{}, map[int]int{}, map[string]string{}
	stands := map[string]string{}         // whose value the mesh keeps of a record
	waits := map[string]map[string]bool{} // what was put off and is not settled, by document
	for n, h := range all {
		k := intents[h.intent]
		if k == nil {
			k = &known{}
			if h.intent != "" && h.what != looked {
				intents[h.intent] = k
			}
		}
		wrong := func(format string, args ...any) (string, error) {
			return h.intent, fmt.Errorf("%s: %s", h, fmt.Sprintf(format, args...))
		}
		switch h.what {
		case asked:
			began[h.op] = n
		case moved:
			switch {
			case !follows[[2]commandv1.State{k.state, h.state}]:
				return wrong("nothing leads there from %s", k.state)
			case k.body != "" && (k.body != h.body || k.principal != h.principal || k.request != h.request):
				return wrong("it was %q of %s before", k.body, k.principal)
			case h.state == commandv1.State_STATE_DONE && h.reason == "not held":
				return wrong("Odoo has never held it")
			case h.state == commandv1.State_STATE_REFUSED && h.reason == "refused for another":
				return wrong("Odoo has refused another row")
			}
			k.principal, k.request, k.body, k.state = h.principal, h.request, h.body, h.state
			k.states = append(k.states, stateAt{n, h.state})
			switch on := documentIn(h.body); {
			case h.state == commandv1.State_STATE_DEFERRED && k.place == 0:
				k.place = n
				if waits[on] == nil && on != "" {
					waits[on] = map[string]bool{}
				}
				if on != "" {
					waits[on][h.intent] = true
				}
			case h.state != commandv1.State_STATE_DEFERRED && !open(h.state):
				k.place = 0
				delete(waits[on], h.intent)
			}
		case looked:
			k.seen = k.there
		case left:
			other, busy := working[h.document]
			switch {
			case !open(k.state):
				return wrong("a call leaves for an intent that is %s", k.state)
			case k.seen:
				return wrong("it is done once more, and a look has shown that it is done")
			case h.document != "" && busy && other != h.intent:
				return wrong("%s works on the same document", other)
			case h.body != k.body:
				return wrong("the ledger has %q", k.body)
			}
			for other := range waits[h.document] {
				if other != h.intent && k.place != 0 && intents[other].place < k.place {
					return wrong("%s was put off before, on the same document", other)
				}
			}
			working[h.document] = h.intent
		case returned:
			delete(working, h.document)
		case killed:
			clear(working)
		case committed:
			k.effects, k.there = k.effects+1, true
			switch {
			case k.effects > 1+k.removals:
				return wrong("it is done %d times", k.effects)
			case !open(k.state) && k.state != commandv1.State_STATE_DONE:
				return wrong("it is done after it was called %s", k.state)
			case h.body != k.body:
				return wrong("the ledger has %q", k.body)
			}
			if verb, _, _ := strings.Cut(h.body, " "); verb == "announce" {
				stands[h.document] = h.intent
			}
		case rewritten:
			if stands[h.document] != h.intent {
				return wrong("it writes over what was said later, for %s", stands[h.document])
			}
		case clashed:
			return wrong("another has written the same record meanwhile")
		case removed:
			k.removals, k.there, k.seen = k.removals+1, false, false
		case answered:
			for _, settled := range intents {
				if settled.silent(h, all[began[h.op]], began[h.op]) {
					return wrong("it is %s, and the answer does not say so", settled.state)
				}
			}
			if err := k.answer(h, began[h.op], n); err != nil {
				return wrong("%v", err)
			}
		}
	}
	for id, k := range intents {
		if open(k.state) || k.state == commandv1.State_STATE_DEFERRED {
			return id, fmt.Errorf("%s is %s in the end", id, k.state)
		}
	}
	return "", nil
}

// silent tells whether an answer leaves out what was settled before its call began.
func (k *known) silent(h, call happening, began int) bool {
	return call.intent == "" && h.intent == "" && h.principal == k.principal && h.request == k.request && h.body == k.body &&
		h.reason != "IN_PROGRESS" && h.reason != "SHUTTING_DOWN" &&
		k.had(began, began, commandv1.State_STATE_DONE, commandv1.State_STATE_CANCELLED)
}

// answer judges what a caller was told.
func (k *known) answer(h happening, began, n int) error {
	switch {
	case h.intent == "":
		return nil // it was not taken on
	case h.reason == "IDEMPOTENCY_MISMATCH":
		if h.body == k.body {
			return fmt.Errorf("it is the same body")
		}
		return nil
	case h.reason == "IN_PROGRESS":
		return nil
	case h.body != k.body || h.principal != k.principal || h.request != k.request:
		return fmt.Errorf("the answer is that of %q of %s", k.body, k.principal)
	}
	may := []commandv1.State{h.state}
	if h.state == commandv1.State_STATE_UNSPECIFIED {
		may = settled
	}
	if !k.had(began, n, may...) {
		return fmt.Errorf("it was none of %v since the call began", may)
	}
	return nil
}

// settled are the states that errors tell which do not name the state.
var settled = []commandv1.State{commandv1.State_STATE_NOT_DONE, commandv1.State_STATE_REFUSED, commandv1.State_STATE_CANCELLED, commandv1.State_STATE_ACTION_REQUIRED}

func open(s commandv1.State) bool {
	return s == commandv1.State_STATE_ACCEPTED || s == commandv1.State_STATE_UNKNOWN
}

// documented reads from the documentation, which is what callers go by, which state may
// follow which.
func documented() (map[[2]commandv1.State]bool, error) {
	text, err := os.ReadFile("../../docs/commands.md")
	if err != nil {
		return nil, err
	}
	_, table, _ := strings.Cut(string(text), "<!-- states:")
	table, _, _ = strings.Cut(table, "<!-- end -->")
	follows := map[[2]commandv1.State]bool{}
	for _, row := range strings.Split(table, "\n") {
		if cells := strings.Split(row, "|"); len(cells) == 5 {
			if to := stateOf(cells[3]); to != commandv1.State_STATE_UNSPECIFIED {
				follows[[2]commandv1.State{stateOf(cells[1]), to}] = true
			}
		}
	}
	return follows, nil
}

func stateOf(word string) commandv1.State {
	return commandv1.State(commandv1.State_value["STATE_"+strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(word), " ", "_"))])
}

// documentIn is the record that a body is about; empty where it makes one.
func documentIn(body string) string {
	verb, name, _ := strings.Cut(body, " ")
	if verb == "make" || verb == "row" {
		return ""
	}
	return name
}

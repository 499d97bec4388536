package torture

import (
	"strings"
	"testing"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
)

// A model that finds nothing wrong with anything would let every torture pass.
func TestTheModelSeesWhatMustNotHappen(t *testing.T) {
	const (
		accepted = commandv1.State_STATE_ACCEPTED
		unknown  = commandv1.State_STATE_UNKNOWN
		done     = commandv1.State_STATE_DONE
		refused  = commandv1.State_STATE_REFUSED
		notDone  = commandv1.State_STATE_NOT_DONE
		deferred = commandv1.State_STATE_DEFERRED
	)
	of := func(w what) happening {
		return happening{what: w, intent: "i", principal: "erp", request: "r", body: "press orders/1", document: "orders/1"}
	}
	is := func(s commandv1.State) happening { h := of(moved); h.state = s; return h }
	told := func(s commandv1.State) happening { h := of(answered); h.state, h.op = s, 1; return h }
	with := func(h happening, change func(*happening)) happening { change(&h); return h }
	other := func(h happening) happening { h.intent = "j"; return h }
	says := func(h happening) happening { h.body = "announce orders/1"; return h }
	call := with(of(asked), func(h *happening) { h.op = 1 })
	follows, err := documented()
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		all  []happening
		want string
	}{
		"as it should be":        {[]happening{call, is(accepted), of(left), of(committed), of(returned), is(done), told(done)}, ""},
		"deleted and made again": {[]happening{is(accepted), of(left), of(committed), of(returned), is(unknown), of(removed), of(looked), of(left), of(committed), of(returned), is(done)}, ""},
		"comes late":             {[]happening{is(accepted), of(left), of(returned), is(unknown), of(committed), is(done)}, ""},
		"done twice":             {[]happening{is(accepted), of(left), of(committed), of(returned), of(left), of(committed), of(returned), is(done)}, "done 2 times"},
		"done although seen":     {[]happening{is(accepted), of(left), of(committed), of(returned), of(looked), of(left)}, "a look has shown"},
		"not written before":     {[]happening{call, of(left)}, "a call leaves"},
		"again after it is done": {[]happening{is(accepted), is(done), of(left)}, "a call leaves"},
		"after NOT_DONE":         {[]happening{is(accepted), of(left), of(returned), is(notDone), of(committed)}, "after it was called"},
		"no such way":            {[]happening{is(accepted), is(done), is(notDone)}, "nothing leads there"},
		"never held":             {[]happening{is(accepted), with(is(done), func(h *happening) { h.reason = "not held" })}, "never held"},
		"told what it never was": {[]happening{call, is(accepted), told(done), is(done)}, "it was none of"},
		"told what it once was":  {[]happening{is(accepted), is(notDone), is(accepted), is(done), call, told(notDone)}, "it was none of"},
		"done and not told":      {[]happening{is(accepted), is(done), {what: asked, op: 1}, {what: answered, op: 1, principal: "erp", request: "r", body: "press orders/1", reason: "INTERNAL"}}, "does not say so"},
		"another's answer":       {[]happening{call, is(accepted), is(done), with(told(done), func(h *happening) { h.principal = "wms" })}, "the answer is that of"},
		"another body":           {[]happening{is(accepted), with(of(left), func(h *happening) { h.body = "press orders/2" })}, "the ledger has"},
		"the same body refused":  {[]happening{call, is(accepted), with(told(accepted), func(h *happening) { h.reason = "IDEMPOTENCY_MISMATCH" })}, "the same body"},
		"two on one document":    {[]happening{is(accepted), of(left), with(is(accepted), func(h *happening) { h.intent = "j" }), with(of(left), func(h *happening) { h.intent = "j" })}, "the same document"},
		"said over":              {[]happening{says(is(accepted)), says(of(committed)), says(other(is(accepted))), says(other(of(committed))), says(of(rewritten))}, "what was said later"},
		"kept once more":         {[]happening{says(is(accepted)), says(of(committed)), says(of(rewritten)), says(is(done))}, ""},
		"refused for another":    {[]happening{is(accepted), of(left), of(returned), with(is(refused), func(h *happening) { h.reason = "refused for another" })}, "another row"},
		"two at one record":      {[]happening{is(accepted), of(clashed)}, "meanwhile"},
		"forgotten":              {[]happening{is(accepted)}, "in the end"},
		"put off":                {[]happening{call, is(deferred), told(deferred), is(accepted), of(left), of(committed), of(returned), is(done)}, ""},
		"put off for ever":       {[]happening{is(deferred)}, "in the end"},
		"called before its turn": {[]happening{is(deferred), of(left)}, "a call leaves"},
		"overtaken":              {[]happening{call, is(deferred), other(is(deferred)), other(is(accepted)), other(of(left))}, "was put off before"},
	} {
		_, err := judge(tt.all, follows)
		if got := err != nil; got != (tt.want != "") || got && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

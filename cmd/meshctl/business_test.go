package main

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	"odoomesh/services/event/rules"
)

// businessIn are the business events in lines of JSON.
func businessIn(t *testing.T, lines string) []*eventv1.CloudEvent {
	t.Helper()
	var all []*eventv1.CloudEvent
	for line := range strings.Lines(lines) {
		e := &eventv1.CloudEvent{}
		if err := protojson.Unmarshal([]byte(line), e); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		all = append(all, e)
	}
	return all
}

func (s *site) business(args ...string) result {
	return s.run(append([]string{"business-events"}, args...)...)
}

// Business events are listed and streamed with what people call their subjects, by type, by
// subject and from the end.
func businessEventsAreSeen(t *testing.T, s *site) {
	eventually(t, "the history of business events", func() bool { return s.business("list", "--last", "1").code == 0 })
	all := businessIn(t, s.business("list", "--all", "-o", "json").out)
	if len(all) <= 50 {
		t.Fatalf("%d events", len(all))
	}
	newest := businessIn(t, s.business("list", "--last", "3", "-o", "json").out)
	if len(newest) != 3 || newest[0].GetSequence() != all[len(all)-1].GetSequence() || newest[2].GetSequence() != all[len(all)-3].GetSequence() {
		t.Errorf("the last are %v", newest)
	}
	count := func(of string) (n int) {
		for _, e := range all {
			if strings.Contains(of, e.GetType()) {
				n++
			}
		}
		return n
	}
	for args, want := range map[string]int{
		"--type order.released":                                           count("mesh.order.released.v1"),
		"--type mesh.order.released.v1,invoice.posted":                    count("mesh.order.released.v1 mesh.invoice.posted.v1"),
		"--type order.released --type invoice.posted --filter time<now()": count("mesh.order.released.v1 mesh.invoice.posted.v1"),
		"--subject order/2 --type order.released":                         1,
		"--from 2030-01-01 --type order.released":                         0, // an exception may open at any time
		"--to 2000-01-01":                                                 0,
	} {
		r := s.business(append([]string{"list", "--all", "-o", "json"}, strings.Fields(args)...)...)
		if got := businessIn(t, r.out); r.code != 0 || len(got) != want {
			t.Errorf("%s: %d events, want %d: %s", args, len(got), want, r.errs)
		}
	}
	released := s.business("list", "--subject", "orders/2", "--type", "order.released").out
	_, with, told := strings.Cut(released, "order.released  orders/2  P00002  ")
	if with = strings.TrimSpace(with); !told || with == "" || !strings.Contains(s.run("list", "orders", "--filter", `number = "P00002"`).out, with) {
		t.Errorf("an event is told as\n%s", released)
	}
	if short := s.business("list"); !strings.Contains(short.errs, "--all") || strings.Count(short.out, "\n") != 51 {
		t.Errorf("a list is %+v", short)
	}
	var r result
	for while := 300 * time.Millisecond; while < time.Minute; while *= 3 {
		r = s.business("stream", "--type", "order.released", "--timeout", while.String())
		if strings.Count(r.out, "\n") == count("mesh.order.released.v1")+1 && toGoOn.MatchString(r.errs) {
			break
		}
	}
	if on := s.business("stream", "--type", "order.released", "--position", positionIn(t, r), "--timeout", "300ms"); !strings.Contains(r.out, "orders/2  ") || on.out != "" {
		t.Errorf("streamed:\n%sthen:\n%+v", r.out, on)
	}
	if types := s.business("types"); strings.Count(types.out, "\n") != len(rules.Types())+1 || !strings.Contains(types.out, "order.released") {
		t.Errorf("the types are\n%s", types.out)
	}
	for args, says := range map[string]string{
		"":                              "list, stream, types",
		"list --type order.relaesed":    "did you mean order.released?",
		"list --type x":                 "types lists all",
		"list --last 0":                 "--all",
		"list --filter nosuch=1":        "INVALID_FILTER",
		"list --all --last 3":           "none of the others can be",
		"stream --now --position x":     "none of the others can be",
		"list --from tomorrow":          "2026-11-23",
		"list --subject orders/2 extra": "unknown command",
	} {
		if r := s.business(strings.Fields(args)...); r.code != codeUsage || !strings.Contains(r.errs, says) {
			t.Errorf("%s: %+v, want %q", args, r, says)
		}
	}
}

package business_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/business"
)

var update = flag.Bool("update", false, "write docs/events.md anew")

const eventsIntro = `# Business events

The catalogue below is generated from the contract (proto/mesh/event/v1/) by ` + "`go test ./internal/business -run Documentation -update`" + `; ` + "`GET /v1/eventTypes`" + ` answers the same.

Every event is a [CloudEvent 1.0](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md), over REST in the structured JSON form.
` + "`data`" + ` is the message that ` + "`dataschema`" + ` names, with its name once more in ` + "`@type`" + `; over gRPC it is that message in a google.protobuf.Any.
The extension attributes are ` + "`position`" + ` (where to go on), ` + "`sequence`" + ` (the place among all events), ` + "`odooinstance`" + ` and ` + "`company`" + `.

**An occurrence has one id.** It is made of what Odoo itself keeps of it: its type, what it happened to, and when or under which number. The same occurrence has
the same id whether it is met in history or as it happens, and also after the mesh has lost its data folder and derived everything anew. Whoever keeps the ids that it has
handled handles nothing twice. Each id is told once by one mesh.

**What happened before the mesh** comes first, in the order of its times, as far as Odoo's present records tell: an order that is confirmed has been released; one that
was released and then cancelled before the mesh came is not told. ` + "`data`" + ` shows the record as it was when the event was told.

## Following them

` + "```sh" + `
curl -N -H 'Accept: text/event-stream' 'http://127.0.0.1:8080/v1/events:subscribe?consumer=consumers/ward-supply' \
  --data-urlencode 'filter=type = "mesh.goods.received.v1" OR type = "mesh.quality.hold.v1"' -G
curl -X POST 'http://127.0.0.1:8080/v1/consumers/ward-supply:acknowledge' -d "{\"position\": \"$POSITION\"}"
` + "```" + `

- Without a ` + "`consumer`" + ` nothing is remembered: keep the ` + "`position`" + ` of the last event that you have handled, and send it to go on. Over Server-Sent Events it is the id, which browsers send back by themselves.
- With a ` + "`consumer`" + ` the mesh remembers what you have acknowledged, over restarts on both sides, and a new stream begins behind it. Acknowledge what you have handled, not what you have received.
- A consumer is the caller's who acknowledged first: others are refused with ` + "`NOT_PERMITTED`" + `, unless they may operate. It has one stream. A second one under its name takes over: from then on the first one gets nothing more, and ends with ` + "`TAKEN_OVER`" + `.
- A quiet stream sends ` + "`mesh.heartbeat`" + `, with a position and without data.
- ` + "`filter`" + ` works on ` + "`type`, `subject`, `company`, `time`" + ` and ` + "`id`" + `.

## The catalogue

`

// short is an enumeration's value as people read it, such as "mesh owned".
func short(value, prefix string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(value, prefix)), "_", " ")
}

func TestDocumentationIsUpToDate(t *testing.T) {
	if err := business.Check(); err != nil {
		t.Error(err)
	}
	var page strings.Builder
	page.WriteString(eventsIntro)
	page.WriteString("| type | when | owner | sources | how | data |\n|---|---|---|---|---|---|\n")
	for _, e := range business.Types() {
		fmt.Fprintf(&page, "| `%s` | %s | %s | %s | %s | `%s`: %s |\n", e.GetType(), e.GetOccurs(), short(e.GetOwner().String(), "OWNER_"), strings.Join(e.GetSources(), ", "),
			short(e.GetSyncMode().String(), "SYNC_MODE_"), strings.TrimPrefix(e.GetDataschema(), "mesh.event.v1."), strings.Join(e.GetFields(), ", "))
	}
	path := filepath.Join("..", "..", "docs", "events.md")
	if *update {
		if err := os.WriteFile(path, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page.String(), string(have)); diff != "" {
		t.Errorf("docs/events.md is out of date; write it anew with -update:\n%s", diff)
	}
}

// The design names ten events; the catalogue has them, each under a name of its own,
// with a version.
func TestTheCatalogueHasTheTenEvents(t *testing.T) {
	var got []string
	for _, e := range business.Types() {
		got = append(got, e.GetType())
		if e.GetOwner() == optionsv1.Owner_OWNER_UNSPECIFIED || len(e.GetFields()) == 0 {
			t.Errorf("%v is incomplete", e)
		}
	}
	want := []string{
		"mesh.exception.escalated.v1", "mesh.goods.received.v1", "mesh.invoice.posted.v1", "mesh.item.created.v1", "mesh.order.released.v1",
		"mesh.quality.hold.v1", "mesh.requisition.approved.v1", "mesh.shipment.dispatched.v1", "mesh.stock.transferred.v1", "mesh.supplier.approved.v1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

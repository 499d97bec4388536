package rules_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/services/event/rules"
)

var update = flag.Bool("update", false, "write docs/events.md anew")

const eventsIntro = `# Business events

The catalogue below is generated from the contract (proto/mesh/event/v1/) by ` + "`go test ./services/event/rules -run Documentation -update`" + `; ` + "`GET /v1/eventTypes`" + ` answers the same.

Every event is a [CloudEvent 1.0](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md), over REST in the structured JSON form.
` + "`data`" + ` is the message that ` + "`dataschema`" + ` names, with its name once more in ` + "`@type`" + `; over gRPC it is that message in a google.protobuf.Any.
The extension attributes are ` + "`position`" + ` (where to go on), ` + "`sequence`" + ` (the place among all events), ` + "`odooinstance`, `company`, `epoch`" + ` and ` + "`occurrence`" + `.

**An occurrence is told once.** Its id is made of what nobody edits: the type, what it happened to, and the how manieth time it happened (` + "`occurrence`" + `). The mesh counts that
itself, and the count becomes durable together with the event. Whoever keeps the ids that it has handled handles nothing twice.

| what people do in Odoo | what is told |
|---|---|
| correct the number, the date or the amount of a posted bill, the day of arrival of a receipt, the confirmation date of an order | no event: the record has changed, and its watch shows that |
| take a bill back to draft, or cancel an order, and do it anew | a second event, with ` + "`occurrence`" + ` 2 |
| the same, so fast that the mesh has not seen it in between (a moment; longer while the mesh or Odoo was down) | no event: the record is as it was, or has changed |
| jump over states between two looks, such as from a request to a confirmed order | the event of the state that is reached; none of the states between |
| do something and take it back between two looks | no event |
| delete a record, or take it out of the sight of the mesh's user | no event, and nothing is taken back: if it comes back as it was, nothing is told, and if it is done anew after that, the count goes on |
| put a record into a state that an add-on made, which has no canonical form | no event, and nothing is taken back |
| make a location one of another kind, or rename a hold location | nothing that was told is told again, or taken back |
| correct the lot of a movement into a hold location | a second event, for the other lot: that one must not be used |

**An epoch is a run of ids.** The first 12 digits of an id are its epoch, which every event names in ` + "`epoch`" + `. It stays as long as the mesh keeps its journal of events (the folder
` + "`events`" + ` in the data folder). A mesh that has lost that cannot know how often a thing had happened: it begins a new epoch, says so with ` + "`mesh.epoch.begun.v1`" + ` as the first
event, and tells history anew under other ids. Positions of the journal before are refused then, and consumers have to be made anew. Who has handled events of the epoch
before compares by ` + "`type`, `subject`" + ` and what the data holds, or goes on with ` + "`from_now`" + `.
A mesh whose journal was [restored from a backup](operations.md#the-data-folder) goes on in its epoch: what it had told since the backup it tells again, under the same ids.

**What happened before the mesh** comes first, in the order of its times, as far as Odoo's present records tell: an order that is confirmed has been released; one that
was released and then cancelled before the mesh came is not told. ` + "`data`" + ` shows the record as it was when the event was told.

**A drop shipment** goes from a supplier to a customer and never comes into the house: it is told as ` + "`mesh.goods.dropshipped.v1`" + `, and neither as received nor as dispatched.

**An exception** is told as ` + "`mesh.exception.escalated.v1`" + ` once for each time that it opens. ` + "`GET /v1/exceptions`" + ` shows it, and takes a person's word that it is known ([operations](operations.md)).

## Following them

` + "```sh" + `
curl -N -H 'Accept: text/event-stream' 'http://127.0.0.1:8080/v1/events:subscribe?consumer=consumers/ward-supply' \
  --data-urlencode 'filter=type = "mesh.goods.received.v1" OR type = "mesh.quality.hold.v1"' -G
curl -X POST 'http://127.0.0.1:8080/v1/consumers/ward-supply:acknowledge' -d "{\"position\": \"$POSITION\"}"
` + "```" + `

- Without a ` + "`consumer`" + ` nothing is remembered: keep the ` + "`position`" + ` of the last event that you have handled, and send it to go on. Over Server-Sent Events it is the id, which browsers send back by themselves.
- With a ` + "`consumer`" + ` the mesh remembers what you have acknowledged, over restarts on both sides, and a new stream begins behind it. Acknowledge what you have handled, not what you have received.
- A consumer is the caller's who acknowledged first: others are refused with ` + "`NOT_PERMITTED`" + `, unless they may operate. It has one stream. A second one under its name takes over: from then on the first one gets nothing more, and ends with ` + "`TAKEN_OVER`" + `.
- ` + "`GET /v1/consumers/ward-supply`" + ` tells how far a consumer has come and how far it is behind, ` + "`GET /v1/consumers`" + ` of all.
- A quiet stream sends ` + "`mesh.heartbeat`" + `, with a position and without data.
- ` + "`filter`" + ` works on ` + "`type`, `subject`, `company`, `time`" + ` and ` + "`id`" + `.

Somebody at a terminal sees them with ` + "`meshctl`" + `, with what people call the subject and the records that belong to it; ` + "`-o json`" + ` has all of it.

` + "```sh" + `
meshctl business-events list --last 20
meshctl business-events list --type order.released,goods.received --from yesterday
meshctl business-events list --subject orders/42 --all
meshctl business-events stream --now
meshctl business-events types
meshctl consumers list
meshctl consumers get ward-supply
` + "```" + `

## The catalogue

`

// short is an enumeration's value as people read it, such as "mesh owned".
func short(value, prefix string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(value, prefix)), "_", " ")
}

func TestDocumentationIsUpToDate(t *testing.T) {
	if err := rules.Check(); err != nil {
		t.Error(err)
	}
	var page strings.Builder
	page.WriteString(eventsIntro)
	page.WriteString("| type | when | owner | sources | how | data |\n|---|---|---|---|---|---|\n")
	for _, e := range rules.Types() {
		fmt.Fprintf(&page, "| `%s` | %s | %s | %s | %s | `%s`: %s |\n", e.GetType(), e.GetOccurs(), short(e.GetOwner().String(), "OWNER_"), strings.Join(e.GetSources(), ", "),
			short(e.GetSyncMode().String(), "SYNC_MODE_"), strings.TrimPrefix(e.GetDataschema(), "mesh.event.v1."), strings.Join(e.GetFields(), ", "))
	}
	path := filepath.Join("..", "..", "..", "docs", "events.md")
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

// The catalogue has each event under a name of its own, with a version.
func TestTheCatalogueHasEveryEvent(t *testing.T) {
	var got []string
	for _, e := range rules.Types() {
		got = append(got, e.GetType())
		if e.GetOwner() == optionsv1.Owner_OWNER_UNSPECIFIED || len(e.GetFields()) == 0 {
			t.Errorf("%v is incomplete", e)
		}
	}
	want := []string{
		"mesh.epoch.begun.v1", "mesh.exception.escalated.v1", "mesh.goods.dropshipped.v1", "mesh.goods.received.v1", "mesh.invoice.posted.v1", "mesh.item.created.v1", "mesh.order.released.v1",
		"mesh.quality.hold.v1", "mesh.requisition.approved.v1", "mesh.shipment.dispatched.v1", "mesh.stock.transferred.v1", "mesh.supplier.approved.v1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

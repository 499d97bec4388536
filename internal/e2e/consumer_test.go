package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	"odoomesh/services/event/rules"
)

const ward = "consumers/ward-supply"

func (m *mesh) acknowledge(t testing.TB, consumer, position string) *eventv1.Consumer {
	t.Helper()
	c, err := m.events().Acknowledge(t.Context(), &eventv1.AcknowledgeRequest{Consumer: consumer, Position: position})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (m *mesh) consumer(t testing.TB, name string) *eventv1.Consumer {
	t.Helper()
	r, err := m.events().ListConsumers(t.Context(), &eventv1.ListConsumersRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.GetConsumers() {
		if c.GetName() == name {
			return c
		}
	}
	return nil
}

// A consumer goes on behind what it has acknowledged, over a restart of the mesh and
// whatever it had received besides; it is forgotten when it is deleted.
func TestAConsumerGoesOnBehindWhatItAcknowledged(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 17, 20)
	c := settings(t, p)
	m := start(t, c)
	m.history(t)
	all := &reel{}
	all.read(t, m, &eventv1.SubscribeRequest{}, still)

	first := &reel{}
	first.read(t, m, &eventv1.SubscribeRequest{Consumer: ward}, func(*eventv1.CloudEvent) bool {
		if c := m.consumer(t, ward); !c.GetConnected() || c.GetAcknowledgedSequence() != 0 || c.GetAcknowledgeTime() != nil || c.GetLag() < int64(len(first.events)) {
			t.Errorf("with its first stream: %v", c)
		}
		return len(first.events) == 10
	})
	// It is forgotten with its stream, as it has acknowledged nothing.
	eventually(t, func() (bool, any) { c := m.consumer(t, ward); return c == nil, c })
	fourth := first.events[3]
	shown := m.acknowledge(t, ward, fourth.GetPosition())
	if shown.GetName() != ward || shown.GetAcknowledgedSequence() != 4 || shown.GetLag() != int64(len(all.events))-4 || shown.GetAcknowledgeTime() == nil {
		t.Errorf("acknowledged: %v", shown)
	}
	if back := m.acknowledge(t, ward, first.events[1].GetPosition()); back.GetAcknowledgedSequence() != 4 {
		t.Errorf("it went back to %v", back)
	}
	m.stop()
	m = start(t, c)
	if got := m.consumer(t, ward); got.GetAcknowledgedSequence() != 4 {
		t.Errorf("behind a restart: %v", got)
	}
	second := &reel{}
	second.read(t, m, &eventv1.SubscribeRequest{Consumer: ward, FromNow: true}, still)
	if len(second.events) != len(all.events)-4 || second.events[0].GetId() != all.events[4].GetId() {
		t.Errorf("behind the fourth of %d come %d, first %v", len(all.events), len(second.events), second.events[0])
	}
	// A filter changes what it sees, not where it stands.
	filtered := &reel{}
	filtered.read(t, m, &eventv1.SubscribeRequest{Consumer: ward, Filter: `type = "mesh.order.released.v1"`}, still)
	if len(filtered.events) == 0 || len(filtered.events) > all.count()["mesh.order.released.v1"] {
		t.Errorf("with a filter come %d", len(filtered.events))
	}
	if lag := m.metric(t, `mesh_event_consumer_lag{consumer="`+ward+`"}`); lag != fmt.Sprint(len(all.events)-4) {
		t.Errorf("the metric says that it is %q behind", lag)
	}
	if done := m.acknowledge(t, ward, filtered.position); done.GetLag() != 0 {
		t.Errorf("all is acknowledged: %v", done)
	}
	if _, err := m.events().DeleteConsumer(t.Context(), &eventv1.DeleteConsumerRequest{Name: ward}); err != nil {
		t.Fatal(err)
	}
	_, err := m.events().DeleteConsumer(t.Context(), &eventv1.DeleteConsumerRequest{Name: ward})
	if r := refusalOf(err); r.code != codes.NotFound {
		t.Errorf("deleted twice: %v", err)
	}
	anew := &reel{}
	anew.read(t, m, &eventv1.SubscribeRequest{Consumer: ward}, still)
	if len(anew.events) != len(all.events) {
		t.Errorf("a deleted consumer begins anew with %d events of %d", len(anew.events), len(all.events))
	}
	_, err = m.events().Acknowledge(t.Context(), &eventv1.AcknowledgeRequest{Consumer: ward, Position: "nonsense"})
	wantInvalid(t, err, "position")
}

// A consumer has one stream: a second one takes over, the first gets nothing more and
// is told why; a stream without a consumer's name is left alone.
func TestASecondStreamTakesAConsumerOver(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 17, 20)
	m := start(t, settings(t, p))
	m.history(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	open := func(consumer string) eventv1.EventService_SubscribeClient {
		t.Helper()
		s, err := m.events().Subscribe(ctx, &eventv1.SubscribeRequest{Consumer: consumer, FromNow: true})
		if err == nil {
			_, err = s.Recv()
		}
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	ended := func(s eventv1.EventService_SubscribeClient) (got int, err error) {
		for {
			e, err := s.Recv()
			if err != nil {
				return got, err
			}
			if e.GetType() != beat {
				got++
			}
		}
	}
	bystander, other, first := open(""), open("consumers/other"), open(ward)
	m.acknowledge(t, ward, mustPosition(t, m))
	if c := m.consumer(t, ward); !c.GetConnected() {
		t.Errorf("%v is not connected", c)
	}
	second := open(ward)
	m.settled(t, p)
	got, err := ended(first)
	if r := refusalOf(err); got != 0 || r.code != codes.Aborted || r.reason != "TAKEN_OVER" {
		t.Errorf("the first stream got %d events and ended with %v", got, err)
	}
	for name, s := range map[string]eventv1.EventService_SubscribeClient{"bystander": bystander, "other": other, "second": second} {
		for {
			e, err := s.Recv()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if e.GetType() == "mesh.item.created.v1" {
				break
			}
		}
	}
	if _, err := m.events().DeleteConsumer(t.Context(), &eventv1.DeleteConsumerRequest{Name: ward}); err != nil {
		t.Fatal(err)
	}
	if _, err = ended(second); refusalOf(err).reason != "TAKEN_OVER" {
		t.Errorf("the stream of a deleted consumer ended with %v", err)
	}
}

func mustPosition(t testing.TB, m *mesh) string {
	t.Helper()
	r, err := m.events().ListEvents(t.Context(), &eventv1.ListEventsRequest{PageSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetPosition()
}

// Over HTTP events are CloudEvents in their JSON form: the name of a Server-Sent
// Event is their type, its id their position, and both lead on.
func TestBusinessEventsOverREST(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 17, 20)
	m := start(t, settings(t, p))
	m.history(t)
	all := &reel{}
	all.read(t, m, &eventv1.SubscribeRequest{}, still)

	var ids []string
	last := ""
	for len(ids) < len(all.events) {
		names, read, position := m.cloudEvents(t, "/v1/events:subscribe", last, min(25, len(all.events)-len(ids)))
		for i, e := range read {
			ids = append(ids, e["id"].(string))
			if checkCloudEvent(t, e); t.Failed() {
				t.FailNow()
			}
			if names[i] != e["type"] {
				t.Errorf("the event %s has the name %s", e["type"], names[i])
			}
		}
		last = position
	}
	for i, e := range all.events {
		if ids[i] != e.GetId() {
			t.Fatalf("event %d is %s over HTTP, %s over gRPC", i+1, ids[i], e.GetId())
		}
	}
	names, beats, _ := m.cloudEvents(t, "/v1/events:subscribe?from_now=true", "", 1)
	if names[0] != beat || beats[0]["data"] != nil || beats[0]["position"] == "" {
		t.Errorf("a quiet stream sends %s %v", names[0], beats[0])
	}

	var consumer struct {
		Name                 string
		AcknowledgedSequence string
	}
	body, err := json.Marshal(map[string]string{"position": all.events[4].GetPosition()})
	if err != nil {
		t.Fatal(err)
	}
	m.rpc(t, http.MethodPost, "/v1/"+ward+":acknowledge", body, &consumer)
	if consumer.Name != ward || consumer.AcknowledgedSequence != "5" {
		t.Errorf("acknowledged: %v", consumer)
	}
	_, next, _ := m.cloudEvents(t, "/v1/events:subscribe?consumer="+url.QueryEscape(ward), "", 1)
	if next[0]["id"] != all.events[5].GetId() {
		t.Errorf("behind the fifth comes %v", next[0])
	}
	var consumers struct{ Consumers []struct{ Name string } }
	m.rpc(t, http.MethodGet, "/v1/consumers", nil, &consumers)
	if len(consumers.Consumers) != 1 || consumers.Consumers[0].Name != ward {
		t.Errorf("the consumers are %v", consumers)
	}
	m.rpc(t, http.MethodDelete, "/v1/"+ward, nil, &struct{}{})
	var catalogue struct {
		EventTypes []struct{ Type, Occurs string }
	}
	m.rpc(t, http.MethodGet, "/v1/eventTypes", nil, &catalogue)
	if len(catalogue.EventTypes) != len(rules.Types()) || catalogue.EventTypes[0].Occurs == "" {
		t.Errorf("the catalogue is %v", catalogue)
	}
	var page struct{ Events []map[string]any }
	m.rpc(t, http.MethodGet, "/v1/events?page_size=3", nil, &page)
	if len(page.Events) != 3 {
		t.Errorf("a page has %d events", len(page.Events))
	}
	for _, e := range page.Events {
		checkCloudEvent(t, e)
	}
}

// checkCloudEvent holds an event to the structured JSON form of CloudEvents 1.0: the
// required attributes are there, all attributes are lower case and texts that are not
// empty or whole numbers, and nothing but data is an object.
func checkCloudEvent(t testing.TB, e map[string]any) {
	t.Helper()
	for _, name := range []string{"specversion", "id", "source", "type", "subject", "time", "data", "dataschema", "datacontenttype", "position", "sequence"} {
		if e[name] == nil {
			t.Errorf("%v lacks %s", e, name)
		}
	}
	for name, value := range e {
		text, isText := value.(string)
		number, isNumber := value.(float64)
		isNumber = isNumber && number == float64(int32(number))
		if name != "data" && (!isText || text == "") && !isNumber || name != strings.ToLower(name) {
			t.Errorf("%v: attribute %s is %v", e, name, value)
		}
	}
	if e["specversion"] != "1.0" {
		t.Errorf("it has version %v", e["specversion"])
	}
	if _, err := time.Parse(time.RFC3339, fmt.Sprint(e["time"])); err != nil {
		t.Error(err)
	}
	if data, ok := e["data"].(map[string]any); !ok || data["@type"] != "type.googleapis.com/"+fmt.Sprint(e["dataschema"]) {
		t.Errorf("its data is %v, want %v", e["data"], e["dataschema"])
	}
}

// cloudEvents reads n Server-Sent Events behind one of an id, and their names.
func (m *mesh) cloudEvents(t testing.TB, path, lastID string, n int) (names []string, events []map[string]any, last string) {
	t.Helper()
	m.serverSent(t, path, lastID, func(name, id, data string) bool {
		event := map[string]any{}
		if err := json.Unmarshal([]byte(data), &event); err != nil || event["position"] != id {
			t.Fatalf("event with id %q: %v: %s", id, err, data)
		}
		names, events, last = append(names, name), append(events, event), id
		return len(events) < n
	})
	return names, events, last
}

// rpc makes a call over REST that has to succeed.
func (m *mesh) rpc(t testing.TB, method, path string, body []byte, answer any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, m.rest+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s, %v: %s", method, path, response.Status, err, raw)
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		t.Fatalf("%s %s: %v: %s", method, path, err, raw)
	}
}

package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/config"
	"odoomesh/internal/odoosim"
)

// eventsIn are the events in lines of JSON.
func eventsIn(t *testing.T, lines string) []*inventoryv1.InventoryEvent {
	t.Helper()
	var all []*inventoryv1.InventoryEvent
	for line := range strings.Lines(lines) {
		e := &inventoryv1.InventoryEvent{}
		if err := protojson.Unmarshal([]byte(line), e); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		all = append(all, e)
	}
	return all
}

// booked waits until the events are there.
func (s *site) booked() *site {
	s.t.Helper()
	eventually(s.t, "the history of stock", func() bool { return s.run("events", "list").code == 0 })
	return s.settled()
}

var toGoOn = regexp.MustCompile(`--position (\S+)\n`)

func positionIn(t *testing.T, r result) string {
	t.Helper()
	found := toGoOn.FindStringSubmatch(r.errs)
	if found == nil {
		t.Fatalf("no position is told: %+v", r)
	}
	return found[1]
}

func TestEventsOfAQuietMesh(t *testing.T) {
	t.Parallel()
	s := newHospital(t, 30, nil).booked()
	t.Run("list", func(t *testing.T) { listsEvents(t, s) })
	t.Run("stream", func(t *testing.T) { streamsEvents(t, s) })
	t.Run("export", func(t *testing.T) { exportsEvents(t, s) })
	t.Run("what an export takes", func(t *testing.T) { exportsWhatIsAskedFor(t, s) })
	t.Run("business events", func(t *testing.T) { businessEventsAreSeen(t, s) })
	t.Run("consumers", func(t *testing.T) { consumersAreSeen(t, s) })
	t.Run("positions", func(t *testing.T) { exportsGoOnFromAPosition(t, s) })
	t.Run("refusals", func(t *testing.T) { wrongEventCommandsAreTold(t, s) })
	t.Run("lots", func(t *testing.T) { aLotIsFoundInLowerCase(t, s) })
	t.Run("progress at a terminal", func(t *testing.T) { progressIsTakenAway(t, s) })
	eventually(t, "the proof", func() bool { return s.proves(provenNow) })
}

// proves tells whether the events add up, and it is told so.
func (s *site) proves(told *regexp.Regexp) bool {
	r := s.run("events", "verify")
	if r.code != 0 || r.errs != "" {
		s.t.Errorf("%+v", r)
	}
	return told.MatchString(r.out)
}

var (
	provenNow  = regexp.MustCompile(`^\d+ balances compared, up to event \d+: all are equal to Odoo's stock as of \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, \S+ ago\n$`)
	provenThen = regexp.MustCompile(`^\d+ balances compared, up to event \d+: all are equal to Odoo's stock as of \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, \S+ ago; Odoo does not answer now\n$`)
)

func TestEventsAreProvenAsOfWhenOdooLastAnswered(t *testing.T) {
	t.Parallel()
	s := newHospital(t, 30, func(c *config.Config) { c.PollInterval = 100 * time.Millisecond }).booked()
	eventually(t, "the proof", func() bool { return s.proves(provenNow) })
	s.sim.Faults().Down(true)
	eventually(t, "the proof as of the outage", func() bool { return s.proves(provenThen) })
}

func listsEvents(t *testing.T, s *site) {
	golden(t, "events-list", s.run("events", "list", "--limit", "6").out)
	all := eventsIn(t, s.run("events", "list", "--all", "-o", "json").out)
	for i, e := range all {
		if e.GetName() != "inventoryEvents/"+strconv.Itoa(i+1) {
			t.Fatalf("event %d is %s", i+1, e.GetName())
		}
	}
	if r := s.run("events", "list", "-o", "json"); len(eventsIn(t, r.out)) != min(50, len(all)) {
		t.Errorf("without a limit: %d events", len(eventsIn(t, r.out)))
	}
	lot := all[0].GetLot()
	for _, e := range eventsIn(t, s.run("events", "list", "--all", "-o", "json", "--filter", `lot = "`+lot+`"`).out) {
		if e.GetLot() != lot {
			t.Errorf("%s is of %s", e.GetName(), e.GetLot())
		}
	}
	if r := s.run("events", "list", "--from", "2030-01-01", "-o", "json"); r.code != 0 || r.out != "" {
		t.Errorf("from later than all: %+v", r)
	}
}

func streamsEvents(t *testing.T, s *site) {
	all := s.run("events", "list", "--all", "-o", "json").out
	r := s.listens(all)
	if r.out != all {
		t.Errorf("a stream has %d events, a list %d", strings.Count(r.out, "\n"), strings.Count(all, "\n"))
	}
	position := positionIn(t, r)
	for _, args := range [][]string{{"--position", position}, {"--now"}, {"--from", "2030-01-01T00:00:00Z"}} {
		if r := s.listens("", args...); r.out != "" || positionIn(t, r) != position {
			t.Errorf("%v: %+v", args, r)
		}
	}
}

// listens streams events for a while, and for longer where that was too short for them
// all, or to be answered at all.
func (s *site) listens(all string, args ...string) (r result) {
	s.t.Helper()
	for while := 300 * time.Millisecond; while < time.Minute; while *= 3 {
		r = s.run(append([]string{"events", "stream", "-o", "json", "--timeout", while.String()}, args...)...)
		if r.out == all && toGoOn.MatchString(r.errs) {
			break
		}
	}
	return r
}

// exported is the cells of a CSV file by the names of their columns.
func exported(t *testing.T, text string) []map[string]string {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func exportsEvents(t *testing.T, s *site) {
	all := eventsIn(t, s.run("events", "list", "--all", "-o", "json").out)
	for _, format := range []string{"parquet", "csv", "ndjson"} {
		path := filepath.Join(t.TempDir(), "events."+format)
		r := s.run("events", "export", "--format", format, "--output", path)
		if r.code != 0 || r.out != "" || !strings.Contains(r.errs, strconv.Itoa(len(all))+" events are in "+path) {
			t.Errorf("%s: %+v", format, r)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if to := s.run("events", "export", "--format", format); format != "parquet" && to.out != string(text) {
			t.Errorf("%s: the standard output differs from the file", format)
		}
		if to := s.run("events", "export", "--format", format, "--output", "-"); format != "parquet" && to.out != string(text) {
			t.Errorf("%s: - is not the standard output", format)
		}
		if again := s.run("events", "export", "--format", format, "--output", path); again.code != codeUsage || !strings.Contains(again.errs, "--replace") {
			t.Errorf("%s: the file is written over: %+v", format, again)
		}
		if anew := s.run("events", "export", "--format", format, "--output", path, "--replace"); anew.code != 0 {
			t.Errorf("%s: --replace: %+v", format, anew)
		}
	}
	rows := exported(t, s.run("events", "export", "--format", "csv").out)
	if len(rows) != len(all) {
		t.Fatalf("%d rows, want %d", len(rows), len(all))
	}
	for i, e := range all {
		if rows[i]["event"] != strconv.Itoa(i+1) || rows[i]["quantity"] != e.GetQuantity().GetValue() || "lots/"+rows[i]["lot_id"] != e.GetLot() && e.GetLot() != "" ||
			rows[i]["destination_balance"] != e.GetDestinationBalance().GetValue() {
			t.Errorf("row %d is %v, the event %v", i, rows[i], e)
		}
	}
	quiet := s.run("events", "export", "--format", "csv").errs
	told := s.run("events", "export", "--format", "csv", "--progress").errs
	if strings.Contains(quiet, "a second") || !strings.Contains(told, strconv.Itoa(len(all))+" events, ") {
		t.Errorf("progress where nobody looks: %q, where it is asked for: %q", quiet, told)
	}
}

func exportsWhatIsAskedFor(t *testing.T, s *site) {
	all := exported(t, s.run("events", "export", "--format", "csv").out)
	middle := all[len(all)/2]["source_time"]
	for args, keep := range map[string]func(map[string]string) bool{
		"--filter type=ADJUSTMENT":                     func(r map[string]string) bool { return r["type"] == "ADJUSTMENT" },
		"--from " + middle:                             func(r map[string]string) bool { return r["source_time"] >= middle },
		"--to " + middle:                               func(r map[string]string) bool { return r["source_time"] < middle },
		"--filter type=ADJUSTMENT --to " + middle:      func(r map[string]string) bool { return r["type"] == "ADJUSTMENT" && r["source_time"] < middle },
		"--from 2000-01-01 --to 2000-01-02":            func(map[string]string) bool { return false },
		"--from 2000-01-01 --to 2030-01-01T12:00:00Z ": func(map[string]string) bool { return true },
	} {
		r := s.run(append([]string{"events", "export", "--format", "csv"}, strings.Fields(args)...)...)
		var want []string
		for _, row := range all {
			if keep(row) {
				want = append(want, row["event"])
			}
		}
		var got []string
		for _, row := range exported(t, r.out) {
			got = append(got, row["event"])
		}
		if r.code != 0 || strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: events %v, want %v (%s)", args, got, want, r.errs)
		}
		if told := strings.Contains(r.errs, "--position"); told == strings.Contains(args, "--to") {
			t.Errorf("%s tells a position: %v", args, told)
		}
	}
}

func exportsGoOnFromAPosition(t *testing.T, s *site) {
	kept := filepath.Join(t.TempDir(), "position")
	export := []string{"events", "export", "--format", "csv"}
	first := s.run(append(export, "--position-file", kept)...)
	if first.code != 0 || len(exported(t, first.out)) == 0 {
		t.Fatalf("%+v", first)
	}
	position := positionIn(t, s.run(export...))
	for _, args := range [][]string{{"--position-file", kept}, {"--position", position}} {
		if r := s.run(append(export, args...)...); r.code != 0 || len(exported(t, r.out)) != 0 {
			t.Errorf("%v: events come twice: %+v", args, r)
		}
	}
	if r := s.run(append(export, "--position", position, "--filter", "type = RECEIPT")...); r.code != codeUsage || !strings.Contains(r.errs, "INVALID_PAGE_TOKEN") {
		t.Errorf("with another filter: %+v", r)
	}
}

func wrongEventCommandsAreTold(t *testing.T, s *site) {
	folder := t.TempDir()
	for args, says := range map[string]string{
		"events":                                                       "list, stream, verify, export",
		"events list --limit 0":                                        "--all",
		"events list --from now":                                       "2026-11-23",
		"events stream --now --position x":                             "none of the others can be",
		"events export":                                                "required flag",
		"events export --format xlsx":                                  "parquet, csv, ndjson",
		"events export --format csv -o json":                           "--format",
		"events export --format csv --filter x=1":                      "INVALID_FILTER",
		"events export --format csv --position x":                      "INVALID_PAGE_TOKEN",
		"events export --format csv --output " + folder:                "is no file",
		"events export --format csv --from 2026-11-23 --to 2026-11-23": "does not lie behind",
	} {
		if r := s.run(strings.Fields(args)...); r.code != codeUsage || !strings.Contains(r.errs, says) || strings.Count(r.errs, "\n") != 1 {
			t.Errorf("%s: %+v, want %q", args, r, says)
		}
	}
	gone := filepath.Join(folder, "gone.csv")
	if r := s.run("events", "export", "--format", "csv", "--output", gone, "--filter", "x = 1"); r.code != codeUsage {
		t.Errorf("%+v", r)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("a refused export leaves %v, %v", left, err)
	}
	if r := s.run("events", "export", "--format", "csv", "--server", "127.0.0.1:1"); r.code != codeDown {
		t.Errorf("without a mesh: %+v", r)
	}
}

func progressIsTakenAway(t *testing.T, s *site) {
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"events", "export", "--format", "csv"}, world{
		environ: []string{"MESH_SERVER=" + s.addr}, out: &out, errs: &errs, terminal: true, clock: clock.Func(atNoon),
	})
	shown, after, found := strings.Cut(errs.String(), "\r\x1b[Kmeshctl: ")
	if code != 0 || !found || !strings.HasPrefix(shown, "\r\x1b[K") || !strings.Contains(shown, "events, ") || strings.Contains(after, "\x1b") {
		t.Errorf("code %d, %q", code, errs.String())
	}
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	path := filepath.Join(t.TempDir(), "events.csv")
	if code := run(ctx, []string{"events", "export", "--format", "csv", "-o", path}, world{
		environ: []string{"MESH_SERVER=" + s.addr}, out: &out, errs: &errs, clock: clock.Func(atNoon),
	}); code != codeError {
		t.Errorf("interrupted: code %d", code)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 0 {
		t.Errorf("an interrupted export leaves %v, %v", left, err)
	}
}

func TestEventsThatDoNotAddUpAreTold(t *testing.T) {
	t.Parallel()
	s := newHospital(t, 30, func(c *config.Config) { c.PollInterval = 100 * time.Millisecond }).booked()
	// Stock that comes from nowhere: a quant without a movement.
	s.do(func(tx *odoosim.Tx) error {
		_, err := tx.Create("stock.quant", map[string]any{"product_id": int64(1), "location_id": int64(8), "quantity": 7.5})
		return err
	})
	var r result
	eventually(t, "the drift", func() bool {
		r = s.run("events", "verify", "--timeout", "25s")
		return r.code == codeDrift
	})
	if !strings.Contains(r.out, ": 1 differ from Odoo's stock as of ") || !strings.Contains(r.out, "7.5") || !strings.Contains(r.out, "stockPositions/1-8-0-0-0") || r.errs != "" {
		t.Errorf("%+v", r)
	}
	asJSON := s.run("events", "verify", "-o", "json")
	v := &inventoryv1.VerifyBalancesResponse{}
	if err := protojson.Unmarshal([]byte(asJSON.out), v); err != nil || asJSON.code != codeDrift || v.GetDrifting() != 1 || v.GetDrifts()[0].GetOdooQuantity().GetValue() != "7.5" {
		t.Errorf("%+v, %v", asJSON, err)
	}
}

func aLotIsFoundInLowerCase(t *testing.T, s *site) {
	number := strings.Fields(s.run("list", "lots", "--limit", "1", "--columns", "lot_number").out)[2]
	asItIs, lower := s.run("trace", number), s.run("trace", strings.ToLower(number))
	if number == strings.ToLower(number) || lower.code != 0 || lower.out != asItIs.out {
		t.Errorf("%s: %+v, want %+v", number, lower, asItIs)
	}
}

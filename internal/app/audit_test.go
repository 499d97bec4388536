package app

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/audit/tlog"
	"odoomesh/internal/audit/trail"
	"odoomesh/internal/clock"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
	"odoomesh/services/operations/exception"
)

// That no witness has seen what was written is an exception after an hour, and not before;
// without a witness it is none.
func TestWhatNoWitnessHasSeenForAnHourIsAnException(t *testing.T) {
	journal, err := badgerstore.OpenLog(t.TempDir(), badgerstore.LogOptions{Name: "payloads"})
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	noon := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	if _, err := journal.Append(t.Context(), noon, store.Drafts("audit", []byte("a record"))); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		witness *tlog.WitnessKey
		later   time.Duration
		want    int
	}{
		{"for an hour", &tlog.WitnessKey{}, time.Hour, 0},
		{"for longer", &tlog.WitnessKey{}, time.Hour + time.Second, 1},
		{"without a witness", nil, 24 * time.Hour, 0},
	} {
		a := &App{trail: trail.New(trail.Config{
			Journal: journal, Witness: tt.witness, Clock: clock.Func(func() time.Time { return noon.Add(tt.later) }), Registerer: prometheus.NewRegistry(),
		})}
		causes := a.auditCauses()
		if len(causes) != tt.want || tt.want > 0 && (causes[0].Kind != exception.Audit || causes[0].Subject != "witness") {
			t.Errorf("%s: %+v", tt.name, causes)
		}
	}
}

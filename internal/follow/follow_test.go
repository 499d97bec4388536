package follow_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/clock"
	"odoomesh/internal/follow"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// noon is when the first entry of a log is appended; each further one comes a second later.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func logOf(t *testing.T, payloads ...string) *badgerstore.Log {
	t.Helper()
	log, err := badgerstore.OpenLog(t.TempDir(), badgerstore.LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	for i, p := range payloads {
		if _, err := log.Append(t.Context(), noon.Add(time.Duration(i)*time.Second), store.Drafts("letters", []byte(p))); err != nil {
			t.Fatal(err)
		}
	}
	return log
}

// letters keeps what it was given, two entries at a time.
type letters struct {
	waiting int
	told    []string
}

func (l *letters) Take(_ context.Context, entry store.Entry) (string, error) {
	l.waiting++
	switch text := string(entry.Payload); text {
	case "torn":
		return "letters/torn", fmt.Errorf("%w: half of it is gone", follow.ErrUnreadable)
	case "trouble":
		return "letters/trouble", errors.New("the disk is full")
	default:
		l.told = append(l.told, text)
		return "", nil
	}
}

func (l *letters) Full() bool { return l.waiting == 2 }

func (l *letters) Commit(_ context.Context, position uint64) error {
	l.waiting = 0
	l.told = append(l.told, fmt.Sprint(position))
	return nil
}

func TestAFollowerCommitsItsPlaceWithWhatItHasTaken(t *testing.T) {
	for _, tt := range []struct {
		name         string
		log          []string
		behind, upTo uint64
		want         []string
		skipped      []string
		fails        bool
	}{
		{name: "a part at a time, and what is left", log: []string{"a", "b", "c"}, upTo: 3, want: []string{"a", "b", "2", "c", "3"}},
		{name: "from its place on", log: []string{"a", "b", "c"}, behind: 1, upTo: 3, want: []string{"b", "c", "3"}},
		{name: "no further than it is told", log: []string{"a", "b", "c"}, upTo: 1, want: []string{"a", "1"}},
		{name: "nothing to do", log: []string{"a"}, behind: 1, upTo: 1},
		{name: "over what cannot be read", log: []string{"a", "torn", "b"}, upTo: 3, want: []string{"a", "2", "b", "3"}, skipped: []string{"2 letters/torn"}},
		{name: "not over trouble", log: []string{"a", "b", "trouble"}, upTo: 3, want: []string{"a", "b", "2"}, fails: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var skipped []string
			f := follow.Follower{Log: logOf(t, tt.log...), Skipped: func(_ context.Context, position uint64, name string, _ error) {
				skipped = append(skipped, fmt.Sprint(position, " ", name))
			}}
			l := &letters{}
			if err := f.Follow(t.Context(), tt.behind, tt.upTo, l); (err != nil) != tt.fails {
				t.Error(err)
			}
			if !slices.Equal(l.told, tt.want) || !slices.Equal(skipped, tt.skipped) {
				t.Errorf("took %v and stepped over %v, want %v and %v", l.told, skipped, tt.want, tt.skipped)
			}
		})
	}
}

func TestALogThatDoesNotReachToItsFollowerLosesIt(t *testing.T) {
	log := logOf(t, "a", "b", "c")
	if err := log.Truncate(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	f := follow.Follower{Log: log}
	var truncated *store.TruncatedError
	if err := f.Follow(t.Context(), 1, 3, &letters{}); !errors.Is(err, follow.ErrLost) || !errors.As(err, &truncated) {
		t.Errorf("behind the first entry, of which the next is gone: %v", err)
	}
	if err := f.Follow(t.Context(), 2, 3, &letters{}); err != nil {
		t.Errorf("behind the last entry that is gone: %v", err)
	}
	var beyond *store.BeyondHeadError
	if err := f.Follow(t.Context(), 4, 4, &letters{}); !errors.Is(err, follow.ErrLost) || !errors.As(err, &beyond) {
		t.Errorf("behind an entry that the log does not have: %v", err)
	}
}

func TestTheLowWaterMarkIsThatOfTheSlowest(t *testing.T) {
	followers := follow.NewFollowers(logOf(t, "a", "b", "c"), clock.System{}, nil)
	if low := followers.LowWater(); low != 4 {
		t.Errorf("without a follower it is %d, want all", low)
	}
	for _, tt := range []struct {
		name       string
		needs, low uint64
	}{{"one that has all", 4, 4}, {"a slow one", 2, 2}, {"a fast one", 3, 2}, {"one that has not begun", 0, 2}} {
		followers.Join(tt.name, func() follow.Standing { return follow.Standing{Needs: tt.needs} })
		if low := followers.LowWater(); low != tt.low {
			t.Errorf("with %s it is %d, want %d", tt.name, low, tt.low)
		}
	}
}

func TestMetricsTellHowFarAFollowerIsBehind(t *testing.T) {
	log, registry := logOf(t, "a", "b", "c"), prometheus.NewPedanticRegistry()
	followers := follow.NewFollowers(log, clock.Func(func() time.Time { return noon.Add(time.Minute) }), registry)
	for name, followed := range map[string]uint64{"none": 0, "one": 1, "all": 3} {
		followers.Join(name, func() follow.Standing { return follow.Standing{Followed: followed} })
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.Metric {
			got[f.GetName()+" "+m.Label[0].GetValue()] = m.GetGauge().GetValue()
		}
	}
	for name, want := range map[string]float64{
		"mesh_follower_behind_entries none": 3, "mesh_follower_behind_entries one": 2, "mesh_follower_behind_entries all": 0,
		"mesh_follower_behind_seconds none": 60, "mesh_follower_behind_seconds one": 59, "mesh_follower_behind_seconds all": 0,
	} {
		if value, there := got[name]; !there || value != want {
			t.Errorf("%s is %v, want %v", name, value, want)
		}
	}
}

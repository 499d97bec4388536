package badgerstore_test

import (
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"odoomesh/internal/clock"
	"odoomesh/internal/store"
)

// millionIn names a folder to measure in; without it the measurement is left
// out. The first run fills the folder, a second one measures a fresh process.
const millionIn = "BADGERSTORE_MILLION_IN"

// TestMillion measures a cache of 1,000,000 records: how long it takes to open,
// and what the process holds. It prints, and fails where 1 s or 300 MiB of
// memory of its own (without what is mapped from files) are passed.
func TestMillion(t *testing.T) {
	dir := os.Getenv(millionIn)
	if dir == "" {
		t.Skip(millionIn + " is not set")
	}
	const total = 1_000_000
	now := clock.System{}.Now
	start := now()
	c := openCache(t, dir)
	opened := now().Sub(start)
	closing(t, c)
	t.Logf("open: %v; %s", opened, memory(t))
	for from := int(c.Count("product")); from < total; from += 10_000 {
		if err := c.Fill(t.Context(), records(from, from+10_000)); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("filled: %v; %s", now().Sub(start), memory(t))
	start = now()
	const gets = 200_000
	for i := range gets {
		if _, err := c.Get("product", fmt.Appendf(nil, "%08d", i*7919%total)); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("get: %v each; %s", now().Sub(start)/gets, memory(t))
	start = now()
	n := 0
	s := c.Snapshot()
	for _, err := range s.Index("product", "category", store.Range{Prefix: []byte("category 77"), Exact: true}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	s.Close()
	t.Logf("index scan: %d records in %v; %s", n, now().Sub(start), memory(t))
	debug.FreeOSMemory()
	rested := memory(t)
	t.Logf("at rest: %s", rested)
	if opened > time.Second {
		t.Errorf("opening took %v", opened)
	}
	var kib int
	if _, err := fmt.Sscanf(rested, "RssAnon: %d kB", &kib); err != nil || kib > 300<<10 {
		t.Errorf("%d KiB of memory, %v", kib, err)
	}
}

// memory is what the kernel says of this process.
func memory(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	lines := regexp.MustCompile(`(?m)^(RssAnon|RssFile|VmHWM):.*$`).FindAllString(string(raw), -1)
	for i := range lines {
		lines[i] = strings.Join(strings.Fields(lines[i]), " ")
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

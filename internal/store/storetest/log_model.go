package storetest

import (
	"testing"

	"pgregory.net/rapid"
)

// testLogModel compares the log with a slice under random operations.
func testLogModel(t *testing.T, open OpenLog) {
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		l := open(t, dir)
		defer func() { closeStore(t, l) }()
		oldest, kept := uint64(1), []string(nil)
		check := func() {
			wantLog(t, l, oldest, kept...)
			if t.Failed() {
				rt.Fatalf("the log differs from the model")
			}
		}
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			switch rapid.SampledFrom([]string{"append", "append", "append", "truncate", "read", "reopen"}).Draw(rt, "step") {
			case "append":
				texts := rapid.SliceOfN(rapid.StringN(0, 5, 20), 1, 5).Draw(rt, "payloads")
				if first := appendAll(t, l, texts...); first != oldest+uint64(len(kept)) {
					rt.Fatalf("position %d, want %d", first, oldest+uint64(len(kept)))
				}
				kept = append(kept, texts...)
			case "truncate":
				drop := rapid.IntRange(0, len(kept)).Draw(rt, "drop")
				if err := l.Truncate(t.Context(), oldest+uint64(drop)); err != nil {
					rt.Fatal(err)
				}
				oldest, kept = oldest+uint64(drop), kept[drop:]
			case "read":
				skip := rapid.IntRange(0, len(kept)).Draw(rt, "skip")
				got, err := readAll(t.Context(), l, oldest+uint64(skip))
				if err != nil || len(got) != len(kept)-skip {
					rt.Fatalf("read %d of %d entries, %v", len(got), len(kept)-skip, err)
				}
			case "reopen":
				closeStore(t, l)
				l = open(t, dir)
			}
			check()
		}
	})
}

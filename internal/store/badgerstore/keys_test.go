package badgerstore

import (
	"bytes"
	"cmp"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"odoomesh/internal/store"
)

// sharp draws the bytes where an encoding of keys would break.
func sharp(min int) *rapid.Generator[[]byte] {
	return rapid.SliceOfN(rapid.SampledFrom([]byte{0x00, 0x01, 0x02, 'a', 0xFE, 0xFF}), min, 5)
}

func TestIndexKeysSortByValueAndThenKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		va, vb := sharp(0).Draw(t, "value a"), sharp(0).Draw(t, "value b")
		ka, kb := sharp(1).Draw(t, "key a"), sharp(1).Draw(t, "key b")
		a := indexKey(nil, "c", "i", va, ka)
		b := indexKey(nil, "c", "i", vb, kb)
		if want := cmp.Or(bytes.Compare(va, vb), bytes.Compare(ka, kb)); bytes.Compare(a, b) != want {
			t.Fatalf("%x and %x compare as %d, want %d", a, b, bytes.Compare(a, b), want)
		}
	})
}

func TestAnIndexKeyComesApartAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value, key := sharp(0).Draw(t, "value"), sharp(1).Draw(t, "key")
		raw := indexKey(nil, "c", "i", value, key)
		gotValue, gotKey, ok := splitIndexKey(raw[len(indexPrefix(nil, "c", "i")):])
		if !ok || !bytes.Equal(gotValue, value) || !bytes.Equal(gotKey, key) {
			t.Fatalf("%x, %x, %v", gotValue, gotKey, ok)
		}
	})
}

func TestAfterIsTheEndOfAPrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := append([]byte{'r'}, sharp(0).Draw(t, "prefix")...)
		key := append([]byte{'r'}, sharp(0).Draw(t, "key")...)
		inside := bytes.Compare(key, prefix) >= 0 && bytes.Compare(key, after(prefix)) < 0
		if inside != bytes.HasPrefix(key, prefix) {
			t.Fatalf("prefix %x, key %x: %v", prefix, key, inside)
		}
	})
}

func TestARecordComesApartAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := store.Mutation{Value: sharp(0).Draw(t, "value")}
		for range rapid.IntRange(0, 3).Draw(t, "entries") {
			m.Indexes = append(m.Indexes, store.IndexEntry{Index: rapid.StringN(1, 5, 200).Draw(t, "index"), Value: sharp(0).Draw(t, "index value"), Carried: sharp(0).Draw(t, "carried")})
		}
		raw := encodeRecord(m)[1:]
		value, err := recordValue(raw)
		if err != nil || !bytes.Equal(value, m.Value) {
			t.Fatalf("value %x, %v", value, err)
		}
		var want []indexed
		for _, e := range m.Indexes {
			want = append(want, indexed{e.Index, e.Value, printOf(e.Carried)})
		}
		entries, err := recordIndexes(raw)
		if diff := gocmp.Diff(want, entries, gocmp.Comparer(bytes.Equal), gocmp.AllowUnexported(indexed{})); err != nil || diff != "" {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
	})
}

func TestACoverIsTheWholeRangeAndNothingBehindIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Uint64Range(1, 1<<18).Draw(t, "from")
		end := (from/fine + rapid.Uint64Range(0, 600).Draw(t, "blocks")) * fine
		covered := func(p uint64) bool {
			for _, prefix := range cover(from, end) {
				if bytes.HasPrefix(entryKey(p), prefix) {
					return true
				}
			}
			return false
		}
		for _, p := range []uint64{end, end + 1, end + fine, end + coarse, 1 << 40} {
			if covered(p) {
				t.Fatalf("%d to %d: %d is covered", from, end, p)
			}
		}
		if from < end {
			if p := rapid.Uint64Range(from, end-1).Draw(t, "inside"); !covered(p) {
				t.Fatalf("%d to %d: %d is not covered", from, end, p)
			}
		}
	})
}

func FuzzRecord(f *testing.F) {
	// The first byte says how many pieces follow, and stands before the record.
	f.Add(encodeRecord(store.Mutation{Value: []byte("v"), Indexes: []store.IndexEntry{{Index: "i", Value: []byte{0}, Carried: []byte("some")}}})[1:])
	f.Add([]byte{})
	f.Add([]byte{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01})
	f.Fuzz(func(t *testing.T, raw []byte) {
		entries, err := recordIndexes(raw)
		if err != nil {
			return
		}
		value, err := recordValue(raw)
		if err != nil {
			t.Fatal(err)
		}
		m := store.Mutation{Value: value}
		for _, e := range entries {
			m.Indexes = append(m.Indexes, store.IndexEntry{Index: e.index, Value: e.value, Carried: e.print})
		}
		again, err := recordIndexes(encodeRecord(m)[1:])
		if err != nil || len(again) != len(entries) {
			t.Fatalf("%d entries became %d, %v", len(entries), len(again), err)
		}
	})
}

func FuzzSplitIndexKey(f *testing.F) {
	f.Add([]byte("value\x00\x01key"))
	f.Add([]byte{0x00, 0xFF, 0x00, 0x01, 'k'})
	f.Add([]byte{0x00})
	f.Fuzz(func(t *testing.T, raw []byte) {
		value, key, ok := splitIndexKey(bytes.Clone(raw))
		if !ok {
			return
		}
		if again := append(appendEnd(appendEscaped(nil, value)), key...); !bytes.Equal(again, raw) {
			t.Fatalf("%x became %x", raw, again)
		}
	})
}

package resource_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"odoomesh/internal/resource"
)

func ids(t *rapid.T, label string) []int64 {
	all := rapid.SliceOfN(rapid.Int64Range(0, 1<<31), 1, 5).Draw(t, label)
	all[0]++
	return all
}

// Each key has one name, and keys of one length sort as their ids do.
func TestNamesAndKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := ids(t, "a"), ids(t, "b")
		key := resource.Key(a...)
		if !slices.Equal(resource.IDs(key), a) {
			t.Fatalf("the ids of the key of %v are %v", a, resource.IDs(key))
		}
		back, err := resource.KeyOf("things", resource.NameOf("things", key))
		if err != nil || !bytes.Equal(back, key) {
			t.Fatalf("%s: %v", resource.NameOf("things", key), err)
		}
		if len(a) == len(b) && bytes.Compare(key, resource.Key(b...)) != slices.Compare(a, b) {
			t.Fatalf("%v and %v sort otherwise as keys", a, b)
		}
	})
}

func FuzzKeyOf(f *testing.F) {
	for _, name := range []string{"things/42", "things/42-8-17-0-0", "things/0", "things/042", "things/-1", "things/1-", "things/", "others/1", "things/9223372036854775808"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		key, err := resource.KeyOf("things", name)
		var refused *resource.NameError
		switch {
		case err == nil:
			if resource.NameOf("things", key) != name {
				t.Errorf("%q is read as %q", name, resource.NameOf("things", key))
			}
		case !errors.As(err, &refused):
			t.Errorf("%q: %v is no *NameError", name, err)
		}
	})
}

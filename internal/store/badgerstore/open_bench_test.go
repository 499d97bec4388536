package badgerstore_test

import "testing"

func BenchmarkOpenClose(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		c := openCache(b, dir)
		if err := c.Apply(b.Context(), c.Position()+1, nil); err != nil {
			b.Fatal(err)
		}
		_ = c.(interface{ Close() error }).Close()
	}
}

// Package race tells tests whether the race detector watches them. It makes them five
// to ten times slower: under it they do less of the same, and `make test` runs all of
// them without it, too.
package race

// Fewer is the last of several cases under the race detector, and all of them otherwise.
func Fewer[T any](all ...T) []T {
	if Enabled {
		return all[len(all)-1:]
	}
	return all
}

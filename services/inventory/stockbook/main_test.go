package stockbook

import (
	"flag"
	"testing"

	"go.uber.org/goleak"
)

// TestMain draws less often than rapid does by itself: each draw opens three
// databases. -rapid.checks on the command line counts.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "10"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

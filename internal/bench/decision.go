package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// perDecision is where go test tells what a decision took.
var perDecision = regexp.MustCompile(`BenchmarkDecision\S*\s+\d+\s+([0-9.]+) ns/op`)

// measureDecision tells what it takes to decide whether a caller may call a method, and
// which records it meets. Nothing of it can be seen from outside of meshd, so the
// package's own benchmark is run; a test holds that a decision allocates nothing.
func measureDecision(ctx context.Context, _ *place) ([]row, error) {
	out, err := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkDecision$", "odoomesh/internal/access").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	found := perDecision.FindSubmatch(out)
	if found == nil {
		return nil, fmt.Errorf("no time of a decision in %q", out)
	}
	nanos, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		return nil, err
	}
	return []row{within("an access decision", nanos, 200, "ns")}, nil
}

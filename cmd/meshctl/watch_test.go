package main

import (
	"bufio"
	"context"
	"io"
	"regexp"
	"testing"

	"odoomesh/internal/clock"
	"odoomesh/internal/odoosim"
)

// streamed are the first lines of a command that runs until it is interrupted. Once
// there is a header, do is called.
func (s *site) streamed(n int, do func(), args ...string) []string {
	s.t.Helper()
	in, out := io.Pipe()
	ctx, interrupt := context.WithCancel(s.t.Context())
	defer interrupt()
	code := make(chan int, 1)
	go func() {
		c := run(ctx, args, world{environ: []string{"MESH_SERVER=" + s.addr}, out: out, errs: io.Discard, clock: clock.Func(atNoon)})
		out.Close()
		code <- c
	}()
	var lines []string
	for scanner := bufio.NewScanner(in); len(lines) < n && scanner.Scan(); {
		if lines = append(lines, scanner.Text()); len(lines) == 1 && do != nil {
			do()
		}
	}
	interrupt()
	if _, err := io.Copy(io.Discard, in); err != nil {
		s.t.Error(err)
	}
	if c := <-code; c != 0 || len(lines) < n {
		s.t.Fatalf("code %d after %q", c, lines)
	}
	return lines
}

var heading = regexp.MustCompile(`\S+( \S+)*`)

// wantAligned checks that every cell begins where its heading does.
func wantAligned(t *testing.T, lines []string) {
	t.Helper()
	for _, at := range heading.FindAllStringIndex(lines[0], -1)[1:] {
		for _, line := range lines[1:] {
			if cells := []rune(line); len(cells) > at[0] && string(cells[at[0]-2:at[0]]) != "  " {
				t.Fatalf("in the column %s:\n%s\n%s", lines[0][at[0]:at[1]], lines[0], line)
			}
		}
	}
}

// A row comes as soon as there is one, and the next ones stand below it, though
// they are wider.
func TestStreamsAreAligned(t *testing.T) {
	t.Parallel()
	s := newHospital(t, 30, nil).booked()
	for _, collection := range []string{"products", "suppliers", "movements", "lots", "locations", "stockPositions"} {
		wantAligned(t, s.streamed(8, nil, "watch", collection, "--include-current"))
	}
	events := s.streamed(20, nil, "events", "stream")
	if !regexp.MustCompile(`^EVENT +HAPPENED`).MatchString(events[0]) {
		t.Errorf("the events begin with %q", events[0])
	}
	wantAligned(t, events)
}

func TestAWatchHasItsHeaderWithTheFirstRow(t *testing.T) {
	t.Parallel()
	s := newSite(t, 10, 0, nil).settled()
	name := func(id int64, code string) {
		s.do(func(tx *odoosim.Tx) error {
			return tx.Write("product.product", []int64{id}, map[string]any{"default_code": code})
		})
		s.run("resync", "products")
	}
	name(1, "A")
	lines := s.streamed(12, func() { name(2, "A-LONGER-CODE") }, "watch", "products", "--include-current")
	wantAligned(t, lines)
	if quiet := s.run("watch", "products", "--timeout", "300ms"); quiet.out != "" {
		t.Errorf("without a change: %q", quiet.out)
	}
	if quiet := s.run("verify", "products/99", "products/98"); quiet.out != "" || quiet.code != codeNotFound {
		t.Errorf("without a product: %+v", quiet)
	}
}

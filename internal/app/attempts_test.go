package app

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"odoomesh/internal/capture"
	"odoomesh/internal/clock"
	"odoomesh/internal/exit"
	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
)

// failures to connect, by exit code.
func failures() map[int]error {
	refused := func(r odoo.ConnectReason) error { return &odoo.ConnectError{Reason: r, Err: errors.New("x")} }
	return map[int]error{
		5:  refused(odoo.NoSuchDatabase),
		6:  refused(odoo.WrongCredentials),
		7:  refused(odoo.Down),
		8:  &mapping.MissingError{Domain: "product", Missing: []mapping.MissingField{{Canonical: []string{"sku"}}}},
		9:  refused(odoo.UnsupportedVersion),
		11: refused(odoo.HiddenCompany),
	}
}

func newAttempts(warm bool) (*attempts, *time.Time) {
	now := time.Date(2026, 11, 28, 14, 0, 0, 0, time.UTC)
	return &attempts{clock: clock.Func(func() time.Time { return now }), warm: func() bool { return warm }}, &now
}

func isFatal(err error) bool {
	var f *capture.FatalError
	return errors.As(err, &f)
}

func retryIn(err error) time.Duration {
	var tells interface{ RetryIn() time.Duration }
	if errors.As(err, &tells) {
		return tells.RetryIn()
	}
	return -1
}

// What ends meshd at its start, and what is waited for, stands in a table for people.
func TestWhatEndsAtTheStartIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "\n### At the start\n")
	if !found {
		t.Fatal("docs/operations.md has no part \"At the start\"")
	}
	row := regexp.MustCompile(`(?m)^\| (\d+) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$`)
	documented := map[int][2]bool{}
	for _, m := range row.FindAllStringSubmatch(strings.SplitN(table, "\n#", 2)[0], -1) {
		code, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		documented[code] = [2]bool{strings.HasPrefix(m[2], "ends"), strings.HasPrefix(m[3], "ends")}
	}
	for code, failure := range failures() {
		if got := exit.Code(failure); got != code {
			t.Errorf("%v has the code %d, want %d", failure, got, code)
		}
		var does [2]bool
		for i, warm := range []bool{false, true} {
			p, _ := newAttempts(warm)
			does[i] = isFatal(p.judge(failure))
		}
		if says, listed := documented[code]; !listed || says != does {
			t.Errorf("%d: ends with an empty folder, with a copy: %v; documented %v", code, does, says)
		}
	}
}

func TestAPageInPlaceOfOdooPassesBeforeItEndsAnything(t *testing.T) {
	strange := &odoo.ConnectError{Reason: odoo.NotOdoo, Err: errors.New("a page")}
	p, now := newAttempts(false)
	if err := p.judge(strange); isFatal(err) || retryIn(err) != secondLook {
		t.Fatalf("at once: %v, again in %s", err, retryIn(err))
	}
	*now = now.Add(secondLook - time.Second)
	if err := p.waits(); err == nil || retryIn(err) != time.Second {
		t.Errorf("meanwhile: %v, again in %s", err, retryIn(err))
	}
	*now = now.Add(time.Second)
	if err := p.waits(); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if err := p.judge(strange); !isFatal(err) || exit.Code(err) != 7 {
		t.Errorf("the second look: %v", err)
	}

	p, now = newAttempts(false)
	_ = p.judge(strange) // the first look, which is no end
	*now = now.Add(secondLook)
	_ = p.judge(&odoo.ConnectError{Reason: odoo.Down, Err: errors.New("down")}) // in between
	if err := p.judge(strange); isFatal(err) {
		t.Errorf("something else in between: %v", err)
	}

	p, now = newAttempts(true)
	for range 100 {
		if err := p.judge(strange); isFatal(err) {
			t.Fatalf("beside a copy: %v", err)
		}
		*now = now.Add(secondLook)
	}
}

func TestALimitEndsNothingAndIsHeeded(t *testing.T) {
	for _, warm := range []bool{false, true} {
		p, now := newAttempts(warm)
		for range 10 {
			err := p.judge(&odoo.ConnectError{Reason: odoo.Limited, Err: errors.New("429"), Wait: 30 * time.Second})
			if isFatal(err) || retryIn(err) != 30*time.Second {
				t.Fatalf("warm %t: %v, again in %s", warm, err, retryIn(err))
			}
			*now = now.Add(time.Minute)
		}
	}
}

// The pause is told through whatever wraps the error.
func TestAFailureTellsWhenToTryAgain(t *testing.T) {
	p, now := newAttempts(true)
	err := p.judge(&odoo.ConnectError{Reason: odoo.UnsupportedVersion, Err: errors.New("x")})
	if got := retryIn(fmt.Errorf("connecting: %w", err)); got != untilMended {
		t.Errorf("again in %s, want %s", got, untilMended)
	}
	p.connected()
	if err := p.waits(); err != nil {
		t.Errorf("waits although connected: %v", err)
	}
	if err := p.judge(errors.New("of one model")); retryIn(err) != 0 {
		t.Errorf("again in %s, want at the caller's pace", retryIn(err))
	}
	*now = now.Add(time.Hour)
}

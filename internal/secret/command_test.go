package secret_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"odoomesh/internal/clock"
	"odoomesh/internal/secret"
)

// counted is a command that says what a file holds, and how often it has run.
func counted(t *testing.T, c clock.Clock) (command *secret.Command, file string, runs func() int) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "vault")
	command = secret.NewCommand([]string{"sh", "-c", `echo >>"$0.runs"; cat "$0"`, file}, c)
	return command, file, func() int {
		text, err := os.ReadFile(file + ".runs")
		if err != nil {
			return 0
		}
		return strings.Count(string(text), "\n")
	}
}

func TestACommandIsRunAgainOnASchedule(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	command, file, runs := counted(t, clock.Func(func() time.Time { return now }))
	write(t, file, "first\nand a remark\n")
	for range 3 {
		if s, err := command.Read(); err != nil || s.Reveal() != "first" || command.Changed() {
			t.Fatalf("read %q, %v", s.Reveal(), err)
		}
	}
	write(t, file, "second\n")
	if command.Changed() || runs() != 1 {
		t.Errorf("it was run %d times within a moment", runs())
	}
	now = now.Add(31 * time.Second)
	for range 3 {
		if !command.Changed() || runs() != 2 {
			t.Errorf("it says something else, and was run %d times", runs())
		}
	}
	if s, err := command.Read(); err != nil || s.Reveal() != "second" || command.Changed() || runs() != 2 {
		t.Errorf("read %q, %v", s.Reveal(), err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Minute)
	if _, err := command.Read(); err == nil || command.Changed() {
		t.Errorf("it fails, and is read: %v", err)
	}
}

func TestWhatACommandIsRefusedFor(t *testing.T) {
	t.Setenv("MESH_ODOO_PASSWORD", "hunter2")
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"/no/such/program"}, "running /no/such/program"},
		{[]string{"sh", "-c", "echo hunter2; echo hunter2 >&2; exit 3"}, "exit status 3"},
		{[]string{"sh", "-c", "exit 0"}, "says nothing"},
		{[]string{"sh", "-c", `printf '%s' "$MESH_ODOO_PASSWORD"`}, "says nothing"}, // not handed on
		{[]string{"head", "-c", "100000", "/dev/zero"}, "more than"},
		{[]string{""}, "no program"},
	} {
		s, err := secret.NewCommand(tt.args, clock.System{}).Read()
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v: read %.20q, %v", tt.args, s.Reveal(), err)
		}
	}
}

func TestATextShowsItselfInNoFormat(t *testing.T) {
	s := secret.Text("hunter2")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(verb, struct{ S secret.Text }{s}); strings.Contains(got, "hunter2") || strings.Contains(got, "68756e74") {
			t.Errorf("%s shows %s", verb, got)
		}
	}
}

package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"odoomesh/internal/race"
)

// process is meshd as a process of its own.
type process struct {
	*mesh
	cmd   *exec.Cmd
	ended chan struct{}
	mu    sync.Mutex
	said  strings.Builder
}

// arguments are what meshd serves a person's Odoo with; the password goes by the
// environment.
func arguments(p *person, dir string, more ...string) []string {
	all := []string{"serve", "--grpc-addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0", "--data-dir", dir,
		"--odoo-url", p.url, "--odoo-db", p.database, "--odoo-user", p.user, "--log-format", "json"}
	if p.sim != nil {
		all = append(all, "--odoo-max-per-second", "0", "--poll-interval", "100ms", "--overlap", "5s", "--stream-heartbeat", "250ms")
	}
	return append(all, more...)
}

// ownProcess skips a test that the race detector would watch to no purpose.
func ownProcess(t *testing.T) {
	t.Helper()
	if race.Enabled {
		t.Skip("a process of its own is built without the race detector")
	}
}

// spawn starts meshd and waits until it serves.
func spawn(t *testing.T, p *person, args ...string) *process {
	t.Helper()
	ownProcess(t)
	s := &process{cmd: exec.Command(meshd(t), args...), ended: make(chan struct{})}
	s.cmd.Env = append(os.Environ(), "GOMEMLIMIT=", "GOGC=", "MESH_ODOO_PASSWORD="+p.password)
	out, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	serving := make(chan [2]string, 1)
	go func() {
		defer close(s.ended)
		s.listen(out, serving)
		_ = s.cmd.Wait() // it is killed, as a rule
	}()
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("meshd (%v) said:\n%s", s.cmd.ProcessState, s.text())
		}
	})
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	select {
	case addresses := <-serving:
		s.mesh = dial(t, addresses[0], addresses[1])
	case <-s.ended:
		t.Fatalf("meshd ended before it served:\n%s", s.text())
	case <-deadline.C:
		t.Fatalf("meshd does not serve:\n%s", s.text())
	}
	return s
}

// listen keeps what meshd says and finds where it serves.
func (s *process) listen(out io.Reader, serving chan<- [2]string) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		s.mu.Lock()
		s.said.WriteString(lines.Text() + "\n")
		s.mu.Unlock()
		var line struct{ Msg, GRPC, HTTP string }
		if err := json.Unmarshal(lines.Bytes(), &line); err == nil && line.Msg == "serving" {
			serving <- [2]string{line.GRPC, line.HTTP}
		}
	}
}

func (s *process) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

// kill ends it as a power cut does, and waits until it is gone.
func (s *process) kill() {
	if s.mesh != nil {
		s.mesh.stop()
	}
	_ = s.cmd.Process.Kill() // it may have ended
	<-s.ended
}

// refusal of meshd to start: its exit code, and what it says on the standard error.
func refusedStart(t *testing.T, password string, args ...string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, meshd(t), args...)
	cmd.Env = append(os.Environ(), "MESH_ODOO_PASSWORD="+password)
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("meshd was to refuse, and it runs:\n%s", out)
	}
	if err == nil {
		return 0, string(out)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// lastSentence is what meshd says for people: its last line, which is no log line.
func lastSentence(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return lines[len(lines)-1]
}

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"odoomesh/internal/clock"
)

// token is what all callers sign in with; the access file knows its hash.
const token = "bench-token"

// patience bounds the wait for a process to be ready, or to end: the first load of a
// million move lines takes its time.
const patience = time.Hour

var now = clock.System{}.Now

// place is the folder in which a run happens, with a meshd in it.
type place struct{ dir string }

func newPlace(ctx context.Context) (*place, error) {
	dir, err := os.MkdirTemp("", "odoomesh-bench-")
	if err != nil {
		return nil, err
	}
	p := &place{dir: dir}
	hash := sha256.Sum256([]byte(token))
	access := "principals:\n- name: bench\n  token_sha256: " + hex.EncodeToString(hash[:]) + "\n  rights: {\"*\": [read], order: [read, write]}\n"
	err = os.WriteFile(p.path("access.yaml"), []byte(access), 0o600)
	if err == nil {
		err = os.WriteFile(p.path("password"), []byte("admin\n"), 0o600)
	}
	if err == nil {
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", p.path("meshd"), "odoomesh/cmd/meshd")
		build.Stderr = os.Stderr
		err = build.Run()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("making ready: %w", err), os.RemoveAll(dir))
	}
	return p, nil
}

func (p *place) path(name string) string { return filepath.Join(p.dir, name) }

func (p *place) remove() { _ = os.RemoveAll(p.dir) }

// process is a child with its end.
type process struct {
	cmd   *exec.Cmd
	ended chan error
	log   string
}

func spawn(cmd *exec.Cmd) (*process, error) {
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &process{cmd: cmd, ended: make(chan error, 1)}
	go func() { c.ended <- cmd.Wait() }()
	return c, nil
}

// stop ends the process as an operator does, and waits.
func (c *process) stop() {
	_ = c.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-c.ended:
	case <-time.After(patience):
		_ = c.cmd.Process.Kill()
		<-c.ended
	}
}

// mesh is a meshd at work.
type mesh struct {
	*process
	grpcAddr, httpAddr string
	began              time.Time
}

// startMesh brings up a meshd with the settings that it has by default.
func (p *place) startMesh(data, odooURL string, more ...string) (*mesh, error) {
	m := &mesh{}
	var err error
	if m.grpcAddr, err = freeAddr(); err == nil {
		m.httpAddr, err = freeAddr()
	}
	if err != nil {
		return nil, err
	}
	log, err := os.Create(p.path(filepath.Base(data) + ".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(p.path("meshd"), append([]string{"serve",
		"--grpc-addr=" + m.grpcAddr, "--http-addr=" + m.httpAddr, "--data-dir=" + data, "--access-file=" + p.path("access.yaml"),
		"--odoo-url=" + odooURL, "--odoo-db=sim", "--odoo-user=admin", "--odoo-password-file=" + p.path("password"),
	}, more...)...)
	cmd.Stderr = log
	m.began = now()
	if m.process, err = spawn(cmd); err != nil {
		return nil, err
	}
	m.log = log.Name()
	return m, nil
}

// served starts a mesh with some services over a cache that was filled, and connects to it
// when it answers. stop ends both.
func (p *place) served(ctx context.Context, data, services string) (m *mesh, all conns, stop func(), err error) {
	if m, err = p.startMesh(data, noOdoo, "--services="+services); err != nil {
		return nil, nil, nil, err
	}
	if _, err = m.ready(ctx); err == nil {
		all, err = dial(m.grpcAddr)
	}
	if err != nil {
		m.stop()
		return nil, nil, nil, err
	}
	return m, all, func() { all.close(); m.stop() }, nil
}

// ready waits until reads of all collections are answered, and tells how long that took
// from the start of the process.
func (m *mesh) ready(ctx context.Context) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if m.isReady(ctx) {
			return now().Sub(m.began), nil
		}
		select {
		case err := <-m.ended:
			m.ended <- err
			text, _ := os.ReadFile(m.log)
			return 0, fmt.Errorf("meshd ended: %w: %s", err, text)
		case <-ctx.Done():
			text, _ := os.ReadFile(m.log)
			return 0, fmt.Errorf("meshd is not ready: %w: %s", ctx.Err(), text)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// verified waits until all that the mesh holds is known to equal Odoo.
func (m *mesh) verified(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		all := m.collections(ctx)
		missing := slices.DeleteFunc(all, func(c collection) bool { return c.VerifiedTime != nil })
		if len(all) > 0 && len(missing) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the first look of %v: %w", missing, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// isReady tells whether all collections are loaded: the mesh is ready as soon as one is.
func (m *mesh) isReady(ctx context.Context) bool {
	all := m.collections(ctx)
	return len(all) > 0 && !slices.ContainsFunc(all, func(c collection) bool { return !c.Loaded })
}

// collection is how a collection stands, as /readyz says.
type collection struct {
	Name         string     `json:"name"`
	Loaded       bool       `json:"loaded"`
	VerifiedTime *time.Time `json:"verifiedTime"`
}

// collections asks how they stand; there is none while nobody answers.
func (m *mesh) collections(ctx context.Context) []collection {
	text, err := fetch(ctx, http.DefaultClient, "http://"+m.httpAddr+"/readyz", true)
	if err != nil {
		return nil
	}
	var page struct {
		Collections []collection `json:"collections"`
	}
	if err := json.Unmarshal(text, &page); err != nil {
		return nil
	}
	return page.Collections
}

// resident is what the kernel says the process holds, in MiB, by the line of
// /proc/<pid>/status.
func (m *mesh) resident(line string) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for _, l := range strings.Split(string(text), "\n") {
		var kib float64
		if rest, ok := strings.CutPrefix(l, line+":"); ok {
			if _, err := fmt.Sscanf(rest, "%f kB", &kib); err != nil {
				return 0, fmt.Errorf("reading %s: %w", line, err)
			}
			return kib / 1024, nil
		}
	}
	return 0, fmt.Errorf("the kernel does not tell %s", line)
}

// metrics gives what the mesh itself says that these stand at.
func (m *mesh) metrics(ctx context.Context, names ...string) ([]float64, error) {
	text, err := fetch(ctx, http.DefaultClient, "http://"+m.httpAddr+"/metrics", true)
	if err != nil {
		return nil, err
	}
	values := make([]float64, len(names))
	for line := range strings.Lines(string(text)) {
		name, rest, _ := strings.Cut(line, " ")
		i := slices.Index(names, name)
		if i < 0 {
			continue
		}
		if values[i], err = strconv.ParseFloat(strings.TrimSpace(rest), 64); err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
	}
	return values, nil
}

// freeAddr is an address of this machine that nobody listens on.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

package clients

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

type scenario struct {
	Name   string            `json:"name"`
	About  string            `json:"about"`
	Killed bool              `json:"killed"`
	Frozen bool              `json:"frozen"`
	Prints map[string]string `json:"prints"`
}

// languages are what runs a scenario, the last word left out. The Makefile says where.
func languages() map[string][]string {
	folder := os.Getenv("CLIENTS")
	return map[string][]string{
		"curl":       {filepath.Join(folder, "curl", "scenarios.sh")},
		"go":         {os.Getenv("GO_SCENARIOS")},
		"python":     {"python3", filepath.Join(folder, "python", "scenarios.py")},
		"browser":    {"node", filepath.Join(folder, "browser", "scenarios.mjs")},
		"typescript": {"node", os.Getenv("TYPESCRIPT_SCENARIOS")},
	}
}

// Each scenario prints what the table says, and the same in every language.
func TestScenarios(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(os.Getenv("CLIENTS"), "scenarios.json"))
	if err != nil {
		t.Fatal("CLIENTS has to name the folder of the clients; make test-clients does: ", err)
	}
	var table []scenario
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	for _, s := range table {
		first := ""
		for language, command := range languages() {
			if language == "browser" && s.Name != "watch" {
				continue // mesh.js follows streams, and nothing else
			}
			t.Run(s.Name+"/"+language, func(t *testing.T) {
				printed := w.run(t, s, append(command, s.Name))
				for name, pattern := range s.Prints {
					if got := fmt.Sprint(printed[name]); !regexp.MustCompile(pattern).MatchString(got) {
						t.Errorf("%s is %q, not %s", name, got, pattern)
					}
				}
				if whole := fmt.Sprint(printed); first == "" {
					first = whole
				} else if whole != first {
					t.Errorf("it prints %s, another language %s", whole, first)
				}
			})
		}
	}
}

// run starts a scenario, does to the mesh and to Odoo what belongs to it, and answers the
// last line that it prints.
func (w *world) run(t *testing.T, s scenario, command []string) map[string]any {
	t.Helper()
	if s.Frozen {
		w.demo.signal(t, syscall.SIGSTOP)
		defer func() {
			w.demo.signal(t, syscall.SIGCONT)
			w.await(t)
		}()
	}
	program := exec.CommandContext(t.Context(), command[0], command[1:]...)
	program.Env = append(os.Environ(), "MESH_URL="+w.url, "MESH_GRPC="+w.grpc, "MESH_TOKEN="+token)
	var complaints strings.Builder
	program.Stderr = &complaints
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan map[string]any)
	go follow(out, lines)
	limit := time.After(3 * time.Minute)
	var last map[string]any
	for n := 1; ; n++ {
		select {
		case line, more := <-lines:
			if !more {
				if err := program.Wait(); err != nil || last == nil {
					t.Fatalf("%v: %v\n%s", command, err, complaints.String())
				}
				return last
			}
			last = line
			if s.Killed {
				w.disturb(t, n)
			}
		case <-limit:
			_ = program.Process.Kill()
			t.Fatalf("%v takes too long, after %v\n%s", command, last, complaints.String())
		}
	}
}

// disturb changes a product when a watch has shown it, and again while the mesh is dead.
func (w *world) disturb(t *testing.T, line int) {
	t.Helper()
	switch line {
	case 1:
		w.rename(t, w.plain+" one")
	case 2:
		w.mesh.kill()
		w.rename(t, w.plain+" two")
		w.startMesh(t)
	case 3:
		w.rename(t, w.plain)
		w.awaitName(t, w.plain)
	}
}

func follow(out io.Reader, lines chan<- map[string]any) {
	defer close(lines)
	scanner := bufio.NewScanner(out)
	for scanner.Scan() {
		var line map[string]any
		if json.Unmarshal(scanner.Bytes(), &line) == nil {
			lines <- line
		}
	}
}

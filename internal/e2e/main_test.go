package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

// binaries is the folder that meshd is built into, once and when it is wanted.
var binaries string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if binaries, err = os.MkdirTemp("", "odoomesh-e2e-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(binaries)
	code := m.Run()
	if err := goleak.Find(goleak.IgnoreAnyFunction("github.com/golang/glog.(*fileSink).flushDaemon")); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "left running:", err)
		return 1
	}
	if err := surprising(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

var buildMeshd = sync.OnceValues(func() (string, error) {
	path := filepath.Join(binaries, "meshd")
	out, err := exec.Command("go", "build", "-o", path, "odoomesh/cmd/meshd").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building meshd: %w\n%s", err, out)
	}
	return path, nil
})

// meshd is the path of the program.
func meshd(t *testing.T) string {
	t.Helper()
	path, err := buildMeshd()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

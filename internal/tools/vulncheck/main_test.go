package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestADatabaseIsAskedOnlyWhereItAnswers(t *testing.T) {
	there := t.TempDir()
	if err := os.MkdirAll(filepath.Join(there, "index"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(there, "index", "db.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/index/db.json", func(http.ResponseWriter, *http.Request) {})
	server := httptest.NewServer(mux)
	gone := httptest.NewServer(mux)
	gone.Close()
	t.Cleanup(server.Close)
	for database, want := range map[string]bool{
		"file://" + there: true, "file://" + t.TempDir(): false,
		server.URL: true, server.URL + "/elsewhere": false, gone.URL: false, "http://a b": false,
	} {
		if err := answers(t.Context(), database); (err == nil) != want {
			t.Errorf("%s: %v, want it to answer: %v", database, err, want)
		}
	}
}

func TestWhatGovulncheckFindsFailsTheCheck(t *testing.T) {
	if got := code(nil); got != 0 {
		t.Errorf("nothing was found: code %d", got)
	}
	if got := code(exec.Command("sh", "-c", "exit 3").Run()); got != 3 {
		t.Errorf("something was found: code %d, want govulncheck's own 3", got)
	}
	if got := code(exec.Command("/nowhere/govulncheck").Run()); got != 1 {
		t.Errorf("it could not be run: code %d", got)
	}
}

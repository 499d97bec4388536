// Command vulncheck runs govulncheck over the mesh where its database of vulnerabilities can
// be reached. Where it cannot, it says so in one line and ends well: a machine without a
// network can be developed on, and must not seem to have been told that all is well.
//
// GOVULNDB names another database: https://…, or file:///… for a copy.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const (
	// publicDatabase is what govulncheck asks where nothing else is named.
	publicDatabase = "https://vuln.go.dev"
	// answersWithin is how long the database has to begin to answer.
	answersWithin = 10 * time.Second
)

func main() {
	database := os.Getenv("GOVULNDB")
	if database == "" {
		database = publicDatabase
	}
	if err := answers(context.Background(), database); err != nil {
		fmt.Fprintf(os.Stderr, "vulncheck: vulnerabilities were NOT looked up, as %s cannot be read: %v\n", database, err)
		return
	}
	os.Exit(code(check(database, os.Stdout, os.Stderr)))
}

// check runs govulncheck, which fails where the code reaches what is vulnerable.
func check(database string, out, errs io.Writer) error {
	cmd := exec.Command("go", "tool", "-modfile=tools/go.mod", "govulncheck", "-db", database, "./...")
	cmd.Stdout, cmd.Stderr = out, errs
	return cmd.Run()
}

// code is how to end after a check.
func code(err error) int {
	var ended *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &ended) && ended.ExitCode() > 0:
		return ended.ExitCode()
	}
	fmt.Fprintln(os.Stderr, "vulncheck: govulncheck could not be run:", err)
	return 1
}

// answers tells whether a database has its index.
func answers(ctx context.Context, database string) error {
	at, err := url.Parse(database)
	if err != nil {
		return errors.New("GOVULNDB is no URL; write https://… or file:///…")
	}
	if at.Scheme == "file" {
		_, err := os.Stat(filepath.Join(filepath.FromSlash(at.Path), "index", "db.json"))
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, answersWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.JoinPath("index", "db.json").String(), nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			return failed.Err // the address stands beside it
		}
		return err
	}
	defer func() { _ = response.Body.Close() }() // nothing of it is read
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", response.Status)
	}
	return nil
}

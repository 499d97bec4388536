package main

import (
	"strings"
	"testing"

	"odoomesh/internal/build"
)

func TestAWrongCommandLineEndsWithTwoAndSaysWhereHelpIs(t *testing.T) {
	for _, args := range []string{"frobnicate", "serve now", "demo now", "serve --colour", "serve --poll-interval 3", "demo --sim-version 15", "restore", "restore a b --data-dir c", "restore a.backup", "restore gone.backup --data-dir c"} {
		t.Run(args, func(t *testing.T) {
			var out, errs strings.Builder
			code := run(t.Context(), strings.Fields(args), nil, strings.NewReader(""), &out, &errs)
			if code != 2 {
				t.Errorf("code %d, want 2: %s", code, errs.String())
			}
			said := errs.String()
			if !strings.HasPrefix(said, "meshd: configuration: ") || !strings.HasSuffix(said, "; see --help\n") || strings.Count(said, "\n") != 1 {
				t.Errorf("more or less than a sentence: %q", said)
			}
		})
	}
}

func TestTheProgramSaysWhichVersionItIs(t *testing.T) {
	for _, asked := range []string{"--version", "version"} {
		var out, errs strings.Builder
		if code := run(t.Context(), []string{asked}, nil, strings.NewReader(""), &out, &errs); code != 0 || errs.Len() > 0 {
			t.Fatalf("%s: code %d: %s", asked, code, errs.String())
		}
		if want := "meshd version " + build.Text() + "\n"; out.String() != want || !strings.Contains(want, "built with go") {
			t.Errorf("%s: it says %q, want %q", asked, out.String(), want)
		}
	}
}

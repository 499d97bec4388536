package config

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with the configuration.
type Problem struct {
	// Key is the setting, as in the YAML file; empty when it is about none.
	Key string
	// Text says what is wrong and what to do.
	Text string
}

// Error is everything that is wrong with the configuration or the command line.
type Error struct{ Problems []Problem }

func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.Text
		if p.Key != "" {
			lines[i] = p.Key + ": " + p.Text
		}
	}
	if len(lines) == 1 {
		return "configuration: " + lines[0]
	}
	return "configuration:\n  " + strings.Join(lines, "\n  ")
}

// Usage is an error of the command line, such as an unknown flag.
func Usage(err error) error {
	if err == nil {
		return nil
	}
	return &Error{Problems: []Problem{{Text: err.Error() + "; see --help"}}}
}

// problems collects what is wrong.
type problems []Problem

func (p *problems) add(key, format string, args ...any) {
	*p = append(*p, Problem{Key: key, Text: fmt.Sprintf(format, args...)})
}

// err is nil where nothing is wrong.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &Error{Problems: p}
}

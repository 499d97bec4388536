package secret

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"odoomesh/internal/clock"
)

const (
	// commandTime is how long a command may take.
	commandTime = 10 * time.Second
	// pipeTime is how long what a command has left behind may hold its output open.
	pipeTime = time.Second
	// readPause is how old an answer may be that is given once more: whoever signs in
	// often does not run the command as often.
	readPause = time.Minute
	// changePause is the pause between two looks whether the command says something else,
	// as when its secret is refused.
	changePause = 30 * time.Second
)

// ownVariables are not passed on to a command: secrets may stand in them.
const ownVariables = "MESH_"

// Command is a program whose first line of output is the secret, such as the client of a
// vault. It is started directly, with its arguments and without a shell.
type Command struct {
	args  []string
	clock clock.Clock

	mu   sync.Mutex
	last Text
	ran  time.Time // zero: never
	read sum
}

// NewCommand makes one of a program and its arguments; it runs nothing yet.
func NewCommand(args []string, c clock.Clock) *Command { return &Command{args: args, clock: c} }

// Read gives what the command says: now, or a minute ago.
func (c *Command) Read() (Text, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == "" || c.clock.Now().Sub(c.ran) >= readPause {
		if err := c.run(); err != nil {
			return "", err
		}
	}
	c.read = sumOf(c.last)
	return c.last, nil
}

// Changed tells whether the command says something else than was read last. It runs it
// no more often than each thirty seconds.
func (c *Command) Changed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.clock.Now().Sub(c.ran) >= changePause && c.run() != nil {
		return false
	}
	return c.last != "" && sumOf(c.last) != c.read
}

// run asks the command. What it says on its standard error is passed on to nobody:
// programs that fail like to say with what.
func (c *Command) run() error {
	c.ran = c.clock.Now()
	if len(c.args) == 0 || c.args[0] == "" {
		return errors.New("it names no program")
	}
	ctx, cancel := context.WithTimeout(context.Background(), commandTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.WaitDelay = pipeTime
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, ownVariables) {
			cmd.Env = append(cmd.Env, pair)
		}
	}
	var out limited
	cmd.Stdout = &out
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s did not end within %s", c.args[0], commandTime)
	case out.over:
		return fmt.Errorf("%s says more than %d bytes; have it say the secret alone", c.args[0], maxBytes)
	case err != nil:
		return fmt.Errorf("running %s: %w; run it by hand, as the user as whom meshd runs, to see why", c.args[0], err)
	}
	t, err := FirstLine(out.text)
	if err != nil {
		return fmt.Errorf("%s says nothing; have it write the secret to the first line of its standard output", c.args[0])
	}
	c.last = t
	return nil
}

// limited takes what a secret may have, and no more.
type limited struct {
	text []byte
	over bool
}

func (l *limited) Write(p []byte) (int, error) {
	if len(l.text)+len(p) > maxBytes {
		l.over = true
		return 0, errors.New("it is too long")
	}
	l.text = append(l.text, p...)
	return len(p), nil
}

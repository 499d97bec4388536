package config

import (
	"io"
	"strings"

	"odoomesh/internal/clock"
	"odoomesh/internal/secret"
)

// maxStdin bounds what is read of the standard input.
const maxStdin = 4 << 10

// readPassword takes the password from the one place that is named.
func (s Sources) readPassword(c *Config, found *problems) {
	place, one := places("odoo-password", c.Password, c.PasswordFile, c.PasswordCommand, found, c.PasswordStdin)
	switch {
	case !one:
	case place != nil:
		c.Password = place.read(found)
	case c.PasswordStdin && s.Stdin != nil:
		text, err := io.ReadAll(io.LimitReader(s.Stdin, maxStdin))
		if err == nil {
			c.Password, err = secret.FirstLine(text)
		}
		if err != nil {
			found.add("odoo-password-stdin", "the password cannot be read: %v", err)
		}
	}
}

// place is where a secret stands, and under which setting.
type place struct {
	key string
	secret.Source
}

func (p *place) read(found *problems) secret.Text {
	t, err := p.Read()
	if err != nil {
		found.add(p.key, "%v", err)
	}
	return t
}

// places is the file or command that holds a secret, nil where neither is named, and
// whether no more than one place is. stdin says that it is read from there, too.
func places(key string, inVariable secret.Text, file string, command []string, found *problems, stdin bool) (*place, bool) {
	var named []string
	var is *place
	if inVariable != "" {
		named = append(named, envName(key))
	}
	if file != "" {
		named, is = append(named, key+"-file"), &place{key + "-file", secret.NewFile(file)}
	}
	if len(command) > 0 {
		named, is = append(named, key+"-command"), &place{key + "-command", secret.NewCommand(command, clock.System{})}
	}
	if stdin {
		named = append(named, key+"-stdin")
	}
	if len(named) > 1 {
		found.add(key, "it is given in more than one place (%s); leave one", strings.Join(named, ", "))
		return nil, false
	}
	return is, true
}

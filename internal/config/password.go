package config

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"odoomesh/internal/odoo"
)

// maxPassword bounds what is read of a file or of the standard input.
const maxPassword = 4 << 10

// readPassword takes the password from the one place that is named.
func (s Sources) readPassword(c *Config, found *problems) {
	var places []string
	if c.Password != "" {
		places = append(places, envName("odoo-password"))
	}
	if c.PasswordFile != "" {
		places = append(places, "odoo-password-file")
	}
	if c.PasswordStdin {
		places = append(places, "odoo-password-stdin")
	}
	if len(places) > 1 {
		found.add("odoo-password", "it is given in more than one place (%s); leave one", strings.Join(places, ", "))
		return
	}
	switch {
	case c.PasswordFile != "":
		var err error
		if c.Password, err = NewPasswordFile(c.PasswordFile).Read(); err != nil {
			found.add("odoo-password-file", "%v", err)
		}
	case c.PasswordStdin && s.Stdin != nil:
		var err error
		if c.Password, err = firstLine(s.Stdin); err != nil {
			found.add("odoo-password-stdin", "%v", err)
		}
	}
}

func firstLine(r io.Reader) (odoo.Secret, error) {
	line, err := bufio.NewReader(io.LimitReader(r, maxPassword)).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", fmt.Errorf("the password cannot be read: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("there is no password; write it into the first line")
	}
	return odoo.Secret(line), nil
}

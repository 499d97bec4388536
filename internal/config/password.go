package config

import (
	"bufio"
	"io"
	"os"
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
		file, err := os.Open(c.PasswordFile)
		if err != nil {
			found.add("odoo-password-file", "it cannot be read: %v; check the path and who may read it", err)
			return
		}
		defer file.Close()
		c.Password = firstLine(file, "odoo-password-file", found)
	case c.PasswordStdin && s.Stdin != nil:
		c.Password = firstLine(s.Stdin, "odoo-password-stdin", found)
	}
}

func firstLine(r io.Reader, key string, found *problems) odoo.Secret {
	line, err := bufio.NewReader(io.LimitReader(r, maxPassword)).ReadString('\n')
	if err != nil && err != io.EOF {
		found.add(key, "the password cannot be read: %v", err)
		return ""
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		found.add(key, "there is no password; write it into the first line")
	}
	return odoo.Secret(line)
}

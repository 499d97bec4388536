package apikey

import (
	"encoding/base32"
	"fmt"
	"hash/crc32"
	"io"
	"regexp"
	"strings"
)

// Prefix is how every key begins.
const Prefix = "mesh_"

const (
	idBytes     = 10
	secretBytes = 32
	checkDigits = 8
)

var (
	letters  = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
	idLen    = letters.EncodedLen(idBytes)
	textLen  = letters.EncodedLen(secretBytes)
	longest  = len(Prefix) + longestName + 1 + idLen + 1 + textLen + 1 + checkDigits
	nameForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
)

const longestName = 32

// CheckEnvironment refuses what cannot be the name of an environment.
func CheckEnvironment(name string) error {
	if !nameForm.MatchString(name) {
		return fmt.Errorf("%q is no name of an environment; write at most %d lower-case letters, digits and hyphens, such as production", name, longestName)
	}
	return nil
}

// split takes a key apart; false where it does not have the form of one. It allocates
// nothing.
func split(text string) (environment, id, secret string, ok bool) {
	rest, ok := strings.CutPrefix(text, Prefix)
	if !ok || len(text) > longest {
		return "", "", "", false
	}
	environment, rest, _ = strings.Cut(rest, "_")
	id, rest, _ = strings.Cut(rest, "_")
	secret, check, _ := strings.Cut(rest, "_")
	ok = environment != "" && len(id) == idLen && len(secret) == textLen && len(check) == checkDigits
	return environment, id, secret, ok
}

// intact tells whether the checksum of a text that has the form of a key fits.
func intact(text string) bool {
	body := text[:len(text)-checkDigits-1]
	return text[len(text)-checkDigits:] == checksum(body)
}

// checksum is the CRC-32 of a key before its last part. It finds what was mistyped, and
// keeps nothing secret.
func checksum(body string) string {
	return fmt.Sprintf("%0*x", checkDigits, crc32.ChecksumIEEE([]byte(body)))
}

// newText makes a key, with what is in it.
func newText(environment string, random io.Reader) (text, id, secret string, err error) {
	var raw [idBytes + secretBytes]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", "", "", fmt.Errorf("making a key: %w", err)
	}
	id = letters.EncodeToString(raw[:idBytes])
	secret = letters.EncodeToString(raw[idBytes:])
	text = Prefix + environment + "_" + id + "_" + secret
	return text + "_" + checksum(text), id, secret, nil
}

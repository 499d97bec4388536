package secret

import (
	"crypto/sha256"
	"errors"
	"strings"
)

// Source is where a secret stands that can change while the mesh runs.
type Source interface {
	// Read gives the secret as it stands now.
	Read() (Text, error)
	// Changed tells, cheaply, whether it may be another than was read last.
	Changed() bool
}

// maxBytes bounds what is read of any source.
const maxBytes = 4 << 10

var errEmpty = errors.New("the first line is empty; write the secret into it")

// FirstLine is the secret in a text: its first line, without the line's end.
func FirstLine(text []byte) (Text, error) {
	line, _, _ := strings.Cut(string(text[:min(len(text), maxBytes)]), "\n")
	if line = strings.TrimRight(line, "\r"); line == "" {
		return "", errEmpty
	}
	return Text(line), nil
}

// sum is kept in place of a secret, to compare with.
type sum [sha256.Size]byte

func sumOf(t Text) sum { return sha256.Sum256([]byte(t)) }

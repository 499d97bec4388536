package secret

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Text is a secret. It shows itself in no format, log or encoding; Reveal is the only
// way to what it says.
type Text string

// Reveal is the secret itself, for where it is used and nowhere else.
func (t Text) Reveal() string { return string(t) }

func (t Text) String() string { return redacted }

// Format hides the secret from every verb, %x and %#v included.
func (t Text) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue hides the secret from log/slog.
func (t Text) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the secret from JSON, XML and other text encodings.
func (t Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalYAML hides the secret from YAML.
func (t Text) MarshalYAML() (any, error) { return redacted, nil }

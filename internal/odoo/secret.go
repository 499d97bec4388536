package odoo

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a password or an API key. It shows itself in no format, log or
// encoding; Reveal is the only way to its text.
type Secret string

// Reveal is the secret itself, to be sent to Odoo and nowhere else.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) String() string { return redacted }

// Format hides the secret from every verb, %x and %#v included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue hides the secret from log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the secret from JSON, XML and other text encodings.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalYAML hides the secret from YAML.
func (s Secret) MarshalYAML() (any, error) { return redacted, nil }

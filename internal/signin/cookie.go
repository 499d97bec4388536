package signin

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// The cookies, before their prefix.
const (
	sessionCookie = "mesh-session"
	attemptCookie = "mesh-signin"
	leavingCookie = "mesh-signout"
)

// hostOnly makes browsers take a cookie from this host alone, over TLS alone, and keep
// other hosts of the domain from setting one of that name.
const hostOnly = "__Host-"

// name is a cookie's. Without TLS, which is on this machine alone, browsers take none with
// the prefix.
func (d *Door) name(of string) string {
	if d.secure {
		return hostOnly + of
	}
	return of
}

func (d *Door) cookie(of, value string, age time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: d.name(of), Value: value, Path: "/", MaxAge: int(age.Seconds()), Secure: d.secure, HttpOnly: true,
		// Lax, as the browser comes back from another site and has to have it then.
		SameSite: http.SameSiteLaxMode,
	}
}

func (d *Door) forget(w http.ResponseWriter, of string) {
	gone := d.cookie(of, "", 0)
	gone.MaxAge, gone.Expires = -1, time.Unix(1, 0)
	http.SetCookie(w, gone)
}

// value is what a request has in a cookie; empty for none. One that is there twice was put
// there by somebody else, and is worth nothing.
func (d *Door) value(r *http.Request, of string) string {
	switch all := r.CookiesNamed(d.name(of)); len(all) {
	case 0:
		return ""
	case 1:
		return all[0].Value
	}
	return "several"
}

// sealer keeps from a browser what it carries. Its key is gone with the process, and with
// it the sign-ins that were on their way.
type sealer struct{ cipher.AEAD }

func newSealer() (sealer, error) {
	var key [32]byte
	_, _ = rand.Read(key[:]) // it never fails
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return sealer{}, fmt.Errorf("making the seal of sign-ins: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return sealer{}, fmt.Errorf("making the seal of sign-ins: %w", err)
	}
	return sealer{aead}, nil
}

func (s sealer) seal(b begun) (string, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // it is no page, and cookies are short
	if err := e.Encode(b); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(s.Seal(nil, nil, text.Bytes(), nil)), nil
}

var errBroken = errors.New("it was sealed by nobody here")

func (s sealer) open(text string, into *begun) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return errBroken
	}
	opened, err := s.Open(nil, nil, raw, nil)
	if err != nil {
		return errBroken
	}
	return json.Unmarshal(opened, into)
}

// mostSpent bounds the states that are remembered, in each of two generations.
const mostSpent = 4096

// spent are the states that were answered. The provider takes a code once; this refuses
// the second answer before it is asked.
type spent struct {
	mu            sync.Mutex
	newer, before map[string]bool
}

// first tells whether a state was not answered before.
func (s *spent) first(state string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.newer[state] || s.before[state] {
		return false
	}
	if s.newer == nil || len(s.newer) >= mostSpent {
		s.newer, s.before = map[string]bool{}, s.newer
	}
	s.newer[state] = true
	return true
}

package app

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"odoomesh/internal/config"
	"odoomesh/internal/secret"
)

const (
	// hintBytes bounds the body of a hint: Odoo sends a record's chosen fields.
	hintBytes = 64 << 10
	// leastSecret is how many characters a secret in an address has to have.
	leastSecret = 16
)

// hintHandler takes what Odoo's automation rules send: one POST for each record,
// with the model in _model. Odoo's user waits for the answer, so it is given at
// once; what has changed is read from Odoo.
func (a *App) hintHandler() (http.HandlerFunc, error) {
	if a.config.HintSecretFile == "" {
		return nil, nil
	}
	known := &hintSecret{file: secret.NewFile(a.config.HintSecretFile)}
	if err := known.read(); err != nil {
		return nil, &config.Error{Problems: []config.Problem{{Key: "hint-secret-file", Text: err.Error()}}}
	}
	return func(w http.ResponseWriter, r *http.Request) {
		if !known.is(r.PathValue("secret")) {
			http.NotFound(w, r)
			return
		}
		var hint struct {
			Model string `json:"_model"`
		}
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, hintBytes)).Decode(&hint); err != nil || hint.Model == "" {
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": "a hint is a JSON object with _model"})
			return
		}
		a.engine.Hint(hint.Model)
		w.WriteHeader(http.StatusNoContent)
	}, nil
}

// hintSecret is the secret part of the address for hints. It is read again when its file
// has changed; one that is too short leaves the one before in force.
type hintSecret struct {
	file *secret.File
	want atomic.Pointer[[sha256.Size]byte]
}

func (h *hintSecret) read() error {
	text, err := h.file.Read()
	if err != nil {
		return err
	}
	plain := strings.TrimSpace(text.Reveal())
	if len(plain) < leastSecret {
		return fmt.Errorf("the secret in it has fewer than %d characters", leastSecret)
	}
	want := sha256.Sum256([]byte(plain))
	h.want.Store(&want)
	return nil
}

func (h *hintSecret) is(given string) bool {
	if h.file.Changed() {
		_ = h.read() // else it stays as it was
	}
	have, want := sha256.Sum256([]byte(given)), h.want.Load()
	return subtle.ConstantTimeCompare(have[:], want[:]) == 1
}

package app

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"

	"odoomesh/internal/config"
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
	path := a.config.HintSecretFile
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, hintProblem(err.Error())
	}
	secret := strings.TrimSpace(string(text))
	if len(secret) < leastSecret {
		return nil, hintProblem(fmt.Sprintf("the secret in %s has fewer than %d characters", path, leastSecret))
	}
	want := sha256.Sum256([]byte(secret))
	return func(w http.ResponseWriter, r *http.Request) {
		have := sha256.Sum256([]byte(r.PathValue("secret")))
		if subtle.ConstantTimeCompare(have[:], want[:]) != 1 {
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

func hintProblem(text string) error {
	return &config.Error{Problems: []config.Problem{{Key: "hint-secret-file", Text: text}}}
}

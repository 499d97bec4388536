package odoosim

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"time"

	"odoomesh/internal/odoosim/models"
	"odoomesh/internal/odoosim/orm"
	"odoomesh/internal/odoosim/xmlrpc"
)

const (
	keysModel = "res.users.apikeys"
	// As Odoo is delivered: how long a key of who is no administrator may live, and how
	// many keys a user may have for one more to be made by a program.
	keyLife = 90 * 24 * time.Hour
	keyMost = 10
	// keyTime is how Odoo writes an instant.
	keyTime = "2006-01-02 15:04:05"
)

// apiKey is a key of a user's. Odoo keeps its hash; the simulated one keeps it.
type apiKey struct {
	id         int64
	text, name string
	scope      any       // nil: for everything
	made, ends time.Time // ends is zero: never
}

func (k apiKey) live(now time.Time) bool { return k.ends.IsZero() || !now.After(k.ends) }

// keyed tells whether a text is a key that is valid now.
func (l *logins) keyed(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, known := l.find(text)
	return known
}

// find is the place of a valid key. The caller holds mu.
func (l *logins) find(text string) (int, bool) {
	for i, k := range l.keys {
		if text != "" && k.text == text && k.live(l.now()) && (k.scope == nil || k.scope == "rpc") {
			return i, true
		}
	}
	return 0, false
}

// addKey adds a key that has no end, or ends. The caller holds mu.
func (l *logins) addKey(text, name string, ends time.Time) {
	l.lastKey++
	l.keys = append(l.keys, apiKey{id: l.lastKey, text: text, name: name, made: l.now().Truncate(time.Second), ends: ends})
}

// keyMethods is what the model of keys answers to the user whose keys there are, after
// Odoo 19.0 of May 2026: programs may make and revoke keys where a parameter of the
// system allows it. Before, and before 18 a key had no end.
func (s *Sim) keyMethods(method string, uid int64, named map[string]any) (any, error) {
	l := s.logins
	switch {
	case method == "search_read":
		return s.readKeys(uid), nil
	case s.opts.Version < 19 || s.opts.KeysByHandAlone || method != "generate" && method != "revoke":
		return nil, orm.Unforeseen("AttributeError", "The method '%s.%s' does not exist", keysModel, method)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.keysAllowed {
		return nil, orm.Rule("Programmatic API keys are not enabled")
	}
	text, _ := named["key"].(string)
	at, known := l.find(text)
	if method == "revoke" {
		if !known {
			return nil, &orm.Fault{Code: 3, Text: "The provided API key is invalid."}
		}
		l.keys = append(l.keys[:at:at], l.keys[at+1:]...)
		return true, nil
	}
	live := 0
	for _, k := range l.keys {
		if k.live(l.now()) {
			live++
		}
	}
	if live >= keyMost {
		return nil, orm.Rule("Limit of %d API keys is reached for programmatic creation", keyMost)
	}
	if !known {
		return nil, &orm.Fault{Code: 3, Text: "The provided API key is invalid or does not belong to the current user."}
	}
	written, _ := named["expiration_date"].(string)
	ends, err := time.Parse(keyTime, written)
	switch {
	case err != nil:
		return nil, orm.Rule("The API key must have an expiration date")
	case ends.After(l.now().Add(keyLife)):
		return nil, orm.Rule("You cannot exceed 90.0 days.")
	}
	raw := make([]byte, 20)
	if _, err := rand.Read(raw); err != nil {
		return nil, err
	}
	name, _ := named["name"].(string)
	l.addKey(hex.EncodeToString(raw), name, ends)
	// Any other value becomes a scope in which no call is made, false too.
	l.keys[len(l.keys)-1].scope = named["scope"]
	return l.keys[len(l.keys)-1].text, nil
}

// readKeys are the user's keys, as rows.
func (s *Sim) readKeys(uid int64) []any {
	l := s.logins
	l.mu.Lock()
	defer l.mu.Unlock()
	rows := []any{}
	if uid != l.keyUserLocked() {
		return rows
	}
	for _, k := range l.keys {
		scope := k.scope
		if scope == nil {
			scope = false
		}
		row := xmlrpc.Struct{{Name: "id", Value: k.id}, {Name: "name", Value: k.name}, {Name: "scope", Value: scope}, {Name: "create_date", Value: k.made.UTC().Format(keyTime)}}
		if s.opts.Version >= 18 {
			var ends any = false
			if !k.ends.IsZero() {
				ends = k.ends.UTC().Format(keyTime)
			}
			row = append(row, xmlrpc.Member{Name: "expiration_date", Value: ends})
		}
		rows = append(rows, row)
	}
	return rows
}

// SetAPIKey makes another key valid in place of all there were; empty makes none, as
// when they have run out.
func (s *Sim) SetAPIKey(key string) { s.SetAPIKeyUntil(key, time.Time{}) }

// SetAPIKeyUntil is SetAPIKey for a key that ends.
func (s *Sim) SetAPIKeyUntil(key string, ends time.Time) {
	l := s.logins
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keys = nil
	if key != "" {
		l.addKey(key, "made by hand", ends)
	}
}

// AllowKeys sets base.enable_programmatic_api_keys, as an administrator does.
func (s *Sim) AllowKeys(allowed bool) {
	s.logins.mu.Lock()
	defer s.logins.mu.Unlock()
	s.logins.keysAllowed = allowed
}

// APIKeys are the keys that are valid now.
func (s *Sim) APIKeys() (texts []string) {
	l := s.logins
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range l.keys {
		if k.live(l.now()) {
			texts = append(texts, k.text)
		}
	}
	return texts
}

// keyUser is whose the keys are.
func (l *logins) keyUser() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.keyUserLocked()
}

func (l *logins) keyUserLocked() int64 {
	return cmp.Or(l.accounts[l.keyOf].uid, models.AdminUser)
}

package odoo

import (
	"sync/atomic"

	"odoomesh/internal/secret"
)

// Secret is a password or an API key.
type Secret = secret.Text

// password is the secret that the transports send, and that can be replaced while
// they are used.
type password struct{ now atomic.Pointer[Secret] }

func newPassword(s Secret) *password {
	p := &password{}
	p.set(s)
	return p
}

func (p *password) get() Secret { return *p.now.Load() }

func (p *password) set(s Secret) { p.now.Store(&s) }

// Reveal is the secret itself, to be sent to Odoo and nowhere else.
func (p *password) Reveal() string { return p.get().Reveal() }

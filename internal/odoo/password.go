package odoo

import "sync/atomic"

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

package odoosim

import (
	"net"
	"sync"
	"time"

	"odoomesh/internal/odoosim/models"
	"odoomesh/internal/odoosim/orm"
)

// As Odoo is delivered: after so many failed sign-ins from one address, that address
// is refused for a while, with the right password too.
const (
	cooldownAfter    = 5
	cooldownDuration = 60 * time.Second
)

// logins is who may sign in, who has, and who has failed to. Odoo keeps the failures
// in the memory of its process.
type logins struct {
	now func() time.Time

	mu       sync.Mutex
	accounts map[string]account
	keys     []apiKey
	lastKey  int64
	keyOf    string
	// keysAllowed says that programs may make and revoke keys.
	keysAllowed bool
	// checked are the users whose password was right, and has not been changed since:
	// Odoo does not check it again for each call.
	checked  map[int64]bool
	last     map[int64]time.Time
	failures map[string]failed // by remote address
}

// account is somebody who may log in.
type account struct {
	uid      int64
	password string
}

type failed struct {
	times int
	at    time.Time
}

func newLogins(o Options) *logins {
	l := &logins{
		now: o.Clock.Now, keyOf: o.KeyOf,
		checked: map[int64]bool{}, last: map[int64]time.Time{}, failures: map[string]failed{},
		accounts: map[string]account{
			"mesh":  {models.MeshUser, "mesh"},
			"guest": {models.GuestUser, "guest"},
			o.User:  {models.AdminUser, o.Password},
		},
	}
	if o.APIKey != "" {
		l.addKey(o.APIKey, "made by hand", time.Time{})
	}
	return l
}

var (
	errDenied  = &orm.Fault{Code: 3, Text: "Access Denied"}
	errTooMany = &orm.Fault{Code: 3, Text: "Too many login failures, please wait a bit before trying again."}
)

// signIn is the id of the user whose name and password these are; an error if they
// are nobody's, or the address has failed too often.
func (l *logins) signIn(from, login string, password any) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, known := l.accounts[login]
	if err := l.attempt(from, known && password == a.password); err != nil {
		return 0, err
	}
	l.checked[a.uid], l.last[a.uid] = true, l.now()
	return a.uid, nil
}

// passes checks the password that comes with a call.
func (l *logins) passes(from string, uid int64, password any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	right := false
	for _, a := range l.accounts {
		right = right || a.uid == uid && password == a.password
	}
	if right && l.checked[uid] {
		return nil
	}
	err := l.attempt(from, right)
	if err == nil {
		l.checked[uid] = true
	}
	return err
}

// attempt counts a failure. During the cooldown nothing is checked, nor counted. The
// caller holds mu.
func (l *logins) attempt(from string, right bool) error {
	f := l.failures[from]
	switch {
	case f.times >= cooldownAfter && l.now().Sub(f.at) < cooldownDuration:
		return errTooMany
	case !right:
		l.failures[from] = failed{f.times + 1, l.now()}
		return errDenied
	}
	delete(l.failures, from)
	return nil
}

// loginDate is when a user has signed in last, as the newest res.users.log says.
func (l *logins) loginDate(_ *orm.Env, uid int64) orm.Value {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, has := l.last[uid]
	if !has {
		return orm.Value{}
	}
	return orm.Time(at)
}

// SetPassword changes a user's password. Calls with the old one are refused from
// then on.
func (s *Sim) SetPassword(login, password string) {
	l := s.logins
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.accounts[login]
	a.password = password
	l.accounts[login] = a
	delete(l.checked, a.uid)
}

// host is the address that a caller calls from, whatever the connection.
func host(remote string) string {
	if h, _, err := net.SplitHostPort(remote); err == nil {
		return h
	}
	return remote
}

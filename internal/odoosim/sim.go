// Package odoosim is a simulated Odoo for demonstration, tests and load: an
// http.Handler that speaks XML-RPC as Odoo 16 to 19 do, over a small ORM that
// follows recordings of running servers. It promises the recorded shapes, faults
// and effects for the models it has, a lifelike set of clinical data, faults that
// can be switched on, and reads that are never blocked by an open transaction.
// It leaves out everything that a client cannot see: views, mail, jobs, PostgreSQL.
package odoosim

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"

	"odoomesh/internal/clock"
	"odoomesh/internal/odoosim/clinical"
	"odoomesh/internal/odoosim/models"
	"odoomesh/internal/odoosim/orm"
)

// Options say which Odoo to simulate. The zero value is an Odoo 17.
type Options struct {
	// Version is the major release, 16 to 19; 0 means 17.
	Version int
	// Clock stamps transactions and answers; nil is the machine's clock.
	Clock clock.Clock
	// DB, User and Password are the database and its administrator; empty means
	// "sim", "admin", "admin".
	DB, User, Password string
	// APIKey is the key for JSON-2, the administrator's or that of the user named by
	// KeyOf; empty means that none is valid.
	APIKey, KeyOf string
	// KeysByHandAlone is an Odoo 19 of before May 2026, in which no program makes keys.
	KeysByHandAlone bool
	// Without names models that this Odoo lacks, as it does those of modules that
	// are not installed.
	Without []string
	// Logger receives one debug line a call; nil drops them.
	Logger *slog.Logger
}

func (o *Options) complete() {
	if o.Version == 0 {
		o.Version = 17
	}
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	for _, d := range []struct {
		field *string
		value string
	}{{&o.DB, "sim"}, {&o.User, "admin"}, {&o.Password, "admin"}} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
}

// Sim is one simulated Odoo server with one database. It is safe for concurrent use.
type Sim struct {
	opts   Options
	db     *orm.DB
	logins *logins
	faults *Faults
	calls  counters

	play     sync.Mutex
	scenario *clinical.Scenario
	store    bool // the hospital's store has been filled
}

// New makes a simulated Odoo with its base data. Beside the administrator there is
// a user "mesh" with password "mesh" and the few rights that the mesh needs, and a
// user "guest" with password "guest" and no right but to read.
func New(o Options) (*Sim, error) {
	o.complete()
	if o.Version < 16 || o.Version > 19 {
		return nil, fmt.Errorf("no simulation of Odoo %d: 16 to 19 can be simulated", o.Version)
	}
	db, err := models.Open(o.Version, o.Clock.Now, o.User)
	if err != nil {
		return nil, err
	}
	s := &Sim{opts: o, db: db, faults: &Faults{}, logins: newLogins(o)}
	db.Model("res.users").Computed("login_date", s.logins.loginDate)
	s.calls.byMethod = map[string]int64{}
	db.OnCommit = s.hooks
	return s, nil
}

// Faults switches faults on and off.
func (s *Sim) Faults() *Faults { return s.faults }

// model finds a model; nil where this Odoo has none of that name.
func (s *Sim) model(name string) *orm.Model {
	if slices.Contains(s.opts.Without, name) {
		return nil
	}
	return s.db.Model(name)
}

// Version is the simulated major release.
func (s *Sim) Version() int { return s.opts.Version }

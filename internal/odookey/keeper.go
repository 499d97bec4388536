package odookey

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/clock"
	"odoomesh/internal/odoo"
)

const (
	// lookEvery is the pause between two looks, startEvery that until Odoo has answered.
	lookEvery  = time.Hour
	startEvery = 10 * time.Second
	// warnEvery is the pause between two lines in the log that say the same.
	warnEvery = 24 * time.Hour
	// lifeUsed is the part of its life after which a key is warned of, and replaced.
	lifeUsed = 0.7
)

// Client is what is asked of Odoo.
type Client interface {
	Server() (odoo.Server, bool)
	Keyed() bool
	Keys(context.Context) ([]odoo.Key, error)
	MakeKey(ctx context.Context, name string, ends time.Time) (odoo.Secret, error)
	TryKey(context.Context, odoo.Secret) (bool, error)
	RevokeKey(context.Context, odoo.Secret) error
	SignIn(context.Context) (odoo.Evidence, error)
}

// Config is what a Keeper needs.
type Config struct {
	Client Client
	// File holds the password; empty where it stands elsewhere.
	File string
	// Rotate puts another key in the place of one that is near its end.
	Rotate bool
	// MaxAge is how long a password or key is used of which Odoo tells no end, counted
	// from when the file was written. 0: nobody says.
	MaxAge time.Duration

	Clock      clock.Clock
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Keeper looks after the key. It is safe for concurrent use.
type Keeper struct {
	Config
	// onStep is called between the steps of a rotation; tests set it.
	onStep func(step string) error
	// writes says that another key can be written beside the file; Look alone uses it.
	writes bool

	mu       sync.Mutex
	standing Standing
	known    bool
	warned   time.Time
	rotated  *prometheus.CounterVec
}

// Standing is how the password stands.
type Standing struct {
	// Made and Ends bound its life.
	Made, Ends time.Time
	// Name is what the key is called in Odoo; empty for what is no key.
	Name string
	// Problem is why it could not be replaced; empty where that was not tried, or worked.
	Problem string
	// ours says that the mesh has made the key: of others it is a guess which is in use.
	ours bool
}

// due is from when on it is warned of.
func (s Standing) due() time.Time {
	return s.Made.Add(time.Duration(lifeUsed * float64(s.Ends.Sub(s.Made))))
}

// New makes a keeper. It starts nothing.
func New(c Config) (*Keeper, error) {
	k := &Keeper{Config: c}
	k.rotated = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "mesh_odoo_key_rotations_total", Help: "Attempts to put another API key of Odoo's in the place of the one in use, by how they ended: done or failed.",
	}, []string{"outcome"})
	if c.Registerer == nil {
		return k, nil
	}
	if err := errors.Join(c.Registerer.Register(k.rotated), c.Registerer.Register(newExpiry(k))); err != nil {
		return nil, fmt.Errorf("registering metrics of Odoo's key: %w", err)
	}
	return k, nil
}

// Run looks after the key until the context ends.
func (k *Keeper) Run(ctx context.Context) error {
	for {
		wait := lookEvery
		if err := k.Look(ctx); errors.Is(err, odoo.ErrNotConnected) {
			wait = startEvery
		} else if err != nil && ctx.Err() == nil {
			k.Logger.LogAttrs(ctx, slog.LevelInfo, "Odoo's key could not be looked after: it is tried again in an hour", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-k.Clock.After(wait):
		}
	}
}

// Look finishes what was broken off, finds out when the key ends, says so, and replaces
// it where it is time.
func (k *Keeper) Look(ctx context.Context) error {
	if _, connected := k.Client.Server(); !connected {
		return odoo.ErrNotConnected
	}
	var broken error
	if k.Rotate {
		broken = k.finish(ctx)
	}
	now, known, err := k.look(ctx)
	if err != nil {
		return errors.Join(broken, err)
	}
	if broken == nil && known && k.Rotate && now.Name != "" && !k.Clock.Now().Before(now.due()) {
		if broken = k.replace(ctx, now); broken == nil {
			k.rotated.WithLabelValues("done").Inc()
			k.Logger.LogAttrs(ctx, slog.LevelInfo, "another API key of Odoo's is in use, and the one before is revoked")
			if now, known, err = k.look(ctx); err != nil {
				return err
			}
		}
	}
	if broken != nil {
		k.rotated.WithLabelValues("failed").Inc()
		now.Problem = broken.Error()
	}
	k.note(now, known)
	k.warn(ctx)
	return broken
}

// look asks Odoo which of its keys is in use and, where it tells no end, the file.
func (k *Keeper) look(ctx context.Context) (Standing, bool, error) {
	if k.Client.Keyed() {
		keys, err := k.Client.Keys(ctx)
		if err != nil {
			return Standing{}, false, err
		}
		if s, known := k.inUse(keys); known {
			return s, true, nil
		}
	}
	if k.MaxAge <= 0 || k.File == "" {
		return Standing{}, false, nil
	}
	info, err := os.Stat(k.File)
	if err != nil {
		return Standing{}, false, fmt.Errorf("looking how old the password is: %w", err)
	}
	made := info.ModTime().UTC()
	return Standing{Made: made, Ends: made.Add(k.MaxAge)}, true, nil
}

// inUse is the key that the file says is in use, by the name under which the mesh made it;
// of those that people made, Odoo tells for none which it is, so that it is the one that
// ends first.
func (k *Keeper) inUse(keys []odoo.Key) (found Standing, known bool) {
	name := ""
	if k.File != "" {
		if is, err := readKeyFile(k.File); err == nil {
			name = is.name
		}
	}
	for _, key := range keys {
		s := Standing{Made: key.Made, Ends: key.Ends, Name: key.Name}
		if name != "" && key.Name == name && !key.Ends.IsZero() {
			s.ours = true
			return s, true
		}
		if key.Ends.Before(k.Clock.Now()) || known && !key.Ends.Before(found.Ends) {
			continue
		}
		found, known = s, true
	}
	return found, known
}

func (k *Keeper) note(s Standing, known bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.standing, k.known = s, known
}

// Ending is how the password stands, and why it could not be replaced, where most of its
// life is over or that was tried in vain; false where all is well, or nobody knows.
func (k *Keeper) Ending() (found, problem string, is bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.standing
	return s.text(), s.Problem, s.Problem != "" || k.known && !k.Clock.Now().Before(s.due())
}

// InUse is the key of Odoo's that is in use, as Odoo calls it; empty where the mesh has not
// made it.
func (k *Keeper) InUse() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.standing; s.ours {
		return fmt.Sprintf("%s, of %s, ends %s", s.Name, s.Made.UTC().Format(time.RFC3339), s.Ends.UTC().Format(time.RFC3339))
	}
	return ""
}

// text says it for people.
func (s Standing) text() string {
	what := "The password of Odoo's user"
	if s.Name != "" {
		what = fmt.Sprintf("The API key %q of Odoo's user", s.Name)
	}
	if s.Ends.IsZero() {
		return what + " could not be looked after."
	}
	return fmt.Sprintf("%s is of %s and ends at %s.", what, s.Made.UTC().Format(time.RFC3339), s.Ends.UTC().Format(time.RFC3339))
}

// warn says once a day what Ending tells.
func (k *Keeper) warn(ctx context.Context) {
	found, problem, ending := k.Ending()
	k.mu.Lock()
	now := k.Clock.Now()
	told := !ending || now.Sub(k.warned) < warnEvery
	if !told {
		k.warned = now
	}
	k.mu.Unlock()
	if !told {
		k.Logger.LogAttrs(ctx, slog.LevelWarn, "the password of Odoo's user is near its end: write another into its place",
			slog.String("found", found), slog.String("not_replaced", problem))
	}
}

// expiry tells metrics when the password ends.
type expiry struct {
	keeper *Keeper
	desc   *prometheus.Desc
}

func newExpiry(k *Keeper) expiry {
	return expiry{k, prometheus.NewDesc("mesh_odoo_password_expiry_seconds", "Seconds until the password or API key of Odoo's user ends, where that is known.", nil, nil)}
}

func (e expiry) Describe(to chan<- *prometheus.Desc) { to <- e.desc }

func (e expiry) Collect(to chan<- prometheus.Metric) {
	e.keeper.mu.Lock()
	ends, known := e.keeper.standing.Ends, e.keeper.known
	e.keeper.mu.Unlock()
	if known {
		to <- prometheus.MustNewConstMetric(e.desc, prometheus.GaugeValue, ends.Sub(e.keeper.Clock.Now()).Seconds())
	}
}

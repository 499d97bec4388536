package tlsfiles

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/clock"
)

const (
	// lookEvery is the pause between two looks at the files: what a renewal writes is in
	// use a moment later.
	lookEvery = 2 * time.Second
	// warnBefore is how long before its end a certificate is warned of, every warnEvery.
	warnBefore = 14 * 24 * time.Hour
	warnEvery  = 24 * time.Hour
)

// ErrNoAuthority says that client certificates are not asked for.
var ErrNoAuthority = errors.New("no authority of client certificates is set (tls-client-ca-file)")

// Source is the TLS of the listeners. It is safe for concurrent use.
type Source struct {
	files   Files
	clock   clock.Clock
	logger  *slog.Logger
	current atomic.Pointer[loaded]

	// mu is held by the one who looks.
	mu   sync.Mutex
	seen [4]stamp
	// told is the problem that the log knows of.
	told string
	// warned is when the log was told of each end, by what ends.
	warned map[string]time.Time
}

// Open reads the files. It fails with *Error, and starts nothing.
func Open(f Files, clk clock.Clock, logger *slog.Logger) (*Source, error) {
	s := &Source{files: f, clock: clk, logger: logger, seen: f.stamps(), warned: map[string]time.Time{}}
	l, err := f.load(clk.Now)
	if err != nil {
		return nil, err
	}
	s.current.Store(l)
	return s, nil
}

// Config is for every listener: each connection is greeted with what the files held last.
func (s *Source) Config() *tls.Config {
	c := s.files.config(s.clock.Now)
	c.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return s.current.Load().config, nil }
	return c
}

// Run looks at the files until the context ends.
func (s *Source) Run(ctx context.Context) error {
	for {
		s.look(ctx, false)
		if !clock.Sleep(ctx, s.clock, lookEvery) {
			return ctx.Err()
		}
	}
}

// Reload looks at the files now, whether or not they seem to have changed.
func (s *Source) Reload(ctx context.Context) { s.look(ctx, true) }

func (s *Source) look(ctx context.Context, always bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.warn(ctx)
	// Before the files are read: what is written in between is found by the next look.
	now := s.files.stamps()
	changed := always || s.told != ""
	for i := range now {
		changed = changed || !now[i].same(s.seen[i])
	}
	if !changed {
		return
	}
	s.seen = now
	l, err := s.files.load(s.clock.Now)
	if err != nil {
		if s.told != err.Error() {
			s.told = err.Error()
			s.logger.LogAttrs(ctx, slog.LevelError, "new TLS files cannot be used; what was there before stays in force", slog.Any("error", err))
		}
		return
	}
	s.told, s.warned = "", map[string]time.Time{}
	s.current.Store(l)
	s.logger.LogAttrs(ctx, slog.LevelInfo, "TLS files were read again", slog.Time("certificate_ends", l.ends))
}

// warn tells what is about to end, or has ended.
func (s *Source) warn(ctx context.Context) {
	now, l := s.clock.Now(), s.current.Load()
	for what, ends := range l.endings() {
		left := ends.Sub(now)
		if left >= warnBefore || now.Sub(s.warned[what]) < warnEvery {
			continue
		}
		s.warned[what] = now
		s.logger.LogAttrs(ctx, slog.LevelWarn, "a certificate is about to end, or has ended: renew it, its file is then read again by itself",
			slog.String("certificate", what), slog.Time("ends", ends), slog.Float64("days_left", left.Hours()/24))
	}
	if l.clients != nil && !l.clients.nextList.IsZero() && now.After(l.clients.nextList) && now.Sub(s.warned["list"]) >= warnEvery {
		s.warned["list"] = now
		s.logger.LogAttrs(ctx, slog.LevelWarn, "the list of revoked client certificates is out of date; it stays in force until there is a newer one",
			slog.Time("was_to_be_replaced", l.clients.nextList))
	}
}

// endings are the ends of the certificates, by what each is.
func (l *loaded) endings() map[string]time.Time {
	all := map[string]time.Time{}
	if !l.ends.IsZero() {
		all["server"] = l.ends
	}
	if !l.clientsEnd.IsZero() {
		all["client_authority"] = l.clientsEnd
	}
	return all
}

// Epoch is another value whenever the files were read again: what was found out about a
// client certificate holds for one epoch.
func (s *Source) Epoch() any { return s.current.Load() }

// Verify tells whether a client certificate, the first of those given, is signed by an
// authority of clients, not revoked, and good at this moment.
func (s *Source) Verify(given []*x509.Certificate) error {
	c := s.current.Load().clients
	if c == nil || len(given) == 0 {
		return ErrNoAuthority
	}
	return c.verify(given, s.clock.Now())
}

func expiryDesc() *prometheus.Desc {
	return prometheus.NewDesc("mesh_certificate_expiry_seconds",
		"Seconds until a certificate ends; less than 0 when it has ended. Of a chain, and of several authorities, the first end counts.", []string{"certificate"}, nil)
}

// Describe implements prometheus.Collector.
func (s *Source) Describe(to chan<- *prometheus.Desc) { to <- expiryDesc() }

// Collect implements prometheus.Collector.
func (s *Source) Collect(to chan<- prometheus.Metric) {
	now := s.clock.Now()
	for what, ends := range s.current.Load().endings() {
		to <- prometheus.MustNewConstMetric(expiryDesc(), prometheus.GaugeValue, ends.Sub(now).Seconds(), what)
	}
}

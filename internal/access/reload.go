package access

import (
	"context"
	"log/slog"
	"os"
	"time"

	"odoomesh/internal/clock"
)

// lookEvery is how often the file is looked at. One that has changed is read when it has
// looked the same twice, so that half a file is not taken for a whole one.
const lookEvery = time.Second

// sight is how a file looks from outside.
type sight struct {
	info os.FileInfo
	err  string
}

func sightOf(path string) sight {
	info, err := os.Stat(path)
	if err != nil {
		return sight{err: err.Error()}
	}
	return sight{info: info}
}

// same tells whether nobody has touched the file in between. Its mode counts: one that
// others may write is refused, and mended by a change of that alone.
func (s sight) same(other sight) bool {
	if s.info == nil || other.info == nil {
		return s.info == nil && other.info == nil && s.err == other.err
	}
	return os.SameFile(s.info, other.info) && s.info.ModTime().Equal(other.info.ModTime()) &&
		s.info.Size() == other.info.Size() && s.info.Mode() == other.info.Mode()
}

// Run follows the access file, and ends what was taken for a while, until the context
// ends.
func (g *Guard) Run(ctx context.Context) error {
	for clock.Sleep(ctx, g.Clock, lookEvery) {
		g.mendDue()
		g.lookAt(false)
	}
	return ctx.Err()
}

// Reload reads the access file now, as whoever asks says that it is complete.
func (g *Guard) Reload() { g.lookAt(true) }

func (g *Guard) lookAt(now bool) {
	if g.File() == nil || g.Governed != nil {
		return
	}
	g.look.Lock()
	defer g.look.Unlock()
	before, at := g.seen, sightOf(g.Config.File)
	g.seen = at
	if !now && (at.same(g.judged) || !at.same(before)) {
		return
	}
	file, err := ReadFile(g.Config.File)
	if !sightOf(g.Config.File).same(at) {
		return // it was changed while it was read: the next look sees it again
	}
	g.judged = at
	g.take(file, err)
}

// Put puts another governed file in force.
func (g *Guard) Put(text []byte) error {
	file, err := Parse(text)
	if err != nil {
		return err
	}
	g.take(file, nil)
	return nil
}

// take puts a file in force, or says why not.
func (g *Guard) take(file *File, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.Clock.Now()
	if err != nil {
		if g.problem == nil {
			g.since = now
		}
		g.problem = err
		g.metrics.bad.Set(1)
		g.metrics.reloads.WithLabelValues("refused").Inc()
		g.Logger.LogAttrs(context.Background(), slog.LevelError, "the access file cannot be used: the one before stays in force", slog.Any("error", err))
		return
	}
	g.problem, g.since, g.loaded = nil, time.Time{}, now
	g.metrics.bad.Set(0)
	if g.now.Load().file.same(file) {
		return
	}
	g.metrics.reloads.WithLabelValues("taken").Inc()
	g.Logger.LogAttrs(context.Background(), slog.LevelInfo, "the access file was read anew", slog.Int("principals", len(file.principals)))
	g.enforce(file)
}

// Standing is how the access file stands.
type Standing struct {
	// Loaded is when what is in force was read; zero where there is no file.
	Loaded time.Time
	// Problem is why the file as it is now cannot be used; nil where it can.
	Problem error
	Since   time.Time
}

// Standing tells how the access file stands.
func (g *Guard) Standing() Standing {
	g.mu.Lock()
	defer g.mu.Unlock()
	return Standing{Loaded: g.loaded, Problem: g.problem, Since: g.since}
}

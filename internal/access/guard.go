package access

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/reflect/protoreflect"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
)

// Config is what a Guard needs. All of it may be left out.
type Config struct {
	// File is the path of the access file. Empty: callers of this machine are let in as
	// "local", to read and to operate, and nobody else.
	File string
	// Governed is what is in force in place of the file, where that is changed by proposals
	// alone: Put takes another one, and the file is not read. Nil where it is not governed.
	Governed []byte
	// LocalWrites lets "local" write, too.
	LocalWrites bool
	// Recognise finds out who calls; nil: ByToken. Without a file it is not asked.
	Recognise Recogniser
	// Clock tells the time; nil: the system's.
	Clock clock.Clock
	// Logger is told of files that are taken or refused, and of broken glass; nil: nobody.
	Logger *slog.Logger
	// Registerer gets the metrics; nil: nobody.
	Registerer prometheus.Registerer
}

// Guard authenticates and authorises calls. Until Cover has told it the methods,
// it refuses all.
type Guard struct {
	Config
	local   *local
	metrics metrics
	// now is what is in force, for calls.
	now atomic.Pointer[force]

	// look is for one look at the file at a time.
	look sync.Mutex
	seen sight
	// judged is how the file looked that was last taken or refused.
	judged sight

	mu sync.Mutex
	// rules are those of the methods that are covered.
	rules map[string]rule
	// broken are those who have taken more, by name.
	broken  map[string]BrokenGlass
	loaded  time.Time
	problem error
	since   time.Time
}

// force is what is in force. It never changes.
type force struct {
	file  *File
	table *table
	// broken are principals with what they have taken, by name.
	broken map[string]*Principal
}

// Open reads the access file. It starts nothing: Run follows the file.
func Open(c Config) (*Guard, error) {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Recognise == nil {
		c.Recognise = ByToken
	}
	g := &Guard{Config: c, metrics: newMetrics(c.Registerer), rules: map[string]rule{}, broken: map[string]BrokenGlass{}}
	if c.File == "" {
		g.local = newLocal(c.LocalWrites)
		g.enforce(nil)
		return g, nil
	}
	g.seen = sightOf(c.File)
	file, err := g.first()
	if err != nil {
		return nil, err
	}
	g.judged, g.loaded = g.seen, c.Clock.Now()
	g.enforce(file)
	return g, nil
}

// first is what is in force at the start.
func (g *Guard) first() (*File, error) {
	if g.Governed != nil {
		return Parse(g.Governed)
	}
	return ReadFile(g.Config.File)
}

// Cover reads the rules of all methods of these services. It fails, and changes
// nothing, when a method has no rule.
func (g *Guard) Cover(services ...protoreflect.ServiceDescriptor) error {
	rules, err := readRules(services)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rules = rules
	g.enforce(g.now.Load().file)
	return nil
}

// enforce puts a file in force, with what is broken, as a whole. To be called with the lock
// held, or before there are calls.
func (g *Guard) enforce(file *File) {
	f := &force{file: file, broken: map[string]*Principal{}}
	var principals []*Principal
	if g.local != nil {
		principals = append(principals, g.local.principal)
	}
	if file != nil {
		principals = append(principals, file.principals...)
	}
	for name, b := range g.broken {
		p := file.Principal(name)
		if p == nil || p.glass == nil {
			g.mend(name, "the access file does not allow it any more")
			continue
		}
		b.Roles = nil
		for _, r := range p.glass.roles {
			b.Roles = append(b.Roles, r.name)
		}
		g.broken[name], f.broken[name] = b, p.withGlass(b.Until)
		principals = append(principals, f.broken[name])
	}
	f.table = compile(g.rules, principals...)
	g.now.Store(f)
}

// File is the access file that is in force; nil where there is none.
func (g *Guard) File() *File { return g.now.Load().file }

func (g *Guard) rule(method string) (rule, bool) {
	r, ok := g.now.Load().table.rules[method]
	return r, ok
}

// Writes tells whether a method may change something: one that needs more than
// the right to read, or that nothing is known of.
func (g *Guard) Writes(method string) bool {
	r, ok := g.rule(method)
	return !ok || !r.open && !r.known && r.access != optionsv1.Access_ACCESS_READ
}

// Authenticate finds out who calls.
func (g *Guard) Authenticate(ctx context.Context, method string) (context.Context, error) {
	f := g.now.Load()
	if r, ok := f.table.rules[method]; ok && r.open {
		return ctx, nil
	}
	p, proof, err := g.recognise(ctx, f)
	if err != nil {
		return ctx, err
	}
	return WithCaller(ctx, p, proof), nil
}

func (g *Guard) recognise(ctx context.Context, f *force) (*Principal, *Proof, error) {
	if g.local != nil {
		return g.local.recognise(ctx)
	}
	p, proof, err := g.Recognise(ctx, f.file)
	if err != nil || p == nil || len(f.broken) == 0 {
		return p, proof, err
	}
	// What was taken ends on the second, whether or not somebody has looked since.
	if more := f.broken[p.Name]; more != nil && more.before == p && g.Clock.Now().Before(more.until) {
		return more, proof, nil
	}
	return p, proof, nil
}

// Authorise refuses a call that the caller has no right to make.
func (g *Guard) Authorise(ctx context.Context, method string) error {
	d, r := g.now.Load().table.decide(method, From(ctx))
	switch {
	case d != NoRight:
		return nil
	case r.method == "":
		return fault.NotPermitted("call", method)
	}
	return fault.NotPermitted(rightName(r.access), r.domain)
}

// Narrow refuses a call whose answers cannot be narrowed to what the caller meets.
// That of a caller without a scope is never refused.
func (g *Guard) Narrow(ctx context.Context, method string) error {
	if d, _ := g.now.Load().table.decide(method, From(ctx)); d != NoScope {
		return nil
	}
	return fault.New(errorsv1.Reason_REASON_NOT_PERMITTED,
		"The call shows what the caller may not see as a whole, and cannot be narrowed to what it may see.")
}

// Audited tells whether calls of a method are recorded; those of a method that nothing
// is known of are.
func (g *Guard) Audited(method string) bool {
	r, ok := g.rule(method)
	return !ok || r.audited
}

// Cost is what a call of a method takes from the caller's limit; 0 for what is open to
// all.
func (g *Guard) Cost(method string) int {
	r, ok := g.rule(method)
	if !ok {
		return 1
	}
	return r.cost
}

// Dearest is the highest cost of a method.
func (g *Guard) Dearest() (method string, cost int) {
	for name, r := range g.now.Load().table.rules {
		if r.cost > cost || r.cost == cost && name < method {
			method, cost = name, r.cost
		}
	}
	return method, cost
}

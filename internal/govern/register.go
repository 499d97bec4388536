package govern

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	governancev1 "odoomesh/gen/go/mesh/governance/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/audit"
	"odoomesh/internal/clock"
	"odoomesh/internal/store"
)

// Kind is a document that is governed.
type Kind = governancev1.DocumentKind

// The kinds.
const (
	AccessFile      = governancev1.DocumentKind_DOCUMENT_KIND_ACCESS_FILE
	MappingOverlays = governancev1.DocumentKind_DOCUMENT_KIND_MAPPING_OVERLAYS
	Policies        = governancev1.DocumentKind_DOCUMENT_KIND_POLICIES
)

// Document is what is known of one that is governed.
type Document interface {
	// Check refuses what cannot be used.
	Check(text []byte) error
	// Effect tells what another one would change.
	Effect(ctx context.Context, before, after []byte) (Effect, error)
	// Use puts one in force that was checked.
	Use(text []byte) error
	// Configured is what the configured files say.
	Configured() ([]byte, error)
}

// Config is what a Register needs.
type Config struct {
	// Journal keeps proposals and documents. Nobody else appends to it, and nothing is
	// dropped from it.
	Journal store.Journal
	// Tell writes what the audit is to say, and returns when that is durable.
	Tell   func(ctx context.Context, s audit.Statement) error
	Clock  clock.Clock
	Logger *slog.Logger
}

// Register has the documents that are governed, and all proposals. It is safe for
// concurrent use.
type Register struct {
	Config
	documents map[Kind]Document

	// mu lets one step at a time be taken.
	mu     sync.Mutex
	active map[Kind]*internalv1.KeptDocument
	// open are the proposals that are not at their end, by name.
	open   map[string]*internalv1.KeptProposal
	beside map[Kind]string
}

// The prefixes of facts, and what entries are about.
const (
	factDocument = "d/"
	factProposal = "p/"
	factTold     = "told"
	collection   = "proposals"
)

// ErrTwo says that too few could change a document again.
var ErrTwo = errors.New("fewer than two principals could change it again")

// Open reads what is in force and what is proposed. It starts nothing.
func Open(c Config) (*Register, error) {
	r := &Register{Config: c, documents: map[Kind]Document{}, active: map[Kind]*internalv1.KeptDocument{}, open: map[string]*internalv1.KeptProposal{}, beside: map[Kind]string{}}
	facts := c.Journal.Facts()
	defer facts.Close()
	for kind := range governancev1.DocumentKind_name {
		raw, err := facts.Get(documentKey(Kind(kind)))
		if err != nil || raw == nil {
			if err != nil {
				return nil, err
			}
			continue
		}
		kept := &internalv1.KeptDocument{}
		if err := proto.Unmarshal(raw, kept); err != nil {
			return nil, fmt.Errorf("reading what is in force: %w", err)
		}
		r.active[Kind(kind)] = kept
	}
	for fact, err := range facts.Scan([]byte(factProposal)) {
		kept := &internalv1.KeptProposal{}
		if err == nil {
			err = proto.Unmarshal(fact.Value, kept)
		}
		if err != nil {
			return nil, fmt.Errorf("reading proposals: %w", err)
		}
		if isOpen(kept.GetProposal()) {
			r.open[kept.GetProposal().GetName()] = kept
		}
	}
	return r, nil
}

func documentKey(k Kind) []byte { return []byte(factDocument + k.String()) }

// Digest is what a document is known by.
func Digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Adopt begins to govern a document: at the very first time what the configured files say
// is in force, and from then on what was put in force here. It is answered.
func (r *Register) Adopt(ctx context.Context, k Kind, d Document) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.documents[k] = d
	if kept := r.active[k]; kept != nil {
		if err := d.Check(kept.GetText()); err != nil {
			return nil, fmt.Errorf("what is in force of %s cannot be used by this version any more: set governed: false, configure files that can be used, and begin to govern them again with an empty folder governance: %w", WordOf(k), err)
		}
		return kept.GetText(), nil
	}
	text, err := d.Configured()
	if err == nil {
		err = d.Check(text)
	}
	if err != nil {
		return nil, err
	}
	kept := &internalv1.KeptDocument{Text: text, ActivateTime: timestamppb.New(r.Clock.Now()), FirstDigest: Digest(text)}
	raw, err := proto.Marshal(kept)
	if err != nil {
		return nil, err
	}
	if _, err := r.Journal.Record(ctx, r.Clock.Now(), nil, []store.Fact{{Key: documentKey(k), Value: raw}}); err != nil {
		return nil, fmt.Errorf("beginning to govern %s: %w", WordOf(k), err)
	}
	r.active[k] = kept
	return text, nil
}

// Begun tells whether a document was governed before, so that what the configured files say
// has no effect any more.
func (r *Register) Begun(k Kind) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.active[k] != nil
}

// WordOf names a document, as its resource and its exception do.
func WordOf(k Kind) string {
	return map[Kind]string{AccessFile: "accessFile", MappingOverlays: "mappingOverlays", Policies: "policies"}[k]
}

// Active is the document of a kind that is in force; false where the kind is not governed.
func (r *Register) Active(k Kind) (*internalv1.KeptDocument, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.documents[k] == nil {
		return nil, false
	}
	return proto.CloneOf(r.active[k]), true
}

// Beside tells of which documents the configured files say something else than what is in
// force, in sentences, by their words.
func (r *Register) Beside() map[string]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string]string{}
	for k, text := range r.beside {
		all[WordOf(k)] = text
	}
	return all
}

// lookEvery is the pause between two looks whether a date has come, or a file has changed.
const lookEvery = time.Second

// Run puts in force what is due, and looks at the configured files, until the context ends.
func (r *Register) Run(ctx context.Context) error {
	for {
		r.lookBeside()
		r.activateDue(ctx)
		if err := r.tell(ctx); err != nil && ctx.Err() == nil {
			r.Logger.LogAttrs(ctx, slog.LevelWarn, "the audit cannot be told of a step of a proposal: it is told later", slog.Any("error", err))
		}
		if !clock.Sleep(ctx, r.Clock, lookEvery) {
			return ctx.Err()
		}
	}
}

// lookBeside compares the configured files with what is in force. Files that are as they
// were when governing began are what they are called: the first of it.
func (r *Register) lookBeside() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range slices.Sorted(maps.Keys(r.documents)) {
		text, err := r.documents[k].Configured()
		if err != nil {
			delete(r.beside, k) // a file that is gone says nothing else
			continue
		}
		kept := r.active[k]
		if digest := Digest(text); digest == Digest(kept.GetText()) || digest == kept.GetFirstDigest() {
			delete(r.beside, k)
			continue
		}
		if _, told := r.beside[k]; !told {
			r.Logger.Warn("a document that is governed was changed around its proposals: the change has no effect", "document", WordOf(k))
		}
		r.beside[k] = "The configured files say something else than what is in force. The change has no effect: propose it (meshctl govern propose), or put the files back."
	}
}

// tell tells the audit of the steps that it was not told of.
func (r *Register) tell(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tellLocked(ctx)
}

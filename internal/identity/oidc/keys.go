package oidc

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"odoomesh/internal/clock"
)

const (
	// coolDown is the least time between two times that the provider is asked.
	coolDown = 30 * time.Second
	// freshenEvery is how often it is asked without a reason.
	freshenEvery = 10 * time.Minute
	// oldest is how old keys may become.
	oldest = 24 * time.Hour
	// askFor bounds how long an answer may take, mostAnswer how large it may be.
	askFor     = 5 * time.Second
	mostAnswer = 1 << 20
	leastRSA   = 2048
)

// keySet has the keys of the provider.
type keySet struct {
	issuer     string
	algorithms []jose.SignatureAlgorithm
	file       string
	client     *http.Client
	clock      clock.Clock
	logger     *slog.Logger

	current atomic.Pointer[fetched]
	// closing ends the questions that are under way; all of them are in questions.
	closing   context.Context
	close     context.CancelFunc
	questions sync.WaitGroup

	mu sync.Mutex
	// asking is closed when the provider has answered; nil while it is not asked.
	asking chan struct{}
	// asked is when it was asked last.
	asked time.Time
	// told says that the log knows of the provider's not answering.
	told bool
}

// fetched are the keys as they were once.
type fetched struct {
	keys []jose.JSONWebKey
	at   time.Time
	// signIn is where people sign in; nil where the keys are those that were kept on disk.
	signIn *endpoints
}

func openKeys(c Config) (*keySet, error) {
	k := &keySet{
		issuer: c.Issuer, file: c.File, clock: c.Clock, logger: c.Logger,
		client: &http.Client{
			Transport: bounded{c.Transport}, Timeout: askFor,
			// What is fetched is what the configuration names, and what that names.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	k.closing, k.close = context.WithCancel(context.Background())
	for _, a := range c.Algorithms {
		k.algorithms = append(k.algorithms, jose.SignatureAlgorithm(a))
	}
	kept, err := readKept(c.File, c.Issuer)
	switch {
	case err != nil:
		c.Logger.Warn("the keys of the identity provider that were kept cannot be used; it is asked", "error", err)
	case kept != nil && !kept.at.After(c.Clock.Now().Add(c.Skew)): // else they could be believed for ever
		k.current.Store(kept)
	}
	return k, nil
}

// run asks the provider at once, and again and again.
func (k *keySet) run(ctx context.Context) error {
	for {
		pause := freshenEvery
		if !k.refresh(ctx) {
			pause = coolDown
		}
		if !clock.Sleep(ctx, k.clock, pause) {
			return ctx.Err()
		}
	}
}

// verify answers what a token says that one of the keys has signed.
func (k *keySet) verify(ctx context.Context, token string) ([]byte, error) {
	jws, err := jose.ParseSignedCompact(token, k.algorithms)
	if err != nil {
		return nil, ErrMalformed
	}
	before := k.young()
	if payload := before.signed(jws); payload != nil {
		return payload, nil
	}
	k.refresh(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	now := k.young()
	if now == nil {
		return nil, ErrNoKeys
	}
	if payload := now.signed(jws); now != before && payload != nil {
		return payload, nil
	}
	return nil, ErrSignature
}

// young are the keys, where they may still be believed.
func (k *keySet) young() *fetched {
	if f := k.current.Load(); f != nil && k.clock.Now().Sub(f.at) < oldest {
		return f
	}
	return nil
}

// signed is what a token says, where one of the keys that it can mean has signed it.
func (f *fetched) signed(jws *jose.JSONWebSignature) []byte {
	if f == nil {
		return nil
	}
	header := jws.Signatures[0].Header
	for _, key := range f.keys {
		if header.KeyID != "" && key.KeyID != "" && key.KeyID != header.KeyID || key.Algorithm != "" && key.Algorithm != header.Algorithm {
			continue
		}
		if payload, err := jws.Verify(&key); err == nil {
			return payload
		}
	}
	return nil
}

// refresh asks the provider, unless it was asked a moment ago, and waits for its answer;
// who comes meanwhile waits for the same. It tells whether there are fresh keys.
func (k *keySet) refresh(ctx context.Context) bool {
	k.mu.Lock()
	if k.asking == nil {
		if now := k.clock.Now(); !k.asked.IsZero() && now.Sub(k.asked) < coolDown {
			k.mu.Unlock()
			return false
		}
		k.asked, k.asking = k.clock.Now(), make(chan struct{})
		// It goes on when its caller goes away: others wait for it.
		answered := k.asking
		k.questions.Go(func() { k.ask(answered) })
	}
	asking := k.asking
	k.mu.Unlock()
	select {
	case <-asking:
	case <-ctx.Done():
		return false
	}
	f := k.current.Load()
	return f != nil && k.clock.Now().Sub(f.at) < coolDown
}

func (k *keySet) ask(answered chan struct{}) {
	ctx, cancel := context.WithTimeout(k.closing, askFor)
	defer cancel()
	f, raw, err := k.fetch(ctx)
	if err == nil {
		k.current.Store(f)
		if failed := keep(k.file, k.issuer, f.at, raw); failed != nil {
			k.logger.Warn("the keys of the identity provider cannot be kept for a start without it", "error", failed)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil && !k.told {
		k.logger.Warn("the identity provider does not give its keys; those that are known are believed until they are a day old", "issuer", k.issuer, "error", err)
	}
	if err == nil && k.told {
		k.logger.Info("the identity provider gives its keys again", "issuer", k.issuer)
	}
	k.told, k.asking = err != nil, nil
	close(answered)
}

// fetch reads where the keys are, and then the keys.
func (k *keySet) fetch(ctx context.Context) (*fetched, json.RawMessage, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, k.client), k.issuer)
	if err != nil {
		return nil, nil, fmt.Errorf("asking the identity provider what it is: %w", err)
	}
	var about struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&about); err != nil {
		return nil, nil, fmt.Errorf("reading what the identity provider is: %w", err)
	}
	if !k.encrypted(about.Keys) {
		return nil, nil, fmt.Errorf("the identity provider names %q for its keys, which is not https", about.Keys)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, about.Keys, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("asking for keys: %w", err)
	}
	answer, err := k.client.Do(request)
	if err != nil {
		return nil, nil, fmt.Errorf("asking for keys: %w", err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, nil, fmt.Errorf("asking for keys: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("asking for keys: %s", answer.Status)
	}
	keys, err := usable(raw)
	return &fetched{keys: keys, at: k.clock.Now(), signIn: endpointsOf(provider)}, raw, err
}

// encrypted tells whether an address of the provider is as safe as the provider's own.
func (k *keySet) encrypted(address string) bool {
	at, err := url.Parse(address)
	return err == nil && (at.Scheme == "https" || isPlain(k.issuer))
}

func isPlain(issuer string) bool {
	u, err := url.Parse(issuer)
	return err == nil && u.Scheme == "http"
}

// usable are the keys of a set that can verify signatures: no shared secrets, which a set
// has no business to hold, and nothing that is too short.
func usable(raw []byte) ([]jose.JSONWebKey, error) {
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(raw, &set); err != nil {
		return nil, fmt.Errorf("reading the keys: %w", err)
	}
	var keys []jose.JSONWebKey
	for _, key := range set.Keys {
		if key.Use != "" && key.Use != "sig" {
			continue
		}
		switch public := key.Key.(type) {
		case *rsa.PublicKey:
			if public.N.BitLen() < leastRSA {
				continue
			}
		case *ecdsa.PublicKey, ed25519.PublicKey:
		default:
			continue
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("the identity provider has no key that can verify a signature")
	}
	return keys, nil
}

// bounded reads no more of an answer than is sensible.
type bounded struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, mostAnswer), answer.Body}
	}
	return answer, err
}

package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/access"
	"odoomesh/internal/clock"
)

// Config is what a Verifier needs.
type Config struct {
	// Issuer is the URL of the provider, as tokens have it in iss.
	Issuer string
	// Audiences are those of which a token has to name one; none: no token is believed.
	Audiences []string
	// Algorithms are the signatures that are believed.
	Algorithms []string
	// Skew is how far the provider's clock may be off.
	Skew time.Duration
	// File is where the last good keys are kept.
	File string
	// Transport asks the provider; nil: as usual.
	Transport http.RoundTripper
	Clock     clock.Clock
	Logger    *slog.Logger
}

// Algorithms are the signatures that can be believed, with a key that signs and another
// that verifies.
func Algorithms() []string {
	return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
}

// Verifier verifies tokens. It is safe for concurrent use.
type Verifier struct {
	Config
	keys  *keySet
	known *cache
}

// longestToken bounds what is looked at, in bytes.
const longestToken = 16 << 10

// What a token is refused for, as its bearer is told.
var (
	ErrMalformed = errors.New("the token is no signed token that can be read here")
	ErrAlgorithm = errors.New("the token is not signed in a way that is believed here")
	ErrSignature = errors.New("no key of the identity provider has signed the token")
	ErrNoKeys    = errors.New("the keys of the identity provider are not known at the moment, so that no token can be verified; come back in a while")
	ErrIssuer    = errors.New("the token is of another issuer than the one that is believed here")
	ErrAudience  = errors.New("the token is for somebody else: its audience is not this mesh")
	ErrExpired   = errors.New("the token has ended; ask the identity provider for a new one")
	ErrFuture    = errors.New("the token is not good yet: its times lie in the future")
	ErrSubject   = errors.New("the token names no subject")
	ErrSpelling  = errors.New("the token has a claim whose name differs from a registered one in its letters' case alone; which of the two its provider means cannot be known")
	ErrBound     = errors.New("the token is bound to a key that a call cannot be asked for here; only a client certificate can")
)

// Resembles tells whether a text has the form of a signed or encrypted token, whoever made
// it: it is this package's to judge.
func Resembles(token string) bool {
	return strings.HasPrefix(token, "ey") && strings.Count(token, ".") >= 2
}

// Open reads the keys that were kept. It asks nobody and starts nothing: Run does.
func Open(c Config) (*Verifier, error) {
	if c.Issuer == "" || len(c.Algorithms) == 0 {
		return nil, errors.New("tokens of an identity provider need an issuer and an algorithm")
	}
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	keys, err := openKeys(c)
	if err != nil {
		return nil, err
	}
	return &Verifier{Config: c, keys: keys, known: newCache()}, nil
}

// Run keeps the keys fresh until the context ends.
func (v *Verifier) Run(ctx context.Context) error { return v.keys.run(ctx) }

// Close ends what is under way. Tokens that are known go on being known.
func (v *Verifier) Close() {
	v.keys.close()
	v.keys.questions.Wait()
}

// Describe implements prometheus.Collector.
func (v *Verifier) Describe(to chan<- *prometheus.Desc) { to <- ageDesc() }

// Collect implements prometheus.Collector.
func (v *Verifier) Collect(to chan<- prometheus.Metric) {
	if f := v.keys.current.Load(); f != nil {
		to <- prometheus.MustNewConstMetric(ageDesc(), prometheus.GaugeValue, v.Clock.Now().Sub(f.at).Seconds())
	}
}

func ageDesc() *prometheus.Desc {
	return prometheus.NewDesc("mesh_oidc_keys_age_seconds", "Seconds since the keys of the identity provider were read; after a day they are believed no more.", nil, nil)
}

// Verify answers what a token says. Its errors are those above.
func (v *Verifier) Verify(ctx context.Context, token string) (*Verified, error) {
	if len(token) > longestToken {
		return nil, ErrMalformed
	}
	now, hash := v.Clock.Now(), hashOf(token)
	if known := v.known.get(hash); known != nil && now.Before(known.until) {
		return known, nil
	}
	says, err := v.verify(ctx, token, now)
	if err != nil {
		return nil, err
	}
	v.known.put(hash, says)
	return says, nil
}

// keptFor bounds how long a verified token is not looked at again, so that a key which the
// provider withdraws is worth nothing soon.
const keptFor = 15 * time.Minute

func (v *Verifier) verify(ctx context.Context, token string, now time.Time) (*Verified, error) {
	if err := v.looksRight(token); err != nil {
		return nil, err
	}
	read, err := v.read(ctx, token)
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	var times struct {
		NotBefore *float64       `json:"nbf"`
		Bound     map[string]any `json:"cnf"`
	}
	if read.Claims(&claims) != nil || read.Claims(&times) != nil {
		return nil, ErrMalformed
	}
	thumbprint, err := boundTo(times.Bound)
	switch {
	case misspelt(claims):
		return nil, ErrSpelling
	case err != nil:
		return nil, err
	case !slices.ContainsFunc(read.Audience, func(a string) bool { return slices.Contains(v.Audiences, a) }):
		return nil, ErrAudience
	case read.Expiry.Unix() <= 0, !now.Before(read.Expiry.Add(v.Skew)):
		return nil, ErrExpired
	case read.IssuedAt.After(now.Add(v.Skew)), times.NotBefore != nil && *times.NotBefore > float64(now.Add(v.Skew).Unix()):
		return nil, ErrFuture
	case read.Subject == "":
		return nil, ErrSubject
	}
	says := &Verified{
		Issuer: read.Issuer, Subject: read.Subject, Thumbprint: thumbprint, nonce: read.Nonce, audience: read.Audience, claims: claims, until: read.Expiry.Add(v.Skew),
		Proof: &access.Proof{Kind: access.ByIDToken, Credential: read.Issuer + " " + read.Subject},
	}
	if latest := now.Add(keptFor); latest.Before(says.until) {
		says.until = latest
	}
	return says, nil
}

// registered are the claims that are looked at by their names.
var registered = []string{"iss", "sub", "aud", "exp", "nbf", "iat", "nonce", "cnf"}

// misspelt tells whether a claim has the name of a registered one in other letters. Go reads
// both as the same, and the last one counts; to the provider the other is just somebody's.
func misspelt(claims map[string]any) bool {
	for name := range claims {
		if slices.ContainsFunc(registered, func(r string) bool { return name != r && strings.EqualFold(name, r) }) {
			return true
		}
	}
	return false
}

// boundTo is the certificate that a token is bound to (RFC 8705); empty for none. What is
// bound to a key of another sort, such as that of DPoP, is worth nothing to who cannot
// have it shown.
func boundTo(bound map[string]any) (thumbprint string, err error) {
	for name, value := range bound {
		text, is := value.(string)
		if name != "x5t#S256" || !is || text == "" {
			return "", ErrBound
		}
		thumbprint = text
	}
	return thumbprint, nil
}

// types are what tokens for callers call themselves. Others, such as those that tell of a
// sign-out, are signed by the same keys and mean something else.
var types = []string{"", "jwt", "at+jwt", "application/at+jwt"}

// looksRight refuses what is not worth a look at the keys.
func (v *Verifier) looksRight(token string) error {
	algorithms := make([]jose.SignatureAlgorithm, len(v.Algorithms))
	for i, a := range v.Algorithms {
		algorithms[i] = jose.SignatureAlgorithm(a)
	}
	jws, err := jose.ParseSignedCompact(token, algorithms)
	switch {
	case isAlgorithm(err):
		return ErrAlgorithm
	case err != nil, len(jws.Signatures) != 1:
		return ErrMalformed
	}
	kind, _ := jws.Signatures[0].Header.ExtraHeaders[jose.HeaderType].(string)
	if !slices.Contains(types, strings.ToLower(kind)) {
		return ErrMalformed
	}
	return nil
}

// isAlgorithm knows the library's error of a token whose algorithm is not asked for.
func isAlgorithm(err error) bool {
	var wrong *jose.ErrUnexpectedSignatureAlgorithm
	return errors.As(err, &wrong)
}

// read lets the library take a token apart, with our keys.
func (v *Verifier) read(ctx context.Context, token string) (*oidc.IDToken, error) {
	attempt := &attempt{keys: v.keys}
	// The audience and the times are compared by the caller: there are several of the one,
	// and the library takes no skew for the others.
	verifier := oidc.NewVerifier(v.Issuer, attempt, &oidc.Config{SkipClientIDCheck: true, SkipExpiryCheck: true, SupportedSigningAlgs: v.Algorithms})
	read, err := verifier.Verify(ctx, token)
	if err == nil {
		return read, nil
	}
	// The library's error has no type, and tells what the token says.
	var says struct {
		Issuer string `json:"iss"`
	}
	switch {
	case attempt.err != nil:
		return nil, attempt.err
	case json.Unmarshal(attempt.payload, &says) == nil && says.Issuer != v.Issuer:
		return nil, ErrIssuer
	}
	return nil, ErrMalformed
}

// attempt is the look at the keys for one token, and what came of it.
type attempt struct {
	keys    *keySet
	payload []byte
	err     error
}

// VerifySignature implements oidc.KeySet.
func (a *attempt) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	a.payload, a.err = a.keys.verify(ctx, token)
	return a.payload, a.err
}

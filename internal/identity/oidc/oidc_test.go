package oidc_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"go.uber.org/goleak"

	"odoomesh/internal/identity/oidc"
	"odoomesh/internal/identity/oidc/oidctest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// hand is a clock that a test moves.
type hand struct{ past atomic.Int64 }

func (h *hand) Now() time.Time                       { return noon.Add(time.Duration(h.past.Load())) }
func (h *hand) After(time.Duration) <-chan time.Time { return nil }
func (h *hand) move(d time.Duration)                 { h.past.Add(int64(d)) }

// desk is a verifier of an issuer's tokens.
type desk struct {
	*oidc.Verifier
	issuer *oidctest.Issuer
	clock  *hand
	config oidc.Config
	said   bytes.Buffer
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{issuer: oidctest.New(t), clock: &hand{}}
	d.config = oidc.Config{
		Issuer: d.issuer.URL, Audiences: []string{"mesh", "mesh-old"}, Algorithms: []string{"ES256", "RS256"}, Skew: 30 * time.Second,
		File: filepath.Join(t.TempDir(), "keys.json"), Clock: d.clock, Logger: slog.New(slog.NewTextHandler(&d.said, nil)),
		Transport: d.issuer.Client().Transport,
	}
	d.start(t)
	return d
}

// start opens the verifier, as a process that starts.
func (d *desk) start(t testing.TB) {
	t.Helper()
	v, err := oidc.Open(d.config)
	if err != nil {
		t.Fatal(err)
	}
	d.Verifier = v
	t.Cleanup(v.Close)
}

func (d *desk) verify(token string) error {
	_, err := d.Verify(context.Background(), token)
	return err
}

func TestAGoodTokenSaysWhoseItIs(t *testing.T) {
	d := newDesk(t)
	says, err := d.Verify(t.Context(), d.issuer.Token(noon, map[string]any{"cnf": map[string]any{"x5t#S256": "abc"}}))
	if err != nil || says.Issuer != d.issuer.URL || says.Subject != "ward-17" || says.Thumbprint != "abc" || says.Proof.Credential != d.issuer.URL+" ward-17" {
		t.Errorf("%+v, %v", says, err)
	}
}

func TestWhatATokenIsRefusedFor(t *testing.T) {
	d := newDesk(t)
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(d.issuer.Public())
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	claims := d.issuer.Claims(noon, nil)
	unsigned := func(header string) string {
		payload, _ := json.Marshal(claims)
		return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString(payload) + "."
	}
	with := func(name string, value any) string { return d.issuer.Token(noon, map[string]any{name: value}) }
	both := func(name string, value any, other string, beside any) string {
		return d.issuer.Token(noon, map[string]any{name: value, other: beside})
	}
	good := d.issuer.Token(noon, nil)
	parts := strings.Split(good, ".")
	forged, _ := json.Marshal(d.issuer.Claims(noon, map[string]any{"sub": "admin"}))
	for _, tt := range []struct {
		name, token string
		want        error
	}{
		{"unsigned", unsigned(`{"alg":"none"}`), oidc.ErrAlgorithm},
		{"unsigned in capitals", unsigned(`{"alg":"NONE"}`), oidc.ErrAlgorithm},
		{"no algorithm", unsigned(`{}`), oidc.ErrAlgorithm},
		{"the public key as a shared secret", d.issuer.Sign(jose.HS256, public, map[jose.HeaderKey]any{"kid": d.issuer.KeyID()}, claims), oidc.ErrAlgorithm},
		{"a shared secret that the provider shows", d.issuer.Sign(jose.HS256, []byte("a shared secret of thirty-two bytes"), map[jose.HeaderKey]any{"kid": "shared"}, claims), oidc.ErrAlgorithm},
		{"another key under our name", d.issuer.Sign(jose.ES256, other, map[jose.HeaderKey]any{"kid": d.issuer.KeyID()}, claims), oidc.ErrSignature},
		{"a key that the token brings along", d.issuer.Sign(jose.ES256, other, map[jose.HeaderKey]any{"jwk": jose.JSONWebKey{Key: other.Public()}}, claims), oidc.ErrSignature},
		{"a key that the token names by its address", d.issuer.Sign(jose.ES256, other, map[jose.HeaderKey]any{"jku": "https://evil.example/keys"}, claims), oidc.ErrSignature},
		{"a demand that nobody knows", d.issuer.Sign(jose.ES256, other, map[jose.HeaderKey]any{"crit": []string{"exp"}}, claims), oidc.ErrSignature},
		{"changed claims", parts[0] + "." + base64.RawURLEncoding.EncodeToString(forged) + "." + parts[2], oidc.ErrSignature},
		{"another issuer", with("iss", "https://evil.example"), oidc.ErrIssuer},
		{"no issuer", with("iss", nil), oidc.ErrIssuer},
		{"another audience", with("aud", "payroll"), oidc.ErrAudience},
		{"other audiences", with("aud", []string{"payroll", "mesh2"}), oidc.ErrAudience},
		{"no audience", with("aud", nil), oidc.ErrAudience},
		{"ended", with("exp", noon.Add(-31*time.Second).Unix()), oidc.ErrExpired},
		{"without an end", with("exp", nil), oidc.ErrExpired},
		{"made in the future", with("iat", noon.Add(31*time.Second).Unix()), oidc.ErrFuture},
		{"good in the future", with("nbf", noon.Add(31*time.Second).Unix()), oidc.ErrFuture},
		{"an end that is a text", with("exp", "tomorrow"), oidc.ErrMalformed},
		{"of nobody", with("sub", nil), oidc.ErrSubject},
		{"of an empty subject", with("sub", ""), oidc.ErrSubject},
		{"another audience, and ours in capitals", both("aud", "payroll", "AUD", "mesh-old"), oidc.ErrSpelling},
		{"another issuer, and ours in letters that fold", both("iss", "https://evil.example", "is\u017f", claims["iss"]), oidc.ErrSpelling},
		{"ended, and not in capitals", both("exp", noon.Add(-time.Hour).Unix(), "EXP", noon.Add(time.Hour).Unix()), oidc.ErrSpelling},
		{"good in the future, and now in capitals", both("nbf", noon.Add(time.Hour).Unix(), "Nbf", 0), oidc.ErrSpelling},
		{"a subject in letters that fold", with("\u017fub", "admin"), oidc.ErrSpelling},
		{"bound, and not in capitals", both("cnf", map[string]any{"x5t#S256": "AAAA"}, "CNF", map[string]any{}), oidc.ErrSpelling},
		{"bound to a key of DPoP", with("cnf", map[string]any{"jkt": "AAAA"}), oidc.ErrBound},
		{"bound to a certificate in capitals", with("cnf", map[string]any{"X5T#S256": "AAAA"}), oidc.ErrBound},
		{"bound to a number", with("cnf", map[string]any{"x5t#S256": 7}), oidc.ErrBound},
		{"bound to what is no key", with("cnf", "AAAA"), oidc.ErrMalformed},
		{"a token of another sort", d.issuer.Sign(jose.ES256, other, map[jose.HeaderKey]any{"typ": "logout+jwt"}, claims), oidc.ErrMalformed},
		{"a token in a token", d.issuer.Sign(jose.ES256, other, map[jose.HeaderKey]any{"cty": "JWT"}, good), oidc.ErrSignature},
		{"huge", "ey" + strings.Repeat("A", 20<<10) + ".A.A", oidc.ErrMalformed},
		{"encrypted", "eyJhbGciOiJkaXIifQ.A.A.A.A", oidc.ErrMalformed},
		{"as a document", `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`, oidc.ErrMalformed},
		{"without its signature", parts[0] + "." + parts[1] + ".", oidc.ErrSignature},
		{"nothing", "ey..", oidc.ErrMalformed},
		{"good", good, nil},
		{"good by the skew", with("exp", noon.Add(-29*time.Second).Unix()), nil},
		{"good a little early", d.issuer.Token(noon, map[string]any{"nbf": noon.Add(29 * time.Second).Unix(), "iat": noon.Add(29 * time.Second).Unix()}), nil},
		{"one audience of several", with("aud", []string{"payroll", "mesh-old"}), nil},
		{"bound to a certificate", with("cnf", map[string]any{"x5t#S256": "AAAA"}), nil},
		{"a claim of the provider's own, in capitals", with("Groups", "buyers"), nil},
		{"an access token", d.issuer.Token(noon, map[string]any{"scope": "read"}), nil},
	} {
		if err := d.verify(tt.token); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestKeysThatRotateAreReadAgainButNotForEveryBadToken(t *testing.T) {
	d := newDesk(t)
	before := d.issuer.Token(noon, nil)
	if err := d.verify(before); err != nil || d.issuer.Asked() != 1 {
		t.Fatalf("%v, asked %d times", err, d.issuer.Asked())
	}
	d.issuer.Rotate()
	after := d.issuer.Token(noon, nil)
	// A storm of unknown and bad tokens, within the cool-down.
	var storm sync.WaitGroup
	for range 20 {
		storm.Go(func() {
			if err := d.verify(after); !errors.Is(err, oidc.ErrSignature) {
				t.Error(err)
			}
		})
	}
	storm.Wait()
	if d.issuer.Asked() != 1 {
		t.Errorf("asked %d times within the cool-down", d.issuer.Asked())
	}
	d.clock.move(31 * time.Second)
	for range 20 {
		storm.Go(func() {
			if err := d.verify(after); err != nil {
				t.Error(err)
			}
		})
	}
	storm.Wait()
	if d.issuer.Asked() != 2 {
		t.Errorf("asked %d times after the cool-down", d.issuer.Asked())
	}
	// A token that was verified is believed until its end, a quarter of an hour at most.
	if err := d.verify(before); err != nil {
		t.Error(err)
	}
	d.clock.move(15 * time.Minute)
	if err := d.verify(before); !errors.Is(err, oidc.ErrSignature) {
		t.Errorf("a token of a key that is gone: %v", err)
	}
	if err := d.verify(after); err != nil {
		t.Error(err)
	}
	d.clock.move(time.Hour)
	if err := d.verify(after); !errors.Is(err, oidc.ErrExpired) {
		t.Error(err)
	}
}

func TestAStartWithoutTheProvider(t *testing.T) {
	d := newDesk(t)
	if err := d.verify(d.issuer.Token(noon, nil)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(d.config.File); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	d.issuer.Down(true)
	d.clock.move(23 * time.Hour)
	d.start(t)
	if err := d.verify(d.issuer.Token(d.clock.Now(), nil)); err != nil {
		t.Errorf("an hour before the keys are a day old: %v", err)
	}
	d.clock.move(time.Hour)
	if err := d.verify(d.issuer.Token(d.clock.Now(), map[string]any{"sub": "other"})); !errors.Is(err, oidc.ErrNoKeys) {
		t.Errorf("when the keys are a day old: %v", err)
	}
	d.issuer.Down(false)
	d.clock.move(31 * time.Second)
	if err := d.verify(d.issuer.Token(d.clock.Now(), nil)); err != nil {
		t.Errorf("when the provider is back: %v", err)
	}
	if !strings.Contains(d.said.String(), "does not give its keys") || !strings.Contains(d.said.String(), "gives its keys again") {
		t.Errorf("the log: %s", d.said.String())
	}
}

func TestKeptKeysThatCannotBeUsedAreNot(t *testing.T) {
	d := newDesk(t)
	if err := d.verify(d.issuer.Token(noon, nil)); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(d.config.File)
	if err != nil {
		t.Fatal(err)
	}
	d.issuer.Down(true)
	for name, text := range map[string]string{
		"garbage":         "{",
		"another issuer":  strings.Replace(string(good), d.issuer.URL, "https://evil.example", 1),
		"from the future": strings.Replace(string(good), "2026-11-23T12", "2026-11-24T12", 1),
		"no keys":         strings.Replace(string(good), `"kty":"EC"`, `"kty":"XX"`, 1),
	} {
		if err := os.WriteFile(d.config.File, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d.start(t)
		if err := d.verify(d.issuer.Token(noon, nil)); !errors.Is(err, oidc.ErrNoKeys) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRunAsksAtOnce(t *testing.T) {
	d := newDesk(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- d.Run(ctx) }()
	for d.issuer.Asked() == 0 {
		if ctx.Err() != nil {
			t.Fatal("the provider is not asked")
		}
	}
	stop()
	<-ended
}

func TestAlgorithmsThatAreOfferedWork(t *testing.T) {
	if slices.ContainsFunc(oidc.Algorithms(), func(a string) bool { return a == "none" || strings.HasPrefix(a, "HS") }) {
		t.Error("an unsigned token, or a shared secret, can be believed")
	}
	for _, c := range []oidc.Config{{}, {Issuer: "x"}, {Issuer: "x", Audiences: []string{"y"}}} {
		if _, err := oidc.Open(c); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}

// Whatever is changed of a token, nothing but the token itself is believed.
func FuzzVerify(f *testing.F) {
	d := newDesk(f)
	good := d.issuer.Token(noon, nil)
	parts := strings.Split(good, ".")
	for _, seed := range []string{
		good, good + ".", good + "=", parts[0] + "." + parts[1] + ".", "." + good, parts[0] + ".." + parts[2],
		"eyJhbGciOiJub25lIn0." + parts[1] + ".", "eyJhbGciOiJIUzI1NiJ9." + parts[1] + "." + parts[2], strings.Repeat("eyJ9.", 1000), "ey.ey.ey.ey.ey",
		strings.Replace(good, ".", "\n.", 1),
	} {
		f.Add(seed)
	}
	if err := d.verify(good); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, token string) {
		says, err := d.Verify(t.Context(), token)
		if (says == nil) == (err == nil) {
			t.Errorf("%+v, %v", says, err)
		}
		if err == nil && token != good && !same(token, good) {
			t.Errorf("believed %q", token)
		}
		if err != nil && len(token) > 20 && strings.Contains(err.Error(), token) {
			t.Errorf("the error repeats the token: %v", err)
		}
	})
}

// same tells whether two texts are one token: white space and the last bits of base64 say
// nothing.
func same(a, b string) bool {
	clean := func(s string) (all []string) {
		for part := range strings.SplitSeq(strings.Map(func(r rune) rune {
			if strings.ContainsRune(" \t\r\n", r) {
				return -1
			}
			return r
		}, s), ".") {
			raw, _ := base64.RawURLEncoding.DecodeString(part)
			all = append(all, string(raw))
		}
		return all
	}
	return slices.Equal(clean(a), clean(b))
}

// The cost of a token that was verified before, and of one that was not.
func BenchmarkVerify(b *testing.B) {
	d := newDesk(b)
	token := d.issuer.Token(noon, map[string]any{"groups": []string{"buyers", "readers"}, "email": "ward@hospital.example", "name": "Ward 17"})
	if err := d.verify(token); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := d.verify(token); err != nil {
			b.Fatal(err)
		}
	}
}

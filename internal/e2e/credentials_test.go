package e2e

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/reflect/protoreflect"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/config"
	"odoomesh/internal/devcert"
	"odoomesh/internal/identity/apikey"
	"odoomesh/internal/identity/oidc/oidctest"
	"odoomesh/internal/store/badgerstore"
)

// credential is what a call shows of who makes it, as headers.
type credential struct {
	name  string
	shows map[string]string
}

func bearer(token string) credential {
	return credential{token, map[string]string{"authorization": "Bearer " + token}}
}

func (c credential) context(ctx context.Context) context.Context {
	for name, value := range c.shows {
		ctx = metadata.AppendToOutgoingContext(ctx, name, value)
	}
	return ctx
}

// door is a mesh to be, which believes all that a mesh can: tokens of its access file, keys,
// tokens of a provider, and certificates that a proxy tells.
type door struct {
	config  config.Config
	issuer  *oidctest.Issuer
	ca      devcert.Pair
	of      [][2]string
	revoked []x509.RevocationListEntry
	// ahead is how far the mesh's clock is ahead.
	ahead atomic.Int64
	// known are all credentials, good and bad, by name; ids those of the keys.
	known map[string]credential
	ids   map[string]string
}

// certificateHeader is where a proxy tells the certificate of its client.
const certificateHeader = "x-client-certificate"

// everything is what those may whose streams are taken.
const everything = `rights: {"*": [read, operate]}`

func newDoor(t *testing.T) *door {
	t.Helper()
	d := &door{config: settings(t, simulated(t, 18, 3)), issuer: oidctest.New(t), known: map[string]credential{"nothing": {"nothing", nil}}, ids: map[string]string{}}
	dir := t.TempDir()
	d.config.AccessFile, d.config.MaxUnits = filepath.Join(dir, "access.yaml"), 0
	d.config.OIDCIssuer, d.config.OIDCAudience = d.issuer.URL, []string{"mesh"}
	d.config.TrustedProxies, d.config.CertificateHeader = []string{"127.0.0.1"}, certificateHeader
	d.config.TLSClientCAFile, d.config.TLSClientCRLFile = filepath.Join(dir, "ca.pem"), filepath.Join(dir, "crl.pem")
	d.ca = d.authority(t)
	replace(t, d.config.TLSClientCAFile, d.ca.CertPEM())
	d.let("ward", everything+`, oidc: {subject: ward}, certificates: ["uri:spiffe://hospital/ward"]`)
	d.let("other", everything+`, certificates: ["uri:spiffe://hospital/other"]`)
	d.let("loses", everything)
	return d
}

// let lets a principal in, with its name as its token.
func (d *door) let(name, rest string) { d.of = append(d.of, [2]string{name, rest}) }

// open starts the mesh.
func (d *door) open(t *testing.T) *narrowed {
	t.Helper()
	accessFileOf(t, d.config.AccessFile, d.of...)
	d.make(t)
	d.revoke(t, "a certificate that was revoked")
	m := launch(t, d.config, clock.Func(func() time.Time { return time.Now().UTC().Add(time.Duration(d.ahead.Load())) }))
	m.await(t, "ready")
	return &narrowed{mesh: m}
}

// worthless are credentials that nobody is to be believed by.
func (d *door) worthless() []credential {
	bad := []credential{d.known["nothing"], {"a token of elsewhere", bearer("somebody").shows}}
	for _, name := range []string{
		"a key that has ended", "a key that was revoked", "a key of another environment", "a token that has ended", "a token for others",
		"a certificate that has ended", "a certificate of strangers", "a certificate that was revoked", "a token and a certificate of two",
	} {
		bad = append(bad, d.known[name])
	}
	return bad
}

// make makes credentials before there is a mesh.
func (d *door) make(t *testing.T) {
	t.Helper()
	here := filepath.Join(d.config.DataDir, "keys")
	d.ring(t, here, d.config.Environment, 0, func(r *apikey.Ring) {
		d.key(t, r, "a key", 30*24*time.Hour)
		d.key(t, r, "a key that will be revoked", 30*24*time.Hour)
		d.key(t, r, "a key that will end", time.Hour)
		d.key(t, r, "a key that was revoked", 30*24*time.Hour)
		if _, _, err := r.Revoke(t.Context(), "test", d.ids["a key that was revoked"], "it was lost"); err != nil {
			t.Fatal(err)
		}
	})
	d.ring(t, here, d.config.Environment, -2*time.Hour, func(r *apikey.Ring) { d.key(t, r, "a key that has ended", time.Hour) })
	d.ring(t, t.TempDir(), "elsewhere", 0, func(r *apikey.Ring) { d.key(t, r, "a key of another environment", time.Hour) })
	now := time.Now()
	d.token("a token that will end", nil)
	d.token("a token that has ended", map[string]any{"exp": now.Add(-time.Hour).Unix()})
	d.token("a token for others", map[string]any{"aud": "payroll"})
	d.certificate(t, "a certificate", d.ca, "ward", now.Add(30*24*time.Hour))
	d.certificate(t, "a certificate that will be revoked", d.ca, "ward", now.Add(30*24*time.Hour))
	d.certificate(t, "a certificate that was revoked", d.ca, "ward", now.Add(30*24*time.Hour))
	d.certificate(t, "a certificate that has ended", d.ca, "ward", now.Add(-time.Minute))
	d.certificate(t, "a certificate of strangers", d.authority(t), "ward", now.Add(time.Hour))
	d.certificate(t, "a token and a certificate of two", d.ca, "other", now.Add(time.Hour))
	d.known["a token and a certificate of two"].shows["authorization"] = d.known["a token that will end"].shows["authorization"]
}

// ring opens keys of an environment, at another time.
func (d *door) ring(t *testing.T, dir, environment string, at time.Duration, use func(*apikey.Ring)) {
	t.Helper()
	journal, err := badgerstore.OpenLog(dir, badgerstore.LogOptions{Name: "keys", Compress: true})
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	then := clock.Func(func() time.Time { return time.Now().UTC().Add(at) })
	r, err := apikey.Open(apikey.Config{Journal: journal, Environment: environment, Clock: then, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	use(r)
}

func (d *door) key(t *testing.T, r *apikey.Ring, name string, lasts time.Duration) {
	t.Helper()
	text, made, err := r.Create(t.Context(), "test", apikey.Wish{Principal: "ward", Purpose: name, Lifetime: lasts})
	if err != nil {
		t.Fatal(err)
	}
	d.known[name], d.ids[name] = credential{name, bearer(text).shows}, made.GetId()
}

func (d *door) token(name string, change map[string]any) {
	claims := map[string]any{"sub": "ward"}
	maps.Copy(claims, change)
	d.known[name] = credential{name, bearer(d.issuer.Token(time.Now(), claims)).shows}
}

func (d *door) authority(t *testing.T) devcert.Pair {
	t.Helper()
	a, err := devcert.Authority("hospital", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (d *door) certificate(t *testing.T, name string, by devcert.Pair, of string, ends time.Time) {
	t.Helper()
	made, err := by.Client(&url.URL{Scheme: "spiffe", Host: "hospital", Path: "/" + of}, time.Now(), ends)
	if err != nil {
		t.Fatal(err)
	}
	d.known[name] = credential{name, map[string]string{certificateHeader: url.PathEscape(string(made.CertPEM()))}}
	d.ids[name] = made.Cert.SerialNumber.String()
}

// revoke takes certificates back.
func (d *door) revoke(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		serial, _ := new(big.Int).SetString(d.ids[name], 10)
		d.revoked = append(d.revoked, x509.RevocationListEntry{SerialNumber: serial, RevocationTime: time.Now()})
	}
	list := &x509.RevocationList{Number: big.NewInt(time.Now().UnixNano()), ThisUpdate: time.Now(), NextUpdate: time.Now().Add(30 * 24 * time.Hour), RevokedCertificateEntries: d.revoked}
	der, err := x509.CreateRevocationList(rand.Reader, list, d.ca.Cert, d.ca.Key)
	if err != nil {
		t.Fatal(err)
	}
	replace(t, d.config.TLSClientCRLFile, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}))
}

// replace puts a whole file in the place of another one.
func replace(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// openStream is a stream that was begun, and the last that it said.
type openStream struct{ whose, how, last string }

// endsWhatIsOpen has every stream in every form open when its caller's right is taken, and
// one in each form when its credential ends: within five seconds all have ended with the
// reason, and those of others go on.
func (n *narrowed) endsWhatIsOpen(t *testing.T, d *door) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan openStream, 1000)
	open := map[string]int{}
	begin := func(as credential, m protoreflect.MethodDescriptor) {
		open[as.name] += n.begin(t, ctx, as, m, ended)
	}
	watch := orderv1.File_mesh_order_v1_order_service_proto.Services().Get(0).Methods().ByName("WatchOrders")
	for _, m := range rpcs() {
		// Others end by themselves.
		if m.IsStreamingServer() && routesOf(m)[http.MethodGet] != "" && m.Name() != "ReadSnapshot" {
			begin(bearer("loses"), m)
		}
	}
	for _, name := range []string{"a key", "a certificate", "a key that will be revoked", "a key that will end", "a token that will end", "a certificate that will be revoked"} {
		begin(d.known[name], watch)
	}
	begin(bearer("other"), watch)
	for _, name := range []string{"a key that will be revoked", "a token that will end"} {
		n.beginByTicket(t, ctx, d.known[name], routesOf(watch)[http.MethodGet], ended)
		open[name]++
	}
	within := func(reason string, whose ...string) {
		t.Helper()
		timer := time.NewTimer(5 * time.Second)
		defer timer.Stop()
		for len(whose) > 0 {
			select {
			case s := <-ended:
				if open[s.whose]--; open[s.whose] == 0 {
					whose = slices.DeleteFunc(whose, func(one string) bool { return one == s.whose })
				}
				if !strings.Contains(s.last, reason) {
					t.Errorf("%s of %s ended with %q", s.how, s.whose, s.last)
				}
			case <-timer.C:
				t.Fatalf("five seconds after what they rest on was taken these have streams open: %v, of %v", whose, open)
			}
		}
	}
	d.of = slices.DeleteFunc(d.of, func(p [2]string) bool { return p[0] == "loses" })
	d.let("loses", "rights: {access: [operate]}")
	accessFileOf(t, d.config.AccessFile, d.of...)
	within("NOT_PERMITTED", "loses")
	d.revoke(t, "a certificate that will be revoked")
	keys := accessv1.NewKeyServiceClient(n.conn)
	if _, err := keys.RevokeApiKey(n.as(t, "administrator"), &accessv1.RevokeApiKeyRequest{Name: "apiKeys/" + d.ids["a key that will be revoked"], Reason: "it was lost"}); err != nil {
		t.Fatal(err)
	}
	within("UNAUTHENTICATED", "a key that will be revoked", "a certificate that will be revoked")
	d.ahead.Store(int64(2 * time.Hour))
	within("UNAUTHENTICATED", "a key that will end", "a token that will end")
	for _, name := range []string{"a key", "a certificate", "other"} {
		if open[name] != len(forms(watch))+1 {
			t.Errorf("of what %s has open there are %d", name, open[name])
		}
	}
}

// begin opens a stream in every form, awaits what each says first, and tells when it ends.
func (n *narrowed) begin(t *testing.T, ctx context.Context, as credential, m protoreflect.MethodDescriptor, ended chan<- openStream) (begun int) {
	t.Helper()
	stream, err := n.conn.NewStream(as.context(ctx), &grpc.StreamDesc{ServerStreams: true}, "/"+string(m.Parent().FullName())+"/"+string(m.Name()))
	if err == nil {
		err = errors.Join(stream.SendMsg(newMessage(m.Input())), stream.CloseSend(), stream.RecvMsg(newMessage(m.Output())))
	}
	if err != nil {
		t.Fatalf("%s for %s: %v", m.FullName(), as.name, err)
	}
	go func() {
		for {
			if err := stream.RecvMsg(newMessage(m.Output())); err != nil {
				ended <- openStream{as.name, string(m.Name()), refusalOf(err).reason}
				return
			}
		}
	}()
	for method, path := range routesOf(m) {
		for _, form := range forms(m) {
			awaitEnd(t, n.opened(t, ctx, as, method, path, form), openStream{whose: as.name, how: path + " as " + form}, ended)
			begun++
		}
	}
	return begun + 1
}

// awaitEnd awaits what a stream over REST says first, and tells when it ends.
func awaitEnd(t *testing.T, response *http.Response, s openStream, ended chan<- openStream) {
	t.Helper()
	lines := bufio.NewScanner(response.Body)
	if response.StatusCode != http.StatusOK || !lines.Scan() {
		t.Fatalf("%s for %s: %s", s.how, s.whose, response.Status)
	}
	go func() {
		defer response.Body.Close()
		for lines.Scan() {
			if lines.Text() != "" {
				s.last = lines.Text()
			}
		}
		ended <- s
	}()
}

package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/scope"
)

var hashed = func() string {
	sum := sha256.Sum256([]byte("secret"))
	return hex.EncodeToString(sum[:])
}()

func TestAccessFiles(t *testing.T) {
	one := func(rest string) string { return "principals:\n- name: a\n  token_sha256: " + hashed + "\n" + rest }
	cases := []struct {
		name  string
		text  string
		wrong []string // what the error says; empty: none
	}{
		{"good", one("  rights: {product: [read], \"*\": [operate]}"), nil},
		{"empty", "", []string{"EOF"}},
		{"nobody", "principals: []", []string{"names no principal"}},
		{"unknown key", one("  right: {product: [read]}"), []string{"right"}},
		{"unknown right", one("  rights: {product: [reed]}"), []string{`"reed"`, "read, write, operate"}},
		{"unknown domain", one("  rights: {prodict: [read]}"), []string{`no domain "prodict"`}},
		{"no rights", one(""), []string{"no rights"}},
		{"the token itself", "principals:\n- name: a\n  token_sha256: secret\n  rights: {product: [read]}", []string{"64 hexadecimal digits"}},
		{"two with one name", one("  rights: {product: [read]}\n") + strings.TrimPrefix(one("  rights: {product: [read]}"), "principals:\n"), []string{"stands there before"}},
		{"narrowed", one("  rights: {product: [read]}\n  companies: [1, 3]\n  supplier: suppliers/7\n  hide_prices: true"), nil},
		{"a company by its name", one("  rights: {product: [read]}\n  companies: [Clinic]"), []string{"Clinic"}},
		{"no company", one("  rights: {product: [read]}\n  companies: [0]"), []string{"companies: 0 is no id"}},
		{"a supplier by its number", one("  rights: {product: [read]}\n  supplier: \"7\""), []string{`supplier: "7"`, "suppliers/7"}},
		{"supplier and carrier", one("  rights: {product: [read]}\n  supplier: suppliers/7\n  carrier: DHL"), []string{"exclude each other"}},
		{"without a token", "principals:\n- name: a\n  rights: {product: [read]}", nil},
		{"certificates and tokens", one("  rights: {product: [read]}\n  certificates: [dns:ward.example, \"uri:spiffe://hospital/ward\"]\n  oidc: {issuer: https://idp.example, subject: s, claims: {groups: buyers}}"), nil},
		{"a pattern of certificates", one("  rights: {product: [read]}\n  certificates: [\"dns:*.example\"]"), []string{`"dns:*.example"`, "without patterns"}},
		{"a name without its kind", one("  rights: {product: [read]}\n  certificates: [ward.example]"), []string{"dns:ward.example"}},
		{"no URI", one("  rights: {product: [read]}\n  certificates: [\"uri:ward\"]"), []string{"uri:spiffe://"}},
		{"every token", one("  rights: {product: [read]}\n  oidc: {issuer: https://idp.example}"), []string{"oidc: it names neither"}},
		{"no issuer", one("  rights: {product: [read]}\n  oidc: {issuer: idp, subject: s}"), []string{"oidc: issuer"}},
		{"no claim", one("  rights: {product: [read]}\n  oidc: {claims: {groups: \"\"}}"), []string{"oidc: claims"}},
		{"all at once", "principals:\n- token_sha256: x\n  rights: {product: [reed]}\n- name: b\n", []string{"needs a name", "64 hexadecimal", "reed", "no rights"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			if (err != nil) != (len(c.wrong) > 0) {
				t.Fatalf("error %v", err)
			}
			for _, w := range c.wrong {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q is not in: %v", w, err)
				}
			}
		})
	}
}

func TestAFileThatOthersMayWriteIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.yaml")
	text := "principals:\n- name: a\n  token_sha256: " + hashed + "\n  rights: {product: [read]}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Config{File: path}); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	var refused *FileError
	if _, err := Open(Config{File: path}); !errors.As(err, &refused) || !strings.Contains(err.Error(), "chmod") {
		t.Errorf("%v", err)
	}
	if _, err := Open(Config{File: path + ".none"}); !errors.As(err, &refused) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("principals:\n- name: a\n  token_sha256: " + hashed + "\n  rights: {product: [read]}\n"))
	f.Add([]byte("principals: [{name: a, rights: {\"*\": [read, write]}}]"))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("roles: {clerk: {rights: {product: [read]}, methods: [x.y]}}\nprincipals:\n- {name: a, token_sha256: " + hashed + ", roles: [clerk], accept_conflict: x, break_glass: {roles: [clerk], minutes: 5}}\n"))
	f.Add([]byte("conflicts: [{between: a, and: b, because: c}]\nprincipals:\n- {name: a, token_sha256: " + hashed + ", rights: {\"*\": [read]}, supplier: suppliers/7}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		found, err := Parse(text)
		if err != nil {
			return
		}
		if len(found.principals) == 0 {
			t.Error("a file without principals was taken")
		}
		for _, p := range found.principals {
			if p.Name == "" {
				t.Errorf("a principal without a name: %+v", p)
			}
			for _, r := range p.roles {
				if r == nil || r.needs == "supplier" && p.scope.Kind() != scope.Supplier || r.needs == "carrier" && p.scope.Kind() != scope.Carrier {
					t.Errorf("%s has a role that it cannot have", p.Name)
				}
			}
		}
		if again, err := Parse(text); err != nil || !again.same(found) || len(Diff(found, again)) > 0 {
			t.Errorf("read again it is another file: %v", err)
		}
	})
}

func TestRightsHoldForTheirDomainAlone(t *testing.T) {
	p := NewPrincipal("a", map[string][]optionsv1.Access{"product": {optionsv1.Access_ACCESS_READ}, anyDomain: {optionsv1.Access_ACCESS_OPERATE}})
	cases := []struct {
		right  optionsv1.Access
		domain string
		want   bool
	}{
		{optionsv1.Access_ACCESS_READ, "product", true},
		{optionsv1.Access_ACCESS_READ, "supplier", false},
		{optionsv1.Access_ACCESS_WRITE, "product", false},
		{optionsv1.Access_ACCESS_OPERATE, "supplier", true},
		{optionsv1.Access_ACCESS_UNSPECIFIED, "product", false},
		{optionsv1.Access(-1), "product", false},
		{optionsv1.Access(99), "product", false},
	}
	for _, c := range cases {
		if got := p.May(c.right, c.domain); got != c.want {
			t.Errorf("%v on %s: %v", c.right, c.domain, got)
		}
	}
	if (*Principal)(nil).May(optionsv1.Access_ACCESS_READ, "product") {
		t.Error("nobody has a right")
	}
}

// named is an address as an HTTP server gives it.
type named struct{ network, text string }

func (n named) Network() string { return n.network }
func (n named) String() string  { return n.text }

func TestLocalMeansThisMachine(t *testing.T) {
	cases := []struct {
		name   string
		addr   net.Addr
		header metadata.MD
		want   bool
	}{
		{"IPv4 loopback", &net.TCPAddr{IP: net.IPv4(127, 9, 9, 9)}, nil, true},
		{"IPv6 loopback", &net.TCPAddr{IP: net.IPv6loopback}, nil, true},
		{"unix socket", &net.UnixAddr{Name: "/run/mesh"}, nil, true},
		{"HTTP over loopback", named{"tcp", "127.0.0.1:4711"}, nil, true},
		{"HTTP over mapped loopback", named{"tcp", "[::ffff:127.0.0.1]:4711"}, nil, true},
		{"HTTP over loopback, said by the gateway", named{"tcp", "[::1]:1"}, metadata.Pairs("x-forwarded-for", "::1", "x-forwarded-host", "localhost:8080"), true},
		{"another machine", &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1)}, nil, false},
		{"HTTP from another machine", named{"tcp", "10.0.0.1:80"}, nil, false},
		{"no address", &net.TCPAddr{}, nil, false},
		{"none at all", nil, nil, false},
		{"in process without an address", named{"inprocess", "0"}, nil, false},
		{"a text that is no address", named{"tcp", "localhost"}, nil, false},
		{"through a proxy of this machine", &net.TCPAddr{IP: net.IPv6loopback}, metadata.Pairs("x-forwarded-for", "203.0.113.7, 127.0.0.1"), false},
		{"through a proxy that hides", &net.TCPAddr{IP: net.IPv6loopback}, metadata.Pairs("x-forwarded-for", "unknown"), false},
		{"through a proxy that says so as RFC 7239 does", &net.TCPAddr{IP: net.IPv6loopback}, metadata.Pairs("forwarded", "for=203.0.113.7"), false},
		{"through a proxy that says so as nginx does", &net.TCPAddr{IP: net.IPv6loopback}, metadata.Pairs("x-real-ip", "203.0.113.7"), false},
		{"a rebound name", named{"tcp", "127.0.0.1:1"}, metadata.Pairs("x-forwarded-host", "evil.example:8080"), false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ctx := metadata.NewIncomingContext(peer.NewContext(context.Background(), &peer.Peer{Addr: c.addr}), c.header)
			p, _, err := newLocal(false).recognise(ctx)
			if (err == nil) != c.want {
				t.Fatalf("%v, %v", p, err)
			}
			if c.want && (!p.May(optionsv1.Access_ACCESS_READ, "product") || p.May(optionsv1.Access_ACCESS_WRITE, "product")) {
				t.Error("local may not read, or may write")
			}
		})
	}
	if _, _, err := newLocal(false).recognise(context.Background()); err == nil {
		t.Error("a call without a peer is local")
	}
}

func service(t testing.TB, name string) protoreflect.ServiceDescriptor {
	t.Helper()
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		t.Fatal(err)
	}
	return found.(protoreflect.ServiceDescriptor)
}

func TestEveryMethodOfTheContractHasARule(t *testing.T) {
	rules, err := readRules([]protoreflect.ServiceDescriptor{service(t, "mesh.product.v1.ProductService"), service(t, "mesh.supplier.v1.SupplierService")})
	if err != nil {
		t.Fatal(err)
	}
	if r := rules[productv1.ProductService_GetProduct_FullMethodName]; r.access != optionsv1.Access_ACCESS_READ || r.domain != "product" {
		t.Errorf("%+v", r)
	}
	if r := rules[supplierv1.SupplierService_GetSupplier_FullMethodName]; r.domain != "supplier" {
		t.Errorf("%+v", r)
	}
}

// made is a service with one method, in a package and with a rule of the test's.
func made(t testing.TB, pkg string, option *optionsv1.MethodRule) protoreflect.ServiceDescriptor {
	t.Helper()
	options := &descriptorpb.MethodOptions{}
	if option != nil {
		proto.SetExtension(options, optionsv1.E_Method, option)
	}
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("x.proto"), Package: proto.String(pkg), Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{{Name: proto.String("M")}},
		Service: []*descriptorpb.ServiceDescriptorProto{{Name: proto.String("S"), Method: []*descriptorpb.MethodDescriptorProto{{
			Name: proto.String("Do"), InputType: proto.String("." + pkg + ".M"), OutputType: proto.String("." + pkg + ".M"), Options: options,
		}}}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return file.Services().Get(0)
}

func TestAMethodWithoutACompleteRuleIsRefused(t *testing.T) {
	read, all := optionsv1.Access_ACCESS_READ, optionsv1.RowScope_ROW_SCOPE_NONE
	cases := []struct {
		name   string
		pkg    string
		option *optionsv1.MethodRule
		wrong  string
	}{
		{"complete", "mesh.x.v1", &optionsv1.MethodRule{Access: read, RowScope: all}, ""},
		{"none", "mesh.x.v1", nil, "says nothing"},
		{"no right", "mesh.x.v1", &optionsv1.MethodRule{RowScope: all}, "access"},
		{"a right of tomorrow", "mesh.x.v1", &optionsv1.MethodRule{Access: 9, RowScope: all}, "access"},
		{"no scope", "mesh.x.v1", &optionsv1.MethodRule{Access: read}, "row_scope"},
		{"a scope of tomorrow", "mesh.x.v1", &optionsv1.MethodRule{Access: read, RowScope: 9}, "cannot enforce"},
		{"a cost below nothing", "mesh.x.v1", &optionsv1.MethodRule{Access: read, RowScope: all, Cost: -1}, "cost: -1"},
		{"not of the mesh", "other.v1", &optionsv1.MethodRule{Access: read, RowScope: all}, "mesh.<domain>.v1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			guard, err := Open(Config{})
			if err != nil {
				t.Fatal(err)
			}
			err = guard.Cover(made(t, c.pkg, c.option))
			if c.wrong == "" && err != nil || c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAuthoriseDeniesByDefault(t *testing.T) {
	guard, err := Open(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := guard.Cover(made(t, "mesh.x.v1", &optionsv1.MethodRule{Access: optionsv1.Access_ACCESS_WRITE, RowScope: 1})); err != nil {
		t.Fatal(err)
	}
	reader := WithPrincipal(context.Background(), newLocal(false).principal)
	writer := WithPrincipal(context.Background(), NewPrincipal("writer", map[string][]optionsv1.Access{"x": {optionsv1.Access_ACCESS_WRITE}}))
	cases := []struct {
		name   string
		ctx    context.Context
		method string
		want   bool
	}{
		{"who may write", writer, "/mesh.x.v1.S/Do", true},
		{"who may only read", reader, "/mesh.x.v1.S/Do", false},
		{"nobody", context.Background(), "/mesh.x.v1.S/Do", false},
		{"an unknown method", writer, "/mesh.x.v1.S/Undo", false},
		{"no method", writer, "", false},
	}
	for _, c := range cases {
		err := guard.Authorise(c.ctx, c.method)
		if (err == nil) != c.want || err != nil && fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_PERMITTED {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if !guard.Writes("/mesh.x.v1.S/Do") || !guard.Writes("/unknown") {
		t.Error("a method that may write counts as a read")
	}
}

// Every value of the contract is enforced, and a caller who is narrowed gets past it
// only where its answers are narrowed as well.
func TestEveryRowScopeIsEnforced(t *testing.T) {
	scopes := map[string]*scope.Scope{"companies": {Companies: []int64{1}}, "supplier": {Supplier: "suppliers/1"}, "no prices": {HidePrices: true}}
	admitted := map[optionsv1.RowScope][]string{
		optionsv1.RowScope_ROW_SCOPE_NONE:                 nil,
		optionsv1.RowScope_ROW_SCOPE_COMPANY:              {"companies", "no prices"},
		optionsv1.RowScope_ROW_SCOPE_COMPANY_AND_SUPPLIER: {"companies", "no prices", "supplier"},
	}
	for number := range optionsv1.RowScope_name {
		value := optionsv1.RowScope(number)
		if value == optionsv1.RowScope_ROW_SCOPE_UNSPECIFIED {
			continue
		}
		guard, err := Open(Config{})
		if err != nil {
			t.Fatal(err)
		}
		if err := guard.Cover(made(t, "mesh.x.v1", &optionsv1.MethodRule{Access: optionsv1.Access_ACCESS_READ, RowScope: value})); err != nil {
			t.Fatal(err)
		}
		for name, s := range scopes {
			p := NewPrincipal(name, map[string][]optionsv1.Access{"x": {optionsv1.Access_ACCESS_READ}})
			p.scope = s
			ctx := WithPrincipal(context.Background(), p)
			if err := guard.Narrow(ctx, "/mesh.x.v1.S/Do"); (err == nil) != slices.Contains(admitted[value], name) {
				t.Errorf("%v for %s: %v", value, name, err)
			}
		}
		if err := guard.Narrow(WithPrincipal(context.Background(), &Principal{Name: "whole"}), "/mesh.x.v1.S/Do"); err != nil {
			t.Errorf("%v for a caller without a scope: %v", value, err)
		}
	}
}

func TestHealthIsOpenAndReflectionNeedsACaller(t *testing.T) {
	guard, err := Open(Config{})
	if err != nil {
		t.Fatal(err)
	}
	guard.rules = map[string]rule{"/h": exceptions["grpc.health.v1.Health"], "/r": exceptions["grpc.reflection.v1.ServerReflection"]}
	guard.enforce(nil)
	if ctx, err := guard.Authenticate(context.Background(), "/h"); err != nil || guard.Authorise(ctx, "/h") != nil {
		t.Error("health is refused")
	}
	if _, err := guard.Authenticate(context.Background(), "/r"); err == nil {
		t.Error("reflection is open")
	}
	narrowed := &Principal{scope: &scope.Scope{Supplier: "suppliers/1"}}
	ctx := WithPrincipal(context.Background(), narrowed)
	if guard.Authorise(ctx, "/r") != nil || guard.Narrow(ctx, "/r") != nil || guard.Writes("/r") || guard.Writes("/h") {
		t.Error("reflection is refused to a known caller, or counts as a write")
	}
}

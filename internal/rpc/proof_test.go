package rpc_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
	"odoomesh/internal/identity"
	"odoomesh/internal/rpc"
)

// The audit tells how the caller has proven who it is, and where the call came from: what
// a proxy tells that is believed, and nothing of the token.
func TestTheAuditTellsProofAndOrigin(t *testing.T) {
	hash := sha256.Sum256([]byte("secret"))
	path := filepath.Join(t.TempDir(), "access.yaml")
	if err := os.WriteFile(path, []byte("principals:\n- {name: op, token_sha256: "+hex.EncodeToString(hash[:])+", rights: {access: [operate]}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	log := &logBuffer{}
	p := parts(t, log, prometheus.NewRegistry(), path)
	p.Origin = identity.NewProxies([]netip.Prefix{netip.MustParsePrefix("10.0.0.5/32")}, "").Origin
	chain := rpc.Standard(p)
	if err := chain.Cover(map[string]grpc.ServiceInfo{accessv1.KeyService_ServiceDesc.ServiceName: {}}); err != nil {
		t.Fatal(err)
	}
	ctx := peer.NewContext(t.Context(), &peer.Peer{Addr: &net.TCPAddr{IP: net.IPv4(10, 0, 0, 5), Port: 1}})
	ctx = metadata.NewIncomingContext(ctx, metadata.Pairs("authorization", "Bearer secret", "x-forwarded-for", "1.2.3.4, 198.51.100.1"))
	info := &grpc.UnaryServerInfo{FullMethod: accessv1.KeyService_CreateApiKey_FullMethodName}
	request := &accessv1.CreateApiKeyRequest{Principal: "portal", Purpose: "x"}
	if _, err := chain.Unary(ctx, request, info, func(context.Context, any) (any, error) {
		return &accessv1.CreateApiKeyResponse{Key: "mesh_test_secret"}, nil
	}); err != nil {
		t.Fatal(err)
	}
	said := log.String()
	for _, want := range []string{`"principal":"op"`, `"proof":"token"`, `"address":"198.51.100.1"`, `"subject":"portal"`} {
		if !strings.Contains(said, want) {
			t.Errorf("%s is not in %s", want, said)
		}
	}
	if strings.Contains(said, "secret") {
		t.Errorf("the log holds a token or a key: %s", said)
	}
}

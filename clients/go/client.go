package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
)

// Options say how a mesh is called. The zero value is for a mesh on the same machine.
type Options struct {
	// Token is what shows who calls; TokenFile holds it in its place, and is read anew for
	// each call, so that it can be rotated.
	Token, TokenFile string
	// TLS encrypts; nil: nothing is, which a mesh allows on its own machine alone. For a
	// certificate that is renewed set GetClientCertificate.
	TLS *tls.Config
	// Patience is how long a call is sent again where its refusal says that this is right.
	// 0: a minute; below 0: never.
	Patience time.Duration
	// Dial are further options, such as a name resolver or an interceptor for traces.
	Dial []grpc.DialOption
}

// New makes a connection to the mesh at target, such as mesh.example:9090, for
// NewOrderServiceClient and its like. It connects when the first call is made.
func New(target string, o Options) (*grpc.ClientConn, error) {
	patience := o.Patience
	if patience == 0 {
		patience = time.Minute
	}
	transport := insecure.NewCredentials()
	if o.TLS != nil {
		transport = credentials.NewTLS(o.TLS)
	}
	dial := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithChainUnaryInterceptor(again(patience)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
		// The reasons of refusals say what is sent again.
		grpc.WithDisableRetry(),
	}
	if o.Token != "" || o.TokenFile != "" {
		if o.TLS == nil && !local(target) {
			return nil, errors.New("a token is sent over TLS alone, but on this machine: set Options.TLS")
		}
		dial = append(dial, grpc.WithPerRPCCredentials(token{o.Token, o.TokenFile, o.TLS != nil}))
	}
	return grpc.NewClient(target, append(dial, o.Dial...)...)
}

// local tells whether a target is on this machine.
func local(target string) bool {
	host, _, err := net.SplitHostPort(target)
	if err != nil {
		return strings.HasPrefix(target, "unix:")
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// token shows who calls.
type token struct {
	text, file string
	secure     bool
}

func (t token) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	text := t.text
	if t.file != "" {
		content, err := os.ReadFile(t.file)
		if err != nil {
			return nil, fmt.Errorf("reading the token: %w", err)
		}
		text = strings.TrimSpace(string(content))
	}
	return map[string]string{"authorization": "Bearer " + text}, nil
}

func (t token) RequireTransportSecurity() bool { return t.secure }

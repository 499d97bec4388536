package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"

	"odoomesh/internal/build"
	"odoomesh/internal/config"
	"odoomesh/internal/record"
)

const (
	serverVariable = "MESH_SERVER"
	tokenVariable  = "MESH_TOKEN"
	defaultServer  = "127.0.0.1:9090"
	// maxMessage bounds one answer: a page of 1,000 records takes some megabytes.
	maxMessage = 256 << 20
)

// client is the connection to a mesh, and how its answers are printed. It
// connects when the first command asks.
type client struct {
	world
	server string
	caFile string
	// certFile and keyFile are the certificate that the caller shows.
	certFile, keyFile string
	tokenFile         string
	output            string
	headless          bool
	timeout           time.Duration
	dialled           *grpc.ClientConn
}

func (c *client) flags(flags *pflag.FlagSet) {
	server := defaultServer
	if given, ok := c.variable(serverVariable); ok {
		server = given
	}
	flags.StringVar(&c.server, "server", server, "Address of meshd's gRPC ("+serverVariable+").")
	flags.StringVar(&c.caFile, "tls-ca-file", "", "PEM file with the authorities that may sign the server's certificate; TLS is used then on this machine too.")
	flags.StringVar(&c.certFile, "tls-cert-file", "", "PEM file with a certificate to show to the mesh; TLS is used then on this machine too.")
	flags.StringVar(&c.keyFile, "tls-key-file", "", "PEM file with the private key of --tls-cert-file.")
	flags.StringVar(&c.tokenFile, "token-file", "", "File whose first line is the token to send, in place of "+tokenVariable+".")
	flags.StringVarP(&c.output, "output", "o", asTable, "table for people, json for programs: one document a line. Records also as wide, csv, yaml and name.")
	flags.BoolVar(&c.headless, "no-headers", false, "Tables, and csv, without their first line.")
	flags.DurationVar(&c.timeout, "timeout", 30*time.Second, "Longest time for one call; 0: no limit. Watches and resyncs have none unless it is given.")
}

func (c *client) variable(name string) (string, bool) {
	for _, pair := range c.environ {
		if value, ok := strings.CutPrefix(pair, name+"="); ok && value != "" {
			return value, true
		}
	}
	return "", false
}

// asJSON tells whether programs read the output.
func (c *client) asJSON() bool { return c.output == asJSON }

// conn connects, which sends nothing yet.
func (c *client) conn() (*grpc.ClientConn, error) {
	if c.dialled != nil {
		return c.dialled, nil
	}
	transport, err := c.transport()
	if err != nil {
		return nil, err
	}
	bearer, err := c.token()
	if err != nil {
		return nil, err
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(transport), grpc.WithUserAgent("meshctl/" + build.Version()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage)),
		grpc.WithUnaryInterceptor(func(ctx context.Context, method string, in, out any, conn *grpc.ClientConn, next grpc.UnaryInvoker, opts ...grpc.CallOption) error {
			return next(tellMaxMessage(ctx), method, in, out, conn, opts...)
		}),
		grpc.WithStreamInterceptor(func(ctx context.Context, desc *grpc.StreamDesc, conn *grpc.ClientConn, method string, next grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
			return next(tellMaxMessage(ctx), desc, conn, method, opts...)
		}),
		// A network that swallows everything would keep a stream waiting for ever.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 15 * time.Second}),
	}
	if bearer != "" {
		options = append(options, grpc.WithPerRPCCredentials(bearer))
	}
	c.dialled, err = grpc.NewClient(c.server, options...)
	return c.dialled, err
}

// tellMaxMessage tells the mesh what this client takes: otherwise it refuses what a
// client of gRPC does not take by default.
func tellMaxMessage(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, record.MessageLimitKey, strconv.Itoa(maxMessage))
}

func (c *client) close() {
	if c.dialled != nil {
		_ = c.dialled.Close() // nothing is left to be sent
	}
}

// transport is TLS, except on this machine where nobody asked for it.
func (c *client) transport() (credentials.TransportCredentials, error) {
	host, _, err := net.SplitHostPort(c.server)
	if err != nil {
		return nil, config.Usage(fmt.Errorf("--server is host:port, such as %s, not %q", defaultServer, c.server))
	}
	if (c.certFile == "") != (c.keyFile == "") {
		return nil, wrong("--tls-cert-file and --tls-key-file belong together; give both")
	}
	if c.caFile == "" && c.certFile == "" && isLoopback(host) {
		return insecure.NewCredentials(), nil
	}
	settings := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.caFile != "" {
		text, err := os.ReadFile(c.caFile)
		if err != nil {
			return nil, config.Usage(fmt.Errorf("--tls-ca-file: %w", err))
		}
		settings.RootCAs = x509.NewCertPool()
		if !settings.RootCAs.AppendCertsFromPEM(text) {
			return nil, config.Usage(fmt.Errorf("--tls-ca-file: there is no PEM certificate in %s", c.caFile))
		}
	}
	if c.certFile != "" {
		pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
		if err != nil {
			return nil, wrong("--tls-cert-file %s with --tls-key-file %s: %w", c.certFile, c.keyFile, err)
		}
		settings.Certificates = []tls.Certificate{pair}
	}
	return credentials.NewTLS(settings), nil
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// token is what the caller is known by; empty for none.
func (c *client) token() (bearer, error) {
	text, _ := c.variable(tokenVariable)
	if c.tokenFile != "" {
		content, err := os.ReadFile(c.tokenFile)
		if err != nil {
			return "", config.Usage(fmt.Errorf("--token-file: %w", err))
		}
		text, _, _ = strings.Cut(string(content), "\n")
		if strings.TrimSpace(text) == "" {
			return "", config.Usage(errors.New("--token-file: its first line is empty"))
		}
	}
	return bearer(strings.TrimSpace(text)), nil
}

// bearer is a token that goes with every call. It is sent without TLS to this
// machine alone: transport sees to that.
type bearer string

// GetRequestMetadata implements credentials.PerRPCCredentials.
func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

// RequireTransportSecurity implements credentials.PerRPCCredentials.
func (b bearer) RequireTransportSecurity() bool { return false }

// call bounds a single call in time.
func (c *client) call(cmd *cobra.Command) (context.Context, context.CancelFunc) {
	if c.timeout <= 0 {
		return context.WithCancel(cmd.Context())
	}
	return context.WithTimeout(cmd.Context(), c.timeout)
}

// stream bounds a stream in time where the caller asked for it.
func (c *client) stream(cmd *cobra.Command) (context.Context, context.CancelFunc) {
	if !cmd.Flags().Changed("timeout") {
		return context.WithCancel(cmd.Context())
	}
	return c.call(cmd)
}

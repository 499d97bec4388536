package main

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// echoMethod is the bare gRPC server's only method: what comes goes back.
const echoMethod = "/bench.Bare/Echo"

// bareServers are the references: a grpc-go server that echoes bytes and a
// net/http server that answers texts from memory, in a process of their own.
type bareServers struct {
	*process
	grpcAddr, httpAddr string
}

// startBare runs this very program as the reference servers.
func startBare(texts map[string][]byte) (*bareServers, error) {
	b := &bareServers{}
	var err error
	b.process, err = spawnSelf(bareRole, texts, &b.grpcAddr, &b.httpAddr)
	return b, err
}

// spawnSelf runs this very program in a role, hands it what it is to serve, and reads
// the addresses that it listens on.
func spawnSelf(role string, what any, addrs ...any) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, role)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p, err := spawn(cmd)
	if err != nil {
		return nil, err
	}
	if err = gob.NewEncoder(in).Encode(what); err == nil {
		_, err = fmt.Fscan(out, addrs...)
	}
	if err != nil {
		p.stop()
		return nil, fmt.Errorf("starting %s: %w", role, err)
	}
	return p, nil
}

// serveBare reads the texts by path, writes the two addresses, and serves.
func serveBare(ctx context.Context, in io.Reader, out io.Writer) error {
	var texts map[string][]byte
	if err := gob.NewDecoder(in).Decode(&texts); err != nil {
		return fmt.Errorf("reading the texts: %w", err)
	}
	grpcListener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	httpListener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, grpcListener.Close())
	}
	echo := grpc.NewServer()
	echo.RegisterService(&grpc.ServiceDesc{
		ServiceName: "bench.Bare",
		HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{{MethodName: "Echo", Handler: func(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			message := &wrapperspb.BytesValue{}
			return message, decode(message)
		}}},
	}, nil)
	static := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text := texts[r.URL.Path]
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = w.Write(text) // the caller has gone away
	})}
	failed := make(chan error, 2)
	go func() { failed <- echo.Serve(grpcListener) }()
	go func() { failed <- static.Serve(httpListener) }()
	fmt.Fprintln(out, grpcListener.Addr(), httpListener.Addr())
	select {
	case <-ctx.Done():
		echo.Stop()
		return static.Close()
	case err := <-failed:
		return err
	}
}

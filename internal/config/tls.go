package config

import (
	"crypto/tls"
	"fmt"
)

// TLSError is a certificate or key that cannot be used.
type TLSError struct{ Err error }

func (e *TLSError) Error() string { return fmt.Sprintf("TLS: %v", e.Err) }

func (e *TLSError) Unwrap() error { return e.Err }

// TLS reads the certificate and the key. It is nil, without an error, when none
// are set; a failure is a *TLSError, and no reason to serve without.
func (s Server) TLS() (*tls.Config, error) {
	if s.TLSCertFile == "" && s.TLSKeyFile == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(s.TLSCertFile, s.TLSKeyFile)
	if err != nil {
		return nil, &TLSError{fmt.Errorf("loading %s with %s: %w", s.TLSCertFile, s.TLSKeyFile, err)}
	}
	return &tls.Config{
		Certificates: []tls.Certificate{pair},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2", "http/1.1"},
	}, nil
}

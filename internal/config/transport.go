package config

import (
	"odoomesh/internal/tlsfiles"
)

// Transport is how the listeners encrypt, and what they ask of a client's certificate.
type Transport struct {
	TLSCertFile      string `key:"tls-cert-file" doc:"PEM file with the certificate chain of the server. It and the other files of this part are read again when they change, and on SIGHUP."`
	TLSKeyFile       string `key:"tls-key-file" doc:"PEM file with the private key of the server."`
	TLSMinVersion    string `key:"tls-min-version" doc:"Oldest version of TLS that is spoken: 1.3, or 1.2 for old clients, then with AEAD ciphers alone."`
	TLSClientCAFile  string `key:"tls-client-ca-file" doc:"PEM file with the authorities that sign the certificates of clients. Empty: clients are not asked for one."`
	TLSClientCert    string `key:"tls-client-certificate" doc:"Whether a client has to have a certificate of those authorities: optional or required."`
	TLSClientCRLFile string `key:"tls-client-crl-file" doc:"File (PEM or DER) with the lists of certificates that those authorities have revoked."`
}

const (
	tls13, tls12           = "1.3", "1.2"
	optional, mustHaveCert = "optional", "required"
)

func defaultTransport() Transport { return Transport{TLSMinVersion: tls13, TLSClientCert: optional} }

// check takes whether proxies tell the certificates of clients, too.
func (t Transport) check(told bool, found *problems) {
	if (t.TLSCertFile == "") != (t.TLSKeyFile == "") {
		found.add("tls-cert-file", "certificate and key belong together; set tls-cert-file and tls-key-file, or neither")
	}
	if t.TLSMinVersion != tls13 && t.TLSMinVersion != tls12 {
		found.add("tls-min-version", "%q is none of %s, %s", t.TLSMinVersion, tls13, tls12)
	}
	switch t.TLSClientCert {
	case optional:
	case mustHaveCert:
		if t.TLSClientCAFile == "" {
			found.add("tls-client-certificate", "nobody could have one: set tls-client-ca-file to the authorities that sign them")
		}
	default:
		found.add("tls-client-certificate", "%q is none of %s, %s", t.TLSClientCert, optional, mustHaveCert)
	}
	if t.TLSClientCAFile != "" && t.TLSCertFile == "" && !told {
		found.add("tls-client-ca-file", "clients show certificates over TLS alone; set tls-cert-file and tls-key-file, or proxy-certificate-header where a proxy has TLS")
	}
	if t.TLSClientCRLFile != "" && t.TLSClientCAFile == "" {
		found.add("tls-client-crl-file", "it lists what authorities have revoked; set tls-client-ca-file")
	}
	checkReadable("tls-cert-file", t.TLSCertFile, found)
	checkReadable("tls-key-file", t.TLSKeyFile, found)
	checkReadable("tls-client-ca-file", t.TLSClientCAFile, found)
	checkReadable("tls-client-crl-file", t.TLSClientCRLFile, found)
}

// Encrypts tells whether there is TLS.
func (t Transport) Encrypts() bool { return t.TLSCertFile != "" && t.TLSKeyFile != "" }

// TLSFiles is where TLS is read from.
func (t Transport) TLSFiles() tlsfiles.Files {
	return tlsfiles.Files{
		Cert: t.TLSCertFile, Key: t.TLSKeyFile, ClientCA: t.TLSClientCAFile, ClientCRL: t.TLSClientCRLFile,
		RequireClient: t.TLSClientCert == mustHaveCert, TLS12: t.TLSMinVersion == tls12,
	}
}

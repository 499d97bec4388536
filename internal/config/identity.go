package config

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"odoomesh/internal/identity/apikey"
	"odoomesh/internal/identity/oidc"
)

// Identity is how callers prove who they are, beside tokens of the access file.
type Identity struct {
	Environment       string        `key:"environment" doc:"Name of the environment, such as production. It stands in every API key; a key of another environment is refused."`
	OIDCIssuer        string        `key:"oidc-issuer" doc:"URL of the OpenID Connect provider whose tokens are believed, as they have it in iss. Which principal a token is stands in the access file (oidc). Empty: none are."`
	OIDCAudience      []string      `key:"oidc-audience" doc:"Audiences of which a bearer token has to name one in aud. Empty where people only sign in with a browser: no bearer token is believed."`
	OIDCAlgorithms    []string      `key:"oidc-algorithms" doc:"Signatures that are believed, whatever a token says: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA."`
	OIDCSkew          time.Duration `key:"oidc-clock-skew" doc:"How far the provider's clock may be off."`
	OIDCCAFile        string        `key:"oidc-ca-file" doc:"PEM file with the authorities that may sign the provider's certificate, in place of the system's."`
	TrustedProxies    []string      `key:"trusted-proxies" doc:"Addresses and networks, such as 10.0.0.5,10.1.0.0/16, of the proxies that are believed where a call comes from (X-Forwarded-For). Nobody else is."`
	CertificateHeader string        `key:"proxy-certificate-header" doc:"Header in which trusted proxies tell the certificate of their client, as PEM that is escaped as in URLs, such as nginx's $ssl_client_escaped_cert. They have to take away what a client sends in it. Empty: none is believed."`
}

const maxSkew = 5 * time.Minute

func defaultIdentity() Identity {
	return Identity{Environment: "development", OIDCAlgorithms: []string{"RS256", "PS256", "ES256", "EdDSA"}, OIDCSkew: 30 * time.Second}
}

// check takes whether people sign in with a browser, too: then no token need be believed.
func (i Identity) check(accessFile, clientCA string, people bool, found *problems) {
	if err := apikey.CheckEnvironment(i.Environment); err != nil {
		found.add("environment", "%v", err)
	}
	i.checkOIDC(accessFile, people, found)
	i.proxies(found)
	if i.CertificateHeader == "" {
		return
	}
	if len(i.TrustedProxies) == 0 {
		found.add("proxy-certificate-header", "nobody is believed in it; set trusted-proxies")
	}
	if clientCA == "" {
		found.add("proxy-certificate-header", "no certificate is believed; set tls-client-ca-file to the authorities that sign them")
	}
	taken := []string{"authorization", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "x-request-id", "host", "content-type", "user-agent"}
	name := strings.ToLower(i.CertificateHeader)
	if !httpguts.ValidHeaderFieldName(name) || slices.Contains(taken, name) || strings.HasPrefix(name, "grpc-") || strings.HasSuffix(name, "-bin") {
		found.add("proxy-certificate-header", "%q is no name of a header that is free for this; write one such as X-Client-Certificate", i.CertificateHeader)
	}
}

func (i Identity) checkOIDC(accessFile string, people bool, found *problems) {
	for _, a := range i.OIDCAlgorithms {
		if !slices.Contains(oidc.Algorithms(), a) {
			found.add("oidc-algorithms", "%q is none of %s", a, strings.Join(oidc.Algorithms(), ", "))
		}
	}
	if i.OIDCSkew < 0 || i.OIDCSkew > maxSkew {
		found.add("oidc-clock-skew", "%s is not from 0s to %s", shortDuration(i.OIDCSkew), shortDuration(maxSkew))
	}
	if _, err := readAuthorities(i.OIDCCAFile); err != nil {
		found.add("oidc-ca-file", "%v", err)
	}
	if i.OIDCIssuer == "" {
		if len(i.OIDCAudience) > 0 {
			found.add("oidc-audience", "there is no issuer; set oidc-issuer")
		}
		return
	}
	checkURL("oidc-issuer", i.OIDCIssuer, "leave them out: keys are read without them",
		"plain http:// would let anybody on the way put in keys; use https://", found)
	if len(i.OIDCAudience) == 0 && !people || slices.Contains(i.OIDCAudience, "") {
		found.add("oidc-audience", "it is empty, so that tokens for anybody else would be believed here; set it to what the provider puts into aud for this mesh, or oidc-client-id for people who sign in with a browser")
	}
	if len(i.OIDCAlgorithms) == 0 {
		found.add("oidc-algorithms", "it is empty; leave it out, or name some")
	}
	if accessFile == "" {
		found.add("oidc-issuer", "which principal a token is stands in the access file; set access-file")
	}
}

// TrustedNetworks are the proxies that are believed.
func (i Identity) TrustedNetworks() []netip.Prefix { return i.proxies(&problems{}) }

func (i Identity) proxies(found *problems) []netip.Prefix {
	var all []netip.Prefix
	for _, text := range i.TrustedProxies {
		network, err := netip.ParsePrefix(text)
		if one, failed := netip.ParseAddr(text); failed == nil {
			network, err = netip.PrefixFrom(one, one.BitLen()), nil
		}
		switch {
		case err != nil || network.Addr().Is4In6():
			found.add("trusted-proxies", "%q is no address and no network; write 10.0.0.5 or 10.1.0.0/16", text)
		case network.Bits() == 0:
			found.add("trusted-proxies", "%s is everybody; name the proxies", text)
		case network != network.Masked():
			found.add("trusted-proxies", "%s has bits behind its length; write %s", text, network.Masked())
		default:
			all = append(all, network)
		}
	}
	return all
}

// OIDCTransport asks the provider.
func (i Identity) OIDCTransport() (http.RoundTripper, error) {
	authorities, err := readAuthorities(i.OIDCCAFile)
	if err != nil {
		return nil, fmt.Errorf("oidc-ca-file: %w", err)
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: authorities}
	return t, nil
}

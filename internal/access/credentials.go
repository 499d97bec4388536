package access

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// credentials are what a principal is known by beside a token: names in certificates,
// and tokens of an identity provider. Keys that the mesh makes stand elsewhere.
type credentials struct {
	// Certificates are names in client certificates, such as "dns:ward.example" and
	// "uri:spiffe://hospital/ward".
	Certificates []string `yaml:"certificates"`
	// OIDC says which tokens are the principal's.
	OIDC *claimsRule `yaml:"oidc"`
}

// claimsRule says what a token of an identity provider has to say: all of it.
type claimsRule struct {
	Issuer  string            `yaml:"issuer"`
	Subject string            `yaml:"subject"`
	Claims  map[string]string `yaml:"claims"`
}

const (
	dnsPrefix = "dns:"
	uriPrefix = "uri:"
)

// noToken is the hash of a principal without a token.
var noToken [sha256.Size]byte

// know lets a principal be found by its credentials.
func (f *File) know(p *Principal, c credentials, line int, wrong *problems) {
	if err := f.certificates.add(p, c); err != nil {
		wrong.add(line, "principal %q: %v", p.Name, err)
	}
	if c.OIDC != nil {
		f.claimed = append(f.claimed, claimed{c.OIDC, p})
	}
}

// faults are what is wrong with credentials.
func (c credentials) faults() []error {
	var errs []error
	for _, name := range c.Certificates {
		if err := checkCertificateName(name); err != nil {
			errs = append(errs, err)
		}
	}
	if c.OIDC == nil {
		return errs
	}
	if c.OIDC.Subject == "" && len(c.OIDC.Claims) == 0 {
		errs = append(errs, errors.New("oidc: it names neither a subject nor claims, so that every token would be this principal's; name one"))
	}
	if issuer, err := url.Parse(c.OIDC.Issuer); err != nil || c.OIDC.Issuer != "" && (issuer.Scheme == "" || issuer.Host == "") {
		errs = append(errs, fmt.Errorf("oidc: issuer: %q is no URL; write it as the tokens have it in iss", c.OIDC.Issuer))
	}
	for name, value := range c.OIDC.Claims {
		if name == "" || value == "" {
			errs = append(errs, errors.New("oidc: claims: a claim has a name and a value, such as groups: buyers"))
		}
	}
	return errs
}

func checkCertificateName(name string) error {
	host, isHost := strings.CutPrefix(name, dnsPrefix)
	text, isURI := strings.CutPrefix(name, uriPrefix)
	switch {
	case isHost && host != "" && !strings.ContainsAny(host, "* /:"):
		return nil
	case isURI:
		if u, err := url.Parse(text); err == nil && u.Scheme != "" && u.String() == text {
			return nil
		}
	}
	return fmt.Errorf("certificates: %q is no name in a certificate; write dns:ward.example or uri:spiffe://hospital/ward, without patterns", name)
}

// certificateNames finds principals by names in certificates.
type certificateNames map[string]*Principal

// add refuses a name that is another principal's already.
func (n certificateNames) add(p *Principal, c credentials) error {
	for _, name := range c.Certificates {
		if host, is := strings.CutPrefix(name, dnsPrefix); is {
			name = dnsPrefix + strings.ToLower(host)
		}
		if other := n[name]; other != nil && other != p {
			return fmt.Errorf("certificates: %s is %q already", name, other.Name)
		}
		n[name] = p
	}
	return nil
}

// ErrAmbiguous is a credential that several principals are known by.
var ErrAmbiguous = errors.New("it is the credential of several principals")

// ByCertificate finds the principal that a certificate names, and by which name; nil
// where it names none. One that names several is ErrAmbiguous.
func (f *File) ByCertificate(c *x509.Certificate) (p *Principal, name string, err error) {
	var names []string
	for _, host := range c.DNSNames {
		names = append(names, dnsPrefix+strings.ToLower(host))
	}
	for _, uri := range c.URIs {
		names = append(names, uriPrefix+uri.String())
	}
	for _, one := range names {
		switch found := f.certificates[one]; {
		case found == nil, found == p:
		case p != nil:
			return nil, "", ErrAmbiguous
		default:
			p, name = found, one
		}
	}
	return p, name, nil
}

// Claimed are the principals in the order of the file, each with what a token of an
// identity provider has to say to be its own.
func (f *File) Claimed() []Claimed {
	all := make([]Claimed, len(f.principals))
	for i, p := range f.principals {
		all[i].Name = p.Name
		for _, one := range f.claimed {
			if one.principal == p {
				all[i].Known, all[i].Issuer, all[i].Subject, all[i].Claims = true, one.rule.Issuer, one.rule.Subject, one.rule.Claims
			}
		}
	}
	return all
}

// Claimed is what tokens of a principal have to say; Known is false where none are its own.
type Claimed struct {
	Name            string
	Known           bool
	Issuer, Subject string
	Claims          map[string]string
}

// claimed is a principal with the tokens that are its own.
type claimed struct {
	rule      *claimsRule
	principal *Principal
}

// ByClaims finds the principal whose token it is; nil where it is nobody's. One that is
// several principals' is ErrAmbiguous.
func (f *File) ByClaims(issuer, subject string, claims map[string]any) (*Principal, error) {
	var p *Principal
	for _, one := range f.claimed {
		if !one.rule.fits(issuer, subject, claims) {
			continue
		}
		if p != nil {
			return nil, ErrAmbiguous
		}
		p = one.principal
	}
	return p, nil
}

func (r *claimsRule) fits(issuer, subject string, claims map[string]any) bool {
	if r.Issuer != "" && r.Issuer != issuer || r.Subject != "" && r.Subject != subject {
		return false
	}
	for _, name := range slices.Sorted(maps.Keys(r.Claims)) {
		if !says(claimNamed(claims, name), r.Claims[name]) {
			return false
		}
	}
	return true
}

// claimNamed finds a claim by its name or, where there is none, by its path: what is
// called realm_access.roles is often roles in realm_access.
func claimNamed(claims map[string]any, name string) any {
	if value, is := claims[name]; is {
		return value
	}
	outer, inner, deeper := strings.Cut(name, ".")
	if nested, is := claims[outer].(map[string]any); deeper && is {
		return claimNamed(nested, inner)
	}
	return nil
}

// says tells whether a claim is a text, or a list that has it.
func says(claim any, want string) bool {
	switch value := claim.(type) {
	case string:
		return value == want
	case bool:
		return fmt.Sprint(value) == want
	case []any:
		return slices.ContainsFunc(value, func(one any) bool { text, is := one.(string); return is && text == want })
	}
	return false
}

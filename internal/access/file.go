package access

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/scope"
)

// FileError is an access file that cannot be used.
type FileError struct {
	Path string
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("access file %s: %v", e.Path, e.Err) }

func (e *FileError) Unwrap() error { return e.Err }

// document is the access file as it is written.
type document struct {
	Principals []entry `yaml:"principals"`
}

type entry struct {
	Name        string              `yaml:"name"`
	TokenSHA256 string              `yaml:"token_sha256"`
	Rights      map[string][]string `yaml:"rights"`
	Companies   []int64             `yaml:"companies"`
	Supplier    string              `yaml:"supplier"`
	Carrier     string              `yaml:"carrier"`
	Finance     bool                `yaml:"finance"`
	HidePrices  bool                `yaml:"hide_prices"`

	credentials `yaml:",inline"`
}

var supplierName = regexp.MustCompile(`^suppliers/[1-9][0-9]{0,17}$`)

// scope is what the principal is narrowed down to; nil where to nothing.
func (e entry) scope() (*scope.Scope, error) {
	var errs []error
	for _, id := range e.Companies {
		if id < 1 {
			errs = append(errs, fmt.Errorf("companies: %d is no id of a company; write Odoo's ids, such as [1, 3]", id))
		}
	}
	if e.Supplier != "" && !supplierName.MatchString(e.Supplier) {
		errs = append(errs, fmt.Errorf("supplier: %q is no name of a supplier; write it as the mesh names suppliers, such as suppliers/7", e.Supplier))
	}
	if strings.TrimSpace(e.Carrier) != e.Carrier {
		errs = append(errs, fmt.Errorf("carrier: %q has white space at its ends; write it as shipments name the carrier", e.Carrier))
	}
	kinds := 0
	for _, is := range []bool{e.Supplier != "", e.Carrier != "", e.Finance} {
		if is {
			kinds++
		}
	}
	if kinds > 1 {
		errs = append(errs, errors.New("supplier, carrier and finance exclude each other; leave one"))
	}
	if len(errs) > 0 || kinds == 0 && len(e.Companies) == 0 && !e.HidePrices {
		return nil, errors.Join(errs...)
	}
	return &scope.Scope{Companies: e.Companies, Supplier: e.Supplier, Carrier: e.Carrier, Finance: e.Finance, HidePrices: e.HidePrices}, nil
}

// File is an access file that can be used. It never changes.
type File struct {
	holders      holders
	byName       map[string]*Principal
	certificates certificateNames
	claimed      []claimed
}

func newFile(found holders) (*File, error) {
	f := &File{holders: found, byName: map[string]*Principal{}, certificates: certificateNames{}}
	var errs []error
	for _, h := range found {
		f.byName[h.principal.Name] = h.principal
		if err := f.certificates.add(h.principal, h.credentials); err != nil {
			errs = append(errs, fmt.Errorf("principal %q: %w", h.principal.Name, err))
		}
		if h.credentials.OIDC != nil {
			f.claimed = append(f.claimed, claimed{h.credentials.OIDC, h.principal})
		}
	}
	return f, errors.Join(errs...)
}

// Principal finds a principal by its name; nil where the file has none.
func (f *File) Principal(name string) *Principal {
	if f == nil {
		return nil
	}
	return f.byName[name]
}

// ByToken finds the principal whose token it is; nil where it is nobody's.
func (f *File) ByToken(token string) *Principal {
	return f.holders.find(sha256.Sum256([]byte(token)))
}

// readFile reads an access file. It fails with *FileError, which reports all
// that is wrong at once and quotes no hash.
func readFile(path string) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, &FileError{path, err}
	}
	if info.Mode().Perm()&0o022 != 0 {
		return nil, &FileError{path, fmt.Errorf("others may write it (mode %#o); run chmod go-w on it", info.Mode().Perm())}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &FileError{path, err}
	}
	found, err := parse(text)
	if err != nil {
		return nil, &FileError{path, err}
	}
	f, err := newFile(found)
	if err != nil {
		return nil, &FileError{path, err}
	}
	return f, nil
}

func parse(text []byte) (holders, error) {
	var doc document
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&doc); err != nil {
		return nil, fmt.Errorf("reading it: %w", err)
	}
	if len(doc.Principals) == 0 {
		return nil, errors.New("it names no principal, so nobody could call")
	}
	var found holders
	var errs []error
	for i, e := range doc.Principals {
		h, err := e.holder()
		if err != nil {
			errs = append(errs, fmt.Errorf("principal %d (%q): %w", i+1, e.Name, err))
			continue
		}
		if slices.ContainsFunc(found, func(other holder) bool {
			return other.principal.Name == e.Name || other.hash == h.hash && h.hash != noToken
		}) {
			errs = append(errs, fmt.Errorf("principal %d (%q): its name or its token stands there before", i+1, e.Name))
			continue
		}
		found = append(found, h)
	}
	return found, errors.Join(errs...)
}

func (e entry) holder() (holder, error) {
	var errs []error
	if e.Name == "" || strings.TrimSpace(e.Name) != e.Name {
		errs = append(errs, errors.New("it needs a name"))
	}
	raw, err := hex.DecodeString(e.TokenSHA256)
	if e.TokenSHA256 == "" && err == nil {
		raw = make([]byte, sha256.Size) // no token; it has other credentials, or keys are made for it
	} else if err != nil || len(raw) != sha256.Size {
		errs = append(errs, errors.New("token_sha256 is not 64 hexadecimal digits; make it with: printf %s \"$TOKEN\" | sha256sum"))
	}
	errs = append(errs, e.problems()...)
	if len(e.Rights) == 0 {
		errs = append(errs, errors.New("it has no rights"))
	}
	rights := make(map[string]rightSet)
	for domain, names := range e.Rights {
		if domain != anyDomain && protoregistry.GlobalFiles.NumFilesByPackage(protoreflect.FullName("mesh."+domain+".v1")) == 0 {
			errs = append(errs, fmt.Errorf("there is no domain %q", domain))
		}
		for _, name := range names {
			right, ok := rightNamed(name)
			if !ok {
				errs = append(errs, fmt.Errorf("right %q on %s is none of read, write, operate", name, domain))
				continue
			}
			rights[domain] |= setOf(right)
		}
	}
	narrowed, err := e.scope()
	if err != nil {
		errs = append(errs, err)
	}
	if len(errs) > 0 {
		return holder{}, errors.Join(errs...)
	}
	return holder{hash: [sha256.Size]byte(raw), principal: &Principal{Name: e.Name, rights: rights, scope: narrowed}, credentials: e.credentials}, nil
}

func rightNamed(name string) (optionsv1.Access, bool) {
	for _, a := range []optionsv1.Access{optionsv1.Access_ACCESS_READ, optionsv1.Access_ACCESS_WRITE, optionsv1.Access_ACCESS_OPERATE} {
		if rightName(a) == name {
			return a, true
		}
	}
	return 0, false
}

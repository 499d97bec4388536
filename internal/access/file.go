package access

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"os"
)

// FileError is an access file that cannot be used.
type FileError struct {
	Path string
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("access file %s: %v", e.Path, e.Err) }

func (e *FileError) Unwrap() error { return e.Err }

// File is an access file that can be used. It never changes.
type File struct {
	text       []byte
	principals []*Principal
	byName     map[string]*Principal
	// certificates and claimed are by what principals are known beside tokens.
	certificates certificateNames
	claimed      []claimed
	// apart are what one person does not do to one document, by method.
	apart map[string][]Separation
	// owners are whose fields are, by the collection.
	owners map[string][]Owner
}

// ReadFile reads an access file. It fails with *FileError, which reports all that is
// wrong at once and quotes no hash.
func ReadFile(path string) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, &FileError{path, err}
	}
	if info.Mode().Perm()&0o022 != 0 {
		return nil, &FileError{path, fmt.Errorf("others may write it (mode %#o); run chmod go-w on it", info.Mode().Perm())}
	}
	return ReadText(path)
}

// ReadText is ReadFile for a file that is not used where it lies: who may write it does
// not matter.
func ReadText(path string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &FileError{path, err}
	}
	f, err := Parse(text)
	if err != nil {
		return nil, &FileError{path, err}
	}
	return f, nil
}

// Parse reads the text of an access file, and reports all that is wrong at once.
func Parse(text []byte) (*File, error) {
	doc, err := decode(text)
	if err != nil {
		return nil, err
	}
	if len(doc.Principals) == 0 {
		return nil, errors.New("it names no principal, so nobody could call")
	}
	var wrong problems
	b, err := newRulebook(doc, &wrong)
	if err != nil {
		return nil, err
	}
	f := &File{text: text, apart: b.separations(doc, &wrong), owners: b.owners(doc, &wrong), byName: map[string]*Principal{}, certificates: certificateNames{}}
	for i, e := range doc.Principals {
		p, complete := b.principal(doc, i, e, &wrong)
		_, named := f.byName[e.Name]
		if complete && (named || p.token != noToken && f.byToken(p.token) != nil) {
			wrong.add(doc.line("principals", fmt.Sprint(i)), "principal %d (%q): its name or its token stands there before", i+1, e.Name)
			continue
		}
		if complete {
			f.principals, f.byName[p.Name] = append(f.principals, p), p
			f.know(p, e.credentials, doc.line("principals", fmt.Sprint(i), "certificates"), &wrong)
		}
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	return f, nil
}

// Principal finds a principal by its name; nil where the file has none.
func (f *File) Principal(name string) *Principal {
	if f == nil {
		return nil
	}
	return f.byName[name]
}

// ByToken finds the principal whose token it is; nil where it is nobody's. It looks at
// every principal, so that its time tells nothing of whom it found.
func (f *File) ByToken(token string) *Principal {
	return f.byToken(sha256.Sum256([]byte(token)))
}

func (f *File) byToken(hash [sha256.Size]byte) *Principal {
	at := -1
	for i, p := range f.principals {
		at = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(hash[:], p.token[:]), i, at)
	}
	if at < 0 {
		return nil
	}
	return f.principals[at]
}

// Names are the principals, in the order of the file.
func (f *File) Names() []string {
	names := make([]string, len(f.principals))
	for i, p := range f.principals {
		names[i] = p.Name
	}
	return names
}

// same tells whether two files say the same, letter by letter.
func (f *File) same(other *File) bool {
	return f != nil && other != nil && bytes.Equal(f.text, other.text)
}

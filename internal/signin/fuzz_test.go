package signin

import (
	"net/url"
	"testing"
)

// Whatever is taken for a path of this server leads to no other.
func FuzzReturn(f *testing.F) {
	for _, seed := range []string{"/docs/", "//evil.example", `/\evil.example`, "/a?b#c", "https://evil.example", "/..//evil.example", "/%2f/evil.example"} {
		f.Add(seed)
	}
	base, err := url.Parse("https://mesh.example/signin/callback")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if !isLocalPath(path) {
			return
		}
		// As a Location that a browser reads, and as it is written here.
		to, err := base.Parse(path)
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme {
			t.Errorf("%q leads to %v, %v", path, to, err)
		}
		if to, err = url.Parse("https://mesh.example" + path); err != nil || to.Host != base.Host || to.User != nil {
			t.Errorf("%q leads to %v, %v", path, to, err)
		}
	})
}

// What a browser has changed in what it carries is nobody's.
func FuzzSealed(f *testing.F) {
	s, err := newSealer()
	if err != nil {
		f.Fatal(err)
	}
	good, err := s.seal(begun{State: "state", Nonce: "nonce", Verifier: "verifier", Return: "/docs/", Until: 1})
	if err != nil {
		f.Fatal(err)
	}
	var back begun
	if err := s.open(good, &back); err != nil || back.Return != "/docs/" || back.Verifier != "verifier" {
		f.Fatalf("%+v, %v", back, err)
	}
	for _, seed := range []string{good, "", good[1:], good + "A", "AAAA"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var b begun
		// Line ends say nothing in base64.
		if err := s.open(text, &b); err == nil && b != back {
			t.Errorf("%q is believed: %+v", text, b)
		}
	})
}

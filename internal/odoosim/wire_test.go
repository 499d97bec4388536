package odoosim_test

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"odoomesh/internal/clock"
	"odoomesh/internal/odoosim"
)

var versions = []int{16, 17, 18, 19}

func fixedClock() clock.Func {
	at := time.Date(2026, 11, 23, 15, 7, 41, 123456000, time.UTC)
	return func() time.Time { return at }
}

func newSim(t testing.TB, o odoosim.Options) *odoosim.Sim {
	t.Helper()
	if o.Clock == nil {
		o.Clock = fixedClock()
	}
	s, err := odoosim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func recorded(t testing.TB, version int, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", strconv.Itoa(version), "wire", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func post(s *odoosim.Sim, path string, body []byte) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("POST", path, bytes.NewReader(body)))
	return w
}

// The recorded requests are answered byte for byte as recorded.
func TestAnswersAreTheRecordedBytes(t *testing.T) {
	for _, v := range versions {
		for _, c := range []struct{ name, service string }{
			{"version", "common"}, {"authenticate", "common"}, {"authenticate_wrong", "common"},
			{"empty_list", "object"}, {"fault_user_error", "object"},
		} {
			t.Run(strconv.Itoa(v)+"/"+c.name, func(t *testing.T) {
				s := newSim(t, odoosim.Options{Version: v, DB: "o" + strconv.Itoa(v)})
				got := post(s, "/xmlrpc/2/"+c.service, recorded(t, v, c.name+".request.xml"))
				want := string(recorded(t, v, c.name+".response.xml"))
				if got.Body.String() != want {
					t.Errorf("got\n%s\nwant\n%s", got.Body, want)
				}
				if got.Header().Get("Date") != "Mon, 23 Nov 2026 15:07:41 GMT" {
					t.Errorf("Date is %q", got.Header().Get("Date"))
				}
			})
		}
	}
}

func newBody(b []byte) *bytes.Reader { return bytes.NewReader(b) }

func TestWhatIsNoCallIsRefused(t *testing.T) {
	s := newSim(t, odoosim.Options{})
	for name, c := range map[string]struct {
		path, body string
		code       int
	}{
		"another path":   {"/xmlrpc/2/db", "", 404},
		"no XML":         {"/xmlrpc/2/common", "hello", 500},
		"a doctype":      {"/xmlrpc/2/common", "<!DOCTYPE x><methodCall/>", 500},
		"unknown method": {"/xmlrpc/2/common", "<methodCall><methodName>about</methodName></methodCall>", 200},
	} {
		if got := post(s, c.path, []byte(c.body)); got.Code != c.code {
			t.Errorf("%s: status %d, want %d", name, got.Code, c.code)
		}
	}
}

package xmlrpc

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// FuzzDecodeResponse: whatever comes, there is a result, a fault or a
// SyntaxError, soon.
func FuzzDecodeResponse(f *testing.F) {
	files, err := filepath.Glob("../testdata/wire/*/*.response.xml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, value := range []string{"<value/>", "<value><nil/></value>", "<value>&#xD800;</value>", "<value><struct/></value>", "<value><double>1e999</double></value>"} {
		f.Add([]byte(response(value)))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		watchdog := time.AfterFunc(5*time.Second, func() { panic("still reading after five seconds") })
		defer watchdog.Stop()
		v, err := Decode(body)
		var syntax *SyntaxError
		var fault Fault
		if err != nil && !errors.As(err, &syntax) && !errors.As(err, &fault) {
			t.Fatalf("unexpected error %v", err)
		}
		if err != nil && v != nil {
			t.Fatal("a value beside an error")
		}
	})
}

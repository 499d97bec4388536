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
		type outcome struct {
			value any
			err   error
		}
		done := make(chan outcome, 1)
		go func() {
			v, err := Decode(body)
			done <- outcome{v, err}
		}()
		select {
		case got := <-done:
			var syntax *SyntaxError
			var fault Fault
			if got.err != nil && !errors.As(got.err, &syntax) && !errors.As(got.err, &fault) {
				t.Fatalf("unexpected error %v", got.err)
			}
			if got.err != nil && got.value != nil {
				t.Fatal("a value beside an error")
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("still reading %d bytes after five seconds", len(body))
		}
	})
}

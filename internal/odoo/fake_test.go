package odoo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	kolo "github.com/kolo/xmlrpc"
	"go.uber.org/goleak"

	"odoomesh/internal/odoo/xmlrpc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// received is one call as the fake server got it.
type received struct {
	service, method, model string
	args                   []any
	kwargs                 map[string]any
	params                 []any
}

// fakeOdoo answers XML-RPC with what answer says. It signs everyone in as user 2
// and is an Odoo 18.
type fakeOdoo struct {
	*httptest.Server
	answer func(received) (any, error)

	mu    sync.Mutex
	calls []received
	// version and uid are what common answers.
	version string
	uid     any
}

func newFakeOdoo(t *testing.T, answer func(received) (any, error)) *fakeOdoo {
	t.Helper()
	f := &fakeOdoo{answer: answer, version: "18.0", uid: 2}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *fakeOdoo) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	call, err := parseCall(strings.TrimPrefix(r.URL.Path, "/xmlrpc/2/"), string(body))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	f.calls = append(f.calls, call)
	version, uid := f.version, f.uid
	f.mu.Unlock()
	var result any
	switch call.method {
	case "version":
		result = map[string]any{"server_version": version, "server_serie": version}
	case "authenticate":
		result = uid
	default:
		result, err = f.answer(call)
	}
	_, _ = w.Write(responseBody(result, err))
}

func (f *fakeOdoo) set(version string, uid any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.version, f.uid = version, uid
}

// last is the latest call on a model.
func (f *fakeOdoo) last(t *testing.T) received {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.calls) == 0 {
		t.Fatal("no call came")
	}
	return f.calls[len(f.calls)-1]
}

func parseCall(service, body string) (received, error) {
	_, rest, _ := strings.Cut(body, "<methodName>")
	method, rest, found := strings.Cut(rest, "</methodName>")
	if !found {
		return received{}, fmt.Errorf("no method in %q", body)
	}
	c := received{service: service, method: method}
	for _, part := range strings.Split(rest, "<param>")[1:] {
		value, _, _ := strings.Cut(part, "</param>")
		v, err := xmlrpc.Decode([]byte("<methodResponse><params><param>" + value + "</param></params></methodResponse>"))
		if err != nil {
			return received{}, err
		}
		c.params = append(c.params, v)
	}
	if method == "execute_kw" && len(c.params) == 7 {
		c.model, _ = c.params[3].(string)
		c.method, _ = c.params[4].(string)
		c.args, _ = c.params[5].([]any)
		c.kwargs, _ = c.params[6].(map[string]any)
	}
	return c, nil
}

func responseBody(result any, err error) []byte {
	if fault, isFault := err.(kolo.FaultError); isFault {
		body, encodeErr := xmlrpc.Encode("x", xmlrpc.Argument{Name: "fault", Value: map[string]any{"faultCode": fault.Code, "faultString": fault.String}})
		if encodeErr != nil {
			panic(encodeErr)
		}
		return []byte(strings.NewReplacer("<methodCall><methodName>x</methodName><params><param>", "<methodResponse><fault>",
			"</param></params></methodCall>", "</fault></methodResponse>").Replace(string(body)))
	}
	body, encodeErr := xmlrpc.Encode("x", xmlrpc.Argument{Name: "result", Value: result})
	if encodeErr != nil {
		panic(encodeErr)
	}
	return []byte(strings.NewReplacer("<methodCall><methodName>x</methodName>", "<methodResponse>",
		"</methodCall>", "</methodResponse>").Replace(string(body)))
}

func testConfig(url string) Config {
	c := DefaultConfig()
	c.URL, c.Database, c.User, c.Password = url, "db", "mesh", "s3cret-key"
	c.CallsPerSecond = 0
	c.Protocol = XMLRPC
	return c
}

// connected is a client of the server, signed in.
func connected(t *testing.T, cfg Config) *Client {
	t.Helper()
	c, err := Connect(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// wire is a recorded answer.
func wire(t *testing.T, version int, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", "wire", fmt.Sprint(version), name+".response.xml"))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

type recordedFault struct {
	Version       int
	Model, Method string
	Code          int
	String        string
}

func recordedFaults(t *testing.T) []recordedFault {
	t.Helper()
	file, err := os.Open("testdata/faults.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []recordedFault
	for decoder := json.NewDecoder(file); ; {
		var f recordedFault
		if err := decoder.Decode(&f); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
}

func kfault(code int, text string) error { return kolo.FaultError{Code: code, String: text} }

package odoo

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"odoomesh/internal/odoo/json2"
)

const (
	versionPath = "web/version"
	json2Path   = "json/2"
	// maxRefusal bounds what is read of a refusal: a traceback and the arguments
	// of an exception.
	maxRefusal = 1 << 20
)

// json2Transport is the Transport over JSON-2, which Odoo speaks from 19 on.
type json2Transport struct {
	poster   *poster
	database string
	user     string
	key      *password
	uid      atomic.Int64
}

func newJSON2Transport(c Config, p *poster, key *password) *json2Transport {
	return &json2Transport{poster: p, database: c.Database, user: c.User, key: key}
}

// Version asks at the address that Odoo has for it since 19. Earlier ones have
// no such page.
func (t *json2Transport) Version(ctx context.Context) (Version, error) {
	resp, err := t.poster.send(ctx, message{http.MethodGet, versionPath, http.Header{}, nil})
	if err != nil {
		return Version{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	if err != nil {
		return Version{}, failed(ctx, err, true)
	}
	if resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
		return Version{}, t.poster.refused(resp)
	}
	var told struct {
		Version string `json:"version"`
	}
	none := &TransportError{Kind: BadAnswer, Sent: true, Err: errors.New("no version at /" + versionPath + "; an Odoo before 19 speaks XML-RPC only")}
	if resp.StatusCode != http.StatusOK {
		none.Status = resp.StatusCode
		return Version{}, none
	}
	if err := json.Unmarshal(body, &told); err != nil {
		return Version{}, none
	}
	v, err := parseVersion(map[string]any{"server_version": told.Version})
	if err != nil {
		return Version{}, none
	}
	t.poster.noteTime(resp)
	return v, nil
}

// Authenticate asks whose key it is. A key of another user is refused, as it is
// over XML-RPC: the mesh would work with rights that nobody gave it.
func (t *json2Transport) Authenticate(ctx context.Context) (int64, error) {
	if !isHeaderText(t.key.Reveal()) || !isHeaderText(t.database) {
		return 0, &ArgumentError{Err: errors.New("the API key or the name of the database holds characters that JSON-2 cannot carry")}
	}
	answer, err := t.exchange(ctx, Request{Model: "res.users", Method: "context_get"})
	if err != nil {
		return 0, err
	}
	session, _ := answer.(map[string]any)
	uid, _ := session["uid"].(int64)
	if uid <= 0 {
		return 0, &TransportError{Kind: BadAnswer, Sent: true, Err: errors.New("context_get answered no user id")}
	}
	answer, err = t.exchange(ctx, Request{Model: "res.users", Method: "read", IDs: []int64{uid}, Kwargs: map[string]any{"fields": []string{"login"}}})
	if err != nil {
		return 0, err
	}
	users, err := rows("res.users", "read", answer)
	if err != nil {
		return 0, err
	}
	login := ""
	if len(users) == 1 {
		login, _ = users[0].String("login")
	}
	if login != t.user {
		return 0, &Fault{Code: 3, Kind: Credentials, Message: "the API key is another user's"}
	}
	t.uid.Store(uid)
	return uid, nil
}

func (t *json2Transport) Call(ctx context.Context, r Request) (any, error) {
	if t.uid.Load() == 0 {
		return nil, &TransportError{Kind: Unreachable, Err: ErrNotConnected}
	}
	return t.exchange(ctx, r)
}

// plainName is what models and methods are called. Anything else could lead to
// another address.
var plainName = regexp.MustCompile(`^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$`)

func (t *json2Transport) exchange(ctx context.Context, r Request) (any, error) {
	if !plainName.MatchString(r.Model) || !plainName.MatchString(r.Method) {
		return nil, &ArgumentError{Err: errors.New("no name of a model and a method")}
	}
	call := json2.Call{Method: r.Method, IDs: r.IDs, Args: r.Args, Kwargs: r.Kwargs}
	body, err := call.Body()
	if err != nil {
		return nil, &ArgumentError{Err: err}
	}
	resp, err := t.poster.send(ctx, message{http.MethodPost, json2Path + "/" + r.Model + "/" + r.Method, http.Header{
		"Content-Type":    {"application/json; charset=utf-8"},
		"Authorization":   {"bearer " + t.key.Reveal()},
		"X-Odoo-Database": {t.database},
	}, body})
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, t.refusal(ctx, resp)
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return nil, pageInstead(resp)
	}
	answer, err := t.poster.decode(ctx, resp)
	if err != nil {
		return nil, err
	}
	t.poster.noteTime(resp)
	return call.Result(answer), nil
}

// refusal is the error of an answer other than 200.
func (t *json2Transport) refusal(ctx context.Context, resp *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	if err != nil {
		return failed(ctx, err, true)
	}
	if said, ok := json2.ParseRefusal(body); ok && resp.StatusCode >= 400 {
		t.poster.noteTime(resp)
		return faultOfRefusal(resp.StatusCode, said)
	}
	// A server that does not know the database has no JSON-2, and says so in a page.
	if resp.StatusCode == http.StatusNotFound && strings.Contains(string(body), "No database is selected") {
		return &Fault{Code: 1, Kind: UnknownDatabase, Message: "the server has no such database", Trace: string(body)}
	}
	return t.poster.refused(resp)
}

// isHeaderText tells whether a header can carry a text as it is.
func isHeaderText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

func (t *json2Transport) Protocol() Protocol { return JSON2 }

// LastServerTime is Odoo's clock as of its latest answer, in whole seconds.
func (t *json2Transport) LastServerTime() time.Time { return t.poster.serverTime() }

func (t *json2Transport) Close() { t.poster.client.CloseIdleConnections() }

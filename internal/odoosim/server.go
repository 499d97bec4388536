package odoosim

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"odoomesh/internal/odoosim/orm"
	"odoomesh/internal/odoosim/xmlrpc"
)

// maxRequest is the size of a request that werkzeug would still take: 128 MiB.
const maxRequest = 128 << 20

// ServeHTTP answers XML-RPC calls to /xmlrpc/2/common and /xmlrpc/2/object and, from
// version 19 on, JSON-2 calls to /json/2/<model>/<method> and the version's page.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/web/version" && s.opts.Version >= 19 {
		s.versionPage(w)
		return
	}
	service, found := strings.CutPrefix(r.URL.Path, "/xmlrpc/2/")
	method, isJSON := strings.CutPrefix(r.URL.Path, "/json/2/")
	isJSON = isJSON && s.opts.Version >= 19
	if !isJSON && (!found || service != "common" && service != "object") {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodPost {
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	if s.faults.isDown() {
		panic(http.ErrAbortHandler) // closes the connection without an answer
	}
	trouble := s.faults.next()
	if !trouble.before(w, r) {
		return
	}
	status, kind := http.StatusOK, "text/xml; charset=utf-8"
	var body []byte
	var cost cost
	if isJSON {
		kind = "application/json; charset=utf-8"
		status, body, cost = s.json2(method, r.Header, http.MaxBytesReader(w, r.Body, maxRequest), trouble)
	} else {
		call, err := xmlrpc.Decode(http.MaxBytesReader(w, r.Body, maxRequest))
		if err != nil {
			http.Error(w, "Internal Server Error", http.StatusInternalServerError)
			return
		}
		body, cost = s.respond(service, host(r.RemoteAddr), call, trouble)
	}
	if !s.faults.pay(r.Context(), cost) || !trouble.after(r.Context()) {
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Server", "Werkzeug")
	h.Set("Date", s.opts.Clock.Now().UTC().Format(http.TimeFormat))
	h.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		s.opts.Logger.Debug("the caller went away", "error", err)
	}
}

// versionPage tells anybody the version.
func (s *Sim) versionPage(w http.ResponseWriter) {
	if s.faults.isDown() {
		panic(http.ErrAbortHandler)
	}
	s.calls.add("common", "version")
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Date", s.opts.Clock.Now().UTC().Format(http.TimeFormat))
	fmt.Fprintf(w, `{"version_info": [%d, 0, 0, "final", 0, ""], "version": "%d.0"}`, s.opts.Version, s.opts.Version)
}

// respond carries out a call and answers the body with what it would cost a real Odoo.
func (s *Sim) respond(service, from string, call *xmlrpc.Call, trouble trouble) ([]byte, cost) {
	v := s.opts.Version
	var result any
	var c cost
	var err error
	if service == "common" {
		s.calls.add("common", call.Method)
		result, err = s.common(from, call)
	} else {
		result, c, err = s.object(from, call, trouble)
	}
	if err == nil {
		var body []byte
		if body, err = xmlrpc.Response(v, result); err == nil {
			return body, c
		}
		kind := "TypeError"
		if errors.Is(err, xmlrpc.ErrRange) {
			kind = "OverflowError"
		}
		err = orm.Unforeseen(kind, "%v", err)
	}
	var fault *orm.Fault
	if !errors.As(err, &fault) {
		fault = orm.Unforeseen("Exception", "%v", err)
	}
	s.opts.Logger.Debug("call refused", "method", call.Method, "code", fault.Code)
	return xmlrpc.FaultResponse(v, fault.Code, s.faultText(fault)), c
}

// common answers the service that needs no login.
func (s *Sim) common(from string, call *xmlrpc.Call) (any, error) {
	switch call.Method {
	case "version":
		serie := fmt.Sprintf("%d.0", s.opts.Version)
		full := serie
		if s.opts.Version == 18 {
			full = "18.0+e-20241005" // as a packaged build names itself
		}
		return xmlrpc.Struct{
			{Name: "server_version", Value: full},
			{Name: "server_version_info", Value: []any{s.opts.Version, 0, 0, "final", 0, ""}},
			{Name: "server_serie", Value: serie},
			{Name: "protocol_version", Value: 1},
		}, nil
	case "authenticate", "login":
		if len(call.Params) < 3 {
			return nil, orm.Unforeseen("TypeError", "exp_authenticate() missing required positional arguments")
		}
		uid, err := s.authenticate(from, call.Params[0], call.Params[1], call.Params[2])
		if err != nil {
			return nil, err
		}
		if uid == 0 {
			return false, nil
		}
		return uid, nil
	}
	return nil, orm.Unforeseen("KeyError", "'exp_%s'", call.Method)
}

// authenticate answers 0, and no fault, whyever somebody may not sign in.
func (s *Sim) authenticate(from string, db, login, password any) (int64, error) {
	if err := s.knownDB(db); err != nil {
		return 0, err
	}
	name, _ := login.(string)
	uid, err := s.logins.signIn(from, name, password)
	if err != nil {
		return 0, nil
	}
	return uid, nil
}

func (s *Sim) knownDB(db any) error {
	if db == s.opts.DB {
		return nil
	}
	return orm.Unforeseen("psycopg2.OperationalError",
		"connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  database \"%v\" does not exist\n", db)
}

// faultText is the string of a fault: for the unforeseen a traceback whose last
// line says what happened, otherwise the message alone.
func (s *Sim) faultText(f *orm.Fault) string {
	if f.Code != 1 {
		return f.Text
	}
	place, line := "…/odoo/addons/base/controllers/rpc.py", 147
	if s.opts.Version >= 19 {
		place, line = "…/addons/rpc/controllers/xmlrpc.py", 162
	}
	return fmt.Sprintf("Traceback (most recent call last):\n  File %q, line %d, in xmlrpc_2\n    response = self._xmlrpc(service)\n               ^^^^^^^^^^^^^^^^^^^^^\n%s\n", place, line, f.Text)
}

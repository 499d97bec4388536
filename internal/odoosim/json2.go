package odoosim

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"odoomesh/internal/odoosim/orm"
	"odoomesh/internal/odoosim/xmlrpc"
)

// json2 answers a call of the JSON-2 API: named arguments only, ids and context
// beside them, errors as an HTTP status with the exception's name.
func (s *Sim) json2(path string, head http.Header, body io.Reader, trouble trouble) (int, []byte, cost) {
	model, method, ok := strings.Cut(path, "/")
	if !ok || model == "" || method == "" || strings.Contains(method, "/") {
		return refuse(404, "werkzeug.exceptions.NotFound", "Did you mean POST /json/2/<model>/<method>?")
	}
	s.calls.add(model, method)
	if db := head.Get("X-Odoo-Database"); db != "" && db != s.opts.DB {
		return refuse(404, "werkzeug.exceptions.NotFound", "Database not found: "+db)
	}
	if status, text := s.keyFits(head.Get("Authorization")); status != 0 {
		return refuse(status, "werkzeug.exceptions.Unauthorized", text)
	}
	named, err := jsonArguments(body)
	if err != nil {
		return refuse(400, "werkzeug.exceptions.BadRequest", "could not parse the body as json: "+err.Error())
	}
	if model == keysModel {
		result, err := s.keyMethods(method, s.logins.keyUser(), named)
		if err != nil {
			status, name, text := exception(err)
			if strings.HasPrefix(text, "The provided API key") {
				status, name = http.StatusForbidden, "odoo.exceptions.AccessDenied"
			}
			return refuse(status, name, text)
		}
		answer, err := xmlrpc.JSON(result)
		if err != nil {
			return refuse(500, "builtins.TypeError", err.Error())
		}
		return http.StatusOK, answer, cost{}
	}
	if s.model(model) == nil {
		return refuse(404, "werkzeug.exceptions.NotFound", "the model '"+model+"' does not exist")
	}
	r := &request{sim: s, method: method, kwargs: named}
	result, c, err := s.execute(r, model, s.logins.keyUser(), trouble)
	if err == nil {
		answer, err := xmlrpc.JSON(result)
		if err == nil {
			return http.StatusOK, answer, c
		}
		return refuse(500, "builtins.TypeError", err.Error())
	}
	status, answer, _ := refuse(exception(err))
	return status, answer, c
}

func (s *Sim) keyFits(authorization string) (status int, text string) {
	kind, key, _ := strings.Cut(authorization, " ")
	switch {
	case !strings.EqualFold(kind, "bearer") || key == "":
		return 401, "User not authenticated, use an API Key with a Bearer Authorization header."
	case !s.logins.keyed(key):
		return 401, "Invalid apikey"
	}
	return 0, ""
}

// jsonArguments reads the object of named arguments; an empty body has none.
func jsonArguments(body io.Reader) (map[string]any, error) {
	d := json.NewDecoder(body)
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if v == nil {
		v = map[string]any{}
	}
	return plainNumbers(v).(map[string]any), nil
}

// plainNumbers makes the integers and floats that XML-RPC would have brought.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case []any:
		for i, x := range v {
			v[i] = plainNumbers(x)
		}
	case map[string]any:
		for k, x := range v {
			v[k] = plainNumbers(x)
		}
	}
	return v
}

// exception is how JSON-2 names a fault.
func exception(err error) (status int, name, text string) {
	var f *orm.Fault
	if !errors.As(err, &f) {
		return 500, "builtins.Exception", err.Error()
	}
	switch f.Code {
	case 2:
		if strings.HasPrefix(f.Text, "Record does not exist") {
			return 404, "odoo.exceptions.MissingError", f.Text
		}
		if strings.HasPrefix(f.Text, "The operation cannot be completed") || strings.HasPrefix(f.Text, "Barcode(s)") {
			return 422, "odoo.exceptions.ValidationError", f.Text
		}
		return 422, "odoo.exceptions.UserError", f.Text
	case 3:
		return 401, "werkzeug.exceptions.Unauthorized", f.Text
	case 4:
		return 403, "odoo.exceptions.AccessError", f.Text
	}
	class, text, _ := strings.Cut(f.Text, ": ")
	switch class {
	case "AttributeError":
		if strings.HasPrefix(text, "The method '") {
			return 404, "werkzeug.exceptions.NotFound", text
		}
	case "TypeError":
		// The complaint of the signature, without the function's name.
		if _, after, found := strings.Cut(text, "() "); found {
			return 422, "werkzeug.exceptions.UnprocessableEntity", after
		}
	}
	if !strings.Contains(class, ".") {
		class = "builtins." + class
	}
	return 500, class, text
}

// refuse is the body of a refusal.
func refuse(status int, name, text string) (int, []byte, cost) {
	arguments := []any{text}
	if strings.HasPrefix(name, "werkzeug.") {
		arguments = append(arguments, status)
	}
	body, err := xmlrpc.JSON(xmlrpc.Struct{{Name: "name", Value: name}, {Name: "message", Value: text}, {Name: "arguments", Value: arguments},
		{Name: "context", Value: xmlrpc.Struct{}}, {Name: "debug", Value: "Traceback (most recent call last):\n" + name + ": " + text + "\n"}})
	if err != nil {
		return http.StatusInternalServerError, nil, cost{}
	}
	return status, body, cost{}
}

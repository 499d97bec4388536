package odooproxy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"odoomesh/internal/odoosim/xmlrpc"
)

const page = "<!DOCTYPE html>\n<html><head><title>%s</title></head><body><h1>%s</h1></body></html>\n"

// Status answers a status with an HTML page, as what stands before Odoo does, and
// headers as name and value in turns. Odoo is not asked.
func Status(code int, headers ...string) Trouble {
	return func(_ Call, w http.ResponseWriter, _ http.Handler) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(code)
		text := http.StatusText(code)
		fmt.Fprintf(w, page, text, text)
	}
}

// TooManyRequests is a rate limit: 429, and Retry-After as seconds or as an HTTP
// date; none if it is empty.
func TooManyRequests(retryAfter string) Trouble {
	if retryAfter == "" {
		return Status(http.StatusTooManyRequests)
	}
	return Status(http.StatusTooManyRequests, "Retry-After", retryAfter)
}

// Forbidden is a web filter's refusal.
func Forbidden() Trouble { return Status(http.StatusForbidden) }

// Redirect leads to a page for maintenance.
func Redirect() Trouble { return Status(http.StatusFound, "Location", "/maintenance") }

// Page answers 200 with a page of something else.
func Page() Trouble { return Status(http.StatusOK) }

// BadGateway is a gateway that has no Odoo behind it.
func BadGateway() Trouble { return Status(http.StatusBadGateway) }

// AfterCommit lets Odoo carry the call out, and then answers as another trouble
// does, as a filter that reads answers, or a limit on their size.
func AfterCommit(t Trouble) Trouble {
	return func(c Call, w http.ResponseWriter, odoo http.Handler) {
		_ = carryOut(odoo, c.Request)
		t(c, w, odoo)
	}
}

// Cut lets Odoo carry the call out, and ends the connection in the middle of its
// answer.
func Cut() Trouble {
	return func(c Call, w http.ResponseWriter, odoo http.Handler) {
		a := carryOut(odoo, c.Request)
		w.Header().Set("Content-Type", a.header.Get("Content-Type"))
		w.Header().Set("Content-Length", strconv.Itoa(a.body.Len()))
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body.Bytes()[:a.body.Len()/2]) // the rest never comes
		panic(http.ErrAbortHandler)
	}
}

// Hang neither answers nor refuses until the caller goes away or the rule ends;
// then the connection is closed.
func Hang() Trouble {
	return func(c Call, _ http.ResponseWriter, _ http.Handler) {
		select {
		case <-c.Request.Context().Done():
		case <-c.ended:
		}
		panic(http.ErrAbortHandler)
	}
}

// Slow lets a call through after a time, or at once when the rule ends.
func Slow(d time.Duration) Trouble {
	return func(c Call, w http.ResponseWriter, odoo http.Handler) {
		wait := time.NewTimer(d)
		defer wait.Stop()
		select {
		case <-c.Request.Context().Done():
			panic(http.ErrAbortHandler)
		case <-c.ended:
		case <-wait.C:
		}
		odoo.ServeHTTP(w, c.Request)
	}
}

// Denied is Odoo's own refusal of a right on the model.
func Denied() Trouble {
	return func(c Call, w http.ResponseWriter, odoo http.Handler) {
		text := fmt.Sprintf("You are not allowed to access '%s' (%s) records.\n\nNo group currently allows this operation.\n\nContact your administrator to request access if necessary.", c.Model, c.Model)
		Fault(4, "odoo.exceptions.AccessError", text)(c, w, odoo)
	}
}

// WrongPassword is Odoo's own refusal of the user or password: false where it
// signs in over XML-RPC, else a fault.
func WrongPassword() Trouble {
	return func(c Call, w http.ResponseWriter, odoo http.Handler) {
		if c.Model == "common" {
			sendXML(w, func() ([]byte, error) { return xmlrpc.Response(17, false) })
			return
		}
		Fault(3, "werkzeug.exceptions.Unauthorized", "Access Denied")(c, w, odoo)
	}
}

// Raised is an exception of Odoo's with a traceback, such as a computed field that
// divides by zero.
func Raised(class, text string) Trouble {
	return func(c Call, w http.ResponseWriter, odoo http.Handler) {
		text := text
		if !c.JSON {
			text = "Traceback (most recent call last):\n  File \"/odoo/http.py\", line 1, in call\n    result = method()\n" + class + ": " + text + "\n"
		}
		Fault(1, "builtins."+class, text)(c, w, odoo)
	}
}

// Fault is Odoo's own refusal, with XML-RPC's code or JSON-2's exception.
func Fault(code int, exception, text string) Trouble {
	return func(c Call, w http.ResponseWriter, _ http.Handler) {
		if !c.JSON {
			sendXML(w, func() ([]byte, error) { return xmlrpc.FaultResponse(17, code, text), nil })
			return
		}
		status := map[int]int{2: http.StatusUnprocessableEntity, 3: http.StatusUnauthorized, 4: http.StatusForbidden}[code]
		if status == 0 {
			status = http.StatusInternalServerError
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"name": exception, "message": text, "arguments": []any{text}, "context": map[string]any{}, "debug": ""})
	}
}

func sendXML(w http.ResponseWriter, body func() ([]byte, error)) {
	text, err := body()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = w.Write(text) // the caller may have gone away
}

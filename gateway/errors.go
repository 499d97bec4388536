package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/anypb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
)

// errorBody is an error as AIP-193 writes it in JSON.
type errorBody struct {
	Error errorStatus `json:"error"`
}

type errorStatus struct {
	// Code is the HTTP status code.
	Code    int               `json:"code"`
	Message string            `json:"message"`
	Status  string            `json:"status"`
	Details []json.RawMessage `json:"details,omitempty"`
}

// errorJSON writes st as one line, without a newline.
func errorJSON(httpCode int, st *statuspb.Status) []byte {
	body := errorBody{Error: errorStatus{
		Code:    httpCode,
		Message: st.GetMessage(),
		Status:  code.Code(st.GetCode()).String(),
	}}
	for _, detail := range st.GetDetails() {
		// A detail of a type that is not linked in cannot be written; the rest can.
		if text, err := protojson.Marshal(detail); err == nil {
			body.Error.Details = append(body.Error.Details, text)
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // nobody takes JSON for a page: its type says so
	if err := encoder.Encode(body); err != nil {
		return []byte(`{"error":{"code":500,"message":"","status":"INTERNAL"}}`)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// httpCodeOf is the HTTP status that the contract gives a reason, else the one that goes
// with the gRPC code.
func httpCodeOf(st *status.Status) int {
	if httpCode := fault.HTTPStatus(reasonName(st)); httpCode != 0 {
		return httpCode
	}
	return runtime.HTTPStatusFromCode(st.Code())
}

// refuse answers a call with a refusal. One that the gateway made itself, which no
// interceptor has seen, gets the request's id here and goes into the log.
func (e errorWriter) refuse(w http.ResponseWriter, c *call, httpCode int, st *status.Status) {
	if !slices.ContainsFunc(st.Details(), func(detail any) bool { _, ok := detail.(*errdetails.RequestInfo); return ok }) {
		st = withRequestID(st, c.id)
		e.log(c, httpCode, st)
	}
	if e.browser != nil && c.request != nil && st.Code() == codes.Unauthenticated && e.browser.Lead(w, c.request) {
		return
	}
	writeError(w, httpCode, st)
}

func withRequestID(st *status.Status, id string) *status.Status {
	named := st.Proto()
	if detail, err := anypb.New(&errdetails.RequestInfo{RequestId: id}); err == nil {
		named.Details = append(named.Details, detail)
	}
	return status.FromProto(named)
}

// log tells of a refusal what can be told of a caller who is not known yet: where it
// comes from, and what of the path is no secret. The query and the body stay out.
func (e errorWriter) log(c *call, httpCode int, st *status.Status) {
	method, caller := "", ""
	if r := c.request; r != nil {
		method, caller = r.Method, r.RemoteAddr
		if strings.HasPrefix(r.URL.Path, versionPath) {
			method += " " + r.URL.Path
		}
	}
	e.logger.Info("call refused", "request_id", c.id, "method", method, "principal", "", "caller", caller,
		"reason", "REASON_"+reasonName(st), "http_status", httpCode, "cause", st.Message(),
		"took", e.clock.Now().Sub(c.began).Round(time.Microsecond).String())
}

func reasonName(st *status.Status) string {
	for _, detail := range st.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info.GetReason()
		}
	}
	return st.Code().String()
}

func writeError(w http.ResponseWriter, httpCode int, st *status.Status) {
	h := w.Header()
	h.Del("Etag")
	h.Del("Trailer")
	h["Content-Type"] = contentTypeJSON
	h["Cache-Control"] = cacheNoStore
	if st.Code() == codes.Unauthenticated {
		h.Set("WWW-Authenticate", "Bearer")
	}
	for _, detail := range st.Details() {
		if retry, ok := detail.(*errdetails.RetryInfo); ok {
			seconds := math.Ceil(retry.GetRetryDelay().AsDuration().Seconds())
			h.Set("Retry-After", strconv.Itoa(int(max(seconds, 1))))
		}
	}
	body := append(errorJSON(httpCode, st.Proto()), '\n')
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(httpCode)
	_, _ = w.Write(body)
}

// errorWriter answers calls that failed before their answer began.
type errorWriter struct {
	logger  *slog.Logger
	clock   clock.Clock
	limit   int64
	browser Browser
}

// sentence makes one of an error.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

func (e errorWriter) handle(ctx context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
	setRequestIDFromServer(ctx, w)
	c := callFrom(r.Context())
	if c.bodyTooLarge {
		e.refuse(w, c, http.StatusRequestEntityTooLarge, bodyTooLarge(e.limit))
		return
	}
	if st := unread(ctx, c.request, err); st != nil {
		e.refuse(w, c, httpCodeOf(st), st)
		return
	}
	httpCode := 0
	var custom *runtime.HTTPStatusError
	if errors.As(err, &custom) {
		httpCode, err = custom.HTTPStatus, custom.Err
	}
	st, shown := statusOf(err)
	if !shown {
		e.logFailure(ctx, err)
	}
	if httpCode == 0 {
		httpCode = httpCodeOf(st)
	}
	e.refuse(w, c, httpCode, st)
}

// handleStream answers what to send when a stream breaks off after its start.
func (e errorWriter) handleStream(ctx context.Context, err error) *status.Status {
	st, shown := statusOf(err)
	if !shown {
		e.logFailure(ctx, err)
	}
	return st
}

func (e errorWriter) logFailure(ctx context.Context, err error) {
	method, _ := runtime.RPCMethod(ctx)
	e.logger.ErrorContext(ctx, "call failed inside", "method", method, "request_id", callFrom(ctx).id, "error", err.Error())
}

func bodyTooLarge(limit int64) *status.Status {
	return refusal(errorsv1.Reason_REASON_INVALID_ARGUMENT,
		"The body is larger than "+strconv.FormatInt(limit, 10)+" bytes.")
}

package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
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
	text, err := json.Marshal(body)
	if err != nil {
		return []byte(`{"error":{"code":500,"message":"","status":"INTERNAL"}}`)
	}
	return text
}

func httpCodeOf(st *status.Status) int { return runtime.HTTPStatusFromCode(st.Code()) }

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
	logger *slog.Logger
	limit  int64
}

func (e errorWriter) handle(ctx context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
	setRequestIDFromServer(ctx, w)
	if callFrom(r.Context()).bodyTooLarge {
		writeError(w, http.StatusRequestEntityTooLarge, bodyTooLarge(e.limit))
		return
	}
	if st := unread(ctx, callFrom(r.Context()).request, err); st != nil {
		writeError(w, httpCodeOf(st), st)
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
	writeError(w, httpCode, st)
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

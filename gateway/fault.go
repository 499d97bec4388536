package gateway

import (
	"slices"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

// refusal is a status of the gateway's own.
func refusal(reason errorsv1.Reason, message string, details ...fault.Detail) *status.Status {
	return fault.New(reason, message, details...).GRPCStatus()
}

// reasonOf is the reason that goes with a status which nobody in the mesh made:
// it comes from the router, from the parsing of a request, or from gRPC itself.
func reasonOf(code codes.Code) errorsv1.Reason {
	switch code {
	case codes.InvalidArgument, codes.OutOfRange:
		return errorsv1.Reason_REASON_INVALID_ARGUMENT
	case codes.NotFound:
		return errorsv1.Reason_REASON_NOT_FOUND
	case codes.Unimplemented:
		return errorsv1.Reason_REASON_NOT_SUPPORTED
	case codes.DeadlineExceeded:
		return errorsv1.Reason_REASON_DEADLINE_EXCEEDED
	case codes.Canceled:
		return errorsv1.Reason_REASON_CANCELLED
	case codes.Unauthenticated:
		return errorsv1.Reason_REASON_UNAUTHENTICATED
	case codes.PermissionDenied:
		return errorsv1.Reason_REASON_NOT_PERMITTED
	case codes.ResourceExhausted:
		return errorsv1.Reason_REASON_OVERLOADED
	case codes.Unavailable:
		return errorsv1.Reason_REASON_SHUTTING_DOWN
	case codes.FailedPrecondition:
		return errorsv1.Reason_REASON_BUSINESS_RULE
	case codes.Aborted:
		return errorsv1.Reason_REASON_CONTENTION
	case codes.AlreadyExists:
		return errorsv1.Reason_REASON_ALREADY_EXISTS
	default:
		return errorsv1.Reason_REASON_INTERNAL
	}
}

// statusOf makes err fit to be shown. A status with an ErrorInfo was made to be
// seen and stays as it is. One without is made anew, with all that belongs to its
// reason; when it tells of a failure inside, its text does not leave the mesh,
// and shown is false.
func statusOf(err error) (st *status.Status, shown bool) {
	st, ok := status.FromError(err)
	if !ok {
		st = status.FromContextError(err)
	}
	if hasInfo(st) {
		return st, true
	}
	reason := reasonOf(st.Code())
	if reason == errorsv1.Reason_REASON_INTERNAL {
		return fault.Internal(err).GRPCStatus(), false
	}
	// The code stays, as several codes share a reason.
	made := refusal(reason, st.Message()).Proto()
	made.Code = st.Proto().GetCode()
	return status.FromProto(made), true
}

// hasInfo tells whether somebody in the mesh made the status.
func hasInfo(st *status.Status) bool {
	return slices.ContainsFunc(st.Details(), func(detail any) bool {
		_, ok := detail.(*errdetails.ErrorInfo)
		return ok
	})
}

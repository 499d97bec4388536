package operations

import (
	"context"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/fault"
)

// Exceptions is where the exceptions are kept. Its errors carry their reasons.
type Exceptions interface {
	// Get answers one exception.
	Get(name string) (*operationsv1.Exception, error)
	// List answers a page of them, the newest first.
	List(context.Context, *operationsv1.ListExceptionsRequest) (*operationsv1.ListExceptionsResponse, error)
	// Acknowledge notes durably that a person knows of one.
	Acknowledge(ctx context.Context, by string, r *operationsv1.AcknowledgeExceptionRequest) (*operationsv1.Exception, error)
}

// ExceptionService answers ExceptionService of the contract.
type ExceptionService struct {
	operationsv1.UnimplementedExceptionServiceServer
	exceptions Exceptions
}

// NewExceptions makes the service of exceptions.
func NewExceptions(e Exceptions) *ExceptionService { return &ExceptionService{exceptions: e} }

// GetException answers one exception.
func (s *ExceptionService) GetException(_ context.Context, r *operationsv1.GetExceptionRequest) (*operationsv1.Exception, error) {
	return s.exceptions.Get(r.GetName())
}

// ListExceptions answers a page of exceptions.
func (s *ExceptionService) ListExceptions(ctx context.Context, r *operationsv1.ListExceptionsRequest) (*operationsv1.ListExceptionsResponse, error) {
	return s.exceptions.List(ctx, r)
}

// AcknowledgeException notes that the caller knows of an exception.
func (s *ExceptionService) AcknowledgeException(ctx context.Context, r *operationsv1.AcknowledgeExceptionRequest) (*operationsv1.Exception, error) {
	e, err := s.exceptions.Acknowledge(ctx, access.Caller(ctx), r)
	if err != nil {
		// Nothing was done in Odoo, whatever failed.
		return nil, fault.FromError(err)
	}
	return e, nil
}

package audit

import (
	"google.golang.org/grpc"

	auditv1 "odoomesh/gen/go/mesh/audit/v1"
	"odoomesh/gen/go/mesh/audit/v1/auditservice"
	"odoomesh/internal/domain"
)

// Rooms gives the audit.
type Rooms interface {
	Audit() Trail
}

// Domain is what is served of the audit.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name: "audit",
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			auditv1.RegisterAuditServiceServer(s, New(r.Audit()))
			return nil
		},
		Gateway: auditservice.Gateway,
	}
}

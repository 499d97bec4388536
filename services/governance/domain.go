package governance

import (
	"google.golang.org/grpc"

	governancev1 "odoomesh/gen/go/mesh/governance/v1"
	"odoomesh/gen/go/mesh/governance/v1/governanceservice"
	"odoomesh/internal/domain"
)

// Rooms gives what is governed; nil where nothing is.
type Rooms interface {
	Governed() Register
}

// Domain is what is served to those who change documents that are governed.
func Domain[R Rooms]() domain.Domain[R] {
	return domain.Domain[R]{
		Name: "governance",
		Serve: func(s grpc.ServiceRegistrar, r R) error {
			governancev1.RegisterGovernanceServiceServer(s, New(r.Governed()))
			return nil
		},
		Gateway: governanceservice.Gateway,
	}
}

// Methods are those that who changes a document has to be able to call.
func Methods() []string {
	return []string{
		governancev1.GovernanceService_ProposeDocument_FullMethodName, governancev1.GovernanceService_ReviewProposal_FullMethodName,
		governancev1.GovernanceService_ActivateProposal_FullMethodName,
	}
}

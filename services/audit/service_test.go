package audit_test

import (
	"context"
	"strings"
	"testing"

	_ "odoomesh/gen/go/mesh/order/v1" // its names are known where it is

	auditv1 "odoomesh/gen/go/mesh/audit/v1"
	"odoomesh/internal/audit/trail"
	"odoomesh/services/audit"
)

// empty is a trail without records.
type empty struct{ audit.Trail }

func (empty) Find(context.Context, trail.Query, uint64, int) ([]trail.Found, uint64, error) {
	return nil, 0, nil
}

// Who asks about a document by a name that none has is told so, and not that nothing
// happened to it.
func TestADocumentIsNamedAsTheContractNamesIt(t *testing.T) {
	for document, want := range map[string]string{
		"": "", "orders/1": "", "apiKeys/a": "", "orders": "", "order/1": `did you mean "orders/1"?`,
	} {
		_, err := audit.New(empty{}).ListRecords(t.Context(), &auditv1.ListRecordsRequest{Document: document})
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", document, err, want)
		}
	}
}

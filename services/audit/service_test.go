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

// asked is a trail that keeps what was asked for.
type asked struct {
	audit.Trail
	query *trail.Query
}

func (a asked) Find(_ context.Context, q trail.Query, _ uint64, _ int) ([]trail.Found, uint64, error) {
	*a.query = q
	return nil, 0, nil
}

// How calls ended is asked for by a reason as people or the contract write it, and what is
// none is refused with what was probably meant.
func TestOutcomesAreAskedForByName(t *testing.T) {
	for outcome, want := range map[string]struct {
		query trail.Query
		says  string
	}{
		"":                     {},
		"OK":                   {query: trail.Query{Outcome: "OK"}},
		"refused":              {query: trail.Query{Refused: true}},
		"not_permitted":        {query: trail.Query{Outcome: "REASON_NOT_PERMITTED"}},
		"REASON_NOT_PERMITTED": {query: trail.Query{Outcome: "REASON_NOT_PERMITTED"}},
		"NOT_PERMITED":         {says: "did you mean NOT_PERMITTED?"},
		"UNSPECIFIED":          {says: "there is no reason UNSPECIFIED"},
		"what":                 {says: "there is no reason WHAT"},
	} {
		var got trail.Query
		_, err := audit.New(asked{query: &got}).ListRecords(t.Context(), &auditv1.ListRecordsRequest{Outcome: outcome})
		if got != want.query || (err != nil) != (want.says != "") || err != nil && !strings.Contains(err.Error(), want.says) {
			t.Errorf("%q: %+v, %v", outcome, got, err)
		}
	}
}

package e2e

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc/metadata"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
	auditv1 "odoomesh/gen/go/mesh/audit/v1"
)

// The audit has when somebody took more by broken glass, and when that ended: by the file
// that allows it no more, and by the process.
func TestTheAuditHasWhenBrokenGlassIsMended(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 3)
	c := settings(t, p)
	c.AccessFile = filepath.Join(t.TempDir(), "access.yaml")
	allow := func(glass string) {
		t.Helper()
		accessFileOf(t, c.AccessFile, [2]string{"ann", "roles: [reader]" + glass}, [2]string{"eve", "roles: [auditor]"})
	}
	const kept = ", break_glass: {roles: [buyer], minutes: 60}"
	allow(kept)
	m := start(t, c)
	as := func(name string) context.Context {
		return metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+name)
	}
	took := func() {
		t.Helper()
		if _, err := accessv1.NewAccessServiceClient(m.conn).BreakGlass(as("ann"), &accessv1.BreakGlassRequest{Reason: "nobody\nelse is there"}); err != nil {
			t.Fatal(err)
		}
	}
	// told awaits what the audit says of broken glass, the oldest first.
	told := func(want ...string) {
		t.Helper()
		eventually(t, func() (bool, any) {
			r, err := auditv1.NewAuditServiceClient(m.conn).ListRecords(as("eve"), &auditv1.ListRecordsRequest{Document: "broken glass"})
			if err != nil || len(r.GetRecords()) != len(want) {
				return false, r
			}
			for i, record := range r.GetRecords() {
				if !strings.HasPrefix(record.GetPayload().GetExplanation(), want[i]+" ann has buyer until ") || !strings.HasSuffix(record.GetPayload().GetExplanation(), ": nobody else is there\n") {
					return false, r
				}
			}
			return true, nil
		})
	}
	took()
	told("+")
	allow("")
	told("+", "-")
	allow(kept)
	eventually(t, func() (bool, any) {
		_, err := accessv1.NewAccessServiceClient(m.conn).BreakGlass(as("ann"), &accessv1.BreakGlassRequest{Reason: "nobody else is there"})
		return err == nil, err
	})
	told("+", "-", "+")
	m.stop()
	m = start(t, c)
	told("+", "-", "+", "-")
}

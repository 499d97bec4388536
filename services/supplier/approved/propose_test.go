package approved

import (
	"strings"
	"testing"

	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
)

// An entry is proposed of what it can be named by alone: others could never be decided on.
func TestASiteHasAnIdOfOdoo(t *testing.T) {
	for _, tt := range []struct {
		site string
		ok   bool
	}{
		{"", true}, {"companies/1", true}, {"locations/8", true}, {"companies/2147483647", true},
		{"companies/99999999999", false}, {"locations/2147483648", false}, {"companies/0", false}, {"companies", false}, {"lots/1", false},
	} {
		var s *Service
		_, err := s.beginCreate(&supplierv1.CreateApprovedVendorRequest{ApprovedVendor: &supplierv1.ApprovedVendor{
			Product: "products/1", Supplier: "suppliers/1", Site: tt.site, Reason: "tested",
		}})
		if tt.ok != (err == nil) || err != nil && !strings.Contains(err.Error(), "approved_vendor.site") {
			t.Errorf("%q: %v", tt.site, err)
		}
	}
}

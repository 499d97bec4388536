package operations

import (
	"errors"
	"fmt"
	"strings"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/capture"
	"odoomesh/internal/fault"
)

// refusal gives the errors of capture their reasons. The others only read, or wrote to
// the mesh alone: none leaves open what Odoo has done.
func (s *Service) refusal(collection, field string, err error) error {
	switch {
	case errors.Is(err, capture.ErrNoCollection):
		return fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, field,
			fmt.Sprintf("there is no collection %s; there are %s", collection, strings.Join(s.collections(""), ", ")))
	case errors.Is(err, capture.ErrNotConnected):
		return fault.Unavailable(errorsv1.Reason_REASON_ODOO_UNAVAILABLE, "Odoo has not been reached since the start.", fault.AskAgain, fault.Because(err))
	case errors.Is(err, capture.ErrNotLoaded):
		return fault.Unavailable(errorsv1.Reason_REASON_NOT_LOADED, fmt.Sprintf("%s are being loaded for the first time.", collection), fault.AskAgain, fault.Because(err))
	case errors.Is(err, capture.ErrResyncRuns):
		return fault.Unavailable(errorsv1.Reason_REASON_IN_PROGRESS, fmt.Sprintf("%s are being read again already.", collection), fault.AskAgain, fault.Because(err))
	}
	return fault.FromError(err)
}

// collections are the names of those that are captured: of one or, where it is empty,
// of all.
func (s *Service) collections(only string) (names []string) {
	for _, c := range s.mesh.Statuses() {
		if only == "" || only == c.Collection {
			names = append(names, c.Collection)
		}
	}
	return names
}

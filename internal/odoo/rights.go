package odoo

import (
	"context"
	"errors"
	"fmt"
)

// May tells whether the user may do an operation ("read", "write", "create", "unlink") on
// some record of a model: one that this Odoo lacks is none of which he may [up to 17
// check_access_rights, from 18 on has_access, which runs on records, be they none].
func (c *Client) May(ctx context.Context, model, operation string) (bool, error) {
	r := Request{Model: model, Method: "has_access", IDs: []int64{}, Kwargs: map[string]any{"operation": operation}}
	if server, known := c.Server(); !known {
		return false, ErrNotConnected
	} else if server.Version.Major < 18 {
		r = Request{Model: model, Method: "check_access_rights", Kwargs: map[string]any{"operation": operation, "raise_exception": false}}
	}
	answer, err := c.call(ctx, r)
	var fault *Fault
	if errors.As(err, &fault) && (fault.Kind == UnknownModel || fault.Kind == AccessDenied) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("asking Odoo for the right to %s %s: %w", operation, model, err)
	}
	may, _ := answer.(bool)
	return may, nil
}

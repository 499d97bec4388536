package app

import (
	"context"

	"odoomesh/internal/command"
	"odoomesh/internal/odoo"
)

// approver calls Odoo as the user who may approve purchases.
type approver struct{ client *odoo.Client }

// openApprover makes it where one is configured; it signs in when it is needed.
func (a *App) openApprover() error {
	settings, configured := a.config.Approver()
	if !configured {
		return nil
	}
	settings.Clock = a.clock
	client, err := odoo.New(settings)
	if err != nil {
		return err
	}
	a.approver = &approver{client}
	return nil
}

// closeClients ends what is open to Odoo.
func (a *App) closeClients() {
	a.client.Close()
	if a.approver != nil {
		a.approver.client.Close()
	}
}

// CallOn signs in where it has not yet.
func (a *approver) CallOn(ctx context.Context, model, method string, ids []int64, args []any, kwargs map[string]any) (any, error) {
	if _, known := a.client.Server(); !known {
		if _, err := a.client.Connect(ctx); err != nil {
			return nil, err
		}
	}
	return a.client.CallOn(ctx, model, method, ids, args, kwargs)
}

// Approver is who approves purchases in Odoo; nil where a person does.
func (r *rooms) Approver() command.Caller {
	if r.app.approver == nil {
		return nil
	}
	return r.app.approver
}

// ApprovalFrom is from which total on orders need an approval of the mesh.
func (r *rooms) ApprovalFrom() string { return r.app.policies().ApprovalFrom }

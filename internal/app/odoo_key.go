package app

import "odoomesh/internal/odookey"

// openKeeper makes what looks after Odoo's key.
func (a *App) openKeeper() (err error) {
	a.keeper, err = odookey.New(odookey.Config{
		Client: a.client, File: a.config.PasswordFile, Rotate: a.config.RotateKey, MaxAge: a.config.PasswordMaxAge,
		Clock: a.clock, Logger: a.logger, Registerer: a.metrics,
	})
	return err
}

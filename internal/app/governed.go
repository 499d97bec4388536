package app

import (
	"context"
	"fmt"
	"os"

	"odoomesh/internal/access"
	"odoomesh/internal/config"
	"odoomesh/internal/govern"
	"odoomesh/internal/token"
	"odoomesh/services"
	"odoomesh/services/governance"
)

// openGoverned opens what is changed by proposals alone, where something is.
func (a *App) openGoverned() error {
	if !a.config.Governed {
		if a.stores.governance.Head() > 0 {
			// Whoever can set that can do so: it is to stand out, not to be impossible.
			a.logger.Warn("governed is off, and was on: the configured files are in force, whatever was approved", "access_file", a.config.AccessFile)
		}
		return nil
	}
	var err error
	a.governed, err = govern.Open(govern.Config{
		Journal: a.stores.governance, Clock: a.clock, Logger: a.logger, Tell: a.tellAudit,
	})
	if err != nil {
		return fmt.Errorf("data folder %s: %w", a.config.DataDir, err)
	}
	return nil
}

// Governed has what is changed by proposals alone; nil where nothing is.
func (r *rooms) Governed() governance.Register {
	if r.app.governed == nil {
		return nil
	}
	return register{r.app.governed, r.app}
}

// register has the documents, with the page tokens of who calls.
type register struct {
	*govern.Register
	app *App
}

// Tokens are the page tokens of who calls.
func (r register) Tokens(ctx context.Context) token.Tokens { return r.app.tokens.For(ctx) }

// governedAccess is the access file that is in force; nil where it is not governed.
func (a *App) governedAccess() ([]byte, error) {
	if a.governed == nil {
		return nil, nil
	}
	if !a.governed.Begun(govern.AccessFile) {
		// Who may write the file matters as long as it has an effect.
		if _, err := access.ReadFile(a.config.AccessFile); err != nil {
			return nil, err
		}
	}
	text, err := a.governed.Adopt(context.Background(), govern.AccessFile, accessDocument{a})
	if err != nil {
		return nil, &config.Error{Problems: []config.Problem{{Key: "access-file", Text: err.Error()}}}
	}
	return text, nil
}

// accessDocument is the access file, as it is governed.
type accessDocument struct{ app *App }

// Check refuses a file by which nobody could change it again.
func (accessDocument) Check(text []byte) error {
	file, err := access.Parse(text)
	if err != nil {
		return err
	}
	if n := len(file.Governors(governance.Methods()...)); n < 2 {
		return fmt.Errorf("%w: it takes one who proposes and another who approves, each with the right to operate access and governance, such as the role administrator, and it has %d", govern.ErrTwo, n)
	}
	return nil
}

// Effect tells whose decisions would be others.
func (accessDocument) Effect(_ context.Context, before, after []byte) (govern.Effect, error) {
	was, err := access.Parse(before)
	if err != nil {
		return govern.Effect{}, err
	}
	is, err := access.Parse(after)
	if err != nil {
		return govern.Effect{}, err
	}
	e := govern.Effect{Basis: "Every decision about every method of the contract and every principal of both files was compared, as meshctl access diff does."}
	for _, c := range access.Diff(was, is) {
		e.Decisions = append(e.Decisions, govern.Decision{Principal: c.Principal, Method: c.Method, Command: c.Command, Before: c.Before, After: c.After})
	}
	return e, nil
}

// Use has the guard decide by it.
func (d accessDocument) Use(text []byte) error { return d.app.servers.guard.Put(text) }

// Configured is what the configured file says.
func (d accessDocument) Configured() ([]byte, error) {
	return os.ReadFile(d.app.config.AccessFile)
}

// overlays are those that are in force: of a governed mesh what two persons have put there,
// which a change of the configured files leaves as it is.
func (a *App) overlays(ctx context.Context, collections []services.Collection) ([][]byte, error) {
	if a.governed == nil {
		return readOverlays(a.config.Overlays)
	}
	text, err := a.governed.Adopt(ctx, govern.MappingOverlays, &overlayDocument{app: a, collections: collections})
	if err != nil {
		return nil, &config.Error{Problems: []config.Problem{{Key: "mapping-overlay", Text: err.Error()}}}
	}
	return splitOverlays(text), nil
}

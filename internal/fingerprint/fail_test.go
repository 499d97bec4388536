package fingerprint_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"odoomesh/internal/fingerprint"
	"odoomesh/internal/odoo"
)

// slow is an Odoo that answers after a second, and of companies nothing at all.
type slow struct{ answered, givenUp atomic.Int32 }

func (s *slow) SearchRead(ctx context.Context, model string, _ odoo.Domain, _ []string, _ odoo.ReadOptions) ([]odoo.Row, error) {
	if model == "res.company" {
		return nil, &odoo.TransportError{Kind: odoo.Suspended, Err: errors.New("after repeated failures")}
	}
	select {
	case <-ctx.Done():
		s.givenUp.Add(1)
		return nil, ctx.Err()
	case <-time.After(time.Second):
		s.answered.Add(1)
		return nil, nil
	}
}

func (s *slow) Version(context.Context) (odoo.Version, error) { return odoo.Version{Major: 17}, nil }
func (s *slow) Server() (odoo.Server, bool)                   { return odoo.Server{}, true }

// One question that fails lets the others end: what is given up tells nobody that Odoo
// answers again.
func TestAQuestionThatFailsLetsTheOthersEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{}
		if _, err := fingerprint.Look(t.Context(), s, nil, fingerprint.SignIn); err == nil {
			t.Error("a look of which a part failed was taken for a whole one")
		}
		if s.givenUp.Load() != 0 || s.answered.Load() != 7 {
			t.Errorf("%d were answered, %d given up", s.answered.Load(), s.givenUp.Load())
		}
	})
}

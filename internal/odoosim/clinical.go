package odoosim

import (
	"context"
	"fmt"
	"time"

	"odoomesh/internal/odoosim/clinical"
)

// LoadClinical fills the database with a lifelike catalogue of that many products
// and their suppliers; the same number gives the same data. 400 is a good default.
func (s *Sim) LoadClinical(products int) error {
	return clinical.Load(s.odoo(), products)
}

// LoadHospital is LoadClinical and what has been done with the products so far: stock
// with lots in several places, orders in all states, receipts, bills, returns,
// deliveries. A product with a history can be archived but not be deleted. From then
// on every second Step happens in purchasing or in the store.
func (s *Sim) LoadHospital(products int) error {
	if err := s.LoadClinical(products); err != nil {
		return err
	}
	if err := clinical.LoadHistory(s.odoo(), products); err != nil {
		return err
	}
	s.play.Lock()
	defer s.play.Unlock()
	s.store = true
	return nil
}

func (s *Sim) odoo() clinical.Odoo {
	return clinical.Odoo{Version: s.opts.Version, Now: s.opts.Clock.Now(), Do: func(fn func(clinical.Writer) error) error {
		return s.Do(func(tx *Tx) error { return fn(tx) })
	}}
}

// Step lets one thing happen in Odoo: a price changes, a product appears, an order is
// confirmed, goods come, a bill is posted, a ward is supplied. The same number of steps
// gives the same history.
func (s *Sim) Step() error {
	s.play.Lock()
	defer s.play.Unlock()
	if s.scenario == nil {
		s.scenario = clinical.NewScenario(s.odoo(), s.store)
	}
	return s.scenario.Step()
}

// Play does one Step every so often and ends with the context, answering nil, or
// with the first step that fails.
func (s *Sim) Play(ctx context.Context, every time.Duration) error {
	if every <= 0 {
		return fmt.Errorf("playing every %s: the interval must be positive", every)
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := s.Step(); err != nil {
				return fmt.Errorf("playing the scenario: %w", err)
			}
		}
	}
}

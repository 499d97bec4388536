package command

import (
	"sync"

	"odoomesh/internal/odoo"
)

// memory is what Odoo has answered since a look began: the check right behind it asks the
// same again. Where anything is changed, nothing is remembered.
type memory struct {
	mu   sync.Mutex
	rows map[string][]odoo.Row // nil while nothing is remembered
}

func (m *memory) begin() { m.set(map[string][]odoo.Row{}) }

func (m *memory) end() { m.set(nil) }

func (m *memory) set(rows map[string][]odoo.Row) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows = rows
}

func (m *memory) recall(question string) (rows []odoo.Row, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	rows, known = m.rows[question]
	return rows, known
}

func (m *memory) keep(question string, rows []odoo.Row) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rows != nil {
		m.rows[question] = rows
	}
}

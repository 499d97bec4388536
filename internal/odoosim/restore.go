package odoosim

import (
	"odoomesh/internal/odoosim/models"
	"odoomesh/internal/odoosim/orm"
)

// Backup is a database at a moment.
type Backup struct{ snapshot *orm.Snapshot }

// Backup takes a backup of the database, while nobody writes.
func (s *Sim) Backup() Backup { return Backup{s.db.Snapshot()} }

// Restore puts the database back to a backup: what came after it is gone, and ids and
// numbers are given again.
func (s *Sim) Restore(b Backup) { s.db.Restore(b.snapshot) }

// BecomeCopy lets the database be a copy of the one that it was: with a UUID of its own.
func (s *Sim) BecomeCopy(uuid string) error {
	return s.Do(func(tx *Tx) error {
		ids, err := tx.Search("ir.config_parameter", []any{[]any{"key", "=", models.DatabaseUUID}})
		if err != nil {
			return err
		}
		return tx.Write("ir.config_parameter", ids, map[string]any{"value": uuid})
	})
}

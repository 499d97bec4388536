package orm

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Tx is one transaction. Its changes are invisible to others until Commit; they
// carry the stamp of its beginning whenever that comes. Not for concurrent use.
type Tx struct {
	db        *DB
	stamp     int64
	changes   map[*Model]map[int64]*change
	exclusive bool
	done      bool
	failed    error
	// saved are the records that create, write or a recomputation has stored; true
	// where they are new.
	saved map[*Model]map[int64]bool
}

// change is one row as the transaction found it (nil: it created it) and as it
// leaves it (nil: deleted).
type change struct{ was, now *row }

// ErrDone says that the transaction has been committed or rolled back before.
var ErrDone = errors.New("the transaction has ended")

// Begin opens a transaction stamped now.
func (db *DB) Begin() *Tx {
	return &Tx{db: db, stamp: db.Now().UnixMicro(), changes: map[*Model]map[int64]*change{}}
}

// Exclusive runs fn in a transaction that commits if fn succeeds and that no other
// commit can run into. Readers are not blocked except while it applies.
func (db *DB) Exclusive(fn func(tx *Tx) error) error {
	db.commit.Lock()
	defer db.commit.Unlock()
	tx := db.Begin()
	tx.exclusive = true
	if err := fn(tx); err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

// Env is the transaction's environment for a user.
func (tx *Tx) Env(uid int64) *Env {
	return &Env{db: tx.db, tx: tx, UID: uid, Company: 1, ActiveTest: true, TZ: "UTC"}
}

// Env is a reading environment for a user.
func (db *DB) Env(uid int64) *Env {
	return &Env{db: db, UID: uid, Company: 1, ActiveTest: true, TZ: "UTC"}
}

// View runs fn while the committed rows stand still.
func (db *DB) View(fn func() error) error {
	db.mu.RLock()
	defer db.mu.RUnlock()
	return fn()
}

// Stamp is the transaction's beginning.
func (tx *Tx) Stamp() time.Time { return time.UnixMicro(tx.stamp).UTC() }

// Rollback drops all changes.
func (tx *Tx) Rollback() {
	tx.changes = nil
	tx.done = true
}

// Reset drops all changes made so far and goes on, as after a savepoint.
func (tx *Tx) Reset() { tx.changes, tx.saved = map[*Model]map[int64]*change{}, nil }

// Commit makes all changes visible at once. It answers ErrConflict if another
// transaction has committed one of the same rows, and the model's own refusal if a
// rule does not hold any more; nothing is changed then.
func (tx *Tx) Commit() error {
	if tx.done {
		return ErrDone
	}
	tx.done = true
	if tx.failed != nil {
		return fmt.Errorf("the transaction is aborted: %w", tx.failed)
	}
	if !tx.exclusive {
		tx.db.commit.Lock()
		defer tx.db.commit.Unlock()
	}
	if !tx.exclusive {
		if err := tx.db.View(tx.verify); err != nil {
			return err
		}
	}
	if tx.db.OnCommit != nil && len(tx.saved) > 0 {
		defer tx.db.OnCommit(tx)()
	}
	tx.apply()
	return nil
}

// Saved are the ids of a model's records that the transaction has stored, sorted,
// and whether each is new.
func (tx *Tx) Saved(m *Model) (ids []int64, isNew map[int64]bool) {
	return slices.Sorted(maps.Keys(tx.saved[m])), tx.saved[m]
}

func (tx *Tx) apply() {
	tx.db.mu.Lock()
	defer tx.db.mu.Unlock()
	for m, changes := range tx.changes {
		ids := make([]int64, 0, len(changes))
		for id := range changes {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		for _, id := range ids {
			m.table.put(id, changes[id].now)
		}
	}
	tx.changes = nil
}

func (tx *Tx) verify() error {
	e := tx.Env(1)
	for m, changes := range tx.changes {
		for id, c := range changes {
			if m.table.at(id) != c.was {
				return ErrConflict
			}
			if m.Check != nil && c.now != nil {
				if err := m.Check(e, id); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// edit is the transaction's own copy of a row, nil if it does not exist.
func (tx *Tx) edit(m *Model, id int64) *row {
	if c, ok := tx.changes[m][id]; ok {
		return c.now
	}
	was := m.table.at(id)
	if was == nil {
		return nil
	}
	c := &change{was: was, now: was.clone()}
	tx.note(m, id, c)
	return c.now
}

func (tx *Tx) note(m *Model, id int64, c *change) {
	if tx.changes[m] == nil {
		tx.changes[m] = map[int64]*change{}
	}
	tx.changes[m][id] = c
}

// insert makes an empty row with the next id.
func (tx *Tx) insert(m *Model) (int64, *row) {
	id := m.table.last.Add(1)
	r := &row{}
	tx.note(m, id, &change{now: r})
	return id, r
}

func (tx *Tx) remove(m *Model, id int64) {
	c, ok := tx.changes[m][id]
	if !ok {
		c = &change{was: m.table.at(id)}
	}
	if c.was == nil {
		delete(tx.changes[m], id)
		return
	}
	tx.note(m, id, &change{was: c.was})
}

// Fail makes Commit refuse with the error of a step that has failed half way, as
// PostgreSQL refuses to commit an aborted transaction.
func (tx *Tx) Fail(err error) {
	if tx.failed == nil {
		tx.failed = err
	}
}

// Ended says whether the transaction has been committed or rolled back.
func (tx *Tx) Ended() bool { return tx.done }

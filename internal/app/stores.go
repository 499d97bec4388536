package app

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"odoomesh/internal/audit/tlog"
	"odoomesh/internal/config"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// stores are the databases of a data folder.
type stores struct {
	log   *badgerstore.Log
	cache *badgerstore.Cache
	// stock is the journal of inventory events.
	stock *badgerstore.Log
	// events is the journal of business events.
	events *badgerstore.Log
	// ledger is the journal of what callers asked to change.
	ledger *badgerstore.Log
	// owned is the log of the fields that Odoo does not own.
	owned *badgerstore.Log
	// payloads is the journal of the audit's records, with what they say.
	payloads *badgerstore.Log
	// keys is the log of the keys by which partners call.
	keys *badgerstore.Log
	// governance is the journal of the documents that are governed, and of proposals.
	governance *badgerstore.Log
}

// lost says what goes with a store that cannot be read, and what brings it back.
var lost = map[string]string{
	"log":        "without it watchers have to begin anew, and changes that no consumer has read yet are not told; nothing else is lost, and nothing brings that back",
	"stock":      "without it the history of stock is taken over from Odoo again, under other positions and without its corrections; " + broughtBack,
	"ledger":     "without it the mesh does not know any more which commands it has carried out: what was made by one is still found in Odoo when the same request is sent again, but a request that changed a state is judged by how Odoo is now; " + broughtBack,
	"events":     "without it business events are derived anew under the ids of a new epoch, consumers have to begin anew, and exceptions lose who acknowledged them; " + broughtBack,
	"payloads":   "without it nobody can open any more what the records of the audit commit to, and the audit goes on only when the folder audit is moved away too; move both away, keep them, and bring this one back from a backup with meshd restore",
	"owned":      "without it the fields that Odoo does not own, such as the holds of lots, are gone from all records, with who wrote them; " + broughtBack,
	"keys":       "without it no key of a partner is known any more, and new ones have to be made; " + broughtBack,
	"governance": "without it the configured files are in force again, and nobody knows any more what was proposed and approved; " + broughtBack,
}

const broughtBack = "move it away, keep it, and bring it back from a backup with meshd restore"

// journalOptions are how a journal is kept, by the name of its folder.
func journalOptions(name string, keys badgerstore.Keys) badgerstore.LogOptions {
	return badgerstore.LogOptions{Name: name, Compress: true, Keys: keys}
}

// StoreKeys are the keys of the data folder that the settings name.
func StoreKeys(r config.Rest) badgerstore.Keys {
	now, before := r.Keys()
	return badgerstore.Keys{Now: now, Before: before}
}

// checkKeys looks at all databases of a data folder before any of them is opened or made:
// otherwise a start with a wrong key would make with it what is not there.
func checkKeys(dir string, keys badgerstore.Keys) error {
	for _, name := range []string{"log", "cache", "stock", "events", "ledger", "owned", "payloads", "keys", "governance"} {
		if err := badgerstore.CheckKeys(filepath.Join(dir, name), keys); err != nil {
			return err
		}
	}
	if err := tlog.CheckKeys(filepath.Join(dir, auditDir), auditKeys(keys)); err != nil {
		return &store.KeyError{Where: filepath.Join(dir, auditDir), Found: "of its signing key, " + err.Error()}
	}
	return nil
}

// full is a *store.NoSpaceError where one of the stores can write nothing; nil where
// all can.
func (s *stores) full() error {
	for _, one := range []interface{ Room() (store.Room, error) }{s.log, s.cache, s.stock, s.events, s.ledger, s.owned, s.payloads, s.keys, s.governance} {
		room, err := one.Room()
		if err == nil {
			err = room.Err()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// openStores opens the log, whose lock decides between two that start together, and
// then the others at once: each compares its files with what it closed.
func openStores(dir string, keys badgerstore.Keys, logger *slog.Logger, r prometheus.Registerer) (*stores, error) {
	if err := checkKeys(dir, keys); err != nil {
		return nil, err
	}
	s := &stores{}
	open := func(name string, database func(dir string) error) error {
		err := database(filepath.Join(dir, name))
		var damaged *store.CorruptError
		if errors.As(err, &damaged) && lost[name] != "" {
			err = fmt.Errorf("%w: %s", err, lost[name])
		}
		return err
	}
	journal := func(to **badgerstore.Log, name string) error {
		return open(name, func(dir string) (err error) {
			opts := journalOptions(name, keys)
			opts.Logger, opts.Registerer = logger, r
			*to, err = badgerstore.OpenLog(dir, opts)
			return err
		})
	}
	err := open("log", func(dir string) (err error) {
		s.log, err = badgerstore.OpenLog(dir, badgerstore.LogOptions{Keys: keys, Logger: logger, Registerer: r})
		return err
	})
	if err == nil {
		// While the folder is locked, and before there is anything in the places that a
		// restore fills.
		err = checkRestored(dir)
	}
	if err == nil {
		var group errgroup.Group
		group.Go(func() error {
			return open("cache", func(dir string) (err error) {
				s.cache, err = badgerstore.OpenCache(dir, badgerstore.CacheOptions{Keys: keys, Logger: logger, Registerer: r})
				return err
			})
		})
		group.Go(func() error { return journal(&s.stock, "stock") })
		group.Go(func() error { return journal(&s.events, "events") })
		group.Go(func() error { return journal(&s.ledger, "ledger") })
		group.Go(func() error { return journal(&s.owned, "owned") })
		group.Go(func() error { return journal(&s.payloads, "payloads") })
		group.Go(func() error { return journal(&s.keys, "keys") })
		group.Go(func() error { return journal(&s.governance, "governance") })
		err = group.Wait()
	}
	if err != nil {
		return nil, fmt.Errorf("data folder %s: %w", dir, errors.Join(err, s.close()))
	}
	return s, nil
}

// close closes what is open, at once, the log last: its lock is given free when nothing
// is written any more.
func (s *stores) close() error {
	errs := make([]error, 8)
	var others sync.WaitGroup
	if s.events != nil {
		others.Go(func() { errs[0] = s.events.Close() })
	}
	if s.stock != nil {
		others.Go(func() { errs[1] = s.stock.Close() })
	}
	if s.ledger != nil {
		others.Go(func() { errs[3] = s.ledger.Close() })
	}
	if s.cache != nil {
		others.Go(func() { errs[2] = s.cache.Close() })
	}
	if s.owned != nil {
		others.Go(func() { errs[4] = s.owned.Close() })
	}
	if s.payloads != nil {
		others.Go(func() { errs[5] = s.payloads.Close() })
	}
	if s.keys != nil {
		others.Go(func() { errs[6] = s.keys.Close() })
	}
	if s.governance != nil {
		others.Go(func() { errs[7] = s.governance.Close() })
	}
	others.Wait()
	if s.log != nil {
		errs = append(errs, s.log.Close())
	}
	return errors.Join(errs...)
}

package oidc

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// keptKeys are the last good keys as they lie on disk.
type keptKeys struct {
	Issuer string          `json:"issuer"`
	Time   time.Time       `json:"time"`
	Keys   json.RawMessage `json:"keys"`
}

// readKept reads the keys that were kept of an issuer; nil where there are none.
func readKept(path, issuer string) (*fetched, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var kept keptKeys
	if err := json.Unmarshal(text, &kept); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if kept.Issuer != issuer {
		return nil, nil // those of the one before
	}
	keys, err := usable(kept.Keys)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &fetched{keys: keys, at: kept.Time}, nil
}

// keep writes keys, all or nothing. Whoever can write the file can sign tokens, so that
// nobody else may.
func keep(path, issuer string, at time.Time, keys json.RawMessage) (err error) {
	text, err := json.Marshal(keptKeys{Issuer: issuer, Time: at, Keys: keys})
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, err = file.Write(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

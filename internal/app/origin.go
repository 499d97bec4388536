package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"odoomesh/internal/config"
	"odoomesh/internal/store/badgerstore"
)

// originFile names, in a data folder, the Odoo that it was filled from. Positions,
// numbers of events and proofs of stock mean nothing beside another's records.
const originFile = "odoo"

// checkOrigin refuses a data folder that was filled from another Odoo.
func checkOrigin(dir, instance string) error {
	path := filepath.Join(dir, originFile)
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("data folder %s: %w", dir, err)
	}
	filled := strings.TrimSpace(string(text))
	if filled == "" || filled == instance {
		return nil
	}
	return &config.Error{Problems: []config.Problem{{Key: "data-dir", Text: fmt.Sprintf(
		"%s holds what was read from the Odoo %s, and not from %s; set another data-dir, or, if it is the same Odoo under another name, delete the file %s, which holds nothing but that name",
		dir, filled, instance, path)}}}
}

// noteOrigin is for when Odoo has answered: until then the settings may be wrong.
func noteOrigin(dir, instance string) error {
	path := filepath.Join(dir, originFile)
	if text, err := os.ReadFile(path); err == nil && strings.TrimSpace(string(text)) == instance {
		return nil
	}
	if err := badgerstore.WriteFile(path, instance+"\n"); err != nil {
		return fmt.Errorf("noting in the data folder which Odoo it is filled from: %w", err)
	}
	return nil
}

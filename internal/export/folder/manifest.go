package folder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"odoomesh/internal/export"
)

const (
	// ManifestFile is the name of the manifest.
	ManifestFile = "manifest.json"
	// kind says whose manifest it is.
	kind = "odoomesh-export"
	// SchemaVersion rises when tables or columns are renamed or change what they mean; ones
	// that are added do not raise it.
	SchemaVersion = 1
)

// Manifest says what an export is.
type Manifest struct {
	Kind          string `json:"kind"`
	SchemaVersion int    `json:"schema_version"`
	Format        string `json:"format"`
	// MadeBy is the program, and OdooInstance what the data is of.
	MadeBy       string `json:"made_by"`
	OdooInstance string `json:"odoo_instance"`
	// Position is what all tables are as of: from there on ListChanges tells what changed.
	Position     string    `json:"position"`
	SnapshotTime time.Time `json:"snapshot_time"`
	BeginTime    time.Time `json:"begin_time"`
	EndTime      time.Time `json:"end_time"`
	Tables       []Entry   `json:"tables"`
	// Events are the sealed parts of inventory events.
	Events *Events `json:"events,omitempty"`
	Proof  *Proof  `json:"proof,omitempty"`
	// Load is SQL for DuckDB that makes a table of each of these files.
	Load Stored `json:"load"`
	// LeftOut is what is not here, and why.
	LeftOut []LeftOut `json:"left_out,omitempty"`
	// UnfitValues are those that a column cannot hold, at most 100; they are NULL in it.
	UnfitValues     []Unfit `json:"unfit_values,omitempty"`
	UnfitValueCount int     `json:"unfit_value_count"`
}

// Stored is a file as it is.
type Stored struct {
	File   string `json:"file"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// What a table is as of.
const (
	AsOfPosition = "position"
	AsOfReading  = "reading"
	AsOfEvent    = "event"
)

// Entry is what the manifest says of a table, so that it is read without its file.
type Entry struct {
	Name string `json:"name"`
	Stored
	// Collection is whose records it has; empty for a table of several.
	Collection string `json:"collection,omitempty"`
	// AsOf is position, or reading where the mesh has no position for it, or event for what
	// the events up to one add up to.
	AsOf  string `json:"as_of"`
	Event int64  `json:"event,omitempty"`
	// VerifiedTime is until when the copy was known to equal Odoo.
	VerifiedTime  *time.Time `json:"verified_time,omitempty"`
	OdooReachable *bool      `json:"odoo_reachable,omitempty"`
	// HiddenFields are paths that the caller does not meet: they have no columns.
	HiddenFields []string `json:"hidden_fields,omitempty"`
	Columns      []Column `json:"columns"`
}

// Column is how a table has a field.
type Column struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Nullable bool   `json:"nullable"`
}

// LeftOut is something that is not there.
type LeftOut struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// Unfit is a value that its column cannot hold.
type Unfit struct {
	Table  string `json:"table"`
	Record string `json:"record"`
	Column string `json:"column"`
	Value  string `json:"value"`
}

// Proof is what the comparison of all events with Odoo's stock found.
type Proof struct {
	Stored
	// LastEvent is the last event that was added up, which may lie behind the sealed ones.
	LastEvent int64 `json:"last_event"`
	Compared  int64 `json:"compared"`
	// Drifting is how many balances differ and nothing explains it; 0 proves the stock.
	Drifting  int64 `json:"drifting"`
	Explained int64 `json:"explained"`
	// VerifiedTime is what Odoo's stock was compared as of.
	VerifiedTime  *time.Time `json:"verified_time,omitempty"`
	OdooReachable bool       `json:"odoo_reachable"`
}

// typeNames are the types of columns as SQL calls them.
func typeNames() map[export.Kind]string {
	return map[export.Kind]string{
		export.Integer: "BIGINT", export.Text: "VARCHAR", export.Word: "VARCHAR", export.Time: "TIMESTAMP WITH TIME ZONE",
		export.Day: "DATE", export.Quantity: "DECIMAL(38,18)", export.JSON: "JSON", export.Flag: "BOOLEAN", export.Amount: "DECIMAL(28,9)",
	}
}

// ColumnsOf are columns as a manifest has them.
func ColumnsOf(all []export.Column) []Column {
	names, out := typeNames(), make([]Column, len(all))
	for i, c := range all {
		out[i] = Column{Name: c.Name, Type: names[c.Kind], Nullable: !c.Required}
	}
	return out
}

// readManifest reads the manifest of a folder; nil where there is none.
func readManifest(dir string) (*Manifest, error) {
	m := &Manifest{}
	found, err := readJSON(filepath.Join(dir, ManifestFile), m)
	if err != nil || !found {
		return nil, err
	}
	if m.Kind != kind {
		return nil, fmt.Errorf("%s is there and is not that of an export: choose another folder", filepath.Join(dir, ManifestFile))
	}
	for _, t := range m.Tables {
		if !plainName(t.File) {
			return nil, fmt.Errorf("%s names the file %q, which no export does: choose another folder", filepath.Join(dir, ManifestFile), t.File)
		}
	}
	return m, nil
}

// plainName tells whether a file lies in the folder itself.
func plainName(file string) bool {
	return file == filepath.Base(file) && !slices.Contains([]string{"", ".", "..", string(filepath.Separator)}, file)
}

func readJSON(path string, into any) (found bool, err error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return false, fmt.Errorf("reading %s: %w", path, err)
	}
	return true, nil
}

// writeJSON writes a whole file, or nothing.
func writeJSON(path string, v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return export.WriteFile(path, string(raw)+"\n")
}

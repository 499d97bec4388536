package tlog

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"
)

// width is how many records one file holds.
const width = layout.EntryBundleWidth

func trees() *compact.RangeFactory {
	return &compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}
}

// folder reads the files of a log, as they are.
type folder struct{ files client.FileFetcher }

func (f folder) checkpoint(ctx context.Context, key Key) (Checkpoint, error) {
	raw, err := f.files.ReadCheckpoint(ctx)
	if errors.Is(err, os.ErrNotExist) {
		return Checkpoint{}, fmt.Errorf("%s holds no log of an audit: there is no file named checkpoint: %w", f.files.Root, os.ErrNotExist)
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("reading the checkpoint: %w", err)
	}
	c, err := ParseCheckpoint(raw, key)
	if err != nil {
		return Checkpoint{}, &Finding{What: "is not as it was signed", Whole: true, Detail: err.Error()}
	}
	return c, nil
}

// state is how far the log was written, which may be further than it was signed.
type state struct {
	Size uint64 `json:"size"`
	Root []byte `json:"root"`
}

func (f folder) state() (state, error) {
	var s state
	raw, err := os.ReadFile(filepath.Join(f.files.Root, ".state", "treeState"))
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	if err != nil {
		return s, fmt.Errorf("reading how far the log was written: %w", err)
	}
	return s, nil
}

// records are those of a file, as far as they can be told apart, for a log of so many;
// over says that there are more than there should be, or bytes that are of none.
func (f folder) records(ctx context.Context, index, size uint64) (records [][]byte, over bool, err error) {
	partial := layout.PartialTileSize(0, index, size)
	raw, err := os.ReadFile(filepath.Join(f.files.Root, layout.EntriesPath(index, partial)))
	whole := partial == 0
	if errors.Is(err, os.ErrNotExist) && !whole {
		// Where the file has filled up since, the shorter one is taken away.
		raw, err = f.files.ReadEntryBundle(ctx, index, 0)
		whole = true
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	want := int(partial)
	if partial == 0 {
		want = width
	}
	for len(raw) > 0 && (len(records) < want) {
		if len(raw) < 2 || len(raw)-2 < int(binary.BigEndian.Uint16(raw)) {
			break
		}
		end := 2 + int(binary.BigEndian.Uint16(raw))
		records, raw = append(records, raw[2:end]), raw[end:]
	}
	return records, len(raw) > 0 && (!whole || partial == 0), nil
}

// hashes are the hashes of one tile, for a log of so many; none where the tile is missing
// or is none.
func (f folder) hashes(ctx context.Context, level, index, size uint64) ([][]byte, error) {
	partial := layout.PartialTileSize(level, index, size)
	raw, err := f.files.ReadTile(ctx, level, index, partial)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var tile api.HashTile
	if tile.UnmarshalText(raw) != nil {
		return nil, nil
	}
	if want := int(partial); partial > 0 && len(tile.Nodes) > want {
		tile.Nodes = tile.Nodes[:want]
	}
	return tile.Nodes, nil
}

package tlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
)

// Report is what a log that is whole holds.
type Report struct {
	// Signed is how many records the newest checkpoint is of.
	Signed Checkpoint
	// Unsigned is how many were written behind it, and not signed before the mesh stopped.
	Unsigned uint64
}

// Verify reads a whole log, and proves that it holds what its newest checkpoint was
// signed for, and all that earlier ones were. What is wrong is a *Finding. each, which
// may be nil, is given every record that is proven; its error ends the verification.
func Verify(ctx context.Context, dir string, key Key, earlier []Checkpoint, each func(index uint64, leaf []byte) error) (Report, error) {
	f := folder{client.FileFetcher{Root: dir}}
	signed, err := f.checkpoint(ctx, key)
	if errors.Is(err, os.ErrNotExist) && len(earlier) > 0 && isFolder(dir) {
		return Report{}, &Finding{What: "is gone", Whole: true, Detail: fmt.Sprintf("%s has no file named checkpoint, and had %d records", dir, earlier[0].Size)}
	}
	if err != nil {
		return Report{}, err
	}
	r := Report{Signed: signed}
	for _, c := range earlier {
		if signed.Size < c.Size {
			return r, signed.Follows(c, nil)
		}
	}
	w := newWalk(f, signed.Size)
	for _, c := range earlier {
		w.known[c.Size] = c.Root
	}
	if err := w.run(ctx, each); err != nil {
		return r, err
	}
	if finding := w.finding(ctx, signed.Root); finding != nil {
		return r, finding
	}
	written, err := f.state()
	if err != nil {
		return r, err
	}
	if written.Size < signed.Size {
		return r, &Finding{What: "was put back", Whole: true, Detail: fmt.Sprintf("it was signed with %d records, and says that it has %d", signed.Size, written.Size)}
	}
	if written.Size > signed.Size {
		r.Unsigned = written.Size - signed.Size
		w = newWalk(f, written.Size)
		if err := w.run(ctx, nil); err != nil {
			return r, err
		}
		if finding := w.finding(ctx, written.Root); finding != nil {
			return r, finding
		}
	}
	return r, nil
}

// isFolder tells whether a path leads to a folder: of one that is mistyped nothing is said.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// walk goes over the records and the hashes of a log, and compares them.
type walk struct {
	folder folder
	size   uint64
	// records is the tree as the records make it, hashes as the lowest hashes do.
	records, hashes *compact.Range
	// differs is where the first record is not of its hash; nil where all are.
	differs *Finding
	// tiles are the higher hashes as they should be, until a tile is full.
	tiles map[compact.NodeID][][]byte
	// above is the first higher hash that is not of those below; nil where all are.
	above *Finding
	// known are the hashes that the first so many records are known to have.
	known map[uint64][]byte
}

func newWalk(f folder, size uint64) *walk {
	return &walk{folder: f, size: size, records: trees().NewEmptyRange(0), hashes: trees().NewEmptyRange(0), tiles: map[compact.NodeID][][]byte{}, known: map[uint64][]byte{}}
}

func (w *walk) run(ctx context.Context, each func(uint64, []byte) error) error {
	for first := uint64(0); first < w.size; first += width {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.file(ctx, first/width, each); err != nil {
			return err
		}
	}
	for id, nodes := range w.tiles {
		if err := w.compare(ctx, id, nodes); err != nil {
			return err
		}
	}
	return nil
}

// file compares the records of one file with their hashes.
func (w *walk) file(ctx context.Context, index uint64, each func(uint64, []byte) error) error {
	records, over, err := w.folder.records(ctx, index, w.size)
	if err != nil {
		return err
	}
	hashes, err := w.folder.hashes(ctx, 0, index, w.size)
	if err != nil {
		return err
	}
	first := index * width
	for i := range min(width, w.size-first) {
		at := first + i
		var is, want []byte
		if i < uint64(len(records)) {
			is = rfc6962.DefaultHasher.HashLeaf(records[i])
		}
		if i < uint64(len(hashes)) {
			want = hashes[i]
		}
		if w.differs == nil && !bytes.Equal(is, want) {
			w.differs = w.name(ctx, at, records, hashes)
		}
		if is == nil {
			is = want
		}
		if want == nil {
			want = is
		}
		if is == nil {
			return &Finding{What: "is cut", First: at, End: w.size, Detail: "records and their hashes are missing"}
		}
		if err := w.append(ctx, is, want); err != nil {
			return err
		}
		if known, is := w.known[at+1]; is {
			if err := w.compareKnown(at+1, known); err != nil {
				return err
			}
		}
		if each != nil && w.differs == nil {
			if err := each(at, records[i]); err != nil {
				return err
			}
		}
	}
	if over && w.differs == nil {
		w.differs = one(first+uint64(len(records)), "was inserted", "there are more records than were signed")
	}
	return nil
}

// append adds a record to both trees.
func (w *walk) append(ctx context.Context, is, want []byte) error {
	if err := w.records.Append(is, nil); err != nil {
		return err
	}
	var failed error
	err := w.hashes.Append(want, func(id compact.NodeID, hash []byte) {
		if id.Level == 0 || id.Level%8 != 0 {
			return
		}
		tile := compact.NewNodeID(id.Level/8, id.Index/width)
		w.tiles[tile] = append(w.tiles[tile], hash)
		if len(w.tiles[tile]) == width {
			failed = w.compare(ctx, tile, w.tiles[tile])
			delete(w.tiles, tile)
		}
	})
	if err == nil {
		err = failed
	}
	return err
}

// compare compares the higher hashes of a tile with those that follow from the ones below.
func (w *walk) compare(ctx context.Context, id compact.NodeID, want [][]byte) error {
	is, err := w.folder.hashes(ctx, uint64(id.Level), id.Index, w.size)
	if err != nil {
		return err
	}
	for i, node := range want {
		if i < len(is) && bytes.Equal(is[i], node) {
			continue
		}
		span := uint64(1) << (8 * id.Level)
		first := (id.Index*width + uint64(i)) * span
		if w.above == nil || first < w.above.First {
			w.above = &Finding{What: "was changed", First: first, End: min(first+span, w.size), Detail: "its records have other hashes than the tree above them"}
		}
		return nil
	}
	return nil
}

func (w *walk) compareKnown(size uint64, known []byte) error {
	for _, tree := range []*compact.Range{w.records, w.hashes} {
		root, err := tree.GetRootHash(nil)
		if err != nil {
			return err
		}
		if bytes.Equal(root, known) {
			return nil
		}
	}
	if w.differs != nil {
		return w.around()
	}
	if w.above != nil {
		return w.above
	}
	return &Finding{What: "is another one", First: 0, End: size, Detail: fmt.Sprintf("the first %d records are not those that were signed before", size)}
}

// finding is what is wrong with a log that should have a root; nil where nothing is.
func (w *walk) finding(ctx context.Context, root []byte) error {
	byRecords, byHashes := emptyRoot[:], emptyRoot[:]
	if w.size > 0 {
		var err error
		if byRecords, err = w.records.GetRootHash(nil); err != nil {
			return err
		}
		if byHashes, err = w.hashes.GetRootHash(nil); err != nil {
			return err
		}
	}
	whole := bytes.Equal(byHashes, root)
	switch {
	case w.differs == nil && w.above == nil && whole:
		return nil
	case w.differs != nil && whole:
		return w.differs
	case bytes.Equal(byRecords, root) && w.differs != nil:
		w.differs.What = "has another hash"
		w.differs.Detail = "the records are those that were signed; of their hashes, which lie beside them, this is the first that is not"
		return w.differs
	case bytes.Equal(byRecords, root) && w.above != nil:
		w.above.Detail = "the records are those that were signed; the hashes above them, which lie beside them, are not"
		return w.above
	case w.differs != nil:
		return w.around()
	case w.above != nil:
		return w.above
	}
	return &Finding{What: "was changed", First: 0, End: w.size, Detail: "all of it fits together, and it is not what was signed"}
}

// around is the file of the first record that is not of its hash, where neither the
// records nor the hashes are what was signed.
func (w *walk) around() *Finding {
	first := w.differs.First / width * width
	return &Finding{What: "was changed", First: first, End: min(first+width, w.size), Detail: "of these records neither they nor their hashes are those that were signed"}
}

// name tells what happened to the first record that is not of its hash.
func (w *walk) name(ctx context.Context, at uint64, records, hashes [][]byte) *Finding {
	i := at % width
	hash := func(k uint64) []byte {
		if k < uint64(len(hashes)) {
			return hashes[k]
		}
		if next, err := w.folder.hashes(ctx, 0, at/width+1, w.size); err == nil && k-width < uint64(len(next)) && len(hashes) == width {
			return next[k-width]
		}
		return nil
	}
	switch {
	case len(records) == 0:
		return &Finding{What: "is cut", First: at, End: w.size, Detail: "records are missing; their hashes are there"}
	case i >= uint64(len(records)):
		return one(at, "was removed", "")
	case i >= uint64(len(hashes)):
		return one(at, "has no hash", "")
	case bytes.Equal(rfc6962.DefaultHasher.HashLeaf(records[i]), hash(i+1)):
		return one(at, "was removed", "")
	case i+1 < uint64(len(records)) && bytes.Equal(rfc6962.DefaultHasher.HashLeaf(records[i+1]), hash(i)):
		return one(at, "was inserted", "")
	}
	return one(at, "was changed", "")
}

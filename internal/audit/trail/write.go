package trail

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"

	"odoomesh/internal/audit"
	"odoomesh/internal/audit/tlog"
	"odoomesh/internal/store"
)

const (
	// maxBatch and maxBytes bound what is written at once; the largest payload beside
	// maxBytes still fits into a write of the journal.
	maxBatch = tlog.MaxBatch / 2
	maxBytes = 96 << 10
	// frame is how many bytes a record has beside what it says, at most.
	frame = 500
	// window is how far from its place a record can be found in the log: those that are
	// written at once have no order there.
	window = 2 * tlog.MaxBatch
	// collection is what the journal calls records.
	collection = "auditRecords"
)

// The tags of the journal's facts.
const (
	// payloadTag and a sequence lead to what opens the record's commitment.
	payloadTag = 'p'
	// intentTag, the name of an intent and a sequence are there for each of its records.
	intentTag = 'i'
	// stateTag and the name of an intent lead to its state after the last record of it.
	stateTag = 's'
	// placeTag leads to how far the trail is.
	placeTag = 'm'
	// witnessTag leads to the newest checkpoint that a witness has signed.
	witnessTag = 'w'
	// holdTag and the name of an intent are there while its payloads are held.
	holdTag = 'h'
	// settingTag and a name lead to what is set by that name, as it was last recorded.
	settingTag = 'c'
	// expiredTag leads to the first sequence whose payload may not be erased yet.
	expiredTag = 'x'
)

// place is how far the trail is.
type place struct {
	// Ledger names the ledger, Followed is its last entry that was followed, and Sum what
	// that is known again by: a ledger that was restored has another name.
	Ledger   string `json:"ledger"`
	Followed uint64 `json:"followed"`
	Sum      []byte `json:"sum,omitempty"`
	// Size and Root are what the log held when this was written, at least.
	Size uint64 `json:"size"`
	Root []byte `json:"root"`
	// loaded says that the log was compared with this; sealed is how many records of the
	// journal are in the log, and holes are those before it that are not.
	loaded bool
	sealed uint64
	holes  []uint64
}

func sequenceKey(tag byte, sequence uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{tag}, sequence)
}

func intentKey(tag byte, intent string) []byte { return append(append([]byte{tag}, intent...), 0) }

// write gives statements their places and writes them into the journal, with how far the
// ledger was followed.
func (t *Trail) write(ctx context.Context, told []audit.Statement, states map[string]string) error {
	head := t.Journal.Head()
	leaves := make([][]byte, len(told))
	facts := make([]store.Fact, 0, 2*len(told)+len(states)+1)
	for i, s := range told {
		sequence := head + 1 + uint64(i)
		sealed, err := audit.Seal(s, sequence)
		if err != nil {
			return err
		}
		if len(sealed.Leaf) > tlog.MaxLeaf {
			return fmt.Errorf("a record of %s is too large for the audit: %d bytes", s.Leaf.Method, len(sealed.Leaf))
		}
		leaves[i] = sealed.Leaf
		facts = append(facts, store.Fact{Key: sequenceKey(payloadTag, sequence), Value: append(sealed.Salt, sealed.Payload...)})
		if s.Leaf.Intent != "" {
			facts = append(facts, store.Fact{Key: binary.BigEndian.AppendUint64(intentKey(intentTag, s.Leaf.Intent), sequence), Value: []byte{1}})
		}
	}
	for intent, state := range states {
		facts = append(facts, store.Fact{Key: intentKey(stateTag, intent), Value: []byte(state)})
	}
	next := t.place
	raw, err := json.Marshal(next)
	if err != nil {
		return err
	}
	facts = append(facts, store.Fact{Key: []byte{placeTag}, Value: raw})
	if _, err := t.Journal.RecordAfter(ctx, head, t.Clock.Now(), store.Drafts(collection, leaves...), facts); err != nil {
		return fmt.Errorf("writing the audit: %w", err)
	}
	for _, s := range told {
		t.metrics.records.WithLabelValues(string(s.Leaf.Kind)).Inc()
	}
	return nil
}

// seal brings the log up to the journal.
func (t *Trail) seal(ctx context.Context) error {
	p := &t.place
	if len(p.holes) == 0 && p.sealed == t.Journal.Head() {
		return nil
	}
	var leaves [][]byte
	for _, hole := range p.holes {
		entry, err := store.At(ctx, t.Journal, hole)
		if err != nil {
			return fmt.Errorf("reading the audit: %w", err)
		}
		leaves = append(leaves, entry.Payload)
	}
	last := p.sealed
	flush := func() error {
		if len(leaves) == 0 {
			return nil
		}
		if err := t.Log.Append(ctx, leaves); err != nil {
			p.loaded = false
			return err
		}
		p.Size, leaves = p.Size+uint64(len(leaves)), leaves[:0]
		p.sealed, p.holes = last, nil
		return nil
	}
	for entry, err := range t.Journal.Read(ctx, p.sealed+1) {
		if err != nil {
			return fmt.Errorf("reading the audit: %w", err)
		}
		leaves, last = append(leaves, entry.Payload), entry.Position
		if len(leaves) >= maxBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	root, err := t.Log.Root(ctx, p.Size)
	p.Root = root
	return err
}

// load compares the log with the journal, once, and after each failure.
func (t *Trail) load(ctx context.Context) error {
	if t.place.loaded {
		return nil
	}
	var p place
	facts := t.Journal.Facts()
	raw, err := facts.Get([]byte{placeTag})
	facts.Close()
	if err == nil && raw != nil {
		err = json.Unmarshal(raw, &p)
	}
	if err != nil {
		return fmt.Errorf("reading how far the audit is: %w", err)
	}
	size, err := t.Log.Size(ctx)
	if err != nil {
		return err
	}
	head := t.Journal.Head()
	if size > head {
		return fmt.Errorf("the audit's log holds %d records, and the folder payloads only %d of them: it was put back, or belongs to another log; bring back the one that belongs to it", size, head)
	}
	if p.sealed, p.holes, err = t.standing(ctx, size, head); err != nil {
		return err
	}
	before := tlog.Checkpoint{Size: p.Size, Root: p.Root}
	t.place, t.place.Size = p, size
	if t.place.Root, err = t.Log.Root(ctx, size); err != nil {
		return err
	}
	if size < before.Size {
		// An older copy of the folder, or none: the journal has what is missing.
		if err := t.seal(ctx); err != nil {
			return err
		}
	}
	if err := t.Log.Holds(ctx, before); err != nil {
		return fmt.Errorf("neither the audit's folder nor the folder payloads holds the %d records that were written: move both away, keep them, and a new audit begins: %w", before.Size, err)
	}
	if size < before.Size {
		text := fmt.Sprintf("The audit's folder held %d records where %d were written: an older copy was put back. Those that were missing were written again, as they were.", size, before.Size)
		t.Logger.LogAttrs(ctx, slog.LevelError, text)
		t.place.loaded = true
		return t.write(ctx, []audit.Statement{{Leaf: audit.Leaf{Time: t.Clock.Now(), Kind: audit.OfLog}, Payload: audit.Payload{Explanation: text}}}, nil)
	}
	t.place.loaded = true
	return nil
}

// standing compares the end of the log with the journal: how many records are in it, and
// which before the last of them are not. Those that were written at once when the mesh was
// killed may be there in part.
func (t *Trail) standing(ctx context.Context, size, head uint64) (sealed uint64, holes []uint64, err error) {
	if size == 0 {
		return 0, nil, nil
	}
	from := size - min(size, window)
	leaves, err := t.Log.Leaves(ctx, from, size)
	if err != nil {
		return 0, nil, err
	}
	there := map[uint64]bool{}
	for _, raw := range leaves {
		leaf, err := audit.ReadLeaf(raw)
		if err != nil {
			return 0, nil, err
		}
		if leaf.Sequence > head {
			return 0, nil, fmt.Errorf("the audit's log holds record %d, which the folder payloads does not have: they do not belong together", leaf.Sequence)
		}
		entry, err := store.At(ctx, t.Journal, leaf.Sequence)
		if err != nil {
			return 0, nil, fmt.Errorf("reading the audit: %w", err)
		}
		if !bytes.Equal(entry.Payload, raw) {
			return 0, nil, fmt.Errorf("record %d of the audit's log is not the one that was written: see meshctl audit verify", leaf.Sequence)
		}
		there[leaf.Sequence] = true
		sealed = max(sealed, leaf.Sequence)
	}
	for sequence := from + 1; sequence < sealed; sequence++ {
		if !there[sequence] && len(holes) < int(sealed-size) {
			holes = append(holes, sequence)
		}
	}
	slices.Sort(holes)
	return sealed, holes, nil
}

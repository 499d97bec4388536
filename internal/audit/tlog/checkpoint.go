package tlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	logformat "github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"
)

// Checkpoint is a signed statement of how many records a log has, and of their hash.
type Checkpoint struct {
	Size uint64
	Root []byte
	// Raw is the whole of it, with its signatures.
	Raw []byte
	// others are signatures that are not the log's.
	others []note.Signature
}

// ParseCheckpoint reads a checkpoint that a log has signed.
func ParseCheckpoint(raw []byte, key Key) (Checkpoint, error) {
	parsed, _, signed, err := logformat.ParseCheckpoint(raw, key.Name(), key)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("this is no checkpoint that %s has signed: %w", key.Name(), err)
	}
	return Checkpoint{Size: parsed.Size, Root: parsed.Hash, Raw: raw, others: signed.UnverifiedSigs}, nil
}

// Follows tells whether a later checkpoint holds all that this one does, by a proof that
// the log gives; otherwise the error is a *Finding.
func (c Checkpoint) Follows(before Checkpoint, hashes [][]byte) error {
	switch {
	case c.Size < before.Size:
		return &Finding{What: "was put back", Whole: true, Detail: fmt.Sprintf("it has %d records, and has had %d", c.Size, before.Size)}
	case c.Size == before.Size && bytes.Equal(c.Root, before.Root), before.Size == 0:
		return nil
	}
	err := proof.VerifyConsistency(rfc6962.DefaultHasher, before.Size, c.Size, hashes, before.Root, c.Root)
	if err == nil {
		return nil
	}
	return &Finding{What: "is another one", First: 0, End: before.Size, Detail: fmt.Sprintf("its first %d records are not those that were signed before", before.Size)}
}

// Consistency proves of a log's newest checkpoint that it holds all of an earlier one.
func (l *Log) Consistency(ctx context.Context, before, size uint64) ([][]byte, error) {
	if before == 0 || before >= size {
		return nil, nil
	}
	b, err := client.NewProofBuilder(ctx, size, l.reader.ReadTile)
	if err != nil {
		return nil, err
	}
	hashes, err := b.ConsistencyProof(ctx, before, size)
	if err != nil {
		return nil, fmt.Errorf("proving that the audit's log grew: %w", err)
	}
	return hashes, nil
}

// Holds fails where the log does not hold all that it once held: the error is a *Finding
// then. Of what it held only size and root need be known.
func (l *Log) Holds(ctx context.Context, before Checkpoint) error {
	size, err := l.Size(ctx)
	if err != nil {
		return err
	}
	root, err := l.Root(ctx, size)
	if err != nil {
		return err
	}
	hashes, err := l.Consistency(ctx, before.Size, size)
	if err != nil {
		return err
	}
	return Checkpoint{Size: size, Root: root}.Follows(before, hashes)
}

// Inclusion proves that a record is in a log of so many.
func (l *Log) Inclusion(ctx context.Context, index, size uint64) ([][]byte, error) {
	b, err := client.NewProofBuilder(ctx, size, l.reader.ReadTile)
	if err != nil {
		return nil, err
	}
	hashes, err := b.InclusionProof(ctx, index)
	if err != nil {
		return nil, fmt.Errorf("proving that a record is in the audit's log: %w", err)
	}
	return hashes, nil
}

// Includes tells whether a checkpoint holds a record, by a proof that the log gave.
func (c Checkpoint) Includes(leaf []byte, index uint64, hashes [][]byte) error {
	if index >= c.Size {
		return errors.New("the checkpoint is older than the record")
	}
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, c.Size, rfc6962.DefaultHasher.HashLeaf(leaf), hashes, c.Root); err != nil {
		return errors.New("the record is not one that the checkpoint holds")
	}
	return nil
}

func rootOf(ctx context.Context, read client.TileFetcherFunc, size uint64) ([]byte, error) {
	if size == 0 {
		return emptyRoot[:], nil
	}
	nodes, err := client.FetchRangeNodes(ctx, size, read)
	if err != nil {
		return nil, fmt.Errorf("reading the hashes of the audit's log: %w", err)
	}
	whole, err := trees().NewRange(0, size, nodes)
	if err != nil {
		return nil, fmt.Errorf("reading the hashes of the audit's log: %w", err)
	}
	return whole.GetRootHash(nil)
}

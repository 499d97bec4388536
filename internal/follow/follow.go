// Package follow is how the mesh follows a log: the cache, the books of stock and of
// business events, the comparison of bills and the rows of sums are its followers. A
// Follower hands the entries to an Applier, which makes their effect durable together with
// how far it has come: after a kill at any moment nothing is left out, and nothing has its
// effect twice.
//
// An entry that cannot be read stops no follower: it is told, and stepped over. A
// follower that the log does not reach any more gets ErrLost, and makes its state anew
// from elsewhere. Followers knows how far each has come: retention asks it, and metrics
// show it.
package follow

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"odoomesh/internal/store"
)

// ErrLost says that the log does not reach to where a follower stands: what comes next
// was truncated (then it is a *store.TruncatedError too), or the log ends before it (a
// *store.BeyondHeadError).
var ErrLost = errors.New("the log does not reach to where its follower stands")

// ErrUnreadable says that a record itself cannot be read, as a damaged disk leaves one.
var ErrUnreadable = errors.New("the record cannot be read")

// Applier is what entries have their effect on.
type Applier interface {
	// Take adds the effect of an entry to what Commit makes durable. With an error it
	// names the record, as far as it is known. Where the error says that the entry
	// cannot be read, the follower steps over it.
	Take(ctx context.Context, entry store.Entry) (name string, err error)
	// Full tells whether what was taken is enough for one Commit.
	Full() bool
	// Commit makes the effect of what was taken durable, together with the position of
	// the last entry. An entry without an effect may be read again after a kill.
	Commit(ctx context.Context, position uint64) error
}

// Follower follows a log.
type Follower struct {
	Log store.Log
	// Skipped is told of what cannot be taken as it stands: its position in the log, and
	// its name as far as it is known. nil is nobody.
	Skipped func(ctx context.Context, position uint64, name string, reason error)
}

// Follow hands the entries behind one position, up to another, to the applier. It fails
// with ErrLost where the log does not have them; what was taken before is committed.
func (f *Follower) Follow(ctx context.Context, behind, upTo uint64, a Applier) error {
	if head := f.Log.Head(); behind > head {
		return fmt.Errorf("%w: %w", ErrLost, &store.BeyondHeadError{Asked: behind, Head: head})
	}
	taken, committed := behind, behind
	commit := func() error {
		if taken == committed {
			return nil
		}
		committed = taken
		return a.Commit(ctx, taken)
	}
	for entry, err := range f.Log.Read(ctx, behind+1) {
		var truncated *store.TruncatedError
		if errors.As(err, &truncated) {
			if err := commit(); err != nil {
				return err
			}
			return fmt.Errorf("%w: %w", ErrLost, err)
		}
		if err != nil {
			return fmt.Errorf("following the log: %w", err)
		}
		if entry.Position > upTo {
			break
		}
		name, err := a.Take(ctx, entry)
		if err != nil && !f.StepsOver(ctx, entry.Position, name, err) {
			return fmt.Errorf("following the log at %d: %s: %w", entry.Position, name, err)
		}
		if taken = entry.Position; a.Full() {
			if err := commit(); err != nil {
				return err
			}
		}
	}
	return commit()
}

// StepsOver tells whether an error is of a record that cannot be read, and then says
// so. The position is 0 where the record is not one of the log.
func (f *Follower) StepsOver(ctx context.Context, position uint64, name string, err error) bool {
	if !errors.Is(err, proto.Error) && !errors.Is(err, ErrUnreadable) {
		return false
	}
	f.Skip(ctx, position, name, err)
	return true
}

// Skip says that something is not taken as it stands.
func (f *Follower) Skip(ctx context.Context, position uint64, name string, reason error) {
	if f.Skipped != nil {
		f.Skipped(ctx, position, name, reason)
	}
}

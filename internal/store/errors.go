package store

import "fmt"

// BeyondHeadError says that a position lies further ahead than the log reaches,
// as one does that comes from another log or from a time that was lost.
type BeyondHeadError struct {
	// Asked is the position that was asked for.
	Asked uint64
	// Head is the last position of the log.
	Head uint64
}

func (e *BeyondHeadError) Error() string {
	return fmt.Sprintf("position %d lies beyond the head of the log, %d", e.Asked, e.Head)
}

// HeadMovedError says that a log has another head than its writer expected: somebody
// else has written. Nothing was changed.
type HeadMovedError struct {
	// Expected is the head that the writer knew.
	Expected uint64
	// Head is the last position of the log.
	Head uint64
}

func (e *HeadMovedError) Error() string {
	return fmt.Sprintf("the head of the log is %d and not %d: somebody else has written", e.Head, e.Expected)
}

// NotAheadError says that an Apply named a position that the cache has already
// reached. Nothing was changed.
type NotAheadError struct {
	// Asked is the position of the refused Apply.
	Asked uint64
	// Reached is the position of the cache.
	Reached uint64
}

func (e *NotAheadError) Error() string {
	return fmt.Sprintf("position %d does not lie beyond the cache's position, %d", e.Asked, e.Reached)
}

// TooLargeError says that something is larger than the store can keep whole.
// Nothing was changed. An Apply that is too large can be split between two log
// positions, because each position is a state of its own.
type TooLargeError struct {
	// What is "payload", "record", "key" or "batch".
	What string
	// Size and Limit are in the Unit ("bytes" or "entries").
	Size, Limit int64
	Unit        string
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s of %d %s is larger than the limit of %d", e.What, e.Size, e.Unit, e.Limit)
}

// NoSpaceError says that a write, or the opening of a store, was refused because the
// disk is nearly full. Nothing was changed; it may be tried again when there is room.
type NoSpaceError struct {
	// Where is the folder.
	Where string
	// Free is what is left there, Needed what has to be left, in bytes.
	Free, Needed uint64
}

func (e *NoSpaceError) Error() string {
	return fmt.Sprintf("data folder %s: the disk is full: %d MiB are left, %d MiB are needed", e.Where, e.Free>>20, (e.Needed+1<<20-1)>>20)
}

// Room is what a disk has left for a store.
type Room struct {
	// Where is the folder.
	Where string
	// Free is what is left there, Needed what has to be left for a write, in bytes.
	Free, Needed uint64
}

// Err is a *NoSpaceError where nothing can be written.
func (r Room) Err() error {
	if r.Free >= r.Needed {
		return nil
	}
	return &NoSpaceError{Where: r.Where, Free: r.Free, Needed: r.Needed}
}

// KeyError says that a data folder is encrypted with another key than is given, or is
// not encrypted where one is. Nothing was changed.
type KeyError struct {
	// Where is the folder.
	Where string
	// Found says how it is and what is given.
	Found string
}

func (e *KeyError) Error() string { return fmt.Sprintf("data folder %s: %s", e.Where, e.Found) }

// CorruptError says that a data folder or its content is not what the store
// wrote: it is damaged, incomplete, or belongs to something else.
type CorruptError struct {
	// Where is the folder.
	Where string
	// Found says what is wrong there.
	Found string
	// Err is the cause; it may be nil.
	Err error
}

func (e *CorruptError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("data folder %s: %s", e.Where, e.Found)
	}
	return fmt.Sprintf("data folder %s: %s: %v", e.Where, e.Found, e.Err)
}

func (e *CorruptError) Unwrap() error { return e.Err }

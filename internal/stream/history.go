package stream

import (
	"bytes"
	"context"
	"errors"

	"google.golang.org/protobuf/encoding/protowire"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/scope"
	"odoomesh/internal/store"
	"odoomesh/internal/token"
)

// searchAtOnce is how many entries a search backwards reads before it looks at the last of
// them that it wanted.
const searchAtOnce = 20_000

// HistoryRequest is what the history of a record is asked with.
type HistoryRequest interface {
	GetName() string
	GetPageSize() int32
	GetPageToken() string
}

// trail goes back through the changes of one record. What the cache and a change keep of
// a record has the place of the change before it, so that most are found without a search;
// behind a deletion, and before a record came, the log is searched backwards, by keys.
type trail struct {
	*Recorded
	kind *record.Kind
	key  []byte
	// at is the place of the next change, where it is known; otherwise it lies before at.
	at    uint64
	known bool
}

// The marks of a page token of a history, which say what its position is.
var (
	tokenKnown  = []byte{1}
	tokenSearch = []byte{2}
)

// History answers a page of the changes of a record, the newest first.
func (l *Recorded) History(ctx context.Context, collection string, r HistoryRequest) (*RecordedPage, error) {
	views, err := l.views(ctx, []string{collection})
	if err != nil {
		return nil, err
	}
	view := views[collection]
	t := &trail{Recorded: l, kind: l.Kinds[collection]}
	if t.key, err = resource.KeyOf(collection, r.GetName()); err != nil {
		return nil, err
	}
	tokens, hash := l.Tokens.For(ctx), token.CallHash("history", r.GetName())
	met, err := t.begin(view)
	if err != nil {
		return nil, err
	}
	if r.GetPageToken() != "" {
		p, err := tokens.ReadPage(r.GetPageToken(), l.Log.ID(), hash)
		if err != nil {
			return nil, fault.Token("page_token", err)
		}
		t.at, t.known = p.GetPosition(), bytes.Equal(p.GetAfterValue(), tokenKnown)
	}
	page := &RecordedPage{}
	more, err := t.gather(ctx, view, r.GetPageSize(), page)
	if err != nil {
		return nil, err
	}
	if more {
		next := &internalv1.PageToken{StoreId: l.Log.ID(), CallHash: hash, Position: t.at, AfterValue: tokenSearch}
		if t.known {
			next.AfterValue = tokenKnown
		}
		page.Next = tokens.Page(next)
	}
	if !more && !met && len(page.Changes) == 0 && r.GetPageToken() == "" {
		return nil, fault.NotFound(r.GetName())
	}
	// Whoever does not meet the record learns nothing of how long it has been there.
	page.Dropped = page.Dropped && (met || len(page.Changes) > 0)
	return page, nil
}

// begin goes to the newest change, and tells whether the caller meets the record now.
func (t *trail) begin(view *scope.View) (bool, error) {
	raw, err := t.Cache.Get(t.kind.Collection, t.key)
	if errors.Is(err, store.ErrNotFound) {
		t.at = t.Log.Head() + 1
		return false, nil
	}
	if err != nil {
		return false, err
	}
	c := &change{}
	if c.after, err = side(t.kind, raw, 0); err != nil {
		return false, err
	}
	if err := t.before(raw, t.Log.Head()+1); err != nil {
		return false, err
	}
	return met(view, c.after) != nil, nil
}

// before goes to the change that made a state of the record, which is that before a place
// of the log.
func (t *trail) before(state []byte, place uint64) error {
	t.at, t.known = place, false
	if len(state) == 0 {
		return nil
	}
	kept, err := t.kind.Open(state)
	if err != nil {
		return err
	}
	if at := kept.GetRevision(); at > 0 && at < place {
		t.at, t.known = at, true
	}
	return nil
}

// gather fills a page, and tells whether there may be more.
func (t *trail) gather(ctx context.Context, view *scope.View, asked int32, page *RecordedPage) (more bool, err error) {
	size, limit, bytes, done := sizeOf(asked), record.PageLimit(ctx), 0, 0
	for {
		oldest := t.Log.Oldest()
		if t.at < oldest || !t.known && t.at == oldest {
			page.Dropped = oldest > 1
			return false, nil
		}
		if len(page.Changes) == size || done >= effort {
			return true, nil
		}
		if !t.known {
			n, err := t.search(ctx, oldest)
			if err != nil && !gone(err) {
				return false, err
			}
			done += n
			continue
		}
		entry, err := store.At(ctx, t.Log, t.at)
		switch {
		case gone(err), err == nil && !t.concerns(entry):
			// Retention came in between, or the cache is of another log.
			t.at, t.known = min(t.at, t.Log.Head())+1, false
			continue
		case err != nil:
			return false, err
		}
		told, cost, err := t.told(map[string]*scope.View{t.kind.Collection: view}, entry)
		if err != nil {
			return false, err
		}
		if told != nil {
			if bytes += told.Size; len(page.Changes) > 0 && bytes > limit {
				return true, nil
			}
			page.Changes = append(page.Changes, told)
		}
		done += cost
		if err := t.before(fieldOf(entry.Payload, beforeNumber), t.at); err != nil {
			return false, err
		}
	}
}

// search looks for the last change of the record among the entries before at, as many as
// are read at once, and tells how many it read.
func (t *trail) search(ctx context.Context, oldest uint64) (int, error) {
	from, end := oldest, t.at
	if end > searchAtOnce {
		from = max(oldest, end-searchAtOnce)
	}
	found, read := uint64(0), 0
	for entry, err := range t.Log.Read(ctx, from) {
		if err != nil {
			return read, err
		}
		if entry.Position >= end {
			break
		}
		if read++; t.concerns(entry) {
			found = entry.Position
		}
	}
	if t.at = from; found > 0 {
		t.at, t.known = found, true
	}
	return read, nil
}

// concerns tells whether an entry is a change of the record.
func (t *trail) concerns(entry store.Entry) bool {
	return entry.Collection == t.kind.Collection && bytes.Equal(fieldOf(entry.Payload, keyNumber), t.key)
}

// The fields of a change in the log that are looked at without taking it apart.
var (
	keyNumber    = numberOf("key")
	beforeNumber = numberOf("before")
)

func numberOf(name string) protowire.Number {
	fields := (&internalv1.ChangeRecord{}).ProtoReflect().Descriptor().Fields()
	return fields.ByJSONName(name).Number()
}

// fieldOf is the content of a field of a message on the wire; nil where there is none.
func fieldOf(wire []byte, number protowire.Number) []byte {
	for len(wire) > 0 {
		n, kind, tag := protowire.ConsumeTag(wire)
		if tag < 0 {
			return nil
		}
		size := protowire.ConsumeFieldValue(n, kind, wire[tag:])
		if size < 0 {
			return nil
		}
		if n == number && kind == protowire.BytesType {
			content, _ := protowire.ConsumeBytes(wire[tag:])
			return content
		}
		wire = wire[tag+size:]
	}
	return nil
}

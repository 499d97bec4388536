package record

import (
	"bytes"
	"container/list"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Renderings keeps the records that were read last, rendered, within one bound of
// bytes over all collections. A record is found again by the very bytes that the cache
// holds, so that nothing has to be told when one changes. A nil Renderings keeps none.
type Renderings struct {
	limit int

	mu     sync.Mutex
	size   int
	byKey  map[recordKey]*Rendered
	recent list.List // of *Rendered; the one used last in front
}

type recordKey struct{ collection, key string }

// place is where a rendered record is kept.
type place struct {
	in  *Renderings // nil: nowhere
	key recordKey
	// state is the version of the cache in which the record was found there.
	state atomic.Uint64
	// These are the Renderings' own; a record that has made way has no element.
	element *list.Element
	size    int
}

// UnknownState is the version of no state of a cache.
const UnknownState = 0

// keptOverhead is about what a kept record takes beside its bytes and messages.
const keptOverhead = 512

// NewRenderings makes a cache of so many bytes.
func NewRenderings(limit int) *Renderings {
	return &Renderings{limit: limit, byKey: make(map[recordKey]*Rendered)}
}

// Same answers a record that was found under a key in the same state of the cache;
// nil where that is not known, and the cache has to be asked.
func (c *Renderings) Same(k *Kind, key []byte, state uint64) *Rendered {
	if r := c.lookUp(k, key); r != nil && state != UnknownState && r.place.state.Load() == state {
		return r
	}
	return nil
}

// Of renders what the cache holds under a key in a state, unless that is kept.
func (c *Renderings) Of(k *Kind, key, raw []byte, state uint64) (*Rendered, error) {
	if r := c.lookUp(k, key); r != nil && bytes.Equal(r.raw, raw) {
		if state != UnknownState {
			r.place.state.Store(state)
		}
		return r, nil
	}
	r, err := k.Render(raw)
	if err == nil && c != nil {
		c.put(r, recordKey{k.Collection, string(key)}, state)
	}
	return r, err
}

// Kept is what is kept of a record that the cache holds as these bytes; nil where nothing is.
func (c *Renderings) Kept(k *Kind, key, raw []byte) *Rendered {
	if r := c.lookUp(k, key); r != nil && bytes.Equal(r.raw, raw) {
		return r
	}
	return nil
}

// Adopt is Of for a record whose message has been made already, by Decode for a time of
// verification: it is shared from then on.
func (c *Renderings) Adopt(k *Kind, key, raw []byte, m proto.Message, verified time.Time) (*Rendered, error) {
	r, err := c.Of(k, key, raw, UnknownState)
	if err != nil {
		return nil, err
	}
	s := r.As(m, nil)
	s.at = verified
	if r.shown.CompareAndSwap(nil, s) {
		r.place.grow(r, memoryOf(m.ProtoReflect()))
	}
	return r, nil
}

func (c *Renderings) lookUp(k *Kind, key []byte) *Rendered {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.byKey[recordKey{k.Collection, string(key)}]
	if r != nil {
		c.recent.MoveToFront(r.place.element)
	}
	return r
}

// put keeps a record in place of the one that was kept under its key.
func (c *Renderings) put(r *Rendered, key recordKey, state uint64) {
	r.place.in, r.place.key = c, key
	r.place.state.Store(state)
	// The body is a part of raw.
	size := len(r.raw) - len(r.kept.GetBody()) + memoryOf(r.kept.ProtoReflect()) + keptOverhead
	c.mu.Lock()
	defer c.mu.Unlock()
	if was := c.byKey[key]; was != nil {
		c.drop(was)
	}
	c.byKey[key], r.place.element = r, c.recent.PushFront(r)
	c.add(r, size)
}

// grow counts what was made of a record, if that is still kept.
func (p *place) grow(r *Rendered, size int) {
	if p.in == nil {
		return
	}
	p.in.mu.Lock()
	defer p.in.mu.Unlock()
	if p.element != nil {
		p.in.add(r, size)
	}
}

// add counts bytes of a record. The records used longest ago make way for them; one that
// would drive out most others goes itself.
func (c *Renderings) add(r *Rendered, size int) {
	r.place.size += size
	c.size += size
	if r.place.size > c.limit/4 {
		c.drop(r)
	}
	for c.size > c.limit {
		c.drop(c.recent.Back().Value.(*Rendered))
	}
}

func (c *Renderings) drop(r *Rendered) {
	c.recent.Remove(r.place.element)
	delete(c.byKey, r.place.key)
	c.size -= r.place.size
	r.place.element = nil
}

// memoryOf is about how many bytes a message takes in memory.
func memoryOf(m protoreflect.Message) int {
	size := int(reflect.TypeOf(m.Interface()).Elem().Size())
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.IsMap():
			v.Map().Range(func(key protoreflect.MapKey, value protoreflect.Value) bool {
				size += memoryOfValue(key.Value()) + memoryOfValue(value) + 16
				return true
			})
		case f.IsList():
			for i := range v.List().Len() {
				size += memoryOfValue(v.List().Get(i)) + 8
			}
		default:
			size += memoryOfValue(v)
		}
		return true
	})
	return size
}

// memoryOfValue is what a value takes beside the field that it stands in.
func memoryOfValue(v protoreflect.Value) int {
	switch v := v.Interface().(type) {
	case string:
		return len(v) + 8
	case []byte:
		return len(v) + 8
	case protoreflect.Message:
		return memoryOf(v)
	}
	return 0
}

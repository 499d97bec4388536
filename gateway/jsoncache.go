package gateway

import (
	"bytes"
	"container/list"
	"hash/maphash"
	"sync"
)

// entryOverhead is about what an entry takes beside its bytes: two structs, a
// list element and a place in the map.
const entryOverhead = 256

// jsonCache keeps the templates that were used last, within a bound of bytes.
// Keys are compared byte by byte; a hash only says where to look.
type jsonCache struct {
	seed  maphash.Seed
	limit int64

	mu     sync.Mutex
	size   int64
	byHash map[uint64]*list.Element // of *jsonEntry
	recent *list.List               // the one used last in front
}

type jsonEntry struct {
	hash     uint64
	key      []byte
	template *template
}

func (e *jsonEntry) size() int64 {
	return int64(len(e.key)+len(e.template.json)) + entryOverhead
}

func newJSONCache(limit int64) *jsonCache {
	return &jsonCache{
		seed:   maphash.MakeSeed(),
		limit:  limit,
		byHash: make(map[uint64]*list.Element),
		recent: list.New(),
	}
}

// get answers the template kept under key, or nil. It is not to be changed.
func (c *jsonCache) get(key []byte) *template {
	hash := maphash.Bytes(c.seed, key)
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.byHash[hash]
	if !ok {
		return nil
	}
	entry := element.Value.(*jsonEntry)
	if !bytes.Equal(entry.key, key) {
		return nil
	}
	c.recent.MoveToFront(element)
	return entry.template
}

// put takes over key and t. What was kept under the same hash makes way.
func (c *jsonCache) put(key []byte, t *template) {
	entry := &jsonEntry{hash: maphash.Bytes(c.seed, key), key: key, template: t}
	if entry.size() > c.limit {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.byHash[entry.hash]; ok {
		c.drop(element)
	}
	c.byHash[entry.hash] = c.recent.PushFront(entry)
	c.size += entry.size()
	for c.size > c.limit {
		c.drop(c.recent.Back())
	}
}

func (c *jsonCache) drop(element *list.Element) {
	entry := c.recent.Remove(element).(*jsonEntry)
	delete(c.byHash, entry.hash)
	c.size -= entry.size()
}

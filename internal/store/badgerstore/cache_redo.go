package badgerstore

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"
)

// A write that does not fit into one transaction goes by way of a redo list: first
// all that it sets and removes is stored in lists under keys of their own, then a
// mark says how many lists there are, then they are carried out, and last the mark
// and the lists go. Readers keep the view from before until all is done. A process
// that dies before the mark has changed nothing; one that dies behind it leaves a
// list that the next open carries out from its beginning: doing it twice does no harm.

var redoKey = []byte("!redo")

const (
	// redoBytes and redoOps bound a list: it has to be one value, and what it asks
	// for one transaction.
	redoBytes = 1_000_000
	redoOps   = 10_000
)

var errBadRedo = errors.New("the list of a large write cannot be read")

func redoListKey(number int) []byte {
	return binary.BigEndian.AppendUint32(append([]byte{}, redoKey...), uint32(number))
}

// commitLarge makes the ops by way of the redo list. Whoever calls it has the turn.
func (c *Cache) commitLarge(ops []op) error {
	lists := 0
	for len(ops) > 0 {
		list, n := encodeOps(ops)
		ops = ops[n:]
		if err := c.commitOps([]op{{key: redoListKey(lists), value: list}}); err != nil {
			return err
		}
		lists++
		c.reached("list")
	}
	mark := binary.BigEndian.AppendUint32(nil, uint32(lists))
	if err := c.commitOps([]op{{key: redoKey, value: mark}}); err != nil {
		return err
	}
	c.reached("mark")
	return c.redo(lists)
}

// redo carries out the lists, and takes them away.
func (c *Cache) redo(lists int) error {
	done := []op{{key: redoKey, remove: true}}
	for i := range lists {
		raw, err := readKey(c.db, redoListKey(i))
		if err != nil {
			return err
		}
		ops, err := decodeOps(raw)
		if err != nil {
			return fmt.Errorf("list %d: %w", i, err)
		}
		if err := c.commitOps(ops); err != nil {
			return err
		}
		done = append(done, op{key: redoListKey(i), remove: true})
		c.reached("part")
	}
	return c.commitOps(done)
}

// reached tells a test how far a large write is.
func (c *Cache) reached(step string) {
	if c.onStep != nil {
		c.onStep(step)
	}
}

// heal ends the large write that a process died in: behind its mark it is carried
// out, and before it what there is of its lists goes.
func (c *Cache) heal() error {
	mark, err := readKey(c.db, redoKey)
	if err != nil {
		return fmt.Errorf("looking for a large write: %w", err)
	}
	if mark != nil {
		if len(mark) != 4 {
			return errBadRedo
		}
		if err := c.redo(int(binary.BigEndian.Uint32(mark))); err != nil {
			return fmt.Errorf("ending a large write: %w", err)
		}
		return nil
	}
	var left []op
	err = c.db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: redoKey})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			left = append(left, op{key: it.Item().KeyCopy(nil), remove: true})
		}
		return nil
	})
	if err == nil && len(left) > 0 {
		err = c.commitOps(left)
	}
	if err != nil {
		return fmt.Errorf("removing a large write: %w", err)
	}
	return nil
}

// encodeOps puts the first of the ops into a list, and says how many. Each is whether
// it removes (one byte), the key and the value, each behind its length.
func encodeOps(ops []op) (list []byte, n int) {
	for n < len(ops) && n < redoOps {
		o := ops[n]
		if n > 0 && len(list)+int(o.size()) > redoBytes {
			break
		}
		remove := byte(0)
		if o.remove {
			remove = 1
		}
		list = append(list, remove)
		list = append(binary.AppendUvarint(list, uint64(len(o.key))), o.key...)
		list = append(binary.AppendUvarint(list, uint64(len(o.value))), o.value...)
		n++
	}
	return list, n
}

// decodeOps reads a list; the ops share its bytes.
func decodeOps(list []byte) (ops []op, err error) {
	for len(list) > 0 {
		o := op{remove: list[0] == 1}
		if o.key, list, err = cutSized(list[1:]); err != nil {
			return nil, errBadRedo
		}
		if o.value, list, err = cutSized(list); err != nil {
			return nil, errBadRedo
		}
		ops = append(ops, o)
	}
	if ops == nil {
		return nil, errBadRedo
	}
	return ops, nil
}

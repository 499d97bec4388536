package owned

import "encoding/binary"

// Try tells what Set would refuse, and writes nothing.
func (b *Book) Try(w Write) error {
	c, err := b.check(w)
	if err != nil {
		return err
	}
	facts := b.journal.Facts()
	defer facts.Close()
	_, err = newUpdate(c, w, facts)
	return err
}

// Made is the revision that an intent has made of a record; 0 where it has written
// nothing of it. shown is false where the write is kept and could not be shown: the same
// write again shows it.
func (w *Writer) Made(collection string, key []byte, intent string) (revision uint64, shown bool, err error) {
	facts := w.journal.Facts()
	defer facts.Close()
	at := intentKey(collection, key, intent)
	made, err := facts.Get(at)
	if err != nil || made == nil {
		return 0, false, err
	}
	revision, _ = binary.Uvarint(made)
	w.mu.Lock()
	defer w.mu.Unlock()
	return revision, !w.late[string(at)], nil
}

// shows notes whether the write of an intent is shown: after a start all are.
func (w *Writer) shows(write Write, err error) {
	at := string(intentKey(write.Collection, write.Key, write.Intent))
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		delete(w.late, at)
	} else {
		w.late[at] = true
	}
}

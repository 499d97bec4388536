package usage

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// kept is the table as it lies on disk.
type kept struct {
	Since     time.Time `json:"since"`
	Uncounted int64     `json:"uncounted,omitempty"`
	Rows      []keptRow `json:"rows"`
}

type keptRow struct {
	Principal string `json:"principal"`
	Method    string `json:"method"`
	Client    string `json:"client"`
	Calls     int64  `json:"calls"`
	First     int64  `json:"first"`
	Last      int64  `json:"last"`
}

func (t *Table) load() error {
	text, err := os.ReadFile(t.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var was kept
	if err := json.Unmarshal(text, &was); err != nil {
		return fmt.Errorf("%s: %w", t.File, err)
	}
	for _, one := range was.Rows[:min(len(was.Rows), mostRows)] {
		r := &row{first: one.First}
		r.calls.Store(one.Calls)
		r.last.Store(one.Last)
		t.put(Key{one.Principal, one.Method, one.Client}, r)
	}
	t.uncounted.Store(was.Uncounted)
	if !was.Since.IsZero() {
		t.since = was.Since
	}
	return nil
}

// save writes the table, whole or not at all, where there is something new in it.
func (t *Table) save() (err error) {
	sum := t.sum()
	if sum == t.saved {
		return nil
	}
	t.forget()
	now := kept{Since: t.since, Uncounted: t.Uncounted(), Rows: []keptRow{}}
	for _, r := range t.Rows() {
		now.Rows = append(now.Rows, keptRow{r.Principal, r.Method, r.Client, r.Calls, r.First.Unix(), r.Last.Unix()})
	}
	text, err := json.Marshal(now)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(t.File), filepath.Base(t.File)+".*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, err = file.Write(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err = os.Rename(file.Name(), t.File); err == nil {
		// Forgotten rows are not missed: the sum is that of what is there now.
		t.saved = sum
	}
	return err
}

package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"odoomesh/internal/backup"
	"odoomesh/internal/config"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
	"odoomesh/services/event/eventbook"
)

const (
	// restoreMark stands in a data folder while a restore is under way, and when it was
	// broken off: meshd does not start on such a folder. It says how far the restore is,
	// from which backup, by its SHA-256, and which parts are restored.
	restoreMark = "restore"
	// restoreDir is where parts are made before they are moved to their places.
	restoreDir = "restoring"
)

// How far a restore is: until all parts are made nothing was moved, and from then on
// nothing is made any more.
const (
	making = "making"
	moving = "moving"
)

// Restore makes the journals of a backup in a data folder that does not have them, all or
// those that are named, encrypted where there is a key. A backup that is sealed is opened
// with any of the keys. What was begun and broken off is finished by restoring the same
// backup again. It changes nothing where it refuses: no file of a folder is replaced.
func Restore(ctx context.Context, file, dir string, only []string, rest config.Rest) (backup.Contents, error) {
	_, open := rest.BackupKeys()
	r := &restore{ctx: ctx, dir: dir, keys: StoreKeys(rest), open: open}
	if err := r.verify(file, only); err != nil {
		return backup.Contents{}, err
	}
	release, err := badgerstore.HoldLog(filepath.Join(dir, "log"))
	if err == nil {
		err = errors.Join(r.run(file), release())
	}
	return r.contents, err
}

// restore is a restore under way. It receives the backup.
type restore struct {
	ctx  context.Context
	dir  string
	keys badgerstore.Keys
	// open are the keys that may open the backup.
	open     [][]byte
	contents backup.Contents
	// sum is the SHA-256 of the backup.
	sum   string
	parts []string
	// filling is the part that is being made; nil for one that is not wanted.
	filling *badgerstore.LogFill
}

// verify reads the whole backup, before anything is changed.
func (r *restore) verify(file string, only []string) error {
	from, err := os.Open(file)
	if err != nil {
		return config.Usage(err)
	}
	defer from.Close()
	sum := sha256.New()
	if r.contents, err = backup.Verify(io.TeeReader(from, sum), r.open...); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	r.sum = hex.EncodeToString(sum.Sum(nil))
	known := (&stores{}).backedUp()
	for _, p := range r.contents.Parts {
		if !slices.ContainsFunc(known, func(k backup.Part) bool { return k.Name == p.Name }) {
			return fmt.Errorf("%s has a part %q, which this meshd does not know: use the meshd that made it, or a later one", file, p.Name)
		}
		r.parts = append(r.parts, p.Name)
	}
	for _, name := range only {
		if !slices.Contains(r.parts, name) {
			return config.Usage(fmt.Errorf("--only: the backup has no part %s; it has %s", name, strings.Join(r.parts, ", ")))
		}
	}
	if len(only) > 0 {
		r.parts = only
	}
	slices.Sort(r.parts)
	r.parts = slices.Compact(r.parts)
	return nil
}

func (r *restore) run(file string) error {
	mark, err := readRestoreMark(r.dir)
	if err != nil {
		return err
	}
	switch mark {
	case r.mark(moving):
		return r.move()
	case "":
		if err := r.refuse(); err != nil {
			return err
		}
	default:
		if how, _, _ := strings.Cut(mark, " "); how != making {
			return kept("the restore of another backup, or of other parts, was broken off when some were in their places already: finish it first, with the same command as before")
		}
		if err := r.refuse(); err != nil {
			return err
		}
	}
	if err := r.note(making); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(r.dir, restoreDir)); err != nil {
		return err
	}
	if err := r.make(file); err != nil {
		return err
	}
	if err := r.note(moving); err != nil {
		return err
	}
	return r.move()
}

// refuse keeps what is there.
func (r *restore) refuse() error {
	if err := errors.Join(checkOrigin(r.dir, r.contents.Instance), checkKeys(r.dir, r.keys)); err != nil {
		return err
	}
	var there []string
	for _, name := range r.parts {
		if _, err := os.Lstat(filepath.Join(r.dir, name)); !errors.Is(err, fs.ErrNotExist) {
			there = append(there, filepath.Join(r.dir, name))
		}
	}
	if len(there) > 0 {
		return kept(fmt.Sprintf("%s is there already, and a restore replaces nothing: restore into another folder, name with --only what is missing, or move away what is there, and keep it", strings.Join(there, ", ")))
	}
	return nil
}

// kept refuses a data folder, which stays as it is.
func kept(text string) error {
	return &config.Error{Problems: []config.Problem{{Key: "data-dir", Text: text}}}
}

// make makes the parts aside.
func (r *restore) make(file string) error {
	from, err := os.Open(file)
	if err != nil {
		return err
	}
	defer from.Close()
	if _, err = backup.Read(from, r, r.open...); err != nil && r.filling != nil {
		err = errors.Join(err, r.filling.Abandon())
	}
	if err != nil {
		return err
	}
	return badgerstore.SyncDir(filepath.Join(r.dir, restoreDir))
}

// move brings the parts to their places, of which some may have been brought before.
func (r *restore) move() error {
	aside := filepath.Join(r.dir, restoreDir)
	for _, name := range r.parts {
		if err := os.Rename(filepath.Join(aside, name), filepath.Join(r.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := noteOrigin(r.dir, r.contents.Instance); err != nil {
		return err
	}
	if err := os.Remove(aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// The places are durable before the mark goes.
	if err := badgerstore.SyncDir(r.dir); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(r.dir, restoreMark)); err != nil {
		return err
	}
	return badgerstore.SyncDir(r.dir)
}

func (r *restore) mark(how string) string {
	return how + " " + r.sum + " " + strings.Join(r.parts, ",")
}

func (r *restore) note(how string) error {
	return badgerstore.WriteFile(filepath.Join(r.dir, restoreMark), r.mark(how)+"\n")
}

// Begin implements backup.Receiver.
func (r *restore) Begin(backup.Contents) error { return nil }

// Part implements backup.Receiver.
func (r *restore) Part(p backup.PartContents) (err error) {
	r.filling = nil
	if slices.Contains(r.parts, p.Name) {
		r.filling, err = badgerstore.NewLogFill(filepath.Join(r.dir, restoreDir, p.Name), journalOptions(p.Name, r.keys), p.Oldest)
	}
	if err == nil && r.filling != nil && p.Name == "events" {
		// The epoch of one that was restored before is among its facts, which come later.
		err = r.filling.Fact(eventbook.EpochFact(p.LogID))
	}
	return err
}

// Entry implements backup.Receiver.
func (r *restore) Entry(e store.Entry) error {
	if r.filling == nil || r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	return r.filling.Entry(e)
}

// Fact implements backup.Receiver.
func (r *restore) Fact(f store.Fact) error {
	if r.filling == nil || r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	return r.filling.Fact(f)
}

// PartEnd implements backup.Receiver.
func (r *restore) PartEnd() error {
	filled := r.filling
	if r.filling = nil; filled == nil {
		return nil
	}
	return filled.Complete()
}

// readRestoreMark is the mark of a restore that is not finished; empty where there is none.
func readRestoreMark(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, restoreMark))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(text)), err
}

// checkRestored refuses a data folder of which a restore was broken off.
func checkRestored(dir string) error {
	mark, err := readRestoreMark(dir)
	if err != nil || mark == "" {
		return err
	}
	return &store.CorruptError{Where: dir, Found: "a restore of it was broken off: run meshd restore with the same backup again"}
}

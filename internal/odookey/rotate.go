package odookey

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"odoomesh/internal/secret"
)

const (
	// day is what a key's life is rounded up to: so that it does not get shorter with
	// each that takes another's place.
	day = 24 * time.Hour
	// slack is how much earlier than a whole day a key ends, for clocks that differ.
	slack = 10 * time.Minute
	// remark begins the second line of a file that the mesh has written: the key's name.
	remark = "# made by odoomesh: "
	// Beside the file of the password lie the key that is to take its place, and the one
	// that had it and is to be revoked.
	nextFile, oldFile = ".next", ".old"
)

// keyFile is what a file says: a key and, where the mesh has written it, its name.
type keyFile struct {
	key  secret.Text
	name string
}

// readKeyFile reads a file; one that is not there, or empty, has no key.
func readKeyFile(path string) (keyFile, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(text) == 0 {
		return keyFile{}, nil
	}
	if err != nil {
		return keyFile{}, err
	}
	var f keyFile
	if f.key, err = secret.FirstLine(text); err != nil {
		return keyFile{}, fmt.Errorf("%s: %w", path, err)
	}
	_, rest, _ := strings.Cut(string(text), "\n")
	line, _, _ := strings.Cut(rest, "\n")
	f.name, _ = strings.CutPrefix(line, remark)
	if !strings.HasPrefix(line, remark) {
		f.name = ""
	}
	return f, nil
}

// writeKeyFile writes a file durably, as whole or not at all, for whom the file of the
// password is for.
func writeKeyFile(path, like string, f keyFile) error {
	info, err := os.Lstat(like)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is a link: name the file itself, in a folder in which meshd may write", like)
	}
	text := ""
	if f.key != "" {
		text = f.key.Reveal() + "\n"
	}
	if f.name != "" {
		text += remark + f.name + "\n"
	}
	part := path + ".part"
	file, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if owner, is := info.Sys().(*syscall.Stat_t); is && err == nil {
		_ = file.Chown(int(owner.Uid), int(owner.Gid)) // root alone may, and need
	}
	if err == nil {
		err = file.Chmod(info.Mode().Perm())
	}
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return move(part, path)
}

// move gives a file a name durably.
func move(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncDir(to)
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return syncDir(path)
}

func syncDir(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// replace has Odoo make another key, and puts it in the place of the one in use.
func (k *Keeper) replace(ctx context.Context, now Standing) error {
	// That it can be kept is seen before it is made.
	if err := k.keep(keyFile{}); err != nil {
		return err
	}
	at := k.Clock.Now()
	life := (now.Ends.Sub(now.Made) + day - 1).Truncate(day)
	next := keyFile{name: "odoomesh " + at.UTC().Format(time.RFC3339)}
	var err error
	if next.key, err = k.Client.MakeKey(ctx, next.name, at.Add(life-slack)); err != nil {
		return errors.Join(err, remove(k.File+nextFile))
	}
	if err := k.step("made"); err != nil {
		return err
	}
	if err := k.keep(next); err != nil {
		return errors.Join(err, k.Client.RevokeKey(ctx, next.key))
	}
	if err := k.step("kept"); err != nil {
		return err
	}
	return k.finish(ctx)
}

// keep writes the next key beside the one in use.
func (k *Keeper) keep(next keyFile) error {
	if err := writeKeyFile(k.File+nextFile, k.File, next); err != nil {
		return fmt.Errorf("keeping another key beside odoo-password-file: %w", err)
	}
	return nil
}

// finish goes on with a rotation from wherever it was broken off; it does nothing where
// none was.
func (k *Keeper) finish(ctx context.Context) error {
	is, err := readKeyFile(k.File)
	if err != nil {
		return err
	}
	next, err := readKeyFile(k.File + nextFile)
	if err != nil {
		return err
	}
	if err := k.revokeOld(ctx, is); err != nil {
		return err
	}
	if next.key == "" || next.key == is.key {
		// That no other can be kept is told at the start, and not when it is time.
		if !k.writes {
			if err := k.keep(keyFile{}); err != nil {
				return err
			}
			k.writes = true
		}
		return remove(k.File + nextFile)
	}
	switch works, err := k.Client.TryKey(ctx, next.key); {
	case err != nil:
		return err
	case !works:
		return errors.Join(errors.New("the key that Odoo has made does not sign in"), k.Client.RevokeKey(ctx, next.key), remove(k.File+nextFile))
	}
	if err := k.step("tried"); err != nil {
		return err
	}
	if err := writeKeyFile(k.File+oldFile, k.File, is); err != nil {
		return err
	}
	if err := k.step("old one kept"); err != nil {
		return err
	}
	if err := move(k.File+nextFile, k.File); err != nil {
		return err
	}
	if err := k.step("swapped"); err != nil {
		return err
	}
	if _, err := k.Client.SignIn(ctx); err != nil {
		return err
	}
	if err := k.step("signed in"); err != nil {
		return err
	}
	return k.revokeOld(ctx, next)
}

// revokeOld revokes the key that the one in the file has taken the place of. The one in
// the file is never revoked.
func (k *Keeper) revokeOld(ctx context.Context, is keyFile) error {
	old, err := readKeyFile(k.File + oldFile)
	if err != nil || old.key == "" {
		return err
	}
	if old.key != is.key {
		if err := k.Client.RevokeKey(ctx, old.key); err != nil {
			return fmt.Errorf("revoking the key before: %w", err)
		}
		if err := k.step("revoked"); err != nil {
			return err
		}
	}
	return remove(k.File + oldFile)
}

// step lets a test break off here.
func (k *Keeper) step(name string) error {
	if k.onStep == nil {
		return nil
	}
	return k.onStep(name)
}

// Command contract writes what a stranger generates from: the public protos with all
// their imports, the same as a set of descriptors, and how each is used, as one archive.
// The same contract gives the same bytes.
//
// Usage: contract <descriptor set> <archive> <folder of protos>...
package main

import (
	"archive/tar"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// beside is what lies in the archive beside the protos: how to use them.
//
//go:embed archive
var beside embed.FS

const (
	// root is the folder that the archive unpacks into.
	root = "mesh-contract"
	// internal are protos that only the mesh itself reads.
	internal = "mesh/internal/"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: contract <descriptor set> <archive> <folder of protos>...")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "contract:", err)
		os.Exit(1)
	}
}

func write(set, to string, protos []string) error {
	files := map[string][]byte{}
	content, err := os.ReadFile(set)
	if err != nil {
		return err
	}
	files["mesh.binpb"] = content
	guides, err := fs.Sub(beside, "archive")
	if err != nil {
		return err
	}
	if err := collect(guides, "", func(string) bool { return true }, files); err != nil {
		return err
	}
	for _, folder := range protos {
		public := func(name string) bool { return path.Ext(name) == ".proto" && !strings.HasPrefix(name, internal) }
		if err := collect(os.DirFS(folder), "proto", public, files); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if err := pack(out, files); err != nil {
		_ = out.Close()
		return fmt.Errorf("writing %s: %w", to, err)
	}
	return out.Close()
}

func collect(from fs.FS, below string, wanted func(string) bool, into map[string][]byte) error {
	return fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !wanted(name) {
			return err
		}
		content, err := fs.ReadFile(from, name)
		into[path.Join(below, name)] = content
		return err
	})
}

// pack writes the files in the order of their names, with nothing of the machine or the
// hour in them.
func pack(to io.Writer, files map[string][]byte) error {
	zipped, err := gzip.NewWriterLevel(to, gzip.BestCompression)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		head := &tar.Header{Name: path.Join(root, name), Mode: 0o644, Size: int64(len(files[name])), ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(head); err != nil {
			return err
		}
		if _, err := archive.Write(files[name]); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return zipped.Close()
}

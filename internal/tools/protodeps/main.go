// Command protodeps prints the third-party protos that the contract imports
// from the descriptors that their Go packages carry. So the contract always
// compiles against exactly the versions that go.mod names, generation needs no
// network, and nothing third-party is committed.
//
// Usage: protodeps <folder>
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	_ "buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"github.com/jhump/protoreflect/v2/protoprint"
	_ "google.golang.org/genproto/googleapis/api/annotations"
	_ "google.golang.org/genproto/googleapis/rpc/code"
	_ "google.golang.org/genproto/googleapis/rpc/errdetails"
	_ "google.golang.org/genproto/googleapis/rpc/status"
	_ "google.golang.org/genproto/googleapis/type/date"
	_ "google.golang.org/genproto/googleapis/type/decimal"
	_ "google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// roots are the imports of the contract, and what refusals consist of; what these import
// is printed too.
var roots = []string{
	"buf/validate/validate.proto",
	"google/api/annotations.proto",
	"google/api/client.proto",
	"google/api/field_behavior.proto",
	"google/api/resource.proto",
	"google/rpc/code.proto",
	"google/rpc/error_details.proto",
	"google/rpc/status.proto",
	"google/type/date.proto",
	"google/type/decimal.proto",
	"google/type/money.proto",
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: protodeps <folder>")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "protodeps:", err)
		os.Exit(1)
	}
}

// run prints the roots and all that they import below dir. A file that already
// has its content is left alone, and files of an older run are taken away.
func run(dir string) error {
	files := map[string]protoreflect.FileDescriptor{}
	for _, root := range roots {
		fd, err := protoregistry.GlobalFiles.FindFileByPath(root)
		if err != nil {
			return fmt.Errorf("finding %s: %w", root, err)
		}
		collect(fd, files)
	}
	if err := removeOthers(dir, files); err != nil {
		return err
	}
	var printer protoprint.Printer
	for path, fd := range files {
		text, err := printer.PrintProtoToString(fd)
		if err != nil {
			return fmt.Errorf("printing %s: %w", path, err)
		}
		if err := writeIfChanged(filepath.Join(dir, filepath.FromSlash(path)), text); err != nil {
			return fmt.Errorf("writing %s: %w", path, err)
		}
	}
	return nil
}

// collect adds a file and everything that it imports, except the well-known
// types, which the compiler brings itself.
func collect(fd protoreflect.FileDescriptor, into map[string]protoreflect.FileDescriptor) {
	if _, seen := into[fd.Path()]; seen || strings.HasPrefix(fd.Path(), "google/protobuf/") {
		return
	}
	into[fd.Path()] = fd
	imports := fd.Imports()
	for i := range imports.Len() {
		collect(imports.Get(i).FileDescriptor, into)
	}
}

func removeOthers(dir string, keep map[string]protoreflect.FileDescriptor) error {
	return filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if _, kept := keep[filepath.ToSlash(rel)]; kept || filepath.Ext(rel) != ".proto" {
			return nil
		}
		return os.Remove(path)
	})
}

func writeIfChanged(path, text string) error {
	if old, err := os.ReadFile(path); err == nil && string(old) == text {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// Package proto_test holds the contract to the rules that buf cannot know.
package proto_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	_ "odoomesh/services" // links the contract of every domain that is served
)

// files yields the contract's files.
func files(yield func(protoreflect.FileDescriptor)) {
	protoregistry.GlobalFiles.RangeFiles(func(fd protoreflect.FileDescriptor) bool {
		if strings.HasPrefix(string(fd.Package()), "mesh.") {
			yield(fd)
		}
		return true
	})
}

func methods() []protoreflect.MethodDescriptor {
	var all []protoreflect.MethodDescriptor
	files(func(fd protoreflect.FileDescriptor) {
		for i := range fd.Services().Len() {
			service := fd.Services().Get(i)
			for j := range service.Methods().Len() {
				all = append(all, service.Methods().Get(j))
			}
		}
	})
	return all
}

func messages() []protoreflect.MessageDescriptor {
	var all []protoreflect.MessageDescriptor
	files(func(fd protoreflect.FileDescriptor) {
		for i := range fd.Messages().Len() {
			all = append(all, fd.Messages().Get(i))
		}
	})
	return all
}

func resource(m protoreflect.MessageDescriptor) *annotations.ResourceDescriptor {
	r, _ := proto.GetExtension(m.Options(), annotations.E_Resource).(*annotations.ResourceDescriptor)
	return r
}

func fieldRule(f protoreflect.FieldDescriptor) *optionsv1.FieldRule {
	r, _ := proto.GetExtension(f.Options(), optionsv1.E_Field).(*optionsv1.FieldRule)
	return r
}

// What is not linked into this test would be held to nothing.
func TestEveryServiceOnDiskIsHeldToTheRules(t *testing.T) {
	onDisk := map[string]bool{}
	pattern := regexp.MustCompile(`(?m)^(package|service) ([\w.]+)|^  rpc (\w+)\(`)
	err := filepath.WalkDir("mesh", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".proto" {
			return err
		}
		text, err := os.ReadFile(path)
		pkg, service := "", ""
		for _, found := range pattern.FindAllStringSubmatch(string(text), -1) {
			switch {
			case found[1] == "package":
				pkg = found[2]
			case found[1] == "service":
				service = found[2]
			default:
				onDisk[pkg+"."+service+"."+found[3]] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	linked := map[string]bool{}
	for _, m := range methods() {
		linked[string(m.FullName())] = true
	}
	if diff := cmp.Diff(onDisk, linked); diff != "" || len(onDisk) == 0 {
		t.Errorf("the .proto files and what this test links differ (-on disk +linked):\n%s", diff)
	}
}

func TestEveryMethodSaysWhatItNeedsAndWhereItIs(t *testing.T) {
	for _, m := range methods() {
		rule := proto.GetExtension(m.Options(), optionsv1.E_Method).(*optionsv1.MethodRule)
		if rule.GetAccess() == optionsv1.Access_ACCESS_UNSPECIFIED {
			t.Errorf("%s: no access", m.FullName())
		}
		if rule.GetRowScope() == optionsv1.RowScope_ROW_SCOPE_UNSPECIFIED {
			t.Errorf("%s: no row scope", m.FullName())
		}
		if rule.GetCost() < 1 {
			t.Errorf("%s: no cost", m.FullName())
		}
		reads := rule.GetAccess() == optionsv1.Access_ACCESS_READ || m.FullName() == "mesh.search.v1.SearchService.Search" || m.Parent().FullName() == "mesh.change.v1.ChangeService" // by the rights to what they find
		if !reads && !rule.GetAudit() {
			t.Errorf("%s: more than reading, and not audited", m.FullName())
		}
		if !proto.HasExtension(m.Options(), annotations.E_Http) {
			t.Errorf("%s: no HTTP route", m.FullName())
		}
	}
}

func TestEveryRecordHasTheCommonFields(t *testing.T) {
	common := map[protoreflect.FieldNumber]protoreflect.Name{1: "name", 2: "etag", 3: "provenance", 4: "attributes", 5: "references"}
	records := 0
	for _, m := range messages() {
		if resource(m) == nil {
			continue
		}
		records++
		for number, name := range common {
			if m.Name() == "InventoryEvent" && name == "etag" {
				continue // An event never changes.
			}
			if f := m.Fields().ByNumber(number); f == nil || f.Name() != name {
				t.Errorf("%s: field %d is not %s", m.FullName(), number, name)
			}
		}
		for i := range m.Fields().Len() {
			f := m.Fields().Get(i)
			if common[f.Number()] == "" && f.Number() < 10 {
				t.Errorf("%s: own fields begin at 10", f.FullName())
			}
			changesAlone := f.Name() == "etag" || f.Name() == "provenance" || f.Name() == "references" || f.Name() == "update_time" || fieldRule(f).GetComputed() != optionsv1.Computed_COMPUTED_UNSPECIFIED
			if changesAlone != fieldRule(f).GetVolatile() {
				t.Errorf("%s: volatile is %v", f.FullName(), !changesAlone)
			}
		}
	}
	if records == 0 {
		t.Error("found no records")
	}
}

func TestEveryEnumerationThatOdooCanExtendHasItsRawValueBeside(t *testing.T) {
	// These are filled by the mesh alone, or only inside of what has a source.
	ownedByTheMesh := map[protoreflect.Name]bool{
		"approval_status": true, "status": true, "hold_state": true, "verdict": true, "direction": true,
		"acknowledgement_status": true, "change_type": true, "cause": true, "remainder": true,
	}
	for _, m := range messages() {
		domain := m.ParentFile().Package()
		if domain == "mesh.options.v1" || domain == "mesh.errors.v1" || domain == "mesh.internal.v1" || domain == "mesh.event.v1" || domain == "mesh.command.v1" || domain == "mesh.operations.v1" || domain == "mesh.access.v1" || domain == "mesh.governance.v1" || m.Name() == "InventoryEvent" || m.Name() == "DocumentLink" || m.Name() == "Announcement" || m.Name() == "OrderApproval" || domain == "mesh.trace.v1" || domain == "mesh.search.v1" {
			continue
		}
		for i := range m.Fields().Len() {
			f := m.Fields().Get(i)
			if f.Enum() == nil || ownedByTheMesh[f.Name()] {
				continue
			}
			if raw := m.Fields().ByName("source_" + f.Name()); raw == nil || raw.Kind() != protoreflect.StringKind {
				t.Errorf("%s: no source_%s beside it", f.FullName(), f.Name())
			}
		}
	}
}

func TestEveryReferencePointsAtARecord(t *testing.T) {
	// A field that may also name what is no record of the mesh says "*".
	known := map[string]bool{"*": true}
	for _, m := range messages() {
		known[resource(m).GetType()] = true
	}
	for _, m := range messages() {
		for i := range m.Fields().Len() {
			f := m.Fields().Get(i)
			ref, _ := proto.GetExtension(f.Options(), annotations.E_ResourceReference).(*annotations.ResourceReference)
			if ref != nil && !known[ref.GetType()] {
				t.Errorf("%s: refers to %q", f.FullName(), ref.GetType())
			}
		}
	}
}

func TestEveryReasonSaysWhatToDo(t *testing.T) {
	values := errorsv1.Reason(0).Descriptor().Values()
	for i := 1; i < values.Len(); i++ {
		v := values.Get(i)
		rule, _ := proto.GetExtension(v.Options(), errorsv1.E_Rule).(*errorsv1.ReasonRule)
		if rule.GetCode() == 0 || rule.GetWhoActs() == 0 || rule.GetRetry() == 0 || rule.GetWhatToDo() == "" {
			t.Errorf("%s: rule is incomplete: %v", v.Name(), rule)
		}
	}
}

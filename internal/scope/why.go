package scope

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Why says in a sentence why Sees answers as it does, for whoever gives rights.
func (v *View) Why(company int64, m protoreflect.Message) string {
	switch {
	case v == nil:
		return "The principal meets every record."
	case v.refused:
		return "Principals of its kind meet no record of this collection."
	case len(v.companies) > 0 && company == 0 && v.unshared:
		return "The record belongs to no company, and those of this collection are met through theirs alone."
	case len(v.companies) > 0 && company != 0 && !slices.Contains(v.companies, company):
		return fmt.Sprintf("The record belongs to the company %d, which is none of the principal's.", company)
	case v.named == nil:
		return "The record belongs to one of the principal's companies, or to all."
	}
	var paths []string
	for _, steps := range v.named {
		path := pathOf(steps)
		if hasText(m, steps, v.called) {
			return fmt.Sprintf("The record names %s in %s.", v.called, path)
		}
		paths = append(paths, path)
	}
	return fmt.Sprintf("The record does not name %s in %s.", v.called, strings.Join(paths, " or "))
}

func pathOf(steps []protoreflect.FieldDescriptor) string {
	names := make([]string, len(steps))
	for i, step := range steps {
		names[i] = string(step.Name())
	}
	return strings.Join(names, ".")
}

// Hidden are the fields that the principal does not meet, and the lists that it meets in
// part, in the order of the alphabet.
func (v *View) Hidden() []string {
	if !v.Hides() {
		return nil
	}
	paths := v.hidden.paths("")
	for _, list := range slices.Concat(v.own, v.shared) {
		if name := string(list.Name()); !slices.Contains(paths, name) {
			paths = append(paths, name)
		}
	}
	slices.Sort(paths)
	return paths
}

func (h *hidden) paths(before string) (all []string) {
	for field, inside := range *h {
		path := before + string(field.Name())
		if inside == nil {
			all = append(all, path)
			continue
		}
		all = append(all, inside.paths(path+".")...)
	}
	return all
}

// Unseen are the fields of which the principal meets nothing in any record, in the order of
// the alphabet.
func (v *View) Unseen() []string {
	if !v.Hides() {
		return nil
	}
	paths := v.hidden.paths("")
	slices.Sort(paths)
	return paths
}

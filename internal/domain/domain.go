// Package domain is the form in which the room of a domain says what the domain is:
// its name, its kinds of records, and how its services are registered. The standard
// methods that are generated for a service take the same form.
package domain

import (
	"context"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"odoomesh/internal/command"
	"odoomesh/internal/mapping"
	"odoomesh/internal/read"
	"odoomesh/internal/stream"
)

// Domain is one canonical domain. Its services are made from R: a room constrains R to
// what its own services need, and the list of services puts in what has all of it.
type Domain[R any] struct {
	// Name is what --services calls it.
	Name string
	// Collections are its kinds of records; a domain may have none.
	Collections []Collection
	// Kept are its kinds of records that Odoo has nothing of: the mesh keeps them in the
	// book of what Odoo does not own. They have no mapping.
	Kept []Collection
	// Commands are what callers can have changed by it.
	Commands []command.Kind
	// Needs names the domains that it reads from: it is served only with them.
	Needs []string
	// Serve makes its services and registers them.
	Serve func(grpc.ServiceRegistrar, R) error
	// Gateway adds its REST routes.
	Gateway func(context.Context, *runtime.ServeMux, grpc.ClientConnInterface) error
}

// Collection is one kind of record.
type Collection struct {
	// Name is the first part of the resource names.
	Name string
	// Record is an empty record.
	Record proto.Message
	// Mapping is its mapping.yaml.
	Mapping []byte
	// Compute works out fields when a record is answered; nil where there are none.
	Compute read.Compute
	// Converters are those that the mapping names beside the common ones.
	Converters mapping.Converters
}

// Spec reads the mapping, with overlays over it.
func (c Collection) Spec(overlays ...[]byte) (*mapping.Spec, error) {
	spec, err := mapping.Parse(c.Mapping, overlays...)
	if err != nil {
		return nil, err
	}
	spec.Converters = c.Converters
	return spec, nil
}

// Convert gives the collections of a domain its converters.
func Convert(all []Collection, own mapping.Converters) []Collection {
	for i := range all {
		all[i].Converters = own
	}
	return all
}

// Computed has fields of one of the collections worked out when its records are answered.
func Computed(all []Collection, name string, by read.Compute) []Collection {
	for i := range all {
		if all[i].Name == name {
			all[i].Compute = by
		}
	}
	return all
}

// Rooms gives the standard methods what they read from and what they watch.
type Rooms interface {
	Read(collection string) read.Deps
	Watch(collection string) stream.Deps
}

// Package backup writes what the mesh alone has into one file, and reads it back: the
// entries and the facts of some journals, each as it was at one moment.
//
// It reads journals through the store's interface, so that a backup outlives the form in
// which a store keeps them. A file is a line that names its version, and blocks, each
// behind its size and a checksum that goes on from the block before: what is cut off,
// changed, moved or added is found, and the error says where. With a key it is sealed (internal/seal),
// in frames of which as much is found without the key. Who gives a restored
// journal its folder is somebody else.
package backup

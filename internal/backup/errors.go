package backup

import "fmt"

// DamagedError says that a file is not what was written, or that there is less or more
// of it.
type DamagedError struct {
	// Offset is the byte of the file at which the part begins that is damaged.
	Offset int64
	// Found says what is wrong there.
	Found string
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the backup is damaged at byte %d: %s", e.Offset, e.Found)
}

// VersionError says that a backup was made by a program that writes another version.
type VersionError struct {
	// Version is what the file says.
	Version string
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("the backup is of version %s, and this program reads versions %s and %s: use the meshd and meshctl that made it, or later ones", e.Version, version, sealedVersion)
}

// ForeignError says that a file is no backup of a mesh.
type ForeignError struct{}

func (ForeignError) Error() string { return "this is no backup of a mesh" }

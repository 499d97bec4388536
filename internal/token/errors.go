package token

import "fmt"

// MalformedError says that a text is no token, or a damaged one. The caller has
// to begin without a token.
type MalformedError struct {
	// Found says what is wrong with it.
	Found string
	// Err is the cause; it may be nil.
	Err error
}

func (e *MalformedError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("the token cannot be read: %s: %v", e.Found, e.Err)
	}
	return "the token cannot be read: " + e.Found
}

func (e *MalformedError) Unwrap() error { return e.Err }

// Origin is what a token was made by or for.
type Origin string

const (
	// Store stands for a token of another store: of another installation, or
	// from before the store was made anew.
	Store Origin = "store"
	// Call stands for a token of a call whose filter, order or subject differs.
	Call Origin = "call"
	// Caller stands for a token of a caller who meets other records.
	Caller Origin = "caller"
	// KindOfToken stands for a page token where a position belongs, or the reverse.
	KindOfToken Origin = "kind of token"
)

// ForeignError says that a token is sound, but was made by or for another What.
type ForeignError struct{ What Origin }

func (e *ForeignError) Error() string {
	return fmt.Sprintf("the token belongs to another %s", e.What)
}

// EnvironmentError says that a token was made in another environment, such as one of a
// test that was carried into production.
type EnvironmentError struct{ Of, Here string }

func (e *EnvironmentError) Error() string {
	return fmt.Sprintf("the token is of the environment %q, and this is %q", e.Of, e.Here)
}

// VersionError says that a newer program made the token.
type VersionError struct {
	// Version is the token's; this program reads the constant Version.
	Version int32
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("the token has version %d, this program reads %d", e.Version, Version)
}

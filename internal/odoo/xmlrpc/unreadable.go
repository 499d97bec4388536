package xmlrpc

// Unreadable stands in an answer for a value that no type here holds: nan, an
// infinite number, an integer beyond 64 bits. The value is bad and the answer is
// not: one row must not make a thousand unreadable.
type Unreadable struct {
	// Text is how the value was written, cut where it is long.
	Text string
}

// longestUnreadable is how much of a value is kept.
const longestUnreadable = 40

// NewUnreadable keeps how a value was written.
func NewUnreadable(text []byte) Unreadable {
	if len(text) > longestUnreadable {
		return Unreadable{string(text[:longestUnreadable]) + "…"}
	}
	return Unreadable{string(text)}
}

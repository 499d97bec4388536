package rules

import (
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
)

// Exception is something that people have to settle, as it opened.
type Exception struct {
	Kind eventv1.ExceptionKind
	// Subject is the name of what it is about.
	Subject string
	// Name is the exception's own, such as "exceptions/17"; another opening of the same
	// kind and subject has another.
	Name string
	// Summary says what is wrong, in a sentence for people; Detail what is known of
	// the cause.
	Summary, Detail string
	// Numbers are what it rests on, by name.
	Numbers map[string]string
	// Opened is when the mesh found it.
	Opened time.Time
}

// Escalated is the condition of an exception that is open.
func Escalated(e Exception) Condition {
	data := &eventv1.ExceptionEscalated{
		Kind: e.Kind, Explanation: e.Summary, Detail: e.Detail, Numbers: e.Numbers,
		FindTime: timestamppb.New(e.Opened), Exception: e.Name,
	}
	return Condition{
		// The kind goes in as a number: its name is for people, and may change.
		Key: keyOf(typeOf(data), "exception", strconv.Itoa(int(e.Kind)), e.Subject), State: e.Name, At: e.Opened, subject: e.Subject,
		data: func() proto.Message { return data },
	}
}

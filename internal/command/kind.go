package command

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
)

// Request is the request of a command.
type Request interface {
	proto.Message
	GetRequestId() string
	GetValidateOnly() bool
}

// Kind is what a domain says of one of its commands.
type Kind struct {
	// Name is what callers call it, such as "orders.release".
	Name string
	// Method is its full name, such as "/mesh.order.v1.OrderService/ReleaseOrder".
	Method string
	// Request is an empty request.
	Request Request
	// Begin makes the command that a request asks for. The error names the field of a
	// request that makes no sense, whatever Odoo holds.
	Begin func(request proto.Message) (Command, error)
	// Own says that it changes only what Odoo does not own: it is carried out while Odoo is
	// down, too, and shown when it is done.
	Own bool
	// Protects says that it only keeps goods from people: it is carried out also where Odoo
	// is not the one that it was.
	Protects bool
	// Needs are the rights that it needs in Odoo.
	Needs []Need
	// Apart are commands on the same document that exclude it for who has carried them out,
	// whatever the access file says.
	Apart []Apart
	// Compares says that it looks itself which fields it would change, for whether they are
	// its caller's (OthersFields): who sends a whole record back may send what is another's
	// as it is.
	Compares bool
	// Mails says that up to 18 Odoo refuses it to a user without an e-mail address.
	Mails bool
}

// holder is who holds what the command changes.
func (k Kind) holder() string {
	if k.Own {
		return "The mesh"
	}
	return "Odoo"
}

// Command is one command of a caller. Each of its methods may be called again at any
// time, also in another process: what it knows it learns from the request and from Odoo.
type Command interface {
	// Document is the record on which no other command may work at the same time, such
	// as "orders/42"; empty where there is none.
	Document() string
	// Check refuses what the copy, or Odoo, shows to be impossible, before the intent is
	// taken on. It changes nothing.
	Check(ctx context.Context, w *Work) error
	// Look tells from what Odoo holds how far the command has come. It changes nothing.
	Look(ctx context.Context, w *Work) (Standing, error)
	// Do makes the calls that are missing. It is called only where Look does not say
	// that the command is done, and repeating it is harmless at any moment.
	Do(ctx context.Context, w *Work) error
}

// Guarded is a command that goes by what its caller has read of the record.
type Guarded interface {
	// Unchanged refuses it where the record has changed since. Check does so too; beside it,
	// it is asked where Odoo holds already what is wanted, and somebody else has done it.
	Unchanged(ctx context.Context) error
}

// Stage is how far a command has come.
type Stage int

// The stages.
const (
	// Nothing of it is in Odoo.
	Nothing Stage = iota
	// Begun: a part of it is.
	Begun
	// Done: Odoo holds what was asked for.
	Done
	// Asks: it cannot go on before a person has acted in Odoo.
	Asks
)

// Standing is what a look at Odoo has shown.
type Standing struct {
	Stage Stage
	// Document is the record that the command is about, such as "orders/42"; empty where
	// one is to be made and is not there.
	Document string
	// Model and ID are where Odoo keeps it.
	Model string
	ID    int64
	// Twins are rows of the same model that it is about as well.
	Twins []int64
	// Evidence says what the stage rests on, such as "purchase.order 42 is in state
	// purchase".
	Evidence string
	// Question is what a person has to do, where the stage is Asks.
	Question string
	// Deviations are what differs from what was asked for, where it is done.
	Deviations []*commandv1.Deviation
	// Warnings are what people should know although it is done.
	Warnings []string
	// FollowUps are intents that follow from it: see Desk.Follow.
	FollowUps []string
	// Noted says that the document has the note of who asked for it.
	Noted bool
	// Because is why, where the note is to say it.
	Because string
}

// Question is the error of a command that a person has to decide about: Odoo asked, or
// would have done something that is never done unasked.
type Question struct {
	// Text says what has to be decided, in sentences for people.
	Text string
}

func (q *Question) Error() string { return q.Text }

// Work is one command while it is carried out.
type Work struct {
	// ID is that of the intent: 32 characters that are made of principal and request id.
	ID string
	// Principal is who asked.
	Principal string
	// Command is what was asked for, such as "orders.release".
	Command string
	// Odoo is what the command makes its calls with.
	Odoo *Odoo
	// Adrift says that the answer to a call of an earlier attempt is missing, and Odoo may
	// still be at it: what is not harmless when it is done twice waits.
	Adrift bool

	lanes *Lanes
	// others are the fields that the command writes and its caller does not.
	others []Owner
}

// Wait is the error of a command that cannot do anything while it is Adrift.
func Wait() error {
	return NotSeen("Odoo may still be at a call whose answer was lost, and that must not be made twice.")
}

// Alone keeps other commands from working on more than the command's own document, such as
// its receipts or its supplier, in the order in which they are given, until it leaves
// them. Two that want each other's would wait for ever: an order's command may want its
// receipts, and no other way round.
func (w *Work) Alone(ctx context.Context, names ...string) (leave func(), err error) {
	var leaves []func()
	leave = func() {
		for _, l := range leaves {
			l()
		}
	}
	for _, name := range names {
		one, err := w.lanes.Enter(ctx, name)
		if err != nil {
			leave()
			return nil, err
		}
		leaves = append(leaves, one)
	}
	return leave, nil
}

// External is an external id that belongs to the intent: the same one whenever it is
// carried out, also by a mesh that has lost its ledger. 0 is that of the document, the
// others are those of its lines.
func (w *Work) External(n int) string {
	id := "x_" + w.ID
	if n > 0 {
		id += "_" + strconv.Itoa(n)
	}
	return Module + "." + id
}

// idOf makes the id of an intent: principal and request id are told apart also where
// one of them holds what stands between them.
func idOf(principal, requestID string) string {
	sum := sha256.Sum256([]byte(strconv.Quote(principal) + strconv.Quote(requestID)))
	return hex.EncodeToString(sum[:16])
}

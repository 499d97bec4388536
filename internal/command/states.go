package command

import (
	"fmt"
	"strings"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
)

// event is what happens to an intent.
type event int

const (
	// accepted: the mesh takes it on.
	accepted event = iota
	// seenDone: Odoo holds what was asked for.
	seenDone
	// lost: an answer of Odoo's is missing, or the mesh stopped.
	lost
	// unsent: nothing was sent, or so long ago that nothing can come of it any more.
	unsent
	// refused: Odoo or a rule of the mesh said no, and nothing was done.
	refused
	// asked: a person has to decide or to act.
	asked
	// retried: somebody sent it again.
	retried
	// givenUp: somebody cancelled it.
	givenUp
	// deferred: it is put off, as its caller has wished; nothing was sent, or so long ago
	// that nothing can come of it any more.
	deferred
	// begun: the turn of what was put off has come.
	begun
	// putBack: somebody accepted an Odoo that was put back to before it was done.
	putBack
)

var eventNames = [...]string{"accepted", "seen done", "answer lost", "not sent", "refused", "a person is asked", "sent again", "given up", "put off", "its turn", "Odoo put back"}

func (e event) String() string { return eventNames[e] }

// transition is one row of the table of states.
type transition struct {
	from  commandv1.State
	event event
	to    commandv1.State
}

const (
	stateNone      = commandv1.State_STATE_UNSPECIFIED
	stateAccepted  = commandv1.State_STATE_ACCEPTED
	stateUnknown   = commandv1.State_STATE_UNKNOWN
	stateDone      = commandv1.State_STATE_DONE
	stateNotDone   = commandv1.State_STATE_NOT_DONE
	stateRefused   = commandv1.State_STATE_REFUSED
	stateAsks      = commandv1.State_STATE_ACTION_REQUIRED
	stateCancelled = commandv1.State_STATE_CANCELLED
	stateLost      = commandv1.State_STATE_LOST
	stateDeferred  = commandv1.State_STATE_DEFERRED
)

// transitions are all that can happen to an intent; docs/commands.md shows the table.
// What is done stays done, unless Odoo itself is put back, and what was given up stays
// given up.
var transitions = []transition{
	{stateNone, accepted, stateAccepted},
	{stateNone, deferred, stateDeferred},

	{stateDeferred, begun, stateAccepted},
	{stateDeferred, refused, stateRefused},
	{stateDeferred, asked, stateAsks},
	{stateDeferred, givenUp, stateCancelled},

	{stateAccepted, seenDone, stateDone},
	{stateAccepted, lost, stateUnknown},
	{stateAccepted, unsent, stateNotDone},
	{stateAccepted, refused, stateRefused},
	{stateAccepted, asked, stateAsks},
	{stateAccepted, deferred, stateDeferred},

	{stateUnknown, seenDone, stateDone},
	{stateUnknown, unsent, stateNotDone},
	{stateUnknown, refused, stateRefused},
	{stateUnknown, asked, stateAsks},
	{stateUnknown, deferred, stateDeferred},

	{stateNotDone, retried, stateAccepted},
	{stateNotDone, deferred, stateDeferred},
	{stateNotDone, givenUp, stateCancelled},
	{stateAsks, retried, stateAccepted},
	{stateAsks, deferred, stateDeferred},
	{stateAsks, givenUp, stateCancelled},
	{stateRefused, retried, stateAccepted},
	{stateDone, putBack, stateLost},
}

// next is the state that an event leads to.
func next(from commandv1.State, e event) (commandv1.State, error) {
	for _, t := range transitions {
		if t.from == from && t.event == e {
			return t.to, nil
		}
	}
	return from, fmt.Errorf("an intent that is %s cannot become what follows on %q", from, e)
}

// open tells whether it is still to be found out what becomes of an intent.
func open(s commandv1.State) bool { return s == stateAccepted || s == stateUnknown }

// stateWord is a state in words, such as "not done".
func stateWord(s commandv1.State) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(s.String(), "STATE_")), "_", " ")
}

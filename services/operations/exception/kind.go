package exception

import (
	"cmp"
	"strconv"
	"time"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
)

// Kind is a sort of exception.
type Kind = eventv1.ExceptionKind

// The kinds that the mesh reports.
const (
	// HeldDeletion: so much is gone at once that it is held back. The subject is a
	// collection.
	HeldDeletion Kind = eventv1.ExceptionKind_EXCEPTION_KIND_DELETIONS_HELD
	// Match: an invoice differs from what was ordered or received. The subject is the
	// invoice.
	Match Kind = eventv1.ExceptionKind_EXCEPTION_KIND_INVOICE_MISMATCH
	// FaultyRecord: a record cannot be read, or only in part. The subject is the record.
	FaultyRecord Kind = eventv1.ExceptionKind_EXCEPTION_KIND_FAULTY_RECORD
	// DegradedCollection: a part of Odoo cannot be read. The subject is the collection.
	DegradedCollection Kind = eventv1.ExceptionKind_EXCEPTION_KIND_DEGRADED_COLLECTION
	// Clock: clocks disagree. The subject says whose, such as "odoo".
	Clock Kind = eventv1.ExceptionKind_EXCEPTION_KIND_CLOCK
	// StockWithoutMovement: stock came or went without a movement. The subject is a
	// stock position.
	StockWithoutMovement Kind = eventv1.ExceptionKind_EXCEPTION_KIND_STOCK_WITHOUT_MOVEMENT
	// LogEntrySkipped: an entry of a log was passed over. The subject is its place.
	LogEntrySkipped Kind = eventv1.ExceptionKind_EXCEPTION_KIND_LOG_ENTRY_SKIPPED
	// AcknowledgementDifference: a supplier has acknowledged something else than was
	// ordered. The subject is the order.
	AcknowledgementDifference Kind = eventv1.ExceptionKind_EXCEPTION_KIND_ACKNOWLEDGEMENT_DIFFERENCE
	// AnnouncementDifference: something else has come than the supplier had announced. The
	// subject is the receipt.
	AnnouncementDifference Kind = eventv1.ExceptionKind_EXCEPTION_KIND_ANNOUNCEMENT_DIFFERENCE
	// HeldLot: something was moved of a lot that is held. The subject is the movement.
	HeldLot Kind = eventv1.ExceptionKind_EXCEPTION_KIND_HELD_LOT_MOVED
	// OdooChanged: Odoo is not the one that it was. The subject is "odoo".
	OdooChanged Kind = eventv1.ExceptionKind_EXCEPTION_KIND_ODOO_CHANGED
	// Audit: the audit cannot be written, or was not seen by its witness. The subject is
	// "audit" or "witness".
	Audit Kind = eventv1.ExceptionKind_EXCEPTION_KIND_AUDIT
	// BreakGlass: a principal has taken more than it usually has. The subject is the
	// principal.
	BreakGlass Kind = eventv1.ExceptionKind_EXCEPTION_KIND_BREAK_GLASS
	// AccessFile: the access file cannot be used as it is now. The subject is "access".
	AccessFile Kind = eventv1.ExceptionKind_EXCEPTION_KIND_ACCESS_FILE
	// GovernedDocument: the configured files were changed around the proposals. The
	// subject is the document.
	GovernedDocument Kind = eventv1.ExceptionKind_EXCEPTION_KIND_GOVERNED_DOCUMENT
	// Secret: a secret is near its end, or could not be replaced. The subject says which,
	// such as "odoo-password".
	Secret Kind = eventv1.ExceptionKind_EXCEPTION_KIND_SECRET
	// CommandsWait: what was put off waits for longer than it should. The subject is
	// "commands".
	CommandsWait Kind = eventv1.ExceptionKind_EXCEPTION_KIND_COMMANDS_WAIT
)

// StockDrifted is the cause of a balance in which the events and Odoo's stock differ:
// the name of the stock position, both sums, what Odoo has more, as decimal texts, and
// since when that was seen.
func StockDrifted(position, events, odoo, difference string, since time.Time) Cause {
	return Cause{
		Kind: StockWithoutMovement, Subject: position,
		Summary: "Stock without a movement at " + position + ": the movements add up to " + events + ", and Odoo holds " + odoo + seen(since) + ".",
		Detail:  "Look for who wrote to Odoo's stock past its movements. Where it is to stay, acknowledge it with the reason: the balances then go on from there, and another difference is another exception.",
		Numbers: map[string]string{"events": events, "odoo": odoo, "difference": difference},
	}
}

// HeldLotMoved is the cause of a movement of a lot that is held: the names of both, the
// lot's number, why it is held, how much, and the transfer; a scrap order has none.
func HeldLotMoved(movement, lot, number, reason, quantity, transfer string) Cause {
	return Cause{
		Kind: HeldLot, Subject: movement,
		Summary: quantity + " of lot " + number + " (" + lot + "), which is held, were moved by " + cmp.Or(transfer, movement+", without a transfer") + ".",
		Detail:  "It is held because: " + reason + ". Find the goods and bring them back, or acknowledge it with the reason why they had to move. It closes when the hold is released.",
		Numbers: map[string]string{"quantity": quantity},
	}
}

// InvoiceMismatch is the cause of an invoice that does not match: its name, its number in
// the books and the supplier's, whether it is posted, and what differs by line.
func InvoiceMismatch(name, number, reference string, posted bool, lines map[string]string) Cause {
	c := Cause{
		Kind: Match, Subject: name, Numbers: lines,
		Summary: "Invoice " + cmp.Or(reference, number, name) + " (" + name + ") does not match what was ordered and received: it cannot be posted.",
		Detail:  "Have the bill, the order or the receipt mended, or have it overridden by invoices.overrideMatch with the reason. It closes when it matches, is overridden, cancelled or paid.",
	}
	if posted {
		c.Summary = "Invoice " + cmp.Or(number, reference, name) + " (" + name + ") is posted, and does not match what was ordered and received."
		c.Detail = "Ask the supplier for a credit note, or have it overridden by invoices.overrideMatch with the reason. It closes when it matches, is overridden, reversed or paid."
	}
	return c
}

// AnsweredOtherwise is the cause of an order that its supplier has answered otherwise than
// it was ordered: its name, what is different in which lines, in sentences, and by line in
// short.
func AnsweredOtherwise(order, number, differences string, lines map[string]string) Cause {
	return Cause{
		Kind: AcknowledgementDifference, Subject: order,
		Summary: "The supplier of " + number + " (" + order + ") has answered otherwise than it was ordered: " + differences + ".",
		Detail:  "Amend the order to what the supplier has answered, take the answer as it is (orders.acceptAcknowledgement), or have the supplier answer anew. It closes then, and when all of the line has come.",
		Numbers: lines,
	}
}

// CameOtherwise is the cause of a receipt that came otherwise than it was announced: its
// name, its number, and what is different.
func CameOtherwise(receipt, number, differences string) Cause {
	return Cause{
		Kind: AnnouncementDifference, Subject: receipt,
		Summary: number + " (" + receipt + ") came otherwise than the supplier had announced: " + differences + ".",
		Detail:  "Ask the supplier, and acknowledge it with what was agreed: it closes then. It closes, too, when what is missing comes with the rest.",
		Numbers: map[string]string{"differences": differences},
	}
}

func seen(since time.Time) string {
	if since.Unix() <= 0 {
		return ""
	}
	return ", since " + since.UTC().Format(time.RFC3339) + " at the latest"
}

// DeletionsHeld is the cause of a mass deletion that waits for an operator.
func DeletionsHeld(collection string, count int64) Cause {
	n := strconv.FormatInt(count, 10)
	return Cause{
		Kind: HeldDeletion, Subject: collection,
		Summary: n + " " + collection + " seem to be gone from Odoo at once: they are kept until an operator confirms the deletion.",
		Detail:  "See whether the mesh's user lost a right in Odoo. If they are really gone, run meshctl resync " + collection + " --accept-deletions.",
		Numbers: map[string]string{"held": n},
	}
}

package receipt

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/gen/go/mesh/receipt/v1/receiptservice"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/domain"
	"odoomesh/internal/fault"
	"odoomesh/internal/owned"
	"odoomesh/internal/read"
	"odoomesh/internal/resource"
	"odoomesh/services/operations/exception"
)

const (
	// mostRests bounds how many receipts of the rest are followed.
	mostRests = 200
	// restPerLook is how many times as long as a look there is none after it: receipts that
	// were announced stay so for ever.
	restPerLook = 50
)

// reader reads receipts as the copy has them.
type reader func(ctx context.Context, name string) (*receiptv1.Receipt, error)

// restsOf are the receipts of what did not come with one, and of what did not come with
// them. What was deleted brings nothing.
func restsOf(ctx context.Context, r *receiptv1.Receipt, read reader) (all []*receiptv1.Receipt, err error) {
	names, met := r.GetBackorders(), map[string]bool{r.GetName(): true}
	for len(names) > 0 && len(all) < mostRests {
		name := names[0]
		names = names[1:]
		if met[name] {
			continue
		}
		met[name] = true
		next, err := read(ctx, name)
		if fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_FOUND {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, next)
		names = append(names[:len(names):len(names)], next.GetBackorders()...)
	}
	return all, nil
}

// Notices finds the receipts that came otherwise than they were announced.
type Notices struct {
	receipts *read.Collection[*receiptv1.Receipt]
	owned    *owned.Writer
	clock    clock.Clock
	look     exception.Lookout
}

// NewNotices makes a finder; head tells where the log ends.
func NewNotices(r domain.Rooms, book *owned.Writer, c clock.Clock, head func() uint64) (*Notices, error) {
	receipts, err := read.NewCollection[*receiptv1.Receipt](r.Read(receiptservice.Receipts))
	n := &Notices{receipts: receipts, owned: book, clock: c}
	n.look = exception.Lookout{Head: head, Find: n.find, Rest: restPerLook, Clock: c}
	return n, err
}

// Watch reports them as exceptions.
func (n *Notices) Watch() exception.Watch {
	return exception.Watch{Kind: exception.AnnouncementDifference, Causes: n.look.Causes}
}

func (n *Notices) find(ctx context.Context) (found []exception.Cause, unknown bool, err error) {
	receipts, err := n.receipts.Where(ctx, announcements+".state", announced.String())
	if err != nil {
		return nil, false, err
	}
	for _, r := range receipts {
		text, err := n.of(ctx, r)
		if err != nil {
			return nil, false, err
		}
		if text != "" && text != r.GetAnnouncementSettlement().GetDifferences() {
			found = append(found, exception.CameOtherwise(r.GetName(), r.GetNumber(), text))
		}
	}
	return found, false, nil
}

// of are the differences of a receipt as one text.
func (n *Notices) of(ctx context.Context, r *receiptv1.Receipt) (string, error) {
	if r.GetState() != receiptv1.State_STATE_DONE {
		return "", nil
	}
	rest, err := restsOf(ctx, r, n.copied)
	return strings.Join(differences(r, rest), "; "), err
}

func (n *Notices) copied(ctx context.Context, name string) (*receiptv1.Receipt, error) {
	return n.receipts.Get(ctx, name, nil, nil)
}

// Accept keeps that a person takes the differences of a receipt as they are: its exception
// closes then, and another difference is another exception.
func (n *Notices) Accept(ctx context.Context, c exception.Cause, reason, by string) error {
	if by == "" {
		by = "a caller who need not say who they are"
	}
	key, err := resource.KeyOf(receiptservice.Receipts, c.Subject)
	if err != nil {
		return err
	}
	r, err := n.copied(ctx, c.Subject)
	if err != nil {
		return err
	}
	text, err := n.of(ctx, r)
	if err != nil {
		return err
	}
	if text != c.Numbers["differences"] {
		return fault.New(errorsv1.Reason_REASON_STALE_ETAG, "The differences have changed since the exception was last brought up to date: read it again.")
	}
	fields, err := owned.FieldsOf(&receiptv1.Receipt{AnnouncementSettlement: &receiptv1.AnnouncementSettlement{
		SettleTime: timestamppb.New(n.clock.Now()), SettledBy: by, Reason: reason, Differences: text,
	}}, "announcement_settlement.settle_time", "announcement_settlement.settled_by", "announcement_settlement.reason", "announcement_settlement.differences")
	if err != nil {
		return err
	}
	kept, err := n.owned.Get(receiptservice.Receipts, key)
	if err != nil {
		return err
	}
	// The same word about the same state is one write, however often it is sent.
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %q", c.Subject, kept.Revision, text))
	_, err = n.owned.Set(ctx, owned.Write{
		Collection: receiptservice.Receipts, Key: key, Owner: optionsv1.Owner_OWNER_MESH, Author: by, Intent: hex.EncodeToString(sum[:16]),
		Seen: &kept.Revision, Fields: fields,
	})
	return command.OwnedError(err)
}

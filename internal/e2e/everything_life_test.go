package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
)

// life is a supplier and its products with all that becomes of them: what is ordered, comes,
// is moved, counted and billed. A client plays it through the mesh, and keeps what Odoo is
// to hold of it in the end. After the first error nothing more is sent.
type life struct {
	*mixed
	mark   string
	random *rand.Rand
	insist send
	said   *undoneSaid
	err    error
	// sent counts requests; again sends those once more that were done.
	sent  int
	again []func() (*commandv1.Intent, error)
	// did and undone are the commands that were done, by the names of their intents, and when
	// they were called not done.
	did    map[string]*commandv1.Intent
	undone map[string][]time.Time

	supplier, email string
	// spare is a supplier that goes out of use, and in some lives comes back.
	spare       string
	spareIsGone bool
	approvals   int
	suspended   bool
	// products are those by their codes.
	products map[string]*kept
	// prices are those of the supplier by code and least quantity, such as "CAN-x from 10".
	prices map[string]float64
	vendor string
	// inForce tells whether the product may be bought of the supplier.
	inForce bool
	bought  *delivery
	bills   []*charged
	// cancelled is an order that was called off.
	cancelled string
}

// kept is what a product is to be.
type kept struct {
	id       int64
	name     string
	archived bool
}

var (
	errPutOff = errors.New("it is put off")
	errNotYet = errors.New("it is not there yet")
)

// commanding is a call that carries out a command.
type commanding[Q, R any] func(ctx context.Context, request Q, o ...grpc.CallOption) (R, error)

// answer is that of a command.
type answer interface{ GetIntent() *commandv1.Intent }

// does sends a request, under an id of its own, until it is done: now and then to be carried
// out later.
func does[Q proto.Message, R answer](l *life, by string, call commanding[Q, R], request Q) (got R) {
	if l.err != nil {
		return got
	}
	l.identify(request)
	err := l.said.noting(l.insist)(func(ctx context.Context) error {
		a, err := call(l.perhapsLater(as(ctx, by)), request)
		switch {
		case err != nil:
			return err
		case waits(a):
			return errPutOff
		case unshown(a):
			return errNotYet
		}
		got = a
		return nil
	})
	i := got.GetIntent()
	if err == nil && i.GetState() != commandv1.State_STATE_DONE {
		err = fmt.Errorf("it is %v", i)
	}
	if err != nil {
		l.err = fmt.Errorf("%s: %T: %w", idOfRequest(request), request, err)
		return got
	}
	l.did[i.GetName()], l.undone[i.GetName()] = i, l.said.steps[len(l.said.steps)-1]
	l.again = append(l.again, func() (*commandv1.Intent, error) {
		a, err := call(as(l.t.Context(), by), request)
		return a.GetIntent(), err
	})
	return got
}

// refused sends a request until it is refused for one of some reasons.
func refused[Q proto.Message, R answer](l *life, by string, call commanding[Q, R], request Q, reasons ...string) {
	if l.err != nil {
		return
	}
	l.identify(request)
	err := l.insist(func(ctx context.Context) error {
		a, err := call(l.perhapsLater(as(ctx, by)), request)
		if err == nil && waits(a) {
			return errPutOff
		}
		return err
	})
	if reason := refusalOf(err).reason; !slices.Contains(reasons, reason) {
		l.err = fmt.Errorf("%s: %T ended with %q, want one of %v: %w", idOfRequest(request), request, reason, reasons, err)
	}
}

// unshown tells whether what a command was about could not be read: it is in the answer to
// the same request, sent again later.
func unshown(a answer) bool {
	return slices.ContainsFunc(a.GetIntent().GetWarnings(), func(w string) bool { return strings.HasPrefix(w, "The record cannot be shown now") })
}

// waits tells whether a command is put off or under way: who has asked for it to be carried
// out later is told so at once.
func waits(a answer) bool {
	return slices.Contains([]commandv1.State{commandv1.State_STATE_DEFERRED, commandv1.State_STATE_ACCEPTED, commandv1.State_STATE_UNKNOWN}, a.GetIntent().GetState())
}

// reads reads until a condition holds of what is read.
func reads[Q, R proto.Message](l *life, call commanding[Q, R], request Q, holds func(R) bool) (got R) {
	if l.err != nil {
		return got
	}
	l.err = insisting(l.t)(func(ctx context.Context) error {
		a, err := call(as(ctx, "sue"), request)
		if err == nil && !holds(a) {
			err = fmt.Errorf("%w: %v", errNotYet, a)
		}
		got = a
		return err
	})
	return got
}

// importing is an open stream of rows.
type importing[Q, R any] interface {
	Send(Q) error
	CloseSend() error
	Recv() (R, error)
}

// progress is what an import tells.
type progress interface {
	GetRow() *commandv1.ImportedRow
	GetProgress() *commandv1.ImportProgress
}

// imported sends rows until all of them are done, and once more.
func imported[Q proto.Message, R progress, S importing[Q, R]](l *life, open func(ctx context.Context, o ...grpc.CallOption) (S, error), rows ...Q) (documents []string) {
	if l.err != nil {
		return nil
	}
	again := insisting(l.t)
	for range 2 {
		if err := again(func(ctx context.Context) (err error) { documents, err = importedOnce(ctx, open, rows); return err }); err != nil {
			l.err = fmt.Errorf("an import of %T: %w", rows[0], err)
			return nil
		}
	}
	return documents
}

func importedOnce[Q proto.Message, R progress, S importing[Q, R]](ctx context.Context, open func(ctx context.Context, o ...grpc.CallOption) (S, error), rows []Q) ([]string, error) {
	ctx, cancel := context.WithCancel(as(ctx, "sue"))
	defer cancel()
	stream, err := open(ctx)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if err := stream.Send(row); err != nil {
			break // Recv tells why
		}
	}
	if err := stream.CloseSend(); err != nil {
		return nil, err
	}
	documents := make([]string, len(rows))
	for {
		got, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil, errNotYet
		}
		if err != nil {
			return nil, err
		}
		if r := got.GetRow(); r != nil {
			switch r.GetOutcome() {
			case commandv1.ImportedRow_OUTCOME_REFUSED:
				return nil, fmt.Errorf("refused: %v", r)
			case commandv1.ImportedRow_OUTCOME_UNFINISHED:
				return nil, errNotYet
			}
			documents[r.GetRow()-1] = r.GetDocument()
		}
		if p := got.GetProgress(); p.GetComplete() {
			if p.GetDone() != int64(len(rows)) {
				return nil, fmt.Errorf("%w: %v", errNotYet, p)
			}
			return documents, nil
		}
	}
}

// identify gives a request an id of its own.
func (l *life) identify(request proto.Message) {
	l.sent++
	m := request.ProtoReflect()
	m.Set(requestID(m), protoreflect.ValueOfString(fmt.Sprintf("%s-%d", l.mark, l.sent)))
}

func requestID(m protoreflect.Message) protoreflect.FieldDescriptor {
	return m.Descriptor().Fields().ByName("request_id")
}

func idOfRequest(request proto.Message) string {
	m := request.ProtoReflect()
	return m.Get(requestID(m)).String()
}

// perhapsLater asks now and then that a command is carried out later.
func (l *life) perhapsLater(ctx context.Context) context.Context {
	if l.random.IntN(4) == 0 {
		return metadata.AppendToOutgoingContext(ctx, "prefer", "respond-async")
	}
	return ctx
}

// maybe is true half of the time.
func (l *life) maybe() bool { return l.random.IntN(2) == 0 }

// repeats sends some of what was done once more: nothing happens, and the answer is the same.
func (l *life) repeats() {
	for range 5 {
		if l.err != nil || len(l.again) == 0 {
			return
		}
		again := l.again[l.random.IntN(len(l.again))]
		l.err = insisting(l.t)(func(context.Context) error {
			i, err := again()
			if err == nil && l.did[i.GetName()] == nil {
				return fmt.Errorf("sent once more it is another intent: %v", i)
			}
			return err
		})
	}
}

// plays goes through a life, scene by scene.
func (l *life) plays() {
	scenes := l.scenes()
	for _, scene := range scenes {
		scene()
		l.done.Add(1)
	}
	if l.err != nil {
		l.t.Errorf("%s: %v", l.mark, l.err)
	}
}

// scenes are the parts of a life, in an order in which they can be played.
func (l *life) scenes() []func() {
	later := []func(){l.keepsPrices, l.approvesVendors, l.importsMore, l.billsFreely, l.callsOff, l.hasASpare, l.repeats}
	l.random.Shuffle(len(later), func(i, j int) { later[i], later[j] = later[j], later[i] })
	goods := []func(){l.isOrdered, l.hears, l.receives, l.receivesTheRest}
	after := []func(){l.moves, l.holds, l.sendsBack, l.isBilled}
	l.random.Shuffle(len(after), func(i, j int) { after[i], after[j] = after[j], after[i] })
	all := []func(){l.isSupplied, l.hasProducts}
	// What is about other things comes between what goods go through.
	goods = append(goods, after...)
	for len(goods)+len(later) > 0 {
		if len(later) == 0 || len(goods) > 0 && l.maybe() {
			all, goods = append(all, goods[0]), goods[1:]
		} else {
			all, later = append(all, later[0]), later[1:]
		}
	}
	return append(all, l.endsIt, l.repeats)
}

// parts is how many scenes a life has.
const parts = 19

func much(n float64) *decimal.Decimal {
	return &decimal.Decimal{Value: strings.TrimSuffix(fmt.Sprintf("%.2f", n), ".00")}
}

// euros is an amount in cents.
func (l *life) euros(n float64) *money.Money {
	cents := int64(n*100 + 0.5)
	return &money.Money{CurrencyCode: l.currencyCode, Units: cents / 100, Nanos: int32(cents % 100 * 10_000_000)}
}

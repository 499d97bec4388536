package eventbook

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/audit"
	"odoomesh/internal/store"
)

// MaxConsumers is how many consumers there may be: a name costs little, and somebody
// who makes a new one at each start would never notice.
const MaxConsumers = 1000

// TooManyError says that there are MaxConsumers.
type TooManyError struct{}

func (TooManyError) Error() string {
	return fmt.Sprintf("there are %d consumers, and may not be more: delete those that are gone", MaxConsumers)
}

// Consumer is how far somebody has acknowledged the events.
type Consumer struct {
	// Name is its resource name, such as "consumers/ward-supply".
	Name string
	// Position is the last event that it has acknowledged; 0 for none.
	Position uint64
	// Acknowledged is when; zero for never.
	Acknowledged time.Time
	// Owner is the principal whose it is: who acknowledged first.
	Owner string
}

// consumerTag marks the facts of consumers, by name.
const consumerTag = 'c'

func consumerKey(name string) []byte { return append([]byte{consumerTag}, name...) }

// Consumer is a consumer by its name; one that has acknowledged nothing is not known.
func (b *Book) Consumer(name string) (Consumer, bool, error) {
	facts := b.Journal.Facts()
	defer facts.Close()
	raw, err := facts.Get(consumerKey(name))
	if err != nil || raw == nil {
		return Consumer{}, false, err
	}
	c, err := consumerOf(name, raw)
	return c, true, err
}

// Consumers lists all consumers, by name.
func (b *Book) Consumers() ([]Consumer, error) {
	facts := b.Journal.Facts()
	defer facts.Close()
	var all []Consumer
	for fact, err := range facts.Scan([]byte{consumerTag}) {
		if err != nil {
			return nil, err
		}
		c, err := consumerOf(string(fact.Key[1:]), fact.Value)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func consumerOf(name string, raw []byte) (Consumer, error) {
	kept := &internalv1.KeptConsumer{}
	if err := proto.Unmarshal(raw, kept); err != nil {
		return Consumer{}, fmt.Errorf("reading how far %s has come: %w", name, err)
	}
	return Consumer{Name: name, Position: kept.GetPosition(), Acknowledged: kept.GetAcknowledgeTime().AsTime(), Owner: kept.GetOwner()}, nil
}

// Acknowledge notes durably that a consumer has handled all events up to a position.
// It never goes back. A new name beyond MaxConsumers is a TooManyError, and becomes the
// caller's; of one that is known, may says whether the caller may use it.
func (b *Book) Acknowledge(ctx context.Context, name string, position uint64, caller string, may func(owner string) error) (Consumer, error) {
	b.acknowledging.Lock()
	defer b.acknowledging.Unlock()
	known, found, err := b.Consumer(name)
	if err != nil {
		return Consumer{}, err
	}
	if found {
		if err := may(known.Owner); err != nil {
			return Consumer{}, err
		}
		if position <= known.Position {
			return known, nil
		}
		if known.Owner != "" {
			caller = known.Owner
		}
	} else {
		all, err := b.Consumers()
		if err != nil {
			return Consumer{}, err
		}
		if len(all) >= MaxConsumers {
			return Consumer{}, TooManyError{}
		}
	}
	c := Consumer{Name: name, Position: position, Acknowledged: b.Clock.Now(), Owner: caller}
	raw, err := proto.Marshal(&internalv1.KeptConsumer{Position: c.Position, AcknowledgeTime: timestamppb.New(c.Acknowledged), Owner: c.Owner})
	if err != nil {
		return Consumer{}, err
	}
	if err := b.note(ctx, name, raw); err != nil {
		return c, err
	}
	if !found {
		audit.Changed(ctx, audit.Change{Document: name, After: upTo(c), Says: fmt.Sprintf("+ owner: %q\n", c.Owner)})
		return c, nil
	}
	audit.Changed(ctx, audit.Change{Document: name, Before: upTo(known), After: upTo(c)})
	return c, nil
}

// upTo is how far a consumer has come, as the audit says it.
func upTo(c Consumer) string { return fmt.Sprintf("event %d", c.Position) }

// Forget forgets a consumer durably, and tells whether there was one.
func (b *Book) Forget(ctx context.Context, name string) (bool, error) {
	b.acknowledging.Lock()
	defer b.acknowledging.Unlock()
	known, found, err := b.Consumer(name)
	if err != nil || !found {
		return false, err
	}
	if err := b.note(ctx, name, nil); err != nil {
		return true, err
	}
	audit.Changed(ctx, audit.Change{Document: name, Before: upTo(known), Says: fmt.Sprintf("- owner: %q\n", known.Owner)})
	return true, nil
}

func (b *Book) note(ctx context.Context, name string, value []byte) error {
	if _, err := b.Journal.Record(ctx, b.Clock.Now(), nil, []store.Fact{{Key: consumerKey(name), Value: value}}); err != nil {
		return fmt.Errorf("noting how far %s has come: %w", name, err)
	}
	return nil
}

// Package audit serves what the audit has written down, to whoever may operate it: the
// records themselves, what proves them to others, and what a witness needs. What writes
// them is the engine's.
package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	auditv1 "odoomesh/gen/go/mesh/audit/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	engine "odoomesh/internal/audit"
	"odoomesh/internal/audit/trail"
	"odoomesh/internal/fault"
	"odoomesh/internal/filter"
	"odoomesh/internal/nearest"
)

// Trail is where the audit is kept.
type Trail interface {
	// Find answers records from a sequence on, and where the next page begins.
	Find(ctx context.Context, q trail.Query, from uint64, most int) (found []trail.Found, next uint64, err error)
	// Prove shows all records of an intent.
	Prove(ctx context.Context, intent string) (engine.Proof, error)
	// Signed answers the newest checkpoint, and what proves that it holds an earlier one.
	Signed(ctx context.Context, before uint64) (trail.Signed, error)
	// Cosigned takes what the witness has signed.
	Cosigned(ctx context.Context, checkpoint []byte) error
	// Hold keeps payloads of an intent from being erased, or lets them go, and tells whether
	// they were kept before.
	Hold(ctx context.Context, intent string, held bool) (before bool, err error)
}

// Service answers AuditService.
type Service struct {
	auditv1.UnimplementedAuditServiceServer
	trail Trail
}

// New makes the service of a trail.
func New(t Trail) *Service { return &Service{trail: t} }

const (
	defaultPage = 100
	maxPage     = 1000
)

// ListRecords answers a page of records.
func (s *Service) ListRecords(ctx context.Context, r *auditv1.ListRecordsRequest) (*auditv1.ListRecordsResponse, error) {
	from := uint64(0)
	if text := r.GetPageToken(); text != "" {
		var err error
		if from, err = strconv.ParseUint(text, 10, 63); err != nil {
			return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_PAGE_TOKEN, "page_token", "it is no token of this list: begin with the first page")
		}
	}
	if name := filter.Misnamed(r.GetDocument()); name != "" {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_NAME, "document", fmt.Sprintf("is no name of a record: did you mean %q?", name))
	}
	outcome, refused, err := outcomeOf(r.GetOutcome())
	if err != nil {
		return nil, err
	}
	size := min(int(r.GetPageSize()), maxPage)
	if size <= 0 {
		size = defaultPage
	}
	found, next, err := s.trail.Find(ctx, trail.Query{
		Principal: r.GetPrincipal(), Command: r.GetCommand(), Document: r.GetDocument(), Intent: r.GetIntent(),
		Call: r.GetCallId(), Outcome: outcome, Refused: refused, From: at(r.GetStartTime()), To: at(r.GetEndTime()),
	}, from, size)
	if err != nil {
		return nil, fault.FromError(err)
	}
	out := &auditv1.ListRecordsResponse{}
	for _, one := range found {
		out.Records = append(out.Records, recordOf(one))
	}
	if next > 0 {
		out.NextPageToken = strconv.FormatUint(next, 10)
	}
	return out, nil
}

// anyRefusal is what all refusals are asked for with.
const anyRefusal = "refused"

// outcomeOf reads how the calls ended that are asked for; it refuses what no call ends with.
func outcomeOf(text string) (outcome string, refused bool, err error) {
	const prefix = "REASON_"
	word := strings.TrimPrefix(strings.ToUpper(text), prefix)
	switch {
	case text == "":
		return "", false, nil
	case strings.EqualFold(text, anyRefusal):
		return "", true, nil
	case word == engine.Answered:
		return word, false, nil
	}
	if n, known := errorsv1.Reason_value[prefix+word]; known && n != 0 {
		return prefix + word, false, nil
	}
	known := []string{anyRefusal, engine.Answered}
	for n, name := range errorsv1.Reason_name {
		if n != 0 {
			known = append(known, strings.TrimPrefix(name, prefix))
		}
	}
	slices.Sort(known)
	problem := fmt.Sprintf("there is no reason %s; there are %s", word, strings.Join(known, ", "))
	if meant := nearest.Word(word, known); meant != "" {
		problem = fmt.Sprintf("there is no reason %s; did you mean %s?", word, meant)
	}
	return "", false, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "outcome", problem)
}

func at(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}

func recordOf(f trail.Found) *auditv1.Record {
	l := f.Leaf
	r := &auditv1.Record{
		Name: fmt.Sprintf("auditRecords/%d", f.Sequence), CreateTime: timestamppb.New(l.Time), Kind: string(l.Kind), Method: l.Method,
		Command: l.Command, Intent: l.Intent, Document: l.Document, Before: l.Before, After: l.After, Outcome: l.Outcome,
		Count: int64(l.Count), Leaf: string(f.Sealed.Leaf),
	}
	if p := f.Payload; p != nil {
		r.Payload = &auditv1.Payload{
			Principal: p.Principal, Proof: p.Proof, Address: p.Address, CallId: p.CallID, RequestId: p.RequestID, Subject: p.Subject,
			Owner: p.Owner, Explanation: p.Explanation, Evidence: p.Evidence, Reason: p.Reason, Request: p.Request,
		}
		if !p.Until.IsZero() {
			r.Payload.UntilTime = timestamppb.New(p.Until)
		}
	}
	return r
}

// ProveIntent answers what proves the records of an intent.
func (s *Service) ProveIntent(ctx context.Context, r *auditv1.ProveIntentRequest) (*auditv1.ProveIntentResponse, error) {
	proof, err := s.trail.Prove(ctx, r.GetIntent())
	if errors.Is(err, trail.ErrUnsigned) {
		return nil, fault.Unavailable(errorsv1.Reason_REASON_AUDIT_UNAVAILABLE, "The newest records of the intent are not signed yet.", time.Second)
	}
	if err != nil {
		return nil, fault.FromError(err)
	}
	if len(proof.Records) == 0 {
		return nil, fault.NotFound(r.GetIntent())
	}
	raw, err := proof.Marshal()
	if err != nil {
		return nil, fault.FromError(err)
	}
	return &auditv1.ProveIntentResponse{Proof: raw}, nil
}

// GetCheckpoint answers what was signed last.
func (s *Service) GetCheckpoint(ctx context.Context, r *auditv1.GetCheckpointRequest) (*auditv1.GetCheckpointResponse, error) {
	signed, err := s.trail.Signed(ctx, uint64(r.GetSinceSize()))
	if err != nil {
		return nil, fault.FromError(err)
	}
	out := &auditv1.GetCheckpointResponse{
		Checkpoint: signed.Checkpoint.Raw, PublicKey: signed.Key, Size: int64(signed.Checkpoint.Size), Consistency: signed.Hashes,
		WitnessedSize: int64(signed.Witnessed.Size),
	}
	if !signed.WitnessedTime.IsZero() {
		out.WitnessedTime = timestamppb.New(signed.WitnessedTime)
	}
	return out, nil
}

// AddCosignature takes what the witness has signed.
func (s *Service) AddCosignature(ctx context.Context, r *auditv1.AddCosignatureRequest) (*auditv1.AddCosignatureResponse, error) {
	err := s.trail.Cosigned(ctx, r.GetCheckpoint())
	switch {
	case errors.Is(err, trail.ErrNoWitness):
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "checkpoint", "this mesh has no witness: set audit-witness-key to the public key of this one")
	case errors.Is(err, trail.ErrNotWitnessed):
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "checkpoint", err.Error())
	case err != nil:
		return nil, fault.FromError(err)
	}
	return &auditv1.AddCosignatureResponse{}, nil
}

// HoldPayloads keeps payloads from being erased.
func (s *Service) HoldPayloads(ctx context.Context, r *auditv1.HoldPayloadsRequest) (*auditv1.HoldPayloadsResponse, error) {
	return &auditv1.HoldPayloadsResponse{}, s.hold(ctx, r.GetIntent(), true)
}

// ReleasePayloads lets payloads be erased.
func (s *Service) ReleasePayloads(ctx context.Context, r *auditv1.ReleasePayloadsRequest) (*auditv1.ReleasePayloadsResponse, error) {
	return &auditv1.ReleasePayloadsResponse{}, s.hold(ctx, r.GetIntent(), false)
}

func (s *Service) hold(ctx context.Context, intent string, held bool) error {
	before, err := s.trail.Hold(ctx, intent, held)
	if err != nil {
		return fault.FromError(err)
	}
	words := map[bool]string{true: "held", false: "not held"}
	engine.Changed(ctx, engine.Change{Document: intent, Before: words[before], After: words[held]})
	return nil
}

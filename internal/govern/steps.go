package govern

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	governancev1 "odoomesh/gen/go/mesh/governance/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/fault"
)

const (
	// mostOpen bounds the proposals about one document that wait for something.
	mostOpen = 100
	// furthest is how far ahead the date of a proposal lies at most.
	furthest = 366 * 24 * time.Hour
)

// Wish is another document that somebody wants.
type Wish struct {
	Kind   Kind
	Text   []byte
	Reason string
	// Base is the digest of what it was started from; empty for what is in force.
	Base string
	// Dry keeps nothing.
	Dry bool
}

// Propose keeps a wish with what it would change.
func (r *Register) Propose(ctx context.Context, by string, w Wish) (*governancev1.Proposal, error) {
	// Reckoning takes a while: nobody waits for it who takes another step.
	before, governed := r.Active(w.Kind)
	if !governed {
		return nil, notGoverned(w.Kind)
	}
	base := Digest(before.GetText())
	switch {
	case w.Base != "" && w.Base != base:
		return nil, fault.New(errorsv1.Reason_REASON_STALE_ETAG, "The document that it was started from is not the one in force.",
			fault.With("in_force", base), fault.Instead("Read the one in force, make the change there, and propose that."))
	case Digest(w.Text) == base:
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "document", "it is the one that is in force")
	}
	d := r.documents[w.Kind]
	if err := d.Check(w.Text); err != nil {
		return nil, unusable(err)
	}
	effect, err := d.Effect(ctx, before.GetText(), w.Text)
	if err != nil {
		return nil, err
	}
	p := &governancev1.Proposal{
		Kind: w.Kind, State: governancev1.ProposalState_PROPOSAL_STATE_PROPOSED, Document: string(w.Text), Digest: Digest(w.Text), BaseDigest: base,
		Author: by, Reason: w.Reason, Effect: effect.kept(),
	}
	if w.Dry {
		p.CreateTime = timestamppb.New(r.Clock.Now())
		return p, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	waiting := 0
	for _, kept := range r.open {
		if kept.GetProposal().GetKind() == w.Kind {
			waiting++
		}
	}
	if waiting >= mostOpen {
		return nil, fault.New(errorsv1.Reason_REASON_OVERLOADED, fmt.Sprintf("%d proposals about this document wait already: review or withdraw some.", waiting))
	}
	kept := &internalv1.KeptProposal{Proposal: p}
	return p, r.step(ctx, step{"propose", by, w.Reason}, kept)
}

func notGoverned(k Kind) error {
	return fault.New(errorsv1.Reason_REASON_NOT_SUPPORTED, fmt.Sprintf("%s is not governed here: it is changed where it is configured.", WordOf(k)),
		fault.Instead("Set governed: true to have it changed by proposals alone."))
}

func unusable(err error) error {
	return fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "document", "it cannot be used: "+err.Error())
}

// Review is another's word about a proposal.
func (r *Register) Review(ctx context.Context, by, name string, approved bool, reason, etag string) (*governancev1.Proposal, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept, err := r.standing(name, "reviewed", governancev1.ProposalState_PROPOSAL_STATE_PROPOSED)
	if err != nil {
		return nil, err
	}
	p := kept.GetProposal()
	switch {
	case p.GetAuthor() == by:
		return nil, fault.New(errorsv1.Reason_REASON_NOT_PERMITTED, "Who has proposed something does not review it.", fault.Instead("Ask somebody else who may review."))
	case etag != "" && etag != p.GetEtag():
		return nil, fault.New(errorsv1.Reason_REASON_STALE_ETAG, "The proposal has changed since it was read.")
	}
	word := "approve"
	p.State = governancev1.ProposalState_PROPOSAL_STATE_APPROVED
	if !approved {
		word = "reject"
		p.State, p.EndTime = governancev1.ProposalState_PROPOSAL_STATE_REJECTED, timestamppb.New(r.Clock.Now())
	}
	p.Reviewer, p.ReviewReason, p.ReviewTime = by, reason, timestamppb.New(r.Clock.Now())
	return p, r.step(ctx, step{word, by, reason}, kept)
}

// Activate puts a proposal in force, at once or when a time has come.
func (r *Register) Activate(ctx context.Context, by, name string, when time.Time) (*governancev1.Proposal, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept, err := r.standing(name, "put in force", governancev1.ProposalState_PROPOSAL_STATE_APPROVED, governancev1.ProposalState_PROPOSAL_STATE_SCHEDULED)
	if err != nil {
		return nil, err
	}
	now := r.Clock.Now()
	if when.Sub(now) > furthest {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "activate_time", "it lies more than 366 days ahead")
	}
	p := kept.GetProposal()
	p.Activator = by
	if when.After(now) && p.GetBaseDigest() == Digest(r.active[p.GetKind()].GetText()) {
		p.State, p.ScheduledTime = governancev1.ProposalState_PROPOSAL_STATE_SCHEDULED, timestamppb.New(when)
		return p, r.step(ctx, step{"schedule", by, ""}, kept)
	}
	return r.activate(ctx, step{"activate", by, ""}, kept)
}

// activateDue puts in force whose time has come.
func (r *Register) activateDue(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, kept := range r.open {
		p := kept.GetProposal()
		if p.GetState() != governancev1.ProposalState_PROPOSAL_STATE_SCHEDULED || r.Clock.Now().Before(p.GetScheduledTime().AsTime()) || r.documents[p.GetKind()] == nil {
			continue
		}
		if _, err := r.activate(ctx, step{name: "activate"}, proto.CloneOf(kept)); err != nil {
			r.Logger.LogAttrs(ctx, slog.LevelError, "a proposal whose time has come could not be put in force", slog.String("proposal", name), slog.Any("error", err))
		}
	}
}

// activate puts a proposal in force. To be called with the lock held.
func (r *Register) activate(ctx context.Context, s step, kept *internalv1.KeptProposal) (*governancev1.Proposal, error) {
	p := kept.GetProposal()
	k := p.GetKind()
	before, text := r.active[k], []byte(p.GetDocument())
	var refused error
	if Digest(before.GetText()) != p.GetBaseDigest() {
		refused = fault.New(errorsv1.Reason_REASON_STALE_ETAG, "The document that the proposal was based on is in force no longer, so that what it changes is not what was reviewed.",
			fault.Instead("Propose the change anew, from the document in force."))
		p.EndReason = "The document that it was based on was in force no longer."
	} else if err := r.documents[k].Check(text); err != nil {
		refused = unusable(err)
		p.EndReason = "Its document could not be used any more: " + err.Error()
	}
	if refused != nil {
		p.State, p.EndTime = governancev1.ProposalState_PROPOSAL_STATE_STALE, timestamppb.New(r.Clock.Now())
		if err := r.step(ctx, step{"stale", s.by, ""}, kept); err != nil {
			return nil, err
		}
		return nil, refused
	}
	return p, r.enforce(ctx, s, kept, text, governancev1.ProposalState_PROPOSAL_STATE_SUPERSEDED)
}

// enforce makes a document the one in force, and what becomes of the one before durable
// with it.
func (r *Register) enforce(ctx context.Context, s step, kept *internalv1.KeptProposal, text []byte, of governancev1.ProposalState) error {
	p, now := kept.GetProposal(), timestamppb.New(r.Clock.Now())
	before := r.active[p.GetKind()]
	changed := []*internalv1.KeptProposal{kept}
	if was := r.open[before.GetProposal()]; was != nil {
		was = proto.CloneOf(was)
		was.Proposal.State, was.Proposal.EndTime = of, now
		changed = append(changed, was)
	}
	p.State, p.ActivateTime = governancev1.ProposalState_PROPOSAL_STATE_ACTIVE, now
	kept.Before = proto.CloneOf(before)
	after := &internalv1.KeptDocument{Text: text, Proposal: p.GetName(), ActivateTime: now, FirstDigest: before.GetFirstDigest()}
	if err := r.record(ctx, s, after, changed...); err != nil {
		return err
	}
	if err := r.documents[p.GetKind()].Use(text); err != nil {
		return fault.FromError(fmt.Errorf("%s is in force from the next start on: %w", p.GetName(), err))
	}
	r.Logger.LogAttrs(ctx, slog.LevelInfo, "a document was put in force", slog.String("document", WordOf(p.GetKind())), slog.String("proposal", p.GetName()), slog.String("digest", p.GetDigest()))
	return r.tellLocked(ctx)
}

// Withdraw takes back what is not in force.
func (r *Register) Withdraw(ctx context.Context, by, name, reason string) (*governancev1.Proposal, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept, err := r.standing(name, "withdrawn", governancev1.ProposalState_PROPOSAL_STATE_PROPOSED, governancev1.ProposalState_PROPOSAL_STATE_APPROVED, governancev1.ProposalState_PROPOSAL_STATE_SCHEDULED)
	if err != nil {
		return nil, err
	}
	p := kept.GetProposal()
	p.State, p.EndTime, p.EndReason = governancev1.ProposalState_PROPOSAL_STATE_WITHDRAWN, timestamppb.New(r.Clock.Now()), "Withdrawn by "+by+": "+reason
	return p, r.step(ctx, step{"withdraw", by, reason}, kept)
}

// Revert puts in force again what was so before a proposal that is.
func (r *Register) Revert(ctx context.Context, by, name, reason string) (*governancev1.Proposal, error) {
	kept, err := r.reverted(name)
	if err != nil {
		return nil, err
	}
	was := kept.GetProposal()
	if was.GetReverts() != "" {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "name", "a reversal cannot be reverted by one person: propose the document again, and have it reviewed")
	}
	text := kept.GetBefore().GetText()
	d := r.documents[was.GetKind()]
	if err := d.Check(text); err != nil {
		return nil, unusable(err)
	}
	effect, err := d.Effect(ctx, []byte(was.GetDocument()), text)
	if err != nil {
		// What harms is put back whatever stands in the way of telling what that changes.
		effect = Effect{Basis: "What it changes could not be reckoned out: " + err.Error()}
	}
	if effect.about(by) {
		return nil, fault.New(errorsv1.Reason_REASON_NOT_PERMITTED, "The reversal would change what the caller itself may do.", fault.Instead("Ask somebody else to revert it, or propose the document and have it reviewed."))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := r.standing(name, "reverted", governancev1.ProposalState_PROPOSAL_STATE_ACTIVE); err != nil {
		return nil, err // another one was faster
	}
	p := &governancev1.Proposal{
		Kind: was.GetKind(), Document: string(text), Digest: Digest(text), BaseDigest: was.GetDigest(), Author: by, Reason: reason,
		Effect: effect.kept(), Activator: by, Reverts: name,
	}
	next := &internalv1.KeptProposal{Proposal: p}
	r.name(p)
	return p, r.enforce(ctx, step{"revert", by, reason}, next, text, governancev1.ProposalState_PROPOSAL_STATE_REVERTED)
}

// reverted is a proposal that is in force.
func (r *Register) reverted(name string) (*internalv1.KeptProposal, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.standing(name, "reverted", governancev1.ProposalState_PROPOSAL_STATE_ACTIVE)
}

// standing is a proposal, to be changed, in one of the states.
func (r *Register) standing(name, what string, states ...governancev1.ProposalState) (*internalv1.KeptProposal, error) {
	kept, err := r.find(name)
	if err != nil {
		return nil, err
	}
	p := kept.GetProposal()
	for _, state := range states {
		if p.GetState() == state {
			if r.documents[p.GetKind()] == nil {
				return nil, notGoverned(p.GetKind())
			}
			return kept, nil
		}
	}
	return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "name", fmt.Sprintf("%s is %s, and cannot be %s", name, stateWord(p.GetState()), what))
}

func stateWord(s governancev1.ProposalState) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "PROPOSAL_STATE_"))
}

func isOpen(p *governancev1.Proposal) bool {
	switch p.GetState() {
	case governancev1.ProposalState_PROPOSAL_STATE_PROPOSED, governancev1.ProposalState_PROPOSAL_STATE_APPROVED,
		governancev1.ProposalState_PROPOSAL_STATE_SCHEDULED, governancev1.ProposalState_PROPOSAL_STATE_ACTIVE:
		return true
	}
	return false
}

// name gives a proposal the next name. To be called with the lock held.
func (r *Register) name(p *governancev1.Proposal) {
	p.Name, p.CreateTime = collection+"/"+strconv.FormatUint(r.Journal.Head()+1, 10), timestamppb.New(r.Clock.Now())
}

// sign gives a proposal its etag.
func sign(p *governancev1.Proposal) error {
	p.Etag = ""
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(p)
	if err != nil {
		return err
	}
	p.Etag = Digest(raw)[:16]
	return nil
}

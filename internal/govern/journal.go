package govern

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	governancev1 "odoomesh/gen/go/mesh/governance/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/audit"
	"odoomesh/internal/fault"
	"odoomesh/internal/store"
)

// step is what somebody does to a proposal.
type step struct{ name, by, reason string }

// step makes durable what a step has made of a proposal, and tells the audit.
func (r *Register) step(ctx context.Context, s step, kept *internalv1.KeptProposal) error {
	if kept.GetProposal().GetName() == "" {
		r.name(kept.GetProposal())
	}
	if err := r.record(ctx, s, nil, kept); err != nil {
		return err
	}
	return r.tellLocked(ctx)
}

// record writes proposals, the first of which the step is about, with the document that
// they put in force, which may be nil.
func (r *Register) record(ctx context.Context, s step, document *internalv1.KeptDocument, changed ...*internalv1.KeptProposal) error {
	var facts []store.Fact
	for _, kept := range changed {
		if err := sign(kept.GetProposal()); err != nil {
			return err
		}
		raw, err := proto.Marshal(kept)
		if err != nil {
			return err
		}
		facts = append(facts, store.Fact{Key: proposalKey(kept.GetProposal().GetName()), Value: raw})
	}
	about := changed[0].GetProposal()
	if document != nil {
		raw, err := proto.Marshal(document)
		if err != nil {
			return err
		}
		facts = append(facts, store.Fact{Key: documentKey(about.GetKind()), Value: raw})
	}
	taken := &internalv1.KeptStep{Step: s.name, Principal: s.by, Reason: s.reason, Proposal: summary(about)}
	if c, is := audit.CallerOf(ctx); is {
		taken.Proof, taken.Address, taken.CallId = c.Proof, c.Address, c.CallID
	}
	entry, err := proto.Marshal(taken)
	if err != nil {
		return err
	}
	if _, err := r.Journal.Record(ctx, r.Clock.Now(), store.Drafts(collection, entry), facts); err != nil {
		return fault.FromError(fmt.Errorf("writing a step of %s: %w", about.GetName(), err))
	}
	for _, kept := range changed {
		delete(r.open, kept.GetProposal().GetName())
		if isOpen(kept.GetProposal()) {
			r.open[kept.GetProposal().GetName()] = proto.CloneOf(kept)
		}
	}
	if document != nil {
		r.active[about.GetKind()] = document
	}
	return nil
}

// proposalKey orders proposals by their number.
func proposalKey(name string) []byte {
	n, _ := strconv.ParseUint(strings.TrimPrefix(name, collection+"/"), 10, 64) // the contract holds its form
	return binary.BigEndian.AppendUint64([]byte(factProposal), n)
}

func (r *Register) find(name string) (*internalv1.KeptProposal, error) {
	facts := r.Journal.Facts()
	defer facts.Close()
	raw, err := facts.Get(proposalKey(name))
	if err != nil {
		return nil, fault.FromError(err)
	}
	if raw == nil {
		return nil, fault.NotFound(name)
	}
	kept := &internalv1.KeptProposal{}
	if err := proto.Unmarshal(raw, kept); err != nil {
		return nil, fault.FromError(fmt.Errorf("decoding %s: %w", name, err))
	}
	return kept, nil
}

// Get answers one proposal.
func (r *Register) Get(name string) (*governancev1.Proposal, error) {
	kept, err := r.find(name)
	return kept.GetProposal(), err
}

// List answers proposals about a document, or about all, the newest first, from below a
// number on; 0 is from the newest on. Documents and effects are left out.
func (r *Register) List(k Kind, below uint64, most int) (found []*governancev1.Proposal, err error) {
	facts := r.Journal.Facts()
	defer facts.Close()
	for fact, err := range facts.Scan([]byte(factProposal)) {
		if err != nil {
			return nil, fault.FromError(err)
		}
		if below > 0 && binary.BigEndian.Uint64(fact.Key[len(factProposal):]) >= below {
			break
		}
		kept := &internalv1.KeptProposal{}
		if err := proto.Unmarshal(fact.Value, kept); err != nil {
			return nil, fault.FromError(err)
		}
		if k != 0 && kept.GetProposal().GetKind() != k {
			continue
		}
		if found = append(found, summary(kept.GetProposal())); len(found) > most {
			found = found[1:]
		}
	}
	for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
		found[i], found[j] = found[j], found[i]
	}
	return found, nil
}

func summary(p *governancev1.Proposal) *governancev1.Proposal {
	short := proto.CloneOf(p)
	short.Document, short.Effect = "", nil
	return short
}

// ID names the place where proposals are kept, for page tokens.
func (r *Register) ID() string { return r.Journal.ID() }

// tellLocked tells the audit of the steps that it was not told of. A kill between the two
// has one told twice.
func (r *Register) tellLocked(ctx context.Context) error {
	facts := r.Journal.Facts()
	raw, err := facts.Get([]byte(factTold))
	facts.Close()
	if err != nil {
		return err
	}
	told := uint64(0)
	if len(raw) == 8 {
		told = binary.BigEndian.Uint64(raw)
	}
	next := told
	for entry, err := range r.Journal.Read(ctx, told+1) {
		if err != nil {
			return err
		}
		s, err := r.said(entry)
		if err != nil {
			return err
		}
		if err := r.Tell(ctx, s); err != nil {
			return fault.Unavailable(errorsv1.Reason_REASON_AUDIT_UNAVAILABLE, "The step is taken, and there is no record of it in the audit yet: "+err.Error()+".", fault.AskAgain, fault.Because(err))
		}
		next = entry.Position
	}
	if next == told {
		return nil
	}
	_, err = r.Journal.Record(ctx, r.Clock.Now(), nil, []store.Fact{{Key: []byte(factTold), Value: binary.BigEndian.AppendUint64(nil, next)}})
	return err
}

// said is a step in the words of the audit.
func (r *Register) said(entry store.Entry) (audit.Statement, error) {
	taken := &internalv1.KeptStep{}
	if err := proto.Unmarshal(entry.Payload, taken); err != nil {
		return audit.Statement{}, fmt.Errorf("decoding step %d of the proposals: %w", entry.Position, err)
	}
	p := taken.GetProposal()
	explanation := fmt.Sprintf("%s about %s, by %s, is %s.", p.GetName(), WordOf(p.GetKind()), p.GetAuthor(), stateWord(p.GetState()))
	// Between, it is the same.
	if step := taken.GetStep(); step == "propose" || step == "activate" || step == "revert" {
		kept, err := r.find(p.GetName())
		if err != nil {
			return audit.Statement{}, err
		}
		explanation += "\n" + lines(kept.GetProposal().GetEffect())
	}
	return audit.Statement{
		Leaf: audit.Leaf{
			Time: entry.Time, Kind: audit.OfProposal, Command: collection + "." + taken.GetStep(), Document: p.GetName(),
			Before: "sha256:" + p.GetBaseDigest(), After: "sha256:" + p.GetDigest(), Outcome: audit.Answered,
		},
		Payload: audit.Payload{
			Principal: taken.GetPrincipal(), Proof: taken.GetProof(), Address: taken.GetAddress(), CallID: taken.GetCallId(),
			Subject: p.GetName(), Owner: p.GetAuthor(), Reason: taken.GetReason(), Explanation: explanation,
		},
	}, nil
}

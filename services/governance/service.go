package governance

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	governancev1 "odoomesh/gen/go/mesh/governance/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/fault"
	"odoomesh/internal/govern"
	"odoomesh/internal/token"
)

// Register has the documents that are governed, and all proposals. Its errors carry their
// reasons.
type Register interface {
	Active(k govern.Kind) (*internalv1.KeptDocument, bool)
	Get(name string) (*governancev1.Proposal, error)
	List(k govern.Kind, below uint64, most int) ([]*governancev1.Proposal, error)
	Propose(ctx context.Context, by string, w govern.Wish) (*governancev1.Proposal, error)
	Review(ctx context.Context, by, name string, approved bool, reason, etag string) (*governancev1.Proposal, error)
	Activate(ctx context.Context, by, name string, when time.Time) (*governancev1.Proposal, error)
	Withdraw(ctx context.Context, by, name, reason string) (*governancev1.Proposal, error)
	Revert(ctx context.Context, by, name, reason string) (*governancev1.Proposal, error)
	// ID names the place where proposals are kept, for page tokens, and Tokens are those of
	// who calls.
	ID() string
	Tokens(ctx context.Context) token.Tokens
}

// Service answers GovernanceService.
type Service struct {
	governancev1.UnimplementedGovernanceServiceServer
	register Register
}

// New makes the service of a register; of none it refuses every call.
func New(r Register) *Service { return &Service{register: r} }

// domains are the domains that somebody has to operate who changes a document: those who
// run the mesh do not give each other rights.
var domains = map[govern.Kind]string{govern.AccessFile: "access", govern.MappingOverlays: "operations", govern.Policies: "operations"}

func (s *Service) governs() error {
	if s.register == nil {
		return fault.New(errorsv1.Reason_REASON_NOT_SUPPORTED, "Nothing is governed here: documents are changed where they are configured.",
			fault.Instead("Set governed: true to have them changed by proposals alone."))
	}
	return nil
}

// admits refuses who must not change a document.
func (s *Service) admits(ctx context.Context, k govern.Kind) error {
	if !access.From(ctx).Operates(domains[k]) {
		return fault.NotPermitted("operate", domains[k])
	}
	return nil
}

// admitsTo refuses who must not change the document that a proposal is about.
func (s *Service) admitsTo(ctx context.Context, name string) error {
	if err := s.governs(); err != nil {
		return err
	}
	p, err := s.register.Get(name)
	if err != nil {
		return err
	}
	return s.admits(ctx, p.GetKind())
}

// ofTwo are the steps that two persons share.
const ofTwo = "proposes, reviews or reverts"

// GetGovernedDocument answers a document that is in force.
func (s *Service) GetGovernedDocument(ctx context.Context, r *governancev1.GetGovernedDocumentRequest) (*governancev1.GovernedDocument, error) {
	if err := s.governs(); err != nil {
		return nil, err
	}
	for k := range domains {
		if r.GetName() != "governedDocuments/"+govern.WordOf(k) {
			continue
		}
		kept, governed := s.register.Active(k)
		if !governed {
			break
		}
		d := &governancev1.GovernedDocument{Name: r.GetName(), Kind: k, Digest: govern.Digest(kept.GetText()), Proposal: kept.GetProposal(), ActivateTime: kept.GetActivateTime()}
		if s.admits(ctx, k) == nil {
			d.Document = string(kept.GetText())
		}
		return d, nil
	}
	return nil, fault.NotFound(r.GetName())
}

// GetProposal answers one proposal.
func (s *Service) GetProposal(ctx context.Context, r *governancev1.GetProposalRequest) (*governancev1.Proposal, error) {
	if err := s.governs(); err != nil {
		return nil, err
	}
	p, err := s.register.Get(r.GetName())
	if err == nil && s.admits(ctx, p.GetKind()) != nil {
		p = proto.CloneOf(p)
		p.Document = ""
	}
	return p, err
}

const (
	defaultPage = 50
	maxPage     = 1000
)

// ListProposals answers a page of the proposals, the newest first.
func (s *Service) ListProposals(ctx context.Context, r *governancev1.ListProposalsRequest) (*governancev1.ListProposalsResponse, error) {
	if err := s.governs(); err != nil {
		return nil, err
	}
	size := min(int(r.GetPageSize()), maxPage)
	if size <= 0 {
		size = defaultPage
	}
	hash, below := token.CallHash("proposals", r.GetKind().String()), uint64(0)
	if r.GetPageToken() != "" {
		page, err := s.register.Tokens(ctx).ReadPage(r.GetPageToken(), s.register.ID(), hash)
		if err != nil {
			return nil, fault.Token("page_token", err)
		}
		if len(page.GetAfterKey()) == 8 {
			below = binary.BigEndian.Uint64(page.GetAfterKey())
		}
	}
	found, err := s.register.List(r.GetKind(), below, size+1)
	if err != nil {
		return nil, err
	}
	out := &governancev1.ListProposalsResponse{Proposals: found[:min(len(found), size)]}
	if len(found) > size {
		last := out.GetProposals()[size-1].GetName()
		n, err := strconv.ParseUint(last[strings.IndexByte(last, '/')+1:], 10, 64)
		if err != nil {
			return nil, fault.FromError(fmt.Errorf("%s is no name of a proposal: %w", last, err))
		}
		out.NextPageToken = s.register.Tokens(ctx).Page(&internalv1.PageToken{StoreId: s.register.ID(), CallHash: hash, AfterKey: binary.BigEndian.AppendUint64(nil, n)})
	}
	return out, nil
}

// ProposeDocument proposes another document.
func (s *Service) ProposeDocument(ctx context.Context, r *governancev1.ProposeDocumentRequest) (*governancev1.Proposal, error) {
	if err := s.governs(); err != nil {
		return nil, err
	}
	if err := s.admits(ctx, r.GetKind()); err != nil {
		return nil, err
	}
	if err := access.InPerson(ctx, ofTwo); err != nil {
		return nil, err
	}
	return s.register.Propose(ctx, access.Caller(ctx), govern.Wish{
		Kind: r.GetKind(), Text: []byte(r.GetDocument()), Reason: r.GetReason(), Base: r.GetBaseDigest(), Dry: r.GetValidateOnly(),
	})
}

// ReviewProposal approves or rejects what another has proposed.
func (s *Service) ReviewProposal(ctx context.Context, r *governancev1.ReviewProposalRequest) (*governancev1.Proposal, error) {
	if err := s.admitsTo(ctx, r.GetName()); err != nil {
		return nil, err
	}
	if err := access.InPerson(ctx, ofTwo); err != nil {
		return nil, err
	}
	approved := r.GetVerdict() == governancev1.ReviewProposalRequest_VERDICT_APPROVE
	return s.register.Review(ctx, access.Caller(ctx), r.GetName(), approved, r.GetReason(), r.GetEtag())
}

// ActivateProposal puts an approved proposal in force.
func (s *Service) ActivateProposal(ctx context.Context, r *governancev1.ActivateProposalRequest) (*governancev1.Proposal, error) {
	if err := s.admitsTo(ctx, r.GetName()); err != nil {
		return nil, err
	}
	var when time.Time
	if r.GetActivateTime() != nil {
		when = r.GetActivateTime().AsTime()
	}
	return s.register.Activate(ctx, access.Caller(ctx), r.GetName(), when)
}

// WithdrawProposal takes a proposal back.
func (s *Service) WithdrawProposal(ctx context.Context, r *governancev1.WithdrawProposalRequest) (*governancev1.Proposal, error) {
	if err := s.admitsTo(ctx, r.GetName()); err != nil {
		return nil, err
	}
	return s.register.Withdraw(ctx, access.Caller(ctx), r.GetName(), r.GetReason())
}

// RevertProposal puts the document before in force again.
func (s *Service) RevertProposal(ctx context.Context, r *governancev1.RevertProposalRequest) (*governancev1.Proposal, error) {
	if err := s.admitsTo(ctx, r.GetName()); err != nil {
		return nil, err
	}
	if err := access.InPerson(ctx, ofTwo); err != nil {
		return nil, err
	}
	return s.register.Revert(ctx, access.Caller(ctx), r.GetName(), r.GetReason())
}

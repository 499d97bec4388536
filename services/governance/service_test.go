package governance

import (
	"context"
	"testing"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	governancev1 "odoomesh/gen/go/mesh/governance/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/fault"
	"odoomesh/internal/govern"
)

// believes is a register that takes every step.
type believes struct{ Register }

func (believes) Get(string) (*governancev1.Proposal, error) {
	return &governancev1.Proposal{Kind: govern.AccessFile}, nil
}

func (believes) Propose(context.Context, string, govern.Wish) (*governancev1.Proposal, error) {
	return &governancev1.Proposal{}, nil
}

func (believes) Review(context.Context, string, string, bool, string, string) (*governancev1.Proposal, error) {
	return &governancev1.Proposal{}, nil
}

func (believes) Revert(context.Context, string, string, string) (*governancev1.Proposal, error) {
	return &governancev1.Proposal{}, nil
}

// Who gives rights makes keys for every principal: by keys one person would be both who
// proposes and who approves.
func TestNoStepOfTwoPersonsIsTakenByAKey(t *testing.T) {
	s := New(believes{})
	steps := map[string]func(context.Context) error{
		"propose": func(ctx context.Context) error {
			_, err := s.ProposeDocument(ctx, &governancev1.ProposeDocumentRequest{Kind: govern.AccessFile})
			return err
		},
		"review": func(ctx context.Context) error {
			_, err := s.ReviewProposal(ctx, &governancev1.ReviewProposalRequest{Name: "proposals/1"})
			return err
		},
		"revert": func(ctx context.Context) error {
			_, err := s.RevertProposal(ctx, &governancev1.RevertProposalRequest{Name: "proposals/1"})
			return err
		},
	}
	ann := access.NewPrincipal("ann", map[string][]optionsv1.Access{"*": {optionsv1.Access_ACCESS_OPERATE}})
	for name, step := range steps {
		for _, kind := range []access.Kind{access.ByCertificate, access.ByIDToken, access.BySession, access.ByFileToken, access.ByPlace} {
			if err := step(access.WithCaller(t.Context(), ann, &access.Proof{Kind: kind})); err != nil {
				t.Errorf("%s by %s: %v", name, kind, err)
			}
		}
		err := step(access.WithCaller(t.Context(), ann, &access.Proof{Kind: access.ByAPIKey, Credential: "apiKeys/1"}))
		if fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_PERMITTED {
			t.Errorf("%s by a key: %v", name, err)
		}
	}
}

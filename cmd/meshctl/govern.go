package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	governancev1 "odoomesh/gen/go/mesh/governance/v1"
)

// governed are the documents, by the words that people call them by.
var governed = map[string]governancev1.DocumentKind{
	"access":   governancev1.DocumentKind_DOCUMENT_KIND_ACCESS_FILE,
	"overlays": governancev1.DocumentKind_DOCUMENT_KIND_MAPPING_OVERLAYS,
	"policies": governancev1.DocumentKind_DOCUMENT_KIND_POLICIES,
}

func (c *client) governCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "govern",
		Short: "Change the access file, the mapping overlays and the policies by proposals, with a second person",
		Long: "govern is for a mesh with governed: true. One person proposes another document, and sees\n" +
			"what it would change; another approves it; then it is put in force, now or at a date.\n" +
			"Documents are access, overlays and policies.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return wrong("govern needs one of document, propose, list, show, approve, reject, activate, withdraw, revert")
		},
	}
	cmd.AddCommand(c.governDocumentCommand(), c.governProposeCommand(), c.governListCommand(), c.governShowCommand(),
		c.governReviewCommand("approve", "Approve what somebody else has proposed", governancev1.ReviewProposalRequest_VERDICT_APPROVE),
		c.governReviewCommand("reject", "Reject what somebody else has proposed", governancev1.ReviewProposalRequest_VERDICT_REJECT),
		c.governActivateCommand(),
		c.governReasonCommand("withdraw", "Take back a proposal that is not in force", func(ctx context.Context, mesh governancev1.GovernanceServiceClient, name, reason string) (*governancev1.Proposal, error) {
			return mesh.WithdrawProposal(ctx, &governancev1.WithdrawProposalRequest{Name: name, Reason: reason})
		}),
		c.governReasonCommand("revert", "Put the document in force again that was so before a proposal", func(ctx context.Context, mesh governancev1.GovernanceServiceClient, name, reason string) (*governancev1.Proposal, error) {
			return mesh.RevertProposal(ctx, &governancev1.RevertProposalRequest{Name: name, Reason: reason})
		}))
	return cmd
}

func (c *client) governance() (governancev1.GovernanceServiceClient, error) {
	conn, err := c.conn()
	if err != nil {
		return nil, err
	}
	return governancev1.NewGovernanceServiceClient(conn), nil
}

func kindNamed(word string) (governancev1.DocumentKind, error) {
	if kind, known := governed[word]; known {
		return kind, nil
	}
	return 0, wrong("there is no document %q: there are access, overlays and policies", word)
}

func (c *client) governDocumentCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "document access|overlays|policies",
		Short:   "Print the document that is in force",
		Example: "  meshctl govern document access >access.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, err := kindNamed(args[0])
			if err != nil {
				return err
			}
			mesh, err := c.governance()
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			name := map[governancev1.DocumentKind]string{governed["access"]: "accessFile", governed["overlays"]: "mappingOverlays", governed["policies"]: "policies"}[kind]
			d, err := mesh.GetGovernedDocument(ctx, &governancev1.GetGovernedDocumentRequest{Name: "governedDocuments/" + name})
			if err != nil {
				return err
			}
			if c.asJSON() {
				return c.line(d)
			}
			fmt.Fprintf(c.errs, "meshctl: sha256 %s, in force since %s %s\n", d.GetDigest(), at(d.GetActivateTime()), d.GetProposal())
			_, err = io.WriteString(c.out, d.GetDocument())
			return err
		},
	}
}

func (c *client) governProposeCommand() *cobra.Command {
	r := &governancev1.ProposeDocumentRequest{}
	cmd := &cobra.Command{
		Use:   "propose access|overlays|policies FILE --reason TEXT",
		Short: "Propose another document, and see what it would change",
		Long: "propose sends a whole new document, and prints what it would change. With --dry-run\n" +
			"nothing is kept. Give --base, the sha256 that govern document printed, so that a change\n" +
			"which somebody else has made since is not taken back.",
		Example: "  meshctl govern propose access access.yaml --reason 'ward 3 orders itself'",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, err := kindNamed(args[0])
			if err != nil {
				return err
			}
			text, err := os.ReadFile(args[1])
			if err != nil {
				return wrong("%w", err)
			}
			mesh, err := c.governance()
			if err != nil {
				return err
			}
			ctx, cancel := c.call(cmd)
			defer cancel()
			r.Kind, r.Document = kind, string(text)
			p, err := mesh.ProposeDocument(ctx, r)
			if err != nil {
				return err
			}
			return c.proposal(p)
		},
	}
	cmd.Flags().StringVar(&r.Reason, "reason", "", "Why.")
	cmd.Flags().StringVar(&r.BaseDigest, "base", "", "The sha256 of the document that it was started from.")
	cmd.Flags().BoolVar(&r.ValidateOnly, "dry-run", false, "Print what it would change, and keep nothing.")
	_ = cmd.MarkFlagRequired("reason") // it is there
	return cmd
}

func (c *client) governListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the proposals, the newest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			mesh, err := c.governance()
			if err != nil {
				return err
			}
			r := &governancev1.ListProposalsRequest{PageSize: 1000}
			t := newTable(c.out, "PROPOSAL", "DOCUMENT", "STATE", "AUTHOR", "REVIEWER", "PROPOSED", "REASON")
			for more := true; more; more = r.GetPageToken() != "" {
				ctx, cancel := c.call(cmd)
				page, err := mesh.ListProposals(ctx, r)
				cancel()
				if err != nil {
					return err
				}
				for _, p := range page.GetProposals() {
					if c.asJSON() {
						if err := c.line(p); err != nil {
							return err
						}
						continue
					}
					t.row(p.GetName(), documentWord(p), stateOf(p), p.GetAuthor(), p.GetReviewer(), at(p.GetCreateTime()), p.GetReason())
				}
				r.PageToken = page.GetNextPageToken()
			}
			if c.asJSON() {
				return nil
			}
			return t.flush()
		},
	}
}

func documentWord(p *governancev1.Proposal) string {
	return strings.ToLower(strings.TrimPrefix(p.GetKind().String(), "DOCUMENT_KIND_"))
}

func stateOf(p *governancev1.Proposal) string {
	return strings.ToLower(strings.TrimPrefix(p.GetState().String(), "PROPOSAL_STATE_"))
}

func (c *client) governShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show PROPOSAL",
		Short: "Show a proposal with what it would change",
		Args:  cobra.ExactArgs(1),
		RunE: c.oneProposal(func(ctx context.Context, mesh governancev1.GovernanceServiceClient, name string) (*governancev1.Proposal, error) {
			return mesh.GetProposal(ctx, &governancev1.GetProposalRequest{Name: name})
		}),
	}
}

// oneProposal takes a step, and shows what it has made of the proposal.
func (c *client) oneProposal(step func(ctx context.Context, mesh governancev1.GovernanceServiceClient, name string) (*governancev1.Proposal, error)) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		mesh, err := c.governance()
		if err != nil {
			return err
		}
		ctx, cancel := c.call(cmd)
		defer cancel()
		p, err := step(ctx, mesh, args[0])
		if err != nil {
			return err
		}
		return c.proposal(p)
	}
}

func (c *client) governReviewCommand(word, about string, verdict governancev1.ReviewProposalRequest_Verdict) *cobra.Command {
	r := &governancev1.ReviewProposalRequest{Verdict: verdict}
	cmd := &cobra.Command{
		Use:   word + " PROPOSAL --reason TEXT",
		Short: about,
		Args:  cobra.ExactArgs(1),
		RunE: c.oneProposal(func(ctx context.Context, mesh governancev1.GovernanceServiceClient, name string) (*governancev1.Proposal, error) {
			r.Name = name
			return mesh.ReviewProposal(ctx, r)
		}),
	}
	cmd.Flags().StringVar(&r.Reason, "reason", "", "Why.")
	cmd.Flags().StringVar(&r.Etag, "etag", "", "The etag of the proposal as it was looked at.")
	_ = cmd.MarkFlagRequired("reason") // it is there
	return cmd
}

func (c *client) governActivateCommand() *cobra.Command {
	var when string
	cmd := &cobra.Command{
		Use:     "activate PROPOSAL",
		Short:   "Put an approved proposal in force, now or at a date",
		Example: "  meshctl govern activate proposals/7 --at 2027-01-01T00:00:00+01:00",
		Args:    cobra.ExactArgs(1),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		r := &governancev1.ActivateProposalRequest{}
		if when != "" {
			date, err := time.Parse(time.RFC3339, when)
			if err != nil {
				return wrong("--at %q is no time: write it as 2027-01-01T00:00:00+01:00", when)
			}
			r.ActivateTime = timestamppb.New(date)
		}
		return c.oneProposal(func(ctx context.Context, mesh governancev1.GovernanceServiceClient, name string) (*governancev1.Proposal, error) {
			r.Name = name
			return mesh.ActivateProposal(ctx, r)
		})(cmd, args)
	}
	cmd.Flags().StringVar(&when, "at", "", "When, as 2027-01-01T00:00:00+01:00; empty: now.")
	return cmd
}

func (c *client) governReasonCommand(word, about string, step func(ctx context.Context, mesh governancev1.GovernanceServiceClient, name, reason string) (*governancev1.Proposal, error)) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   word + " PROPOSAL --reason TEXT",
		Short: about,
		Args:  cobra.ExactArgs(1),
		RunE: c.oneProposal(func(ctx context.Context, mesh governancev1.GovernanceServiceClient, name string) (*governancev1.Proposal, error) {
			return step(ctx, mesh, name, reason)
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "Why.")
	_ = cmd.MarkFlagRequired("reason") // it is there
	return cmd
}

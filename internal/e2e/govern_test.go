package e2e

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc/metadata"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
	auditv1 "odoomesh/gen/go/mesh/audit/v1"
	governancev1 "odoomesh/gen/go/mesh/governance/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
)

// council is a governed mesh with those who change what is governed.
type council struct {
	*mesh
	t      *testing.T
	person *person
	client governancev1.GovernanceServiceClient
}

func as(ctx context.Context, name string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+name)
}

func tokenOf(name, rest string) string {
	return fmt.Sprintf("- {name: %s, token_sha256: %x, %s}\n", name, sha256.Sum256([]byte(name)), rest)
}

// twoOfEach are those who change the access file, and those who change overlays.
func twoOfEach(more string) string {
	return "principals:\n" + tokenOf("ann", "roles: [administrator]") + tokenOf("bob", "roles: [administrator]") +
		tokenOf("oskar", "roles: [operator]") + tokenOf("olga", "roles: [operator]") + tokenOf("rita", "roles: [auditor]") +
		tokenOf("dora", "roles: [buyer]") + more
}

func (c *council) propose(by string, kind governancev1.DocumentKind, text string) *governancev1.Proposal {
	c.t.Helper()
	p, err := c.client.ProposeDocument(as(c.t.Context(), by), &governancev1.ProposeDocumentRequest{Kind: kind, Document: text, Reason: "a test"})
	if err != nil {
		c.t.Fatal(err)
	}
	return p
}

func (c *council) approve(by, name string) error {
	_, err := c.client.ReviewProposal(as(c.t.Context(), by), &governancev1.ReviewProposalRequest{Name: name, Verdict: governancev1.ReviewProposalRequest_VERDICT_APPROVE, Reason: "seen"})
	return err
}

// enact approves a proposal and puts it in force.
func (c *council) enact(by, name string) {
	c.t.Helper()
	err := c.approve(by, name)
	if err == nil {
		_, err = c.client.ActivateProposal(as(c.t.Context(), by), &governancev1.ActivateProposalRequest{Name: name})
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *council) refused(want string, err error) {
	c.t.Helper()
	if r := refusalOf(err).reason; r != want {
		c.t.Errorf("refused with %q, want %s: %v", r, want, err)
	}
}

// What is governed is changed by two persons, through every layer: the access file, the
// overlays, and who may do what to one order.
func TestWhatIsGovernedIsChangedByTwo(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 18, 20)
	s := settings(t, p)
	s.Governed, s.AccessFile = true, filepath.Join(t.TempDir(), "access.yaml")
	first := twoOfEach("")
	if err := os.WriteFile(s.AccessFile, []byte(first), 0o600); err != nil {
		t.Fatal(err)
	}
	m := start(t, s)
	c := &council{m, t, p, governancev1.NewGovernanceServiceClient(m.conn)}
	c.theAccessFile()
	c.keysTakeTwo()
	c.ordersAreReleasedByOthers()
	c.theOverlays()
	c.thePolicies()
	c.theFileBeside(s.AccessFile)
	c.whoCallsWhat()
	c.whatTheAuditSays()
	c.stop()

	c.mesh = start(t, s)
	c.client = governancev1.NewGovernanceServiceClient(c.conn)
	if _, err := c.products.ListProducts(as(t.Context(), "carl"), &productv1.ListProductsRequest{}); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

const (
	accessKind  = governancev1.DocumentKind_DOCUMENT_KIND_ACCESS_FILE
	overlayKind = governancev1.DocumentKind_DOCUMENT_KIND_MAPPING_OVERLAYS
)

func (c *council) theAccessFile() {
	t := c.t
	list := func(by string) error {
		_, err := c.products.ListProducts(as(t.Context(), by), &productv1.ListProductsRequest{})
		return err
	}
	c.refused("UNAUTHENTICATED", list("carl"))
	segregation := "segregation:\n- {of: orders.release, from: [orders.create, orders.update], because: who asks does not approve}\n"
	p := c.propose("ann", accessKind, segregation+twoOfEach(tokenOf("carl", "roles: [buyer]")))
	said := map[string]string{}
	for _, d := range p.GetEffect().GetDecisions() {
		said[d.GetPrincipal()+" "+d.GetCommand()] = d.GetBefore() + " → " + d.GetAfter()
	}
	if want := "always → always, not where it has itself done orders.create or orders.update"; said["dora orders.release"] != want || said["carl orders.create"] != "never → always" {
		t.Errorf("the effect is %v", said)
	}
	c.refused("NOT_PERMITTED", c.approve("ann", p.GetName()))
	c.refused("NOT_PERMITTED", c.approve("olga", p.GetName())) // operators do not give rights
	c.refused("NOT_PERMITTED", c.approve("dora", p.GetName()))
	if shown, err := c.client.GetProposal(as(t.Context(), "rita"), &governancev1.GetProposalRequest{Name: p.GetName()}); err != nil || shown.GetDocument() != "" || shown.GetDigest() == "" {
		t.Errorf("an auditor is shown %v, %v", shown, err)
	}
	_, err := c.client.ProposeDocument(as(t.Context(), "ann"), &governancev1.ProposeDocumentRequest{Kind: accessKind, Reason: "alone", Document: "principals:\n" + tokenOf("ann", "roles: [administrator]")})
	c.refused("INVALID_ARGUMENT", err)
	for path, says := range map[string]string{"/v1/" + p.GetName(): "carl", "/v1/proposals?kind=DOCUMENT_KIND_ACCESS_FILE": p.GetReason(), "/v1/governedDocuments/accessFile": "administrator"} {
		if answer := c.rested(path, "bob", ""); !strings.Contains(answer, says) {
			t.Errorf("GET %s does not say %q: %s", path, says, answer)
		}
	}
	c.enact("bob", p.GetName())
	if err := list("carl"); err != nil {
		t.Errorf("carl, who was approved: %v", err)
	}
}

func (c *council) ordersAreReleasedByOthers() {
	t := c.t
	on := shelfOf(t, c.person)
	made, err := c.orders.CreateOrder(as(t.Context(), "dora"), &orderv1.CreateOrderRequest{RequestId: "govern-create", Order: &orderv1.Order{
		Supplier: supplierName(on.supplier), Lines: []*orderv1.OrderLine{{Product: productName(on.product), Quantity: &decimal.Decimal{Value: "2"}, UnitPrice: &money.Money{Units: 5}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	name := made.GetIntent().GetDocument()
	for _, validate := range []bool{true, false} {
		_, err = c.orders.ReleaseOrder(as(t.Context(), "dora"), &orderv1.ReleaseOrderRequest{RequestId: "govern-release", Name: name, ValidateOnly: validate})
		if c.refused("NOT_PERMITTED", err); err != nil && !strings.Contains(err.Error(), "who asks does not approve") {
			t.Errorf("the refusal gives no reason: %v", err)
		}
	}
	if _, err := c.orders.ReleaseOrder(as(t.Context(), "carl"), &orderv1.ReleaseOrderRequest{RequestId: "govern-release", Name: name}); err != nil {
		t.Errorf("another one: %v", err)
	}
}

func (c *council) theOverlays() {
	t := c.t
	shown := func() string {
		page, err := c.products.ListProducts(as(t.Context(), "carl"), &productv1.ListProductsRequest{PageSize: 1})
		if err != nil || len(page.GetProducts()) == 0 {
			t.Fatal(err)
		}
		return page.GetProducts()[0].GetSku()
	}
	before := shown()
	_, err := c.client.ProposeDocument(as(t.Context(), "oskar"), &governancev1.ProposeDocumentRequest{Kind: overlayKind, Reason: "x", Document: "domain: product\nfields:\n  sku: x_nowhere\n"})
	c.refused("INVALID_ARGUMENT", err)
	_, err = c.client.ProposeDocument(as(t.Context(), "oskar"), &governancev1.ProposeDocumentRequest{Kind: overlayKind, Reason: "x", Document: "domain: prodcut\nfields:\n  sku: name\n"})
	c.refused("INVALID_ARGUMENT", err)
	p := c.propose("oskar", overlayKind, "domain: product\nfields:\n  sku: name\n")
	found := false
	for _, f := range p.GetEffect().GetFields() {
		if f.GetField() == "sku" {
			found = f.GetCollection() == "products" && f.GetRecords() == f.GetLookedAt() && f.GetTotal() >= f.GetLookedAt() && len(f.GetExamples()) > 0
		} else if f.GetRecords() > 0 {
			t.Errorf("it changes %v, too", f)
		}
	}
	if !found {
		t.Errorf("the effect is %v", p.GetEffect())
	}
	c.refused("NOT_PERMITTED", c.approve("bob", p.GetName())) // administrators see no records
	c.enact("olga", p.GetName())
	eventually(t, func() (bool, any) { return shown() != before, shown() })
	back, err := c.client.RevertProposal(as(t.Context(), "oskar"), &governancev1.RevertProposalRequest{Name: p.GetName(), Reason: "names are no numbers"})
	if err != nil || back.GetReverts() != p.GetName() {
		t.Fatalf("%v, %v", back, err)
	}
	eventually(t, func() (bool, any) { return shown() == before, shown() })
}

// keysTakeTwo makes a key for the other of the two, which lets nobody in before another person has
// confirmed it: not its maker, and not who shows a key that the maker has.
func (c *council) keysTakeTwo() {
	t := c.t
	keys := accessv1.NewKeyServiceClient(c.conn)
	made, err := keys.CreateApiKey(as(t.Context(), "ann"), &accessv1.CreateApiKeyRequest{Principal: "bob", Purpose: "to be both"})
	if err != nil {
		t.Fatal(err)
	}
	list := func(key string) error {
		_, err := keys.ListApiKeys(as(t.Context(), key), &accessv1.ListApiKeysRequest{})
		return err
	}
	confirm := func(by string, k *accessv1.ApiKey) error {
		_, err := keys.ConfirmApiKey(as(t.Context(), by), &accessv1.ConfirmApiKeyRequest{Name: k.GetName()})
		return err
	}
	if err := list(made.GetKey()); refusalOf(err).reason != "UNAUTHENTICATED" || !strings.Contains(err.Error(), "not confirmed") {
		t.Errorf("what nobody has confirmed: %v", err)
	}
	c.refused("NOT_PERMITTED", confirm("ann", made.GetApiKey()))
	c.refused("NOT_PERMITTED", confirm("dora", made.GetApiKey()))
	if err := confirm("bob", made.GetApiKey()); err != nil {
		t.Fatal(err)
	}
	if err := list(made.GetKey()); err != nil {
		t.Errorf("what is confirmed: %v", err)
	}
	turned, err := keys.RotateApiKey(as(t.Context(), "ann"), &accessv1.RotateApiKeyRequest{Name: made.GetApiKey().GetName()})
	if err != nil {
		t.Fatal(err)
	}
	c.refused("UNAUTHENTICATED", list(turned.GetKey()))
	c.refused("NOT_PERMITTED", confirm(made.GetKey(), turned.GetApiKey())) // ann has bob's key
	for _, k := range []*accessv1.ApiKey{turned.GetApiKey(), made.GetApiKey()} {
		if _, err := keys.RevokeApiKey(as(t.Context(), "bob"), &accessv1.RevokeApiKeyRequest{Name: k.GetName(), Reason: "a test"}); err != nil {
			t.Fatal(err)
		}
	}
}

// theFileBeside is changed by somebody who can write it, with no effect but to be told.
func (c *council) theFileBeside(path string) {
	t := c.t
	if err := os.WriteFile(path, []byte(twoOfEach(tokenOf("mallory", "roles: [administrator]"))), 0o600); err != nil {
		t.Fatal(err)
	}
	exceptions := operationsv1.NewExceptionServiceClient(c.conn)
	eventually(t, func() (bool, any) {
		all, err := exceptions.ListExceptions(as(t.Context(), "oskar"), &operationsv1.ListExceptionsRequest{Filter: "kind = GOVERNED_DOCUMENT"})
		return err == nil && len(all.GetExceptions()) == 1 && all.GetExceptions()[0].GetSubject() == "accessFile", fmt.Sprint(all, err)
	})
	_, err := c.client.ListProposals(as(t.Context(), "mallory"), &governancev1.ListProposalsRequest{})
	c.refused("UNAUTHENTICATED", err)
}

// rested is what a GET answers.
func (c *council) rested(path, by, agent string) string {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.rest+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header = http.Header{"Authorization": {"Bearer " + by}, "User-Agent": {agent}}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		c.t.Errorf("GET %s: %d, %v: %s", path, answer.StatusCode, err, text)
	}
	return string(text)
}

func (c *council) whoCallsWhat() {
	t := c.t
	c.rested("/v1/products", "carl", "portal/2.1 (ward)")
	usage, err := accessv1.NewAccessServiceClient(c.conn).ListUsage(as(t.Context(), "ann"), &accessv1.ListUsageRequest{Principal: "carl", MethodPrefix: "/mesh.product.v1."})
	if err != nil || len(usage.GetUsage()) != 2 {
		t.Fatalf("%v, %v", usage, err)
	}
	if grpc, rest := usage.GetUsage()[0], usage.GetUsage()[1]; grpc.GetVersion() != "mesh.product.v1" || !strings.HasPrefix(grpc.GetClient(), "grpc-go/") || rest.GetClient() != "portal/2.1" || rest.GetCalls() != 1 {
		t.Errorf("%v", usage)
	}
	page, err := accessv1.NewAccessServiceClient(c.conn).ListUsage(as(t.Context(), "ann"), &accessv1.ListUsageRequest{PageSize: 1, MethodPrefix: "/mesh.product.v1."})
	for err == nil && page.GetNextPageToken() != "" {
		page, err = accessv1.NewAccessServiceClient(c.conn).ListUsage(as(t.Context(), "ann"), &accessv1.ListUsageRequest{PageSize: 1, MethodPrefix: "/mesh.product.v1.", PageToken: page.GetNextPageToken()})
	}
	if err != nil || len(page.GetUsage()) != 1 || page.GetUsage()[0].GetClient() != "portal/2.1" {
		t.Errorf("the last page: %v, %v", page, err)
	}
}

func (c *council) whatTheAuditSays() {
	t := c.t
	found := map[string]bool{}
	audit := auditv1.NewAuditServiceClient(c.conn)
	for token := ""; ; {
		page, err := audit.ListRecords(as(t.Context(), "rita"), &auditv1.ListRecordsRequest{PageSize: 1000, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.GetRecords() {
			if r.GetKind() == "proposal" {
				found[r.GetPayload().GetPrincipal()+" "+r.GetCommand()] = strings.HasPrefix(r.GetBefore(), "sha256:") && strings.HasPrefix(r.GetAfter(), "sha256:")
			}
		}
		if token = page.GetNextPageToken(); token == "" {
			break
		}
	}
	for _, want := range []string{"ann proposals.propose", "bob proposals.approve", "bob proposals.activate", "oskar proposals.propose", "olga proposals.activate", "oskar proposals.revert"} {
		if !found[want] {
			t.Errorf("the audit does not say %q: %v", want, found)
		}
	}
}

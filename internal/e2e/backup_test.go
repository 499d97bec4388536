package e2e

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	auditv1 "odoomesh/gen/go/mesh/audit/v1"
	commandv1 "odoomesh/gen/go/mesh/command/v1"
	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	engine "odoomesh/internal/audit"
	"odoomesh/internal/audit/tlog"
	"odoomesh/internal/resource"
)

// backedUp takes a backup of a running mesh.
func (m *mesh) backedUp(t testing.TB) (file string) {
	t.Helper()
	stream, err := operationsv1.NewOperationsServiceClient(m.conn).Backup(t.Context(), &operationsv1.BackupRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var whole []byte
	for {
		piece, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		whole = append(whole, piece.GetData()...)
	}
	file = filepath.Join(t.TempDir(), "mesh.backup")
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// told are the ids of all business events but the epoch's, in their order, and the epoch.
func (m *mesh) told(t testing.TB) (ids []string, epoch string) {
	t.Helper()
	all := &reel{}
	all.read(t, m, &eventv1.SubscribeRequest{}, still)
	for _, e := range all.events {
		ids, epoch = append(ids, e.GetType()+" "+e.GetSubject()+" "+e.GetId()), e.GetEpoch()
	}
	return ids, epoch
}

// restoredThoughKilled restores a backup by processes of which each lives a little longer
// than the one before, until one lives long enough.
func restoredThoughKilled(t *testing.T, file, dir string) {
	t.Helper()
	killed := 0
	for life := 5 * time.Millisecond; ; life += 10 * time.Millisecond {
		ctx, cancel := context.WithTimeout(t.Context(), life)
		said, err := exec.CommandContext(ctx, meshd(t), "restore", "--data-dir", dir, file).CombinedOutput()
		ran := ctx.Err() == nil
		cancel()
		switch {
		case err == nil, killed > 0 && strings.Contains(string(said), "is there already"): // one was killed when it had ended
			t.Logf("%d restores were killed before", killed)
			return
		case ran:
			t.Fatalf("%v: %s", err, said)
		}
		killed++
	}
}

// A data folder that is lost comes back from a backup: commands that were carried out
// before it and after it are not carried out again, holds hold, consumers are known, and
// events go on in their epoch, under the ids that they were told by.
func TestWhatTheMeshAloneHasComesBackFromABackup(t *testing.T) {
	t.Parallel()
	ownProcess(t)
	p := hospitalAtWork(t, 18, 20)
	c := settings(t, p)
	m := start(t, c)
	m.history(t)
	on := shelfOf(t, p)
	ordered := func(mark string) *orderv1.CreateOrderRequest {
		return &orderv1.CreateOrderRequest{RequestId: p.mark + mark, Order: &orderv1.Order{
			Supplier: resource.Name("suppliers", on.supplier), Origin: p.mark + mark,
			Lines: []*orderv1.OrderLine{{Product: productName(on.product), Quantity: &decimal.Decimal{Value: "3"}, UnitPrice: &money.Money{Units: 2}}},
		}}
	}
	carried := func(intent *commandv1.Intent, err error) *commandv1.Intent {
		t.Helper()
		if err != nil || intent.GetState() != commandv1.State_STATE_DONE {
			t.Fatalf("%v, %v", intent, err)
		}
		return intent
	}
	create := func(mark string) *commandv1.Intent {
		t.Helper()
		r, err := m.orders.CreateOrder(t.Context(), ordered(mark))
		return carried(r.GetIntent(), err)
	}
	release := func(order string) *commandv1.Intent {
		t.Helper()
		r, err := m.orders.ReleaseOrder(t.Context(), &orderv1.ReleaseOrderRequest{Name: order, RequestId: p.mark + order})
		return carried(r.GetIntent(), err)
	}
	before := create("-before")
	lot := p.rows(t, "stock.lot", []any{}, []any{"name"})[0].id("id")
	held, err := m.inventory.HoldLot(t.Context(), &inventoryv1.HoldLotRequest{Name: resource.Name("lots", lot), RequestId: p.mark + "-hold", Reason: "torn"})
	if err != nil {
		t.Fatal(err)
	}
	m.heldLot(t, lot, "torn")
	some := &reel{}
	some.read(t, m, &eventv1.SubscribeRequest{Consumer: ward}, func(*eventv1.CloudEvent) bool { return len(some.events) == 5 })
	acknowledged := m.acknowledge(t, ward, some.position).GetAcknowledgedSequence()

	signed := m.audited(t, 1)
	file := m.backedUp(t)

	after := create("-after")
	released := release(after.GetDocument())
	eventually(t, func() (bool, any) {
		ids, _ := m.told(t)
		return slices.ContainsFunc(ids, func(id string) bool { return strings.HasPrefix(id, "mesh.order.released.v1 "+after.GetDocument()+" ") }), ids
	})
	ids, epoch := m.told(t)
	m.stop()
	if err := os.RemoveAll(c.DataDir); err != nil {
		t.Fatal(err)
	}
	restoredThoughKilled(t, file, c.DataDir)
	m = start(t, c)
	m.history(t)

	m.heldLot(t, lot, "torn")
	list, err := commandv1.NewIntentServiceClient(m.conn).ListIntents(t.Context(), &commandv1.ListIntentsRequest{})
	if err != nil || len(list.GetIntents()) != 2 || list.GetIntents()[0].GetName() != held.GetIntent().GetName() || list.GetIntents()[1].GetName() != before.GetName() {
		t.Errorf("the ledger has %v, %v", list, err)
	}
	for mark, was := range map[string]*commandv1.Intent{"-before": before, "-after": after} {
		if again := create(mark); again.GetName() != was.GetName() || again.GetDocument() != was.GetDocument() {
			t.Errorf("%s is %v now, and was %v", mark, again, was)
		}
		if rows := p.rows(t, "purchase.order", []any{[]any{"origin", "=", p.mark + mark}}, []any{"name"}); len(rows) != 1 {
			t.Errorf("Odoo has %d orders of %s", len(rows), mark)
		}
	}
	if again := release(after.GetDocument()); again.GetName() != released.GetName() {
		t.Errorf("the release is %v now, and was %v", again, released)
	}
	// Under another key, and with the records that it had.
	audit := filepath.Join(c.DataDir, "audit")
	key, err := tlog.ReadKey(filepath.Join(audit, tlog.PublicFile))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, func() (bool, any) {
		v, err := engine.Verify(t.Context(), audit, key, []tlog.Checkpoint{{Size: signed.Size, Root: signed.Root}})
		return err == nil && v.Records > signed.Size, err
	})
	if was := m.consumer(t, ward); was.GetAcknowledgedSequence() != acknowledged {
		t.Errorf("the consumer has acknowledged %v, and had %d", was, acknowledged)
	}
	eventually(t, func() (bool, any) {
		now, _ := m.told(t)
		return len(now) >= len(ids), now
	})
	now, goesOn := m.told(t)
	slices.Sort(ids)
	slices.Sort(now)
	if goesOn != epoch || !slices.Equal(ids, now) {
		t.Errorf("in the epoch %s, which was %s, it tells\n%v\nand told\n%v", goesOn, epoch, now, ids)
	}
	stream, err := m.events().Subscribe(t.Context(), &eventv1.SubscribeRequest{Position: some.position})
	if err == nil {
		_, err = stream.Recv()
	}
	if refusalOf(err).reason != "FOREIGN_TOKEN" {
		t.Errorf("a position of before: %v", err)
	}

}

// audited is what the audit has signed, of so many records at least.
func (m *mesh) audited(t *testing.T, least int64) (signed tlog.Checkpoint) {
	t.Helper()
	eventually(t, func() (bool, any) {
		r, err := auditv1.NewAuditServiceClient(m.conn).GetCheckpoint(t.Context(), &auditv1.GetCheckpointRequest{})
		if err != nil || r.GetSize() < least {
			return false, err
		}
		key, err := tlog.ParseKey(r.GetPublicKey())
		if err == nil {
			signed, err = tlog.ParseCheckpoint(r.GetCheckpoint(), key)
		}
		return err == nil, err
	})
	return signed
}

package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/clock"
)

func (c *client) operations() (operationsv1.OperationsServiceClient, error) {
	conn, err := c.conn()
	if err != nil {
		return nil, err
	}
	return operationsv1.NewOperationsServiceClient(conn), nil
}

func (c *client) statusCommand() *cobra.Command {
	var every time.Duration
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Tell how the mesh and its collections stand",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if every < 0 || every > 0 && every < time.Second {
				return wrong("--watch is a second or more, not %s", every)
			}
			for {
				if err := c.showStatus(cmd); err != nil || every == 0 {
					return err
				}
				if !clock.Sleep(cmd.Context(), c.clock, every) {
					return nil
				}
				if !c.asJSON() {
					fmt.Fprintf(c.out, "\n%s\n", c.clock.Now().Format(time.TimeOnly))
				}
			}
		},
	}
	cmd.Flags().DurationVar(&every, "watch", 0, "Tell it again and again, this long apart, until interrupted.")
	cmd.Flags().Lookup("watch").NoOptDefVal = "5s"
	return cmd
}

func (c *client) showStatus(cmd *cobra.Command) error {
	mesh, err := c.operations()
	if err != nil {
		return err
	}
	ctx, cancel := c.call(cmd)
	defer cancel()
	s, err := mesh.GetStatus(ctx, &operationsv1.GetStatusRequest{})
	if err != nil {
		return err
	}
	if c.asJSON() {
		return c.line(s)
	}
	return c.status(s)
}

func (c *client) status(s *operationsv1.GetStatusResponse) error {
	reach := "does not answer"
	if s.GetOdoo().GetReachable() {
		reach = "answers"
	}
	kept := "no changes"
	if l := s.GetLog(); l.GetHead() >= l.GetOldest() && l.GetHead() > 0 {
		kept = fmt.Sprintf("changes %d to %d", l.GetOldest(), l.GetHead())
	}
	head := newTable(c.out)
	head.widest = uncut
	head.row("State", s.GetState())
	head.row("Mesh", cmp.Or(s.GetVersion(), "of a version that does not say which"))
	head.row("Odoo", fmt.Sprintf("%s, version %s, %s", s.GetOdoo().GetInstance(), cmp.Or(s.GetOdoo().GetVersion(), "unknown"), reach))
	if change := s.GetOdoo().GetChange(); change != nil {
		head.row("Writes", "stopped since "+c.ago(change.GetNoticeTime())+", as Odoo "+changeWord(change)+": see meshctl odoo reconcile")
	}
	if problem := s.GetAccessFile().GetProblem(); problem != "" {
		head.row("Access", "the file before is in force since "+c.ago(s.GetAccessFile().GetProblemTime())+": "+problem)
	}
	for _, b := range s.GetAccessFile().GetBrokenGlass() {
		head.row("Broken glass", fmt.Sprintf("%s has %s until %s: %s", b.GetPrincipal(), strings.Join(b.GetRoles(), ", "), at(b.GetEndTime()), b.GetReason()))
	}
	if d := s.GetDeferred(); d.GetWaiting() > 0 {
		head.row("Deferred", fmt.Sprintf("%d of at most %d commands wait, the oldest since %s: see meshctl intents list --filter 'state = DEFERRED'", d.GetWaiting(), d.GetLimit(), c.ago(d.GetOldestTime())))
	}
	head.row("Log", kept)
	if clock := clockLine(s.GetClock()); clock != "" {
		head.row("Clock", clock)
	}
	if a := s.GetAudit(); a.GetFailure() != "" {
		head.row("Audit", "cannot be written, and commands are refused: "+a.GetFailure())
	} else if a != nil {
		head.row("Audit", fmt.Sprintf("%d records, key %s", a.GetRecords(), a.GetPublicKey()))
	}
	if p := s.GetPurchasing(); p.GetApprovedSuppliers() != "off" || p.GetPriceCheck() != "off" {
		head.row("Orders", fmt.Sprintf("approved suppliers: %s; prices: %s, from %s %%", p.GetApprovedSuppliers(), p.GetPriceCheck(), p.GetPriceTolerancePercent()))
	}
	if n := s.GetOpenExceptions() + s.GetAcknowledgedExceptions(); n > 0 {
		head.row("Exceptions", fmt.Sprintf("%d open, %d acknowledged: see meshctl exceptions list", s.GetOpenExceptions(), s.GetAcknowledgedExceptions()))
	}
	if n := faultySum(s); n > 0 {
		head.row("Faulty", fmt.Sprintf("%d records could not be read, or only in part: see meshctl faulty", n))
	}
	if err := head.flush(); err != nil {
		return err
	}
	fmt.Fprintln(c.out)
	t := newTable(c.out, "COLLECTION", "STATE", "RECORDS", "EQUAL TO ODOO", "HELD", "DRIFT", "MAPPING")
	for _, col := range s.GetCollections() {
		t.row(col.GetCollection(), loadState(col), strconv.FormatInt(col.GetRecords(), 10), c.ago(col.GetVerifiedTime()),
			strconv.FormatInt(col.GetHeldDeletions(), 10), drift(col.GetDrift()), strconv.Itoa(int(col.GetMappingVersion())))
	}
	if err := t.flush(); err != nil {
		return err
	}
	for _, col := range s.GetCollections() {
		for _, d := range col.GetDegradations() {
			fmt.Fprintf(c.errs, "meshctl: %s\n", clean(degraded(col.GetCollection(), d, c.ago(d.GetSince()))))
		}
		if n := col.GetHeldDeletions(); n > 0 {
			fmt.Fprintf(c.errs, "meshctl: %s\n", heldBack(col.GetCollection(), n))
		}
	}
	return nil
}

// clockLine is what is known of the clock of Odoo's database; empty where nobody looks.
func clockLine(s *operationsv1.ClockStatus) string {
	line := ""
	switch s.GetState() {
	case operationsv1.ClockState_CLOCK_STATE_KNOWN:
		line = "known"
	case operationsv1.ClockState_CLOCK_STATE_UNKNOWN:
		line = "unknown"
	case operationsv1.ClockState_CLOCK_STATE_DISAGREES:
		side := "ahead"
		if s.GetOffset().AsDuration() < 0 {
			side = "behind"
		}
		line = fmt.Sprintf("disagrees by %s (%s)", span(s.GetOffset().AsDuration().Abs()), side)
	default:
		return ""
	}
	if s.GetEvidence() != "" {
		line += ". " + s.GetEvidence()
	}
	return line
}

func faultySum(s *operationsv1.GetStatusResponse) (sum int64) {
	for _, col := range s.GetCollections() {
		sum += col.GetFaultyRecords()
	}
	return sum
}

// degraded says what of a collection cannot be read.
func degraded(collection string, d *operationsv1.Degradation, since string) string {
	text := fmt.Sprintf("%s are degraded since %s: %s cannot be read", collection, since, d.GetModel())
	if d.GetReason() != "" {
		text += "; " + d.GetReason()
	}
	if d.GetCause() != "" {
		text += " (" + d.GetCause() + ")"
	}
	return text
}

func loadState(c *operationsv1.CollectionStatus) string {
	if c.GetLoaded() && len(c.GetDegradations()) > 0 {
		return "degraded"
	}
	if c.GetLoaded() {
		return "loaded"
	}
	return "loading " + rows(c.GetProgress())
}

// rows is a progress in words: "120 of 4000, 3s left".
func rows(p *operationsv1.Progress) string {
	text := fmt.Sprintf("%d of %d", p.GetDone(), p.GetTotal())
	if p.GetLeft() != nil {
		text += fmt.Sprintf(", %s left", span(p.GetLeft().AsDuration()))
	}
	return text
}

func drift(d *operationsv1.Drift) string {
	if d == nil {
		return "not compared yet"
	}
	if d.GetGone()+d.GetMissed()+d.GetGoneRows() == 0 {
		return "none"
	}
	return fmt.Sprintf("%d gone, %d missed, %d rows gone", d.GetGone(), d.GetMissed(), d.GetGoneRows())
}

func heldBack(collection string, n int64) string {
	return fmt.Sprintf("%d %s seem to be gone from Odoo at once and are kept: see whether the mesh's user lost a right in Odoo; if they are really gone, run meshctl resync %s --accept-deletions",
		n, collection, collection)
}

func (c *client) verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify NAME...",
		Short: "Compare records with Odoo as it is now",
		Long: "verify asks Odoo for each record and compares it with the mesh's copy. It changes\n" +
			fmt.Sprintf("nothing. Where one differs the exit code is %d.", codeDifferent),
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeName,
		RunE:              c.verify,
	}
}

func (c *client) verify(cmd *cobra.Command, names []string) error {
	mesh, err := c.operations()
	if err != nil {
		return err
	}
	t := newStream(c.out, []string{"NAME", "RESULT", "FIELD", "MESH", "ODOO"}, nil)
	different := 0
	err = c.eachName(cmd, names, func(name string, _ bool) error {
		if _, err := collectionOf(name); err != nil {
			return err
		}
		ctx, cancel := c.call(cmd)
		defer cancel()
		v, err := mesh.VerifyRecord(ctx, &operationsv1.VerifyRecordRequest{Name: canonical(name)})
		if err != nil {
			return err
		}
		if !v.GetEqual() {
			different++
		}
		if c.asJSON() {
			return c.line(v)
		}
		compared(t, v)
		return nil
	})
	if !c.asJSON() {
		if failed := t.flush(); failed != nil {
			return failed
		}
	}
	if err == nil && different > 0 {
		return &outcome{code: codeDifferent}
	}
	return err
}

// compared adds the rows of one comparison to a table.
func compared(t *table, v *operationsv1.VerifyRecordResponse) {
	result := "differs"
	switch {
	case v.GetEqual():
		result = "equal"
	case !v.GetInOdoo():
		result = "gone from Odoo"
	case !v.GetInMesh():
		result = "not in the mesh"
	}
	if v.GetCapturePending() {
		result += ", about to be read"
	}
	if len(v.GetDifferences()) == 0 {
		t.row(v.GetName(), result)
	}
	for _, d := range v.GetDifferences() {
		t.row(v.GetName(), result, d.GetField(), d.GetMeshValue(), d.GetOdooValue())
	}
}

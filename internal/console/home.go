package console

import (
	"fmt"
	"net/http"
	"strings"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
)

// entry is a page of the menu.
type entry struct{ Text, Link string }

// Menu is what every page leads to.
func (*page) Menu() []entry {
	return []entry{
		{"Is all well?", Path}, {"Stock", Path + "/stock"}, {"Expiring", Path + "/expiring"}, {"Late orders", Path + "/late"}, {"Owed", Path + "/payables"}, {"Journeys", Path + "/journeys"},
		{"Events", Path + "/events"}, {"Exceptions", Path + "/exceptions"}, {"Faulty records", Path + "/faulty"}, {"Consumers", Path + "/consumers"}, {"Records", Path + "/records"},
	}
}

// home says in one sentence whether all is well, and then what is not.
func (c *Console) home(r *http.Request) (*page, error) {
	p := &page{Title: "Is all well?"}
	s, err := operationsv1.NewOperationsServiceClient(c.Conn).GetStatus(r.Context(), &operationsv1.GetStatusRequest{})
	if err != nil {
		if !barred(err) {
			return nil, err
		}
		_, w := refused(err)
		p.State = "How the mesh stands is for those who run it."
		p.Lead = []value{{Text: w.Problem + " " + w.Advice}, {Text: "Search, and the pages above, show what you may read."}}
		return p, nil
	}
	wrong := c.wrong(s)
	proof := c.proven(s.GetStockProof())
	switch len(wrong) {
	case 0:
		p.State, p.Well = "All is well. "+proof, true
	case 1:
		p.State = "One thing is not well. " + proof
	default:
		p.State = fmt.Sprintf("%d things are not well. %s", len(wrong), proof)
	}
	if len(wrong) > 0 {
		p.Sections = append(p.Sections, section{Title: "What is not well", Table: &table{
			Caption: "What is not well, and what to do", Head: []column{{Name: "What"}, {Name: "Since"}, {Name: "What to do"}}, Rows: wrong,
		}})
	}
	p.Sections = append(p.Sections, section{Title: "The whole", Pairs: c.whole(s)}, c.freshness(s))
	p.Sections[len(p.Sections)-2].More = &value{Text: "Prove the stock now", Link: Path + "/proof"}
	return p, nil
}

func (c *Console) proven(proof *operationsv1.StockProof) string {
	if proof.GetProveTime() == nil {
		return "The stock was not proven yet since the mesh was started."
	}
	at := c.when(proof.GetProveTime()).Text
	if proof.GetDrifting() == 0 {
		return fmt.Sprintf("At %s the movements added up to Odoo's stock in all %d balances.", at, proof.GetCompared())
	}
	return fmt.Sprintf("At %s the movements did not add up to Odoo's stock in %d of %d balances.", at, proof.GetDrifting(), proof.GetCompared())
}

// wrong is what is not well: what, since when, what to do.
func (c *Console) wrong(s *operationsv1.GetStatusResponse) (rows [][]value) {
	add := func(what string, since, do value) {
		rows = append(rows, []value{{Text: clean(what), Mark: "bad"}, since, do})
	}
	run := func(command string) value { return value{Text: "Run " + command} }
	if !s.GetOdoo().GetReachable() {
		add("Odoo does not answer: what is shown is how it was before.", value{}, run("meshctl status"))
	}
	if change := s.GetOdoo().GetChange(); change != nil {
		add("Odoo is not the one that it was: "+strings.Join(change.GetEvidence(), "; "), c.when(change.GetNoticeTime()), run("meshctl odoo reconcile"))
	}
	if n := s.GetOpenExceptions(); n > 0 {
		add(count(n, "exception is open", "exceptions are open")+".", value{}, value{Text: "Look at them", Link: Path + "/exceptions"})
	}
	if n := s.GetStockProof().GetDrifting(); n > 0 {
		add(count(n, "balance differs", "balances differ")+" from Odoo's stock.", c.when(s.GetStockProof().GetProveTime()), value{Text: "Look at them", Link: Path + "/proof"})
	}
	if s.GetClock().GetState() == operationsv1.ClockState_CLOCK_STATE_DISAGREES {
		add("Clocks disagree: "+s.GetClock().GetEvidence(), value{}, value{Text: "Set the clocks right."})
	}
	if failure := s.GetAudit().GetFailure(); failure != "" {
		add("The audit cannot be written: "+failure, value{}, run("meshctl status"))
	}
	if problem := s.GetAccessFile().GetProblem(); problem != "" {
		add("The access file cannot be used: "+problem, c.when(s.GetAccessFile().GetProblemTime()), value{Text: "Mend the file; the one before is in force."})
	}
	for _, g := range s.GetAccessFile().GetBrokenGlass() {
		add(fmt.Sprintf("%s has taken the roles %s: %s", g.GetPrincipal(), strings.Join(g.GetRoles(), ", "), g.GetReason()), value{}, value{Text: "Ends " + c.when(g.GetEndTime()).Text})
	}
	for _, one := range s.GetCollections() {
		if !one.GetLoaded() {
			add(fmt.Sprintf("%s: the first load has read %d of %d rows.", one.GetCollection(), one.GetProgress().GetDone(), one.GetProgress().GetTotal()), value{}, value{Text: "Wait."})
		}
		for _, d := range one.GetDegradations() {
			add(fmt.Sprintf("%s, %s: %s (%s)", one.GetCollection(), d.GetModel(), d.GetReason(), d.GetCause()), c.when(d.GetSince()), run("meshctl status"))
		}
		if n := one.GetHeldDeletions(); n > 0 {
			add(fmt.Sprintf("%s: %s held back.", one.GetCollection(), count(n, "deletion is", "deletions are")), value{}, run("meshctl resync "+one.GetCollection()))
		}
		if n := one.GetFaultyRecords(); n > 0 {
			add(fmt.Sprintf("%s: %s not be read, or only in part.", one.GetCollection(), count(n, "record can", "records can")), value{}, value{Text: "Look at them", Link: with("/faulty", "collection", one.GetCollection())})
		}
	}
	if len(rows) == 0 && s.GetState() != "ready" {
		add("The mesh is "+s.GetState()+".", value{}, run("meshctl status"))
	}
	return rows
}

func count(n int64, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

func (c *Console) whole(s *operationsv1.GetStatusResponse) []pair {
	reach := value{Text: "answers", Mark: "good"}
	if !s.GetOdoo().GetReachable() {
		reach = value{Text: "does not answer", Mark: "bad"}
	}
	pairs := []pair{
		{"State", []value{words(s.GetState())}},
		{"Odoo " + clean(s.GetOdoo().GetVersion()), []value{words(s.GetOdoo().GetInstance()), reach}},
		{"Exceptions", []value{{Text: fmt.Sprintf("%d open, %d acknowledged", s.GetOpenExceptions(), s.GetAcknowledgedExceptions()), Link: Path + "/exceptions"}}},
		{"Commands put off", []value{{Text: fmt.Sprint(s.GetDeferred().GetWaiting())}}},
		{"Version of the mesh", []value{words(s.GetVersion())}},
	}
	if proof := s.GetStockProof(); proof != nil {
		pairs = append(pairs, pair{"Stock proven at", []value{c.when(proof.GetProveTime()), {Text: fmt.Sprintf("%d balances, up to event %d", proof.GetCompared(), proof.GetLastEvent())}}})
	}
	return pairs
}

func (c *Console) freshness(s *operationsv1.GetStatusResponse) section {
	t := &table{Caption: "How old the copy is, by collection", Head: []column{{Name: "Collection"}, {"Records", true}, {Name: "Equal to Odoo's at"}, {Name: "All compared at"}, {"Faulty", true}}}
	for _, one := range s.GetCollections() {
		name := words(one.GetCollection())
		if c.collections[one.GetCollection()] != nil {
			name.Link = Path + "/" + one.GetCollection()
		}
		faulty := numeral(fmt.Sprint(one.GetFaultyRecords()))
		if one.GetFaultyRecords() > 0 {
			faulty.Link = with("/faulty", "collection", one.GetCollection())
		}
		t.Rows = append(t.Rows, []value{name, numeral(fmt.Sprint(one.GetRecords())), c.when(one.GetVerifiedTime()), c.when(one.GetDrift().GetComparedTime()), faulty})
	}
	return section{Title: "Freshness", Table: t}
}

// proof proves the stock, now.
func (c *Console) proof(r *http.Request) (*page, error) {
	v, err := inventoryv1.NewInventoryServiceClient(c.Conn).VerifyBalances(r.Context(), &inventoryv1.VerifyBalancesRequest{})
	if err != nil {
		return nil, err
	}
	p := &page{Title: "Proof of the stock", Well: v.GetDrifting() == 0}
	p.State = fmt.Sprintf("The movements add up to Odoo's stock in all %d balances, as of %s.", v.GetCompared(), c.when(v.GetFreshness().GetVerifiedTime()).Text)
	if !p.Well {
		p.State = fmt.Sprintf("The movements do not add up to Odoo's stock in %d of %d balances, as of %s.", v.GetDrifting(), v.GetCompared(), c.when(v.GetFreshness().GetVerifiedTime()).Text)
	}
	var wanted []string
	for _, d := range append(v.GetDrifts(), v.GetExplained()...) {
		wanted = append(wanted, d.GetProduct(), d.GetLocation(), d.GetLot())
	}
	known := c.named(r.Context(), wanted...)
	for _, part := range []struct {
		title string
		of    []*inventoryv1.StockDrift
	}{{"Nothing explains", v.GetDrifts()}, {"Known", v.GetExplained()}} {
		if len(part.of) == 0 {
			continue
		}
		t := &table{Caption: part.title, Head: []column{{Name: "Product"}, {Name: "Location"}, {Name: "Lot"}, {"By movements", true}, {"In Odoo", true}, {Name: "Cause"}, {Name: "Since"}}}
		for _, d := range part.of[:min(len(part.of), mostRows)] {
			t.Rows = append(t.Rows, []value{c.short(d.GetProduct(), known), c.short(d.GetLocation(), known), c.short(d.GetLot(), known), numeral(d.GetEventsQuantity().GetValue()), numeral(d.GetOdooQuantity().GetValue()),
				{Text: enumText(d.GetCause().Descriptor(), d.GetCause().Number())}, c.when(d.GetSinceTime())})
		}
		p.Sections = append(p.Sections, section{Title: part.title, Table: t})
	}
	return p, nil
}

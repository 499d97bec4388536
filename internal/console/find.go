package console

import (
	"net/http"
	"strings"

	searchv1 "odoomesh/gen/go/mesh/search/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
)

// search finds records by whatever is in the hand.
func (c *Console) search(r *http.Request) (*page, error) {
	q := r.URL.Query().Get("q")
	p := &page{Title: "Search"}
	if strings.TrimSpace(q) == "" {
		p.Lead = []value{{Text: "A number, a name, a SKU, GTIN, lot or tracking number, or a scanned code."}}
		return p, nil
	}
	found, err := searchv1.NewSearchServiceClient(c.Conn).Search(r.Context(), &searchv1.SearchRequest{Q: q, PageSize: 50})
	if err != nil {
		return p.refuse(err)
	}
	if scan := found.GetScan(); scan != nil {
		p.Sections = append(p.Sections, c.scanned(scan))
	}
	t := &table{Caption: "What was found", None: "Nothing was found. Fewer or other words may find more.",
		Head: []column{{Name: "Record"}, {Name: "What it is"}, {Name: "Number"}, {Name: "More"}, {Name: "Found by"}}}
	for _, h := range found.GetHits() {
		name := words(h.GetDisplayName())
		if name.Text == "" {
			name.Text = h.GetName()
		}
		name.Link = c.link(h.GetName())
		if h.GetArchived() {
			name.Note = "archived"
		}
		t.Rows = append(t.Rows, []value{name, {Text: enumText(h.GetType().Descriptor(), h.GetType().Number())}, words(h.GetNumber()), words(h.GetDetail()), words(strings.ReplaceAll(h.GetField(), "_", " "))})
	}
	s := section{Table: t}
	if found.GetTruncated() {
		s.Text = append(s.Text, value{Text: "There is more than is shown: another word narrows it."})
	}
	if still := found.GetIncompleteCollections(); len(still) > 0 {
		s.Text = append(s.Text, words("Still being loaded: "+strings.Join(still, ", ")))
	}
	p.Sections = append(p.Sections, s)
	return p, nil
}

// scanned shows a code, taken apart.
func (c *Console) scanned(scan *searchv1.Scan) section {
	s := section{Title: "The scanned code"}
	if scan.GetProblem() != "" {
		s.Text = append(s.Text, words("It could not be read as a code: "+scan.GetProblem()))
	}
	for _, remark := range scan.GetRemarks() {
		s.Text = append(s.Text, value{Text: clean(remark), Mark: "bad"})
	}
	for _, e := range scan.GetElements() {
		v := words(e.GetValue())
		if d := dayOf(e.GetDate()); d.Text != "" {
			v = d
		}
		s.Pairs = append(s.Pairs, pair{clean("(" + e.GetAi() + ") " + e.GetTitle()), []value{v}})
	}
	for _, of := range [][2]string{{"Product", scan.GetProduct()}, {"Lot", scan.GetLot()}} {
		if of[1] != "" {
			s.Pairs = append(s.Pairs, pair{of[0], []value{c.ref(of[1], nil)}})
		}
	}
	return s
}

// journey shows the documents behind a number as a timeline.
func (c *Console) journey(r *http.Request) (*page, error) {
	number := r.URL.Query().Get("number")
	p := &page{Title: "Journeys", Form: &form{Action: Path + "/journeys", Button: "Show", Fields: []field{
		{Name: "number", Label: "Number of an order, receipt, lot, bill or product", Value: clean(number), Type: "search"},
	}}}
	if strings.TrimSpace(number) == "" {
		return p, nil
	}
	j, err := tracev1.NewTraceServiceClient(c.Conn).GetJourney(r.Context(), &tracev1.GetJourneyRequest{Number: number})
	if err != nil {
		if code, w := refused(err); code == http.StatusNotFound {
			p.code, p.Problem, p.Advice = code, w.Problem, w.Advice
			return p, nil
		}
		return p.refuse(err)
	}
	p.Title = "Journey of " + cut(clean(number), longestCell)
	known := c.named(r.Context(), gather(j.ProtoReflect())...)
	if j.GetTruncated() {
		p.Lead = append(p.Lead, value{Text: "More belongs to it than is shown."})
	}
	chains := j.GetChains()
	if len(chains) == 0 {
		chains = []*tracev1.Chain{{Milestones: j.GetMilestones(), Found: j.GetFound()}}
	}
	for _, chain := range chains {
		s := section{Title: c.chainTitle(chain, known)}
		for _, m := range chain.GetMilestones() {
			s.Steps = append(s.Steps, c.milestone(m, known))
		}
		p.Sections = append(p.Sections, s)
	}
	return p, nil
}

func (c *Console) chainTitle(chain *tracev1.Chain, known names) string {
	var parts []string
	for _, name := range chain.GetSupplierNames() {
		if name != "" {
			parts = append(parts, name)
		}
	}
	for _, product := range chain.GetProducts() {
		parts = append(parts, c.short(product, known).Text)
	}
	if chain.GetCompany() != "" {
		parts = append(parts, chain.GetCompany())
	}
	if len(parts) == 0 {
		return "What happened"
	}
	return cut(clean(strings.Join(parts, ", ")), longestCell)
}

func (c *Console) milestone(m *tracev1.Milestone, known names) step {
	s := step{Title: sentence(enumText(m.GetType().Descriptor(), m.GetType().Number())), Text: cut(clean(m.GetSummary()), longestText)}
	if m.GetOccurTime().IsValid() {
		at := c.when(m.GetOccurTime())
		s.When = &at
	} else {
		s.When = &value{Text: "no time known, or not yet"}
	}
	add := func(v value) {
		if v.Text != "" {
			s.Details = append(s.Details, v)
		}
	}
	document := words(m.GetNumber())
	if document.Text == "" {
		document.Text = m.GetDocument()
	}
	document.Link = c.link(m.GetDocument())
	add(document)
	if m.GetSupplier() != "" {
		add(c.short(m.GetSupplier(), known))
	}
	if m.GetSourceLocation() != "" {
		add(c.short(m.GetSourceLocation(), known))
	}
	if m.GetDestinationLocation() != "" {
		to := c.short(m.GetDestinationLocation(), known)
		to.Text = "to " + to.Text
		add(to)
	}
	if len(m.GetLotNumbers()) > 0 {
		add(words("Lots " + strings.Join(m.GetLotNumbers(), ", ")))
	}
	if m.GetAmount() != nil {
		amount := moneyOf(m.GetAmount())
		amount.Number = false
		add(amount)
	}
	return s
}

func sentence(text string) string {
	if text == "" {
		return "Happened"
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

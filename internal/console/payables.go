package console

import (
	"net/http"

	"google.golang.org/genproto/googleapis/type/money"

	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
)

// payables shows what each supplier owes and is owed, by currency.
func (c *Console) payables(r *http.Request) (*page, error) {
	p := &page{Title: "What is owed", Lead: []value{{Text: "Open bills less open refunds are the net: below nought the supplier owes it. What came and is not billed, what is billed and was not received, and what is to come is an estimate by the orders, without taxes."}}}
	found, err := summaryv1.NewSummaryServiceClient(c.Conn).SummarizePayables(r.Context(), &summaryv1.SummarizePayablesRequest{PageSize: mostShown, PageToken: r.URL.Query().Get("page_token")})
	if err != nil {
		return p.refuse(err)
	}
	t := &table{Caption: "What is owed, by supplier and currency", None: "Nothing is owed, and nothing is to come.", Head: []column{{Name: "Supplier"}, {"Net", true}, {"Bills", true}, {"Overdue", true}, {Name: "First due"},
		{"Refunds", true}, {"Not billed", true}, {"Not received", true}, {"To come", true}}}
	for _, s := range found.GetSums() {
		late := sumOf(s.GetOverdueBillAmount(), s.GetOverdueBillCount())
		if s.GetOverdueBillCount() > 0 {
			late.Mark = "bad"
		}
		t.Rows = append(t.Rows, []value{c.spoken(s.GetSupplier(), s.GetSupplierDisplayName()), sumOf(s.GetNetAmount(), s.GetOpenBillCount()+s.GetOpenRefundCount()), sumOf(s.GetOpenBillAmount(), s.GetOpenBillCount()), late, dayOf(s.GetEarliestDueDate()),
			sumOf(s.GetOpenRefundAmount(), s.GetOpenRefundCount()), sumOf(s.GetEstimatedUnbilledAmount(), s.GetUnbilledLineCount()),
			sumOf(s.GetEstimatedUnreceivedAmount(), s.GetUnreceivedLineCount()), sumOf(s.GetOutstandingAmount(), s.GetOpenOrderCount())})
	}
	shown := section{Table: t}
	if next := found.GetNextPageToken(); next != "" {
		shown.More = &value{Text: "Next page", Link: with("/payables", "page_token", next)}
	}
	p.Sections = []section{shown}
	return p, nil
}

// sumOf is what some documents come to; nothing where there are none.
func sumOf(m *money.Money, documents int64) value {
	if documents == 0 {
		return value{}
	}
	return moneyOf(m)
}

package invoice

import (
	"context"
	"sync"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	"odoomesh/internal/fault"
	"odoomesh/services/invoice/match"
	"odoomesh/services/operations/exception"
)

const (
	// grace is how long an outcome has to stand before people are called: a bill may be
	// seen a moment before the receipt that it bills.
	grace = 5 * time.Second
	// blockedAtMost is how many invoices people are told of.
	blockedAtMost = 1000
)

// blocked keeps what was found to block, for one who asks again and again.
type blocked struct {
	mu    sync.Mutex
	seen  uint64
	found []*invoicev1.Invoice
}

// Watch reports the invoices that do not match, while they are neither overridden,
// cancelled, nor paid.
func (m *Matcher) Watch() exception.Watch {
	return exception.Watch{Kind: exception.Match, Causes: m.causes}
}

func (m *Matcher) causes(ctx context.Context) (causes []exception.Cause, err error) {
	m.blocked.mu.Lock()
	defer m.blocked.mu.Unlock()
	if at := m.Cache.Position() + 1; at != m.blocked.seen {
		page, err := m.invoices.List(ctx, &invoicev1.ListInvoicesRequest{Filter: "match.blocks = true", PageSize: blockedAtMost})
		if fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_LOADED {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		m.blocked.seen, m.blocked.found = at, page.Records
	}
	for _, i := range m.blocked.found {
		if settled(i) || m.Clock.Now().Sub(i.GetMatch().GetMatchTime().AsTime()) < grace {
			continue
		}
		lines := map[string]string{}
		for _, l := range match.Blocking(i.GetMatch()) {
			lines["line "+l.GetLineId()] = l.GetExplanation()
		}
		causes = append(causes, exception.InvoiceMismatch(i.GetName(), i.GetNumber(), i.GetSupplierReference(), i.GetState() == invoicev1.State_STATE_POSTED, lines))
	}
	return causes, nil
}

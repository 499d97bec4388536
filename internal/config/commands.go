package config

import (
	"regexp"
	"time"
)

// Commands is how what callers ask to change is carried out.
type Commands struct {
	LocalWrites     bool          `key:"local-writes" doc:"Without an access file, let callers of this machine send commands, which change Odoo, too."`
	CommandWait     time.Duration `key:"command-wait" doc:"Longest time that a caller of a command waits for it; then the answer is IN_PROGRESS or UNKNOWN_OUTCOME, and the command goes on."`
	MatchTolerances []string      `key:"match-tolerances" governed:"true" doc:"By how much bills may differ from their orders and receipts and still be posted, a rule each, such as: quantity=2% price=1% amount=5EUR; or company=\"Hospital North\" supplier=suppliers/7 price=3% order=required. The rule that names supplier and company goes before one that names the supplier, that before one that names the company; without a rule nothing may differ."`
	LongestRequest  time.Duration `key:"odoo-longest-request" doc:"Longest time that Odoo works on one request: its limit_time_real, and something beside it. What was sent and is not to be seen in Odoo after that is called not done."`
	ApprovalFrom    string        `key:"order-approval-from" governed:"true" doc:"From which total on an order is released only when it was submitted and another principal has approved it, such as 1000 EUR; 0 EUR: each is. Orders in another currency always are then. Empty: the mesh asks for no approval of its own."`
	DeferredLimit   int           `key:"deferred-limit" doc:"How many commands may wait to be carried out later (Prefer: respond-async); what comes beyond is refused (OVERLOADED)."`
	DeferredAlarm   time.Duration `key:"deferred-alarm" doc:"How long a command may wait to be carried out later before an exception says so."`
}

func defaultCommands() Commands {
	return Commands{CommandWait: 30 * time.Second, LongestRequest: 130 * time.Second, DeferredLimit: 50_000, DeferredAlarm: 15 * time.Minute}
}

func (c Commands) check(found *problems) {
	for _, limit := range []struct {
		key   string
		value time.Duration
	}{{"command-wait", c.CommandWait}, {"odoo-longest-request", c.LongestRequest}, {"deferred-alarm", c.DeferredAlarm}} {
		if limit.value <= 0 {
			found.add(limit.key, "%s is no time to wait; write one above 0", limit.value)
		}
	}
	if c.DeferredLimit < 1 || c.DeferredLimit > 1_000_000 {
		found.add("deferred-limit", "%d is no bound; write one from 1 to 1000000", c.DeferredLimit)
	}
	if c.ApprovalFrom != "" && !amountOfMoney.MatchString(c.ApprovalFrom) {
		found.add("order-approval-from", "%q is no amount with its currency; write one such as 1000 EUR", c.ApprovalFrom)
	}
}

// amountOfMoney is a plain number and the code of a currency.
var amountOfMoney = regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]{1,9})? [A-Z]{3}$`)

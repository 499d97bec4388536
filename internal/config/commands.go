package config

import (
	"regexp"
	"time"
)

// Commands is how what callers ask to change is carried out.
type Commands struct {
	LocalWrites     bool          `key:"local-writes" doc:"Without an access file, let callers of this machine send commands, which change Odoo, too."`
	CommandWait     time.Duration `key:"command-wait" doc:"Longest time that a caller of a command waits for it; then the answer is IN_PROGRESS or UNKNOWN_OUTCOME, and the command goes on."`
	MatchTolerances []string      `key:"match-tolerances" doc:"By how much bills may differ from their orders and receipts and still be posted, a rule each, such as: quantity=2% price=1% amount=5EUR; or company=\"Hospital North\" supplier=suppliers/7 price=3% order=required. The rule that names supplier and company goes before one that names the supplier, that before one that names the company; without a rule nothing may differ."`
	LongestRequest  time.Duration `key:"odoo-longest-request" doc:"Longest time that Odoo works on one request: its limit_time_real, and something beside it. What was sent and is not to be seen in Odoo after that is called not done."`
	ApprovalFrom    string        `key:"order-approval-from" doc:"From which total on an order is released only when it was submitted and another principal has approved it, such as 1000 EUR; 0 EUR: each is. Orders in another currency always are then. Empty: the mesh asks for no approval of its own."`
}

func defaultCommands() Commands {
	return Commands{CommandWait: 30 * time.Second, LongestRequest: 130 * time.Second}
}

func (c Commands) check(found *problems) {
	for _, limit := range []struct {
		key   string
		value time.Duration
	}{{"command-wait", c.CommandWait}, {"odoo-longest-request", c.LongestRequest}} {
		if limit.value <= 0 {
			found.add(limit.key, "%s is no time to wait; write one above 0", limit.value)
		}
	}
	if c.ApprovalFrom != "" && !amountOfMoney.MatchString(c.ApprovalFrom) {
		found.add("order-approval-from", "%q is no amount with its currency; write one such as 1000 EUR", c.ApprovalFrom)
	}
}

// amountOfMoney is a plain number and the code of a currency.
var amountOfMoney = regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]{1,9})? [A-Z]{3}$`)

package config

import (
	"slices"
	"strings"
	"time"

	"odoomesh/internal/audit/tlog"
)

// Audit is what the audit records beside commands, refusals and calls of operators, and
// how long it keeps what they say.
type Audit struct {
	AuditReads     []string      `key:"audit-reads" doc:"Services whose reads are recorded too, such as order and invoice for those of prices: one record for each principal, method and minute."`
	AuditRetention time.Duration `key:"audit-payload-retention" governed:"true" doc:"Age up to which it is kept what the records of the audit say: names, addresses, requests. The records themselves, with what they commit to, stay. 0: for ever."`
	AuditWitness   string        `key:"audit-witness-key" doc:"Public key of the witness, as meshctl audit witness prints it. Where it is set, an exception is opened when the audit was not seen by it for an hour."`
}

func defaultAudit() Audit { return Audit{} }

func (a Audit) check(known []string, found *problems) {
	for _, name := range a.AuditReads {
		if known != nil && !slices.Contains(known, name) {
			found.add("audit-reads", "there is no service %q; there are %s", name, strings.Join(known, ", "))
		}
	}
	if a.AuditRetention != 0 {
		atLeast("audit-payload-retention", a.AuditRetention, time.Hour, found)
	}
	if a.AuditWitness != "" {
		if _, err := tlog.ParseWitnessKey(a.AuditWitness); err != nil {
			found.add("audit-witness-key", "%v", err)
		}
	}
}

// Witness is the key of the witness; nil where there is none.
func (a Audit) Witness() *tlog.WitnessKey {
	key, err := tlog.ParseWitnessKey(a.AuditWitness)
	if a.AuditWitness == "" || err != nil {
		return nil
	}
	return &key
}

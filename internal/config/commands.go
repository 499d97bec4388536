package config

import "time"

// Commands is how what callers ask to change is carried out.
type Commands struct {
	LocalWrites    bool          `key:"local-writes" doc:"Without an access file, let callers of this machine send commands, which change Odoo, too."`
	CommandWait    time.Duration `key:"command-wait" doc:"Longest time that a caller of a command waits for it; then the answer is IN_PROGRESS or UNKNOWN_OUTCOME, and the command goes on."`
	LongestRequest time.Duration `key:"odoo-longest-request" doc:"Longest time that Odoo works on one request: its limit_time_real, and something beside it. What was sent and is not to be seen in Odoo after that is called not done."`
	DeferredLimit  int           `key:"deferred-limit" doc:"How many commands may wait to be carried out later (Prefer: respond-async); what comes beyond is refused (OVERLOADED)."`
	DeferredAlarm  time.Duration `key:"deferred-alarm" doc:"How long a command may wait to be carried out later before an exception says so."`
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
}

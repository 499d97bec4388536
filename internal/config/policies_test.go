package config_test

import (
	"strings"
	"testing"

	"odoomesh/internal/config"
)

// What a configuration says of policies is read back as it was, and a document that is none
// is refused with what is wrong.
func TestPoliciesAreAPartOfAConfigurationFile(t *testing.T) {
	c := config.Default()
	c.MatchTolerances, c.ApprovalFrom, c.EventMaxMiB = []string{`company="North: 1, 2" price=3%`, "quantity=1%"}, "1000 EUR", 5
	text, err := c.Policies()
	if err != nil {
		t.Fatal(err)
	}
	back, err := config.Default().WithPolicies(text)
	if err != nil || len(config.Differences(c, back)) != 0 {
		t.Errorf("%v, %v of\n%s", err, config.Differences(c, back), text)
	}
	some, err := c.WithPolicies([]byte("log-retention: 24h\n"))
	if changed := config.Differences(config.Default(), some); err != nil || len(changed) != 1 || changed["log-retention"] != [2]string{"720h", "24h"} {
		t.Errorf("%v, %v", changed, err)
	}
	for text, says := range map[string]string{
		"log-retention: 1": "log-retention", "log-retention: 1s": "log-retention", "log-retention: -1h": "log-retention", "log-level: debug": "no policy",
		"odoo-password: x": "no policy", "[1]": "one setting a line", "event-max-mib: -1": "event-max-mib", "event-max-mib: many": "event-max-mib", "order-approval-from: 1 euro": "order-approval-from",
	} {
		if _, err := c.WithPolicies([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if same, err := c.WithPolicies(nil); err != nil || len(config.Differences(config.Default(), same)) != 0 {
		t.Errorf("nothing: %v", err)
	}
}

package exception

import (
	"fmt"
	"strings"
	"time"

	"odoomesh/internal/access"
)

// unwitnessedAtMost is how long what was written may be unseen by the witness.
const unwitnessedAtMost = time.Hour

// Trail is the audit, as far as it can go wrong.
type Trail interface {
	// Ready says why the audit cannot be written; nil where it can.
	Ready() error
	// Unwitnessed is for how long its witness has not seen what was written.
	Unwitnessed() time.Duration
}

// Guard is the access file that is in force.
type Guard interface {
	Standing() access.Standing
	Broken() []access.BrokenGlass
}

// Trust is what goes wrong with who may do what, and with the proof of it.
func Trust(g Guard, t Trail) []Watch {
	return []Watch{
		Looks(Audit, func() []Cause { return unaudited(t) }),
		Looks(BreakGlass, func() []Cause { return brokenGlass(g.Broken()) }),
		Looks(AccessFile, func() []Cause { return refusedAccessFile(g.Standing()) }),
	}
}

// Governed is what says something else in the configured files than what is in force, in
// sentences by document: somebody has changed it around the proposals.
func Governed(beside func() map[string]string) Watch {
	return Looks(GovernedDocument, func() (causes []Cause) {
		for document, text := range beside() {
			causes = append(causes, Cause{Kind: GovernedDocument, Subject: document, Summary: "A document that is governed was changed around its proposals.", Detail: text})
		}
		return causes
	})
}

func unaudited(t Trail) (causes []Cause) {
	if err := t.Ready(); err != nil {
		causes = append(causes, Cause{
			Kind: Audit, Subject: "audit", Summary: "The audit cannot be written: commands are refused until it can.", Detail: err.Error(),
		})
	}
	if t.Unwitnessed() > unwitnessedAtMost {
		causes = append(causes, Cause{
			Kind: Audit, Subject: "witness", Summary: "The witness has not seen the audit for more than an hour.",
			Detail: "See whether meshctl audit witness runs on its machine, and what it says. Where it found that the log was put back or is another one, keep the folder audit as it is, and compare it with a copy.",
		})
	}
	return causes
}

// brokenGlass says who has more than usually.
func brokenGlass(broken []access.BrokenGlass) (causes []Cause) {
	for _, b := range broken {
		causes = append(causes, Cause{
			Kind: BreakGlass, Subject: b.Principal,
			Summary: fmt.Sprintf("%s has broken the glass and has the roles %s until %s.", b.Principal, strings.Join(b.Roles, ", "), b.Until.UTC().Format(time.RFC3339)),
			Detail:  "The reason that was given: " + b.Reason,
		})
	}
	return causes
}

func refusedAccessFile(at access.Standing) []Cause {
	if at.Problem == nil {
		return nil
	}
	return []Cause{{
		Kind: AccessFile, Subject: "access",
		Summary: "The access file cannot be used as it is now: the one before is in force.",
		Detail:  at.Problem.Error() + "\nmeshctl access check tells all that is wrong with it.",
	}}
}

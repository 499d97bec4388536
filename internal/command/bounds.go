package command

import (
	"fmt"
	"unicode/utf8"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
)

const (
	// maxBody bounds a request as it is kept, in bytes: with what is said of it, it has to
	// fit into one write of the ledger.
	maxBody = 200 << 10
	// mostTold bounds how many deviations, warnings and calls an intent tells, and
	// longestText each of its texts, in bytes.
	mostTold    = 100
	longestText = 1000
)

// bound keeps an intent small enough to be kept, whatever Odoo did: one that cannot be
// written down would be tried for ever.
func bound(i *commandv1.Intent) {
	i.Explanation, i.Evidence = shorten(i.GetExplanation()), shorten(i.GetEvidence())
	if n := len(i.GetDeviations()); n > mostTold {
		i.Deviations = append(i.Deviations[:mostTold:mostTold], &commandv1.Deviation{Field: "and others", Found: fmt.Sprintf("%d more", n-mostTold)})
	}
	for _, d := range i.GetDeviations() {
		d.Field, d.Asked, d.Found = shorten(d.GetField()), shorten(d.GetAsked()), shorten(d.GetFound())
	}
	if n := len(i.GetWarnings()); n > mostTold {
		i.Warnings = append(i.Warnings[:mostTold:mostTold], fmt.Sprintf("There are %d more warnings.", n-mostTold))
	}
	if n := len(i.GetFollowUps()); n > mostTold {
		i.FollowUps = i.FollowUps[:mostTold:mostTold]
		i.Warnings = append(i.Warnings, fmt.Sprintf("%d more intents follow from it: ask for those that are about its records.", n-mostTold))
	}
	for n := range i.GetWarnings() {
		i.Warnings[n] = shorten(i.Warnings[n])
	}
	if n := len(i.GetCalls()); n > mostTold {
		i.Calls = append(i.Calls[:mostTold:mostTold], &commandv1.Call{Subject: fmt.Sprintf("and %d more", n-mostTold)})
	}
	for _, c := range i.GetCalls() {
		c.Subject = shorten(c.GetSubject())
	}
}

// shorten shortens a text, at the end of a character.
func shorten(text string) string {
	if len(text) <= longestText {
		return text
	}
	n := longestText
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}

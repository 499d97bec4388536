package models

import (
	"fmt"
	"strconv"
	"strings"

	"odoomesh/internal/odoosim/orm"
)

// resequencing describes the wizard that gives posted entries other numbers, without
// any change of their state.
func resequencing(db *orm.DB) {
	m := db.Model("account.resequence.wizard")
	m.Label, m.RecName = "Remake the sequence of Journal Entries.", "first_name"
	m.Defaults(map[string]any{"ordering": "keep"})
	m.Act("resequence", func(e *orm.Env, ids []int64) (any, error) {
		for _, w := range recs(e, m.Name, ids) {
			prefix, digits, found := cutLast(w.text("first_name"), "/")
			n, err := strconv.Atoi(digits)
			if !found || err != nil {
				return nil, orm.Rule("The sequence regex should at least contain the seq grouping keys.")
			}
			for i, b := range w.all("move_ids") {
				name := fmt.Sprintf("%s/%0*d", prefix, len(digits), n+i)
				if err := b.keep(map[string]any{"name": name, "sequence_prefix": prefix + "/", "sequence_number": n + i}); err != nil {
					return nil, err
				}
				for _, l := range b.all("line_ids") {
					if err := l.keep(map[string]any{"move_name": name}); err != nil {
						return nil, err
					}
				}
			}
		}
		return nil, nil
	})
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

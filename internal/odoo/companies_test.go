package odoo_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"odoomesh/internal/odoo"
	"odoomesh/internal/odoosim"
)

// A company that does not exist, that the user may not see, or that is archived is
// refused, with those that the user may see: Odoo answers nothing for it.
func TestCompaniesHaveToBeTheUsers(t *testing.T) {
	for release := odoo.OldestMajor; release <= odoo.NewestMajor; release++ {
		t.Run(fmt.Sprint(release), func(t *testing.T) {
			sim, cfg := simulated(t, release)
			var clinic, closed, strange int64
			if err := sim.Do(func(tx *odoosim.Tx) error {
				for _, c := range []struct {
					name string
					id   *int64
				}{{"Northern Clinic", &clinic}, {"Closed Clinic", &closed}, {"Strange Clinic", &strange}} {
					var err error
					*c.id, err = tx.Create("res.company", map[string]any{"name": c.name, "currency_id": int64(1), "active": c.id != &closed})
					if err != nil {
						return err
					}
				}
				users, err := tx.Search("res.users", []any{[]any{"login", "=", "mesh"}})
				if err != nil {
					return err
				}
				return tx.Write("res.users", users, map[string]any{"company_ids": []any{[]any{int64(6), false, []any{int64(1), clinic, closed}}}})
			}); err != nil {
				t.Fatal(err)
			}
			refusesCompanies(t, cfg, clinic, map[string][]int64{
				"": nil, "none": {1}, "none of two": {clinic, 1},
				"7777": {7777}, fmt.Sprintf("%d, 7777", strange): {1, strange, 7777}, fmt.Sprint(closed): {closed},
			})
		})
	}
}

func refusesCompanies(t *testing.T, cfg odoo.Config, clinic int64, cases map[string][]int64) {
	t.Helper()
	for named, asked := range cases {
		cfg.Companies = asked
		client, err := odoo.Connect(context.Background(), cfg)
		if err == nil {
			client.Close()
		}
		var refused *odoo.ConnectError
		switch {
		case named == "" || strings.HasPrefix(named, "none"):
			if err != nil {
				t.Errorf("%v: %v", asked, err)
			}
		case !errors.As(err, &refused) || refused.Reason != odoo.HiddenCompany:
			t.Errorf("%v: %v", asked, err)
		case !strings.HasSuffix(err.Error(), fmt.Sprintf(": %s; it may see 1 (Nordhaven Hospital Supply), %d (Northern Clinic)", named, clinic)):
			t.Errorf("%v: the sentence is %q", asked, err)
		}
	}
}

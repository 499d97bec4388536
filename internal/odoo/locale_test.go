package odoo_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"odoomesh/internal/odoo"
	"odoomesh/internal/odoosim"
)

// germanOdoo is a simulated Odoo in which people work in German too.
func germanOdoo(t *testing.T, release int) (*odoosim.Sim, odoo.Config) {
	t.Helper()
	sim, cfg := simulated(t, release)
	err := sim.Do(func(tx *odoosim.Tx) error {
		ids, err := tx.Search("res.lang", []any{[]any{"code", "=", "de_DE"}, []any{"active", "=", false}})
		if err != nil {
			return err
		}
		return tx.Write("res.lang", ids, map[string]any{"active": true})
	})
	if err != nil {
		t.Fatal(err)
	}
	return sim, cfg
}

// From 16 on each language has its own value of a translated text. A write in a
// language changes that one; a reader sees the source's where its own has none.
func TestTextsAreReadInOneLanguage(t *testing.T) {
	for release := odoo.OldestMajor; release <= odoo.NewestMajor; release++ {
		t.Run(fmt.Sprint(release), func(t *testing.T) {
			_, cfg := germanOdoo(t, release)
			c := connect(t, cfg)
			cfg.User, cfg.Password = "admin", "admin"
			admin := connect(t, cfg)
			german := map[string]any{"context": map[string]any{"lang": "de_DE"}}
			id := call(t, admin, "product.template", "create", []any{map[string]any{"name": "Kanüle"}}, german).(int64)
			call(t, admin, "product.template", "write", []any{[]any{id}, map[string]any{"name": "Kanüle 20G"}}, german)
			shows := func(field, want string, language string) {
				t.Helper()
				c.ReadIn(language)
				rows, err := c.SearchRead(t.Context(), "product.template", odoo.Where("id", "=", id), []string{field}, odoo.ReadOptions{})
				if err != nil || len(rows) != 1 {
					t.Fatalf("read %d rows in %q, %v", len(rows), language, err)
				}
				if got, err := rows[0].Text(field); got != want || err != nil {
					t.Errorf("in %q %s is %q, %v; want %q", language, field, got, err, want)
				}
			}
			shows("name", "Kanüle", "")
			shows("name", "Kanüle", "en_US")
			shows("name", "Kanüle 20G", "de_DE")
			shows("display_name", "Kanüle 20G", "de_DE")
			call(t, admin, "product.template", "write", []any{[]any{id}, map[string]any{"name": "Cannula"}}, nil)
			shows("name", "Kanüle 20G", "de_DE")
			shows("name", "Cannula", "en_US")
			c.ReadIn("xx_XX")
			if _, err := c.SearchRead(t.Context(), "product.template", nil, []string{"name"}, odoo.ReadOptions{}); err == nil {
				t.Error("a language that is not there was read in")
			}
		})
	}
}

func TestTheLocaleIsThatOfUserAndCompany(t *testing.T) {
	for release := odoo.OldestMajor; release <= odoo.NewestMajor; release++ {
		t.Run(fmt.Sprint(release), func(t *testing.T) {
			sim, cfg := germanOdoo(t, release)
			c := connect(t, cfg)
			is := func(want odoo.Locale, setting string) {
				t.Helper()
				if got, err := c.Locale(t.Context(), setting); err != nil || got != want {
					t.Errorf("the locale is %+v, %v; want %+v", got, err, want)
				}
			}
			is(odoo.Locale{Language: "en_US"}, "")
			set := func(model string, id int64, vals map[string]any) {
				t.Helper()
				if err := sim.Do(func(tx *odoosim.Tx) error { return tx.Write(model, []int64{id}, vals) }); err != nil {
					t.Fatal(err)
				}
			}
			server, _ := c.Server()
			set("res.users", server.UserID, map[string]any{"lang": "de_DE", "tz": "Europe/Vienna"})
			is(odoo.Locale{Language: "de_DE", TimeZone: "Europe/Vienna", ZoneOf: "the user"}, "")
			is(odoo.Locale{Language: "en_US", TimeZone: "Europe/Vienna", ZoneOf: "the user"}, "en_US")
			company, err := c.Read(t.Context(), "res.company", []int64{1}, []string{"partner_id"}, odoo.ReadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			address, _, err := company[0].Many2One("partner_id")
			if err != nil {
				t.Fatal(err)
			}
			set("res.partner", address.ID, map[string]any{"tz": "Europe/Berlin"})
			is(odoo.Locale{Language: "de_DE", TimeZone: "Europe/Berlin", ZoneOf: "the company"}, "")
			_, err = c.Locale(t.Context(), "fr_FR")
			var refused *odoo.LanguageError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), "fr_FR") || !strings.Contains(err.Error(), "de_DE (German") || !strings.Contains(err.Error(), "en_US (") {
				t.Errorf("a language that is not active is refused with %v", err)
			}
		})
	}
}

func call(t *testing.T, c *odoo.Client, model, method string, args []any, kwargs map[string]any) any {
	t.Helper()
	answer, err := c.Call(t.Context(), model, method, args, kwargs)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

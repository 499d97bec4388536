package odoo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Locale is how Odoo shows things to the technical user.
type Locale struct {
	// Language is Odoo's code, such as "de_DE".
	Language string
	// TimeZone is a name such as "Europe/Berlin"; empty where Odoo has none.
	TimeZone string
	// ZoneOf says whose time zone it is, for people.
	ZoneOf string
}

// LanguageError says that a language cannot be read in.
type LanguageError struct {
	Language string
	// Active are the languages that can, with their names.
	Active []string
}

func (e *LanguageError) Error() string {
	return fmt.Sprintf("%s is no active language of this Odoo; active are %s", e.Language, strings.Join(e.Active, ", "))
}

// ReadIn sets the language in which everything is read from now on; empty is that in
// which texts were written first.
func (c *Client) ReadIn(language string) { c.language.Store(&language) }

// Language is what ReadIn has set.
func (c *Client) Language() string {
	if l := c.language.Load(); l != nil {
		return *l
	}
	return ""
}

// context is the context of a reading call.
func (c *Client) context(o ReadOptions) map[string]any {
	all := o.context(c.companies)
	if _, given := all["lang"]; !given && c.Language() != "" {
		all["lang"] = c.Language()
	}
	return all
}

// Locale asks for the user's language, and for the time zone of the company: that of
// its address, else the user's. A language that is given is taken in place of the user's, and has
// to be active: else the error is a *LanguageError.
func (c *Client) Locale(ctx context.Context, language string) (Locale, error) {
	answer, err := c.Call(ctx, "res.users", "context_get", nil, nil)
	if err != nil {
		return Locale{}, fmt.Errorf("asking for the user's language and time zone: %w", err)
	}
	theirs, _ := answer.(map[string]any)
	found := Locale{Language: language}
	if found.Language == "" {
		found.Language, _ = theirs["lang"].(string)
	} else if err := c.checkLanguage(ctx, language); err != nil {
		return Locale{}, err
	}
	if found.TimeZone, err = c.companyZone(ctx, theirs); err != nil {
		return Locale{}, err
	}
	found.ZoneOf = "the company"
	if found.TimeZone == "" {
		found.TimeZone, _ = theirs["tz"].(string)
		found.ZoneOf = "the user"
	}
	if found.TimeZone == "" {
		found.ZoneOf = ""
	}
	return found, nil
}

func (c *Client) checkLanguage(ctx context.Context, language string) error {
	rows, err := c.SearchRead(ctx, "res.lang", Where("active", "=", true), []string{"code", "name"},
		ReadOptions{Order: "code", Context: map[string]any{"lang": false}})
	if err != nil {
		return fmt.Errorf("asking for the active languages: %w", err)
	}
	refused := &LanguageError{Language: language}
	for _, r := range rows {
		code, _ := r.Text("code") // a row without one fits nothing
		if code == language {
			return nil
		}
		name, _ := r.Text("name")
		refused.Active = append(refused.Active, fmt.Sprintf("%s (%s)", code, name))
	}
	slices.Sort(refused.Active)
	return refused
}

// companyZone is the time zone of the address of the first company that is served,
// which is the user's own where none was named. The user may be kept from reading it.
func (c *Client) companyZone(ctx context.Context, theirs map[string]any) (string, error) {
	company, err := c.ownCompany(ctx, theirs)
	if err != nil || company == 0 {
		return "", unlessDenied(err)
	}
	partner, err := c.relation(ctx, "res.company", company, "partner_id")
	if err != nil || partner == 0 {
		return "", unlessDenied(err)
	}
	rows, err := c.readPlainly(ctx, "res.partner", []int64{partner}, "tz")
	if err != nil || len(rows) == 0 {
		return "", unlessDenied(err)
	}
	zone, _ := rows[0].Text("tz") // what is no text is no time zone
	return zone, nil
}

func (c *Client) ownCompany(ctx context.Context, theirs map[string]any) (int64, error) {
	if len(c.companies) > 0 {
		return c.companies[0], nil
	}
	user, _ := theirs["uid"].(int64)
	if user == 0 {
		return 0, nil
	}
	return c.relation(ctx, "res.users", user, "company_id")
}

// relation is the id that a many2one of a row points at; 0 for none.
func (c *Client) relation(ctx context.Context, model string, id int64, field string) (int64, error) {
	rows, err := c.readPlainly(ctx, model, []int64{id}, field)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	ref, _, err := rows[0].Many2One(field)
	return ref.ID, err
}

// unlessDenied passes an error on, unless it is that the user may not read something.
func unlessDenied(err error) error {
	var fault *Fault
	if errors.As(err, &fault) && fault.Kind == AccessDenied {
		return nil
	}
	return err
}

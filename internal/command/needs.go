package command

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/odoo"
)

// Need is a right that a command needs in Odoo.
type Need struct {
	// Model is Odoo's, such as "stock.lot"; Operation is create, write or unlink.
	Model, Operation string
	// Until is the last release that asks for it; 0: all do.
	Until int
	// Means says what it stands for, where Odoo asks for the group that has the right and
	// not for the right, such as "apply counts, for which it has to be ..."; empty: itself.
	Means string
}

func (n Need) String() string { return cmp.Or(n.Means, n.Operation+" "+n.Model) }

// examineAgain is how old the last examination has to be before a command that it
// refuses has it made anew: somebody may have given the right meanwhile.
const examineAgain = 10 * time.Second

// examined is what the mesh's user in Odoo lacks.
type examined struct {
	at time.Time
	// missing are sentences, by command.
	missing map[string][]string
}

// Examine looks what the mesh's user lacks in Odoo for each command. It is made at each
// sign-in, so that it is known before the first command.
func (d *Desk) Examine(ctx context.Context) (missing map[string][]string, err error) {
	missing, err = Missing(ctx, d.Client, slices.Collect(maps.Values(d.kinds)))
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.lacks = examined{d.Clock.Now(), missing}
	d.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		d.Logger.LogAttrs(ctx, slog.LevelWarn, "a command cannot be carried out", slog.String("command", name), slog.String("missing", strings.Join(missing[name], "; ")))
	}
	return missing, nil
}

// permitted refuses a command for which the mesh's user lacks something in Odoo.
func (d *Desk) permitted(ctx context.Context, k Kind) error {
	d.mu.Lock()
	lacks := d.lacks
	d.mu.Unlock()
	if len(lacks.missing[k.Name]) > 0 && d.Clock.Now().Sub(lacks.at) > examineAgain {
		missing, err := d.Examine(ctx)
		if err != nil {
			return err
		}
		lacks.missing = missing
	}
	if missing := lacks.missing[k.Name]; len(missing) > 0 {
		return fault.New(errorsv1.Reason_REASON_NOT_PERMITTED, "Odoo does not let the mesh do this: "+strings.Join(missing, "; ")+".", fault.Precondition("odoo", "rights", strings.Join(missing, "; ")))
	}
	return nil
}

// Missing tells what the user of a client lacks for commands, by their names.
func Missing(ctx context.Context, client Client, kinds []Kind) (map[string][]string, error) {
	server, known := client.Server()
	if !known {
		return nil, odoo.ErrNotConnected
	}
	addressed, err := hasEmail(ctx, client, server)
	if err != nil {
		return nil, err
	}
	may := map[Need]bool{}
	missing := map[string][]string{}
	for _, k := range kinds {
		for _, need := range k.Needs {
			if need.Until != 0 && server.Version.Major > need.Until {
				continue
			}
			if _, asked := may[need]; !asked {
				if may[need], err = client.May(ctx, need.Model, need.Operation); err != nil {
					return nil, err
				}
			}
			if !may[need] {
				missing[k.Name] = append(missing[k.Name], "its user may not "+need.String())
			}
		}
		// Up to 18 Odoo sends what it notes in the user's name, and refuses without.
		if k.Mails && !addressed && server.Version.Major < 19 {
			missing[k.Name] = append(missing[k.Name], "its user has no e-mail address, without which Odoo makes no note")
		}
	}
	return missing, nil
}

func hasEmail(ctx context.Context, client Client, server odoo.Server) (bool, error) {
	rows, err := client.SearchRead(ctx, "res.users", odoo.Where("id", "=", server.UserID), []string{"email"}, odoo.ReadOptions{})
	if err != nil || len(rows) == 0 {
		return false, err
	}
	email, err := rows[0].String("email")
	return email != "", err
}

package odoosim

import (
	"slices"
	"strings"

	"odoomesh/internal/odoosim/orm"
	"odoomesh/internal/odoosim/xmlrpc"
)

// request is one execute_kw call on a model.
type request struct {
	sim    *Sim
	env    *orm.Env
	model  *orm.Model
	method string
	args   []any
	kwargs map[string]any
	cost   cost
}

// object answers execute_kw: credentials, model and method are checked in Odoo's order.
func (s *Sim) object(from string, call *xmlrpc.Call, trouble trouble) (any, cost, error) {
	p := call.Params
	if call.Method != "execute_kw" && call.Method != "execute" || len(p) < 5 {
		return nil, cost{}, orm.Unforeseen("NameError", "Method not available %s", call.Method)
	}
	modelName, _ := p[3].(string)
	method, _ := p[4].(string)
	s.calls.add(modelName, method)
	if err := s.knownDB(p[0]); err != nil {
		return nil, cost{}, err
	}
	uid, ok := p[1].(int64)
	if !ok {
		return nil, cost{}, errDenied
	}
	if err := s.logins.passes(from, uid, p[2]); err != nil {
		return nil, cost{}, err
	}
	r := &request{sim: s, method: method, kwargs: map[string]any{}}
	if call.Method == "execute" {
		r.args = p[5:]
	} else {
		if len(p) > 5 {
			r.args, _ = p[5].([]any)
		}
		if len(p) > 6 {
			r.kwargs, _ = p[6].(map[string]any)
		}
	}
	return s.execute(r, modelName, uid, trouble)
}

// execute runs a call of a user who has been let in: model and method are checked in
// Odoo's order.
func (s *Sim) execute(r *request, modelName string, uid int64, trouble trouble) (any, cost, error) {
	method := r.method
	if modelName == keysModel {
		result, err := s.keyMethods(method, uid, r.kwargs)
		return result, cost{}, err
	}
	if r.model = s.model(modelName); r.model == nil {
		return nil, cost{}, orm.Rule("Object %s doesn't exist", modelName)
	}
	if strings.HasPrefix(method, "_") {
		if s.opts.Version >= 19 {
			return nil, cost{}, &orm.Fault{Code: 4, Text: "Private methods (such as '" + modelName + "." + method + "') cannot be called remotely."}
		}
		return nil, cost{}, &orm.Fault{Code: 4, Text: "Private methods (such as " + method + ") cannot be called remotely."}
	}
	h, known := handlerOf(s.opts.Version, r.model, method)
	if !known {
		if s.opts.Version >= 19 {
			return nil, cost{}, orm.Unforeseen("AttributeError", "The method '%s.%s' does not exist", modelName, method)
		}
		return nil, cost{}, orm.Unforeseen("AttributeError", "The method '%s' does not exist on the model '%s'", method, modelName)
	}
	if trouble.serialization() {
		if method == "load" {
			return orm.ConflictedLoad(), cost{}, nil
		}
		return nil, cost{}, orm.ErrConflict
	}
	result, err := r.run(uid, h)
	return result, r.cost, err
}

// handler is one public method of a model.
type handler struct {
	// writes says that the method runs in a transaction of its own.
	writes bool
	// needs is the right that it takes on the model; empty means none.
	needs  string
	params []string
	do     func(r *request, a arguments) (any, error)
}

func (r *request) run(uid int64, h handler) (result any, err error) {
	a, err := r.bind(h)
	if err != nil {
		return nil, err
	}
	if h.needs != "" {
		if err := r.sim.allowed(uid, h.needs, r.model); err != nil {
			return nil, err
		}
	}
	if !h.writes {
		err = r.sim.db.View(func() error {
			r.env = r.sim.db.Env(uid)
			if err = r.applyContext(a); err != nil {
				return err
			}
			result, err = h.do(r, a)
			return err
		})
		return result, err
	}
	err = r.sim.db.Exclusive(func(tx *orm.Tx) error {
		return r.sim.db.View(func() error {
			r.env = tx.Env(uid)
			if err = r.applyContext(a); err != nil {
				return err
			}
			result, err = h.do(r, a)
			return err
		})
	})
	return result, err
}

// applyContext reads the keys of the context that change what a call sees.
func (r *request) applyContext(a arguments) error {
	ctx, _ := r.kwargs["context"].(map[string]any)
	r.env.Context = ctx
	r.env.TZ = r.sim.timeZone(r.env)
	if v, ok := ctx["active_test"]; ok {
		r.env.ActiveTest = v != false && v != nil && v != int64(0)
	}
	if tz, ok := ctx["tz"].(string); ok && tz != "" {
		r.env.TZ = tz
	}
	if ids, ok := orm.AsIDs(ctx["allowed_company_ids"]); ok && len(ids) > 0 {
		r.env.Company = ids[0]
	}
	if ids, ok := orm.AsIDs(ctx["force_company"]); ok && len(ids) == 1 {
		r.env.Company = ids[0]
	}
	if lang, ok := ctx["lang"].(string); ok && lang != "" {
		if lang != orm.SourceLanguage && !slices.Contains(r.sim.languages(r.env), lang) {
			return orm.Rule("Invalid language code: %s", lang)
		}
		r.env.Lang = lang
	}
	return nil
}

// languages are the codes of the active languages.
func (s *Sim) languages(e *orm.Env) []string {
	m := s.db.Model("res.lang")
	ids, err := e.Search(m, []any{[]any{"active", "=", true}}, orm.Page{Order: "id"})
	if err != nil {
		return nil
	}
	var codes []string
	for _, id := range ids {
		codes = append(codes, e.Get(m, id, "code").S)
	}
	return codes
}

// timeZone is the user's own.
func (s *Sim) timeZone(e *orm.Env) string {
	if tz := e.Get(s.db.Model("res.users"), e.UID, "tz").S; tz != "" {
		return tz
	}
	return "UTC"
}

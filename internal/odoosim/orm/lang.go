package orm

// SourceLanguage is the language in which a translated text is written first, and read
// where a language has none of its own.
const SourceLanguage = "en_US"

// langSlot is a translated field in another language than the source's.
type langSlot struct {
	field *Field
	lang  string
}

// Translated marks fields of which each language has a value of its own. Fields that
// this version does not have are left out.
func (m *Model) Translated(names ...string) {
	for _, name := range names {
		if f := m.Fields[name]; f != nil && f.class == text {
			f.Translate = true
		}
	}
}

// translates says that this environment reads and writes another value of the field
// than the source's.
func (e *Env) translates(f *Field) bool {
	return f.Translate && e.Lang != "" && e.Lang != SourceLanguage
}

// translated is a row's value in the language of the environment.
func (e *Env) translated(r *row, f *Field) Value {
	if s, ok := r.langs[langSlot{f, e.Lang}]; ok {
		return Text(s)
	}
	return r.get(f)
}

// translate stores a value in the language of the environment. A first value is that
// of the source too, and no value is none in any language.
func (r *row) translate(f *Field, lang string, v Value) {
	if v.Empty() {
		for slot := range r.langs {
			if slot.field == f {
				delete(r.langs, slot)
			}
		}
		r.set(f, v)
		return
	}
	if r.get(f).Empty() {
		r.set(f, v)
	}
	if r.langs == nil {
		r.langs = map[langSlot]string{}
	}
	r.langs[langSlot{f, lang}] = v.S
}

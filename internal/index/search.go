package index

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
)

// Search is the index by which records are searched, in every collection whose contract
// says how: under a byte that tells codes from words, and the folded text. No filter uses it.
const Search = "search"

// What an entry of Search begins with.
const (
	codeTag = 'c'
	wordTag = 'w'
)

const (
	// mostCodes is how many codes of a record are found by a search.
	mostCodes = 1000
	// maxSaid bounds what an entry carries of a record's words, in bytes.
	maxSaid = 240
	// saidFormat is the first byte of what entries carry.
	saidFormat = 1
	// archivedFlag and cutFlag are bits of the second one.
	archivedFlag = 1
	cutFlag      = 2
)

// Searched are the fields by which the records of a collection are searched.
type Searched struct {
	fields []*searchedField
	active protoreflect.FieldDescriptor
}

// searchedField is one of them. It walks a record as Field does.
type searchedField struct {
	Field
	words bool
}

// SearchedFields lists the fields of a record's message by which it is searched; nil where
// there are none.
func SearchedFields(desc protoreflect.MessageDescriptor) (*Searched, error) {
	s := &Searched{active: desc.Fields().ByName("active")}
	if err := s.collect(desc, nil, map[protoreflect.FullName]bool{}); err != nil {
		return nil, err
	}
	if len(s.fields) == 0 {
		return nil, nil
	}
	return s, nil
}

func (s *Searched) collect(desc protoreflect.MessageDescriptor, steps []protoreflect.FieldDescriptor, open map[protoreflect.FullName]bool) error {
	if open[desc.FullName()] {
		return nil
	}
	open[desc.FullName()] = true
	defer delete(open, desc.FullName())
	for i := range desc.Fields().Len() {
		fd := desc.Fields().Get(i)
		here := append(steps[:len(steps):len(steps)], fd)
		rule, _ := proto.GetExtension(fd.Options(), optionsv1.E_Field).(*optionsv1.FieldRule)
		if how := rule.GetSearched(); how != optionsv1.Searched_SEARCHED_UNSPECIFIED {
			if fd.Kind() != protoreflect.StringKind || fd.IsMap() {
				return fmt.Errorf("%s is marked as searched, but is no text", fd.FullName())
			}
			f := &searchedField{words: how == optionsv1.Searched_SEARCHED_WORDS}
			f.steps, f.matching = here, rule.GetMatching()
			var names []string
			for _, step := range here {
				names = append(names, string(step.Name()))
				f.Many = f.Many || step.IsList()
			}
			f.Path = strings.Join(names, ".")
			s.fields = append(s.fields, f)
		}
		if fd.Message() != nil && !fd.IsMap() && fd.Message().ParentFile().Package().Parent() != "google" {
			if err := s.collect(fd.Message(), here, open); err != nil {
				return err
			}
		}
	}
	return nil
}

// Fingerprint changes whenever records would have other entries.
func (s *Searched) Fingerprint() string {
	if s == nil {
		return ""
	}
	var told []string
	for _, f := range s.fields {
		told = append(told, fmt.Sprintf("%s %d %t", f.Path, f.matching, f.words))
	}
	return fmt.Sprintf("%d: %s", saidFormat, strings.Join(told, ", "))
}

// Parts are the fields of the record itself in which something is searched.
func (s *Searched) Parts() []protoreflect.Name {
	var names []protoreflect.Name
	for _, f := range s.fields {
		names = append(names, f.steps[0].Name())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// HasWords says that there are fields that are searched by words.
func (s *Searched) HasWords() bool {
	return slices.ContainsFunc(s.fields, func(f *searchedField) bool { return f.words })
}

// texts yields the texts of a field in a record.
func (f *searchedField) texts(msg protoreflect.Message, yield func(string) bool) {
	eachText(msg, f.steps, yield)
}

func eachText(msg protoreflect.Message, steps []protoreflect.FieldDescriptor, yield func(string) bool) bool {
	fd := steps[0]
	if !msg.Has(fd) {
		return true
	}
	if fd.IsList() {
		list := msg.Get(fd).List()
		for i := range list.Len() {
			if len(steps) == 1 {
				if !yield(list.Get(i).String()) {
					return false
				}
			} else if !eachText(list.Get(i).Message(), steps[1:], yield) {
				return false
			}
		}
		return true
	}
	if len(steps) > 1 {
		return eachText(msg.Get(fd).Message(), steps[1:], yield)
	}
	return yield(msg.Get(fd).String())
}

// codeOf writes a code as the index has it, without its tag; empty for none.
func codeOf(matching optionsv1.Matching, text string) string {
	code := FoldCase(text)
	if matching == optionsv1.Matching_MATCHING_GTIN {
		code = FoldGTIN(code)
	}
	return cutTo(code, maxValue)
}

func cutTo(s string, most int) string {
	if len(s) > most {
		return s[:most]
	}
	return s
}

// Entries are the values under which a record of a company is searched, and what those of
// words carry; CodeCarried is what those of codes do.
func (s *Searched) Entries(msg protoreflect.Message, company int64) (codes, words [][]byte, carried []byte) {
	if s == nil {
		return nil, nil, nil
	}
	var said []string
	for _, f := range s.fields {
		f.texts(msg, func(text string) bool {
			if f.words {
				said = append(said, Words(text)...)
				return len(said) < mostWords
			}
			if code := codeOf(f.matching, text); code != "" {
				codes = append(codes, append([]byte{codeTag}, code...))
			}
			return len(codes) < mostCodes
		})
	}
	said = said[:min(len(said), mostWords)]
	text := strings.Join(said, " ")
	flags := byte(0)
	if s.Archived(msg) {
		flags |= archivedFlag
	}
	if len(text) > maxSaid {
		text, flags = cutTo(text, maxSaid), flags|cutFlag
	}
	carried = append(binary.AppendVarint([]byte{saidFormat, flags}, company), text...)
	for _, w := range said {
		words = append(words, append([]byte{wordTag}, w...))
	}
	for _, list := range []*[][]byte{&codes, &words} {
		slices.SortFunc(*list, slices.Compare)
		*list = slices.CompactFunc(*list, slices.Equal)
	}
	return codes, words, carried
}

// CodeCarried is what entries of codes carry, of what those of words do: all but the words.
func CodeCarried(carried []byte) []byte {
	const head = 2
	if len(carried) <= head {
		return nil
	}
	_, n := binary.Varint(carried[head:])
	return carried[:head+max(n, 0)]
}

// Said is what an entry of Search carries of its record.
type Said struct {
	Company  int64
	Archived bool
	// Words are those of the record; Cut says that there may be more.
	Words string
	Cut   bool
}

// ReadSaid reads what an entry carries; false where it was written otherwise.
func ReadSaid(carried []byte) (s Said, ok bool) {
	if len(carried) < 3 || carried[0] != saidFormat {
		return s, false
	}
	company, n := binary.Varint(carried[2:])
	if n <= 0 {
		return s, false
	}
	return Said{Company: company, Archived: carried[1]&archivedFlag != 0, Cut: carried[1]&cutFlag != 0, Words: string(carried[2+n:])}, true
}

// Archived tells whether a record is archived.
func (s *Searched) Archived(msg protoreflect.Message) bool {
	return s.active != nil && !msg.Get(s.active).Bool()
}

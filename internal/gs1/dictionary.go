package gs1

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed dictionary.txt
var dictionaryText string

// identifier is one application identifier.
type identifier struct {
	ai, title string
	// fixed values need no separator behind them.
	fixed      bool
	components []component
	// least and most are how long a value is.
	least, most int
	// key says that it can be the key of a Digital Link.
	key bool
}

// component is a part of a value.
type component struct {
	kind byte // N: digits, X: set 82, Y: set 39, Z: base64url
	// least and most are how long it is; least is 0 where it can be missing.
	least, most int
	tests       []string
}

// dictionary has the identifiers by what they are. It is made once, when it is needed.
var dictionary = sync.OnceValue(func() map[string]*identifier {
	all, err := readDictionary(dictionaryText)
	if err != nil {
		panic(err) // a test reads it
	}
	return all
})

func readDictionary(text string) (map[string]*identifier, error) {
	all := map[string]*identifier{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(columns) != 5 {
			return nil, fmt.Errorf("the dictionary of GS1 has the line %q", line)
		}
		one := identifier{title: columns[4], fixed: columns[1] == "*", key: columns[3] != ""}
		for spec := range strings.FieldsSeq(columns[2]) {
			c, err := readComponent(spec)
			if err != nil {
				return nil, err
			}
			one.components = append(one.components, c)
			one.least, one.most = one.least+c.least, one.most+c.most
		}
		first, last, ranged := strings.Cut(columns[0], "-")
		if !ranged {
			last = first
		}
		from, err := strconv.Atoi(first)
		if err != nil {
			return nil, err
		}
		to, err := strconv.Atoi(last)
		if err != nil {
			return nil, err
		}
		for n := from; n <= to; n++ {
			each := one
			each.ai = fmt.Sprintf("%0*d", len(first), n)
			all[each.ai] = &each
		}
	}
	return all, nil
}

// readComponent reads "N6,yymmd0", "X..20" or "[N4],hhmi".
func readComponent(spec string) (c component, err error) {
	parts := strings.Split(spec, ",")
	c.tests = parts[1:]
	size, optional := strings.CutPrefix(parts[0], "[")
	size = strings.TrimSuffix(size, "]")
	if size == "" {
		return c, fmt.Errorf("the dictionary of GS1 has the component %q", spec)
	}
	c.kind, size = size[0], size[1:]
	length, variable := strings.CutPrefix(size, "..")
	if c.most, err = strconv.Atoi(length); err != nil {
		return c, err
	}
	if c.least = c.most; variable {
		c.least = 1
	}
	if optional {
		c.least = 0
	}
	return c, nil
}

// identifierAt is the identifier with which a text begins; nil where it begins with none.
// None is the beginning of another.
func identifierAt(text string) *identifier {
	for n := 2; n <= 4 && n <= len(text); n++ {
		if found := dictionary()[text[:n]]; found != nil {
			return found
		}
	}
	return nil
}

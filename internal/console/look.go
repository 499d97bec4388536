package console

import "strings"

// The looks of the environments, which are classes of the style sheet: nobody is to take one
// for another. The name stands beside the colour.
const (
	lookProduction  = "production"
	lookTrying      = "trying"
	lookDevelopment = "development"
)

// looks are those of the words that names of environments are made of.
var looks = map[string]string{
	"dev": lookDevelopment, "development": lookDevelopment, "local": lookDevelopment, "demo": lookDevelopment,
	"test": lookTrying, "testing": lookTrying, "qa": lookTrying, "acceptance": lookTrying, "uat": lookTrying, "stage": lookTrying, "staging": lookTrying,
	"preview": lookTrying, "sandbox": lookTrying, "training": lookTrying, "integration": lookTrying,
	"prod": lookProduction, "production": lookProduction, "live": lookProduction,
}

// lookOf is how the pages of an environment look. One whose name says nothing of it may be
// the one that counts, and looks so.
func lookOf(environment string) string {
	look := ""
	for _, word := range strings.FieldsFunc(strings.ToLower(environment), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if known := looks[word]; known != "" && look != lookProduction {
			look = known
		}
	}
	if look == "" {
		return lookProduction
	}
	return look
}

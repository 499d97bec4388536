package config

import (
	"regexp"
	"slices"
	"strings"
)

// kubernetesVariable is what Kubernetes sets in every container for a service
// whose name begins with "mesh".
var kubernetesVariable = regexp.MustCompile(`^MESH_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

func fromKubernetes(name string) bool { return kubernetesVariable.MatchString(name) }

// cutEnv gives the value of a line of the environment that sets the variable.
func cutEnv(line, name string) (string, bool) {
	key, value, ok := strings.Cut(line, "=")
	return value, ok && key == name
}

// unknownKey says what is wrong with a key of the file; empty when nothing is.
func unknownKey(key string) string {
	var keys []string
	for _, o := range options() {
		switch {
		case o.key == key && o.envOnly:
			return "a secret does not stand in the file; set " + o.env() + ", or name a file with " + key + "-file"
		case o.key == key:
			return ""
		case !o.envOnly:
			keys = append(keys, o.key)
		}
	}
	return "there is no such setting" + nearest(key, keys)
}

// nearest proposes what was probably meant; empty where nothing comes close.
func nearest(word string, known []string) string {
	slices.Sort(known)
	best, least := "", len(word)/2+1
	for _, k := range known {
		if d := distance(word, k); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return "; docs/configuration.md lists them"
	}
	return "; did you mean " + best + "?"
}

// distance counts the letters to insert, delete or replace (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			corner, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, corner+cost)
		}
	}
	return row[len(b)]
}

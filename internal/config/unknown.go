package config

import (
	"regexp"
	"strings"

	"odoomesh/internal/nearest"
)

// kubernetesVariable is what Kubernetes sets in every container for a service
// whose name begins with "mesh".
var kubernetesVariable = regexp.MustCompile(`^MESH_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

func fromKubernetes(name string) bool { return kubernetesVariable.MatchString(name) }

// forMeshctl knows the variables of meshctl, which one shell may have for both programs.
func forMeshctl(name string) bool { return name == "MESH_SERVER" || name == "MESH_TOKEN" }

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
	return "there is no such setting" + proposal(key, keys)
}

// proposal says what was probably meant.
func proposal(word string, known []string) string {
	best := nearest.Word(word, known)
	if best == "" {
		return "; docs/configuration.md lists them"
	}
	return "; did you mean " + best + "?"
}

package gateway

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/nearest"
)

const versionPath = "/v1/"

// routes finds the router of a path. A router compares a path with all its patterns
// one after the other, which costs more than a read from the cache where there are
// many: so each word that a path can begin with has a router of its own, with the
// services that the contract gives the word to.
type routes struct {
	all    *runtime.ServeMux
	byWord map[string]*runtime.ServeMux
}

// newRoutes registers the services, on routers that newMux makes.
func newRoutes(newMux func() *runtime.ServeMux, services []Register, conn grpc.ClientConnInterface) (*routes, error) {
	with := func(some []Register) (*runtime.ServeMux, error) {
		mux := newMux()
		for _, register := range some {
			if err := register(context.Background(), mux, conn); err != nil {
				return nil, fmt.Errorf("registering the routes of a service: %w", err)
			}
		}
		return mux, nil
	}
	r := &routes{byWord: map[string]*runtime.ServeMux{}}
	var err error
	if r.all, err = with(services); err != nil {
		return nil, err
	}
	paths := contractPaths()
	having := map[string][]Register{}
	for _, one := range services {
		mux, err := with([]Register{one})
		if err != nil {
			return nil, err
		}
		for word, examples := range paths {
			if answersAny(mux, examples) {
				having[word] = append(having[word], one)
			}
		}
	}
	for word, some := range having {
		if r.byWord[word], err = with(some); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// of answers the router of a path.
func (r *routes) of(path string) *runtime.ServeMux {
	if mux, ok := r.byWord[firstWord(path)]; ok {
		return mux
	}
	return r.all
}

// nothingAt says that there is no such path, and what there is.
func (r *routes) nothingAt(path string) *status.Status {
	words := slices.Sorted(maps.Keys(r.byWord))
	message := "There is nothing at this path."
	word := firstWord(path)
	known, found := r.byWord[word]
	switch proposed := nearest.Word(word, words); {
	case found && known != nil:
		message += " Paths that begin with " + versionPath + word + " are listed in " + pathDocs + "."
	case strings.HasPrefix(path, versionPath) && proposed != "":
		message += " Did you mean " + versionPath + proposed + "?"
	case len(words) > 0:
		message += " There are " + versionPath + strings.Join(words, ", "+versionPath) + "."
	}
	return refusal(errorsv1.Reason_REASON_NOT_FOUND, message,
		fault.Instead("Call a path that "+pathDocs+" or "+pathOpenAPI+" lists."))
}

// firstWord is "products" in /v1/products/42 and in /v1/products:watch.
func firstWord(path string) string {
	rest, _ := strings.CutPrefix(path, versionPath)
	if end := strings.IndexAny(rest, "/:"); end >= 0 {
		return rest[:end]
	}
	return rest
}

// example is a request that a method of the contract answers.
type example struct{ method, path string }

// contractPaths has an example of each path of the contract, by first word. It is
// empty where a path begins with a variable, which takes any word.
func contractPaths() map[string][]example {
	paths := map[string][]example{}
	variable := false
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				rule, _ := proto.GetExtension(methods.Get(j).Options(), annotations.E_Http).(*annotations.HttpRule)
				for _, binding := range append([]*annotations.HttpRule{rule}, rule.GetAdditionalBindings()...) {
					e := exampleOf(binding)
					word := firstWord(e.path)
					variable = variable || strings.HasPrefix(e.path, versionPath) && word == anyWord
					paths[word] = append(paths[word], e)
				}
			}
		}
		return true
	})
	if variable {
		return nil
	}
	return paths
}

// anyWord stands in an example for what may be any word.
const anyWord = "-"

var (
	variables = regexp.MustCompile(`\{[^=}]*=([^}]*)\}`)
	wildcards = regexp.MustCompile(`\{[^}]*\}|\*+`)
)

func exampleOf(rule *annotations.HttpRule) example {
	e := example{path: wildcards.ReplaceAllString(variables.ReplaceAllString(pathOf(rule), "$1"), anyWord)}
	switch rule.GetPattern().(type) {
	case *annotations.HttpRule_Get:
		e.method = http.MethodGet
	case *annotations.HttpRule_Post:
		e.method = http.MethodPost
	case *annotations.HttpRule_Put:
		e.method = http.MethodPut
	case *annotations.HttpRule_Patch:
		e.method = http.MethodPatch
	case *annotations.HttpRule_Delete:
		e.method = http.MethodDelete
	}
	return e
}

// answersAny asks a router whether it has a route for one of the examples.
func answersAny(mux *runtime.ServeMux, examples []example) bool {
	for _, e := range examples {
		c := &call{probe: true}
		ctx := context.WithValue(context.Background(), callKey{}, c)
		mux.ServeHTTP(discard{}, (&http.Request{Method: e.method, URL: &url.URL{Path: e.path}, Header: http.Header{}}).WithContext(ctx))
		if c.matched {
			return true
		}
	}
	return false
}

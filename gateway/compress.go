package gateway

import (
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// smallestCompressed is from how many bytes on an answer is worth the time: one record
// is below, with the names beside it, a page of them above. Compressing one record is
// a quarter of the time of reading it from the cache.
const smallestCompressed = 16 << 10

// compressed are the kinds of answers that get smaller.
var compressed = map[string]bool{
	"application/json": true, "text/html": true, "text/css": true, "text/javascript": true, "application/yaml": true, "image/svg+xml": true,
}

// compress makes large answers small for clients that say Accept-Encoding: gzip. The ETag
// is the record's and stays what it is, as gRPC answers it too. Streams are left alone:
// what holds back the first bytes until it is worth while holds back their beginning.
func compress(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.MinSize(smallestCompressed), gzhttp.CompressionLevel(gzip.BestSpeed),
		gzhttp.ContentTypeFilter(func(kind string) bool {
			media, _, _ := strings.Cut(kind, ";")
			return compressed[media]
		}),
	)
	if err != nil {
		return nil, err
	}
	squeezed, streams := wrap(next), streamVerbs()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verb := r.URL.Path[strings.LastIndexByte(r.URL.Path, ':')+1:]
		if r.Method == http.MethodGet && !streams[verb] {
			squeezed.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	}), nil
}

// streamVerbs are what stands behind the colon in the paths of streams, such as watch.
func streamVerbs() map[string]bool {
	verbs := map[string]bool{}
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				rule, _ := proto.GetExtension(methods.Get(j).Options(), annotations.E_Http).(*annotations.HttpRule)
				path := rule.GetGet()
				if colon := strings.LastIndexByte(path, ':'); methods.Get(j).IsStreamingServer() && colon >= 0 {
					verbs[path[colon+1:]] = true
				}
			}
		}
		return true
	})
	return verbs
}

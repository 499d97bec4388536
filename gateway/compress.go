package gateway

import (
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
)

// smallestCompressed is from how many bytes on an answer is worth the time: one record
// is below, a page of them above.
const smallestCompressed = 4 << 10

// compressed are the kinds of answers that get smaller. Streams stay as they are: each of
// their messages leaves at once.
var compressed = map[string]bool{
	"application/json": true, "text/html": true, "text/css": true, "text/javascript": true, "application/yaml": true, "image/svg+xml": true,
}

// compress makes large answers small for clients that say Accept-Encoding: gzip. The ETag
// is the record's and stays what it is, as gRPC answers it too.
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
	squeezed := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			squeezed.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	}), nil
}

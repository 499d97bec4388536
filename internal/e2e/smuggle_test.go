package e2e

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// raw sends a request letter by letter, as no library would, and answers its code; 0 where
// the connection is closed without one.
func (n *narrowed) raw(t *testing.T, text string) (code int, body string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(n.rest, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, text); err != nil {
		return 0, ""
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, ""
	}
	defer response.Body.Close()
	read, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(read)
}

// letsNothingBeSmuggled says in every way but the right one who calls, and what is asked
// for: neither is believed.
func (n *narrowed) letsNothingBeSmuggled(t *testing.T) {
	t.Helper()
	for _, headers := range []string{
		"Grpc-Metadata-Authorization: Bearer auditor", "Grpc-Metadata-authorization: Bearer auditor", "Proxy-Authorization: Bearer auditor", "X-Authorization: Bearer auditor",
		"Authorization_: Bearer auditor", "Authorization : Bearer auditor", "X: y\r\n Authorization: Bearer auditor", "Cookie: authorization=Bearer auditor",
		"Authorization: Bearer auditor\r\nAuthorization: Bearer auditor", "Authorization: Bearer auditor\r\nAuthorization: Bearer reader",
		"Authorization: Bearer auditor, Bearer auditor", "Authorization: Bearer  auditor", "Authorization: Bearer auditor\x00", "Authorization: Bearer auditor ext", "Authorization: Basic YXVkaXRvcjo=",
		"Authorization: auditor", "Authorization: Bearer", "Authorization: Bearer AUDITOR", "Authorization: Bearer \xef\xbd\x81uditor",
		"X-Forwarded-For: 127.0.0.1", "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: localhost", "Forwarded: for=127.0.0.1", "X-Real-Ip: ::1", "X-Remote-User: auditor", "X-Forwarded-User: auditor",
		"X-Client-Certificate: auditor", "Grpc-Metadata-X-Client-Certificate: auditor", "X-Principal: auditor", "Grpc-Metadata-Principal: auditor",
	} {
		if code, body := n.raw(t, "GET /v1/products HTTP/1.1\r\nHost: mesh\r\nConnection: close\r\n"+headers+"\r\n\r\n"); code < 400 && code != 0 || code >= 500 {
			t.Errorf("%q: %d %.200s", headers, code, body)
		}
	}
	// What a reader may read is not the way to what it may not.
	for _, path := range []string{
		"/v1/products/../apiKeys", "/v1/products/%2e%2e/apiKeys", "/v1/products/..%2fapiKeys", "/v1/products%2f..%2fapiKeys", "/v1/./apiKeys", "/v1//apiKeys", "//v1/apiKeys", "/v1/apiKeys/", "/v1/apiKeys%00",
		"/v1/apiKeys;/products", "/v1/products;/../apiKeys", "/v1/products\\..\\apiKeys", "/v1/%61piKeys", "/v1/APIKEYS", "/V1/apiKeys", "http://evil.example/v1/apiKeys", "/v1/apiKeys#/v1/products", "/v1/apiKeys?/v1/products",
		"/mesh.access.v1.KeyService/ListApiKeys", "/v1/{name=apiKeys/*}", "/v1/products/1:revoke", "/v1/apiKeys/1:revoke",
	} {
		code, body := n.raw(t, "GET "+path+" HTTP/1.1\r\nHost: mesh\r\nConnection: close\r\nAuthorization: Bearer reader\r\n\r\n")
		if code >= 500 || strings.Contains(body, `"apiKeys"`) || code == http.StatusOK {
			t.Errorf("%s: %d %.200s", path, code, body)
		}
	}
	// There is one name for each record.
	for _, name := range []string{
		"01", "+1", "-1", "0", "1.0", "1e0", "0x1", "1%20", "%201", "1%00", "1%0a", "1%2f", "1%2f..", "..", ".", "%2e%2e%2f1", "\xef\xbc\x91", "%ef%bc%91", "%d9%a1", "99999999999999999999", "9223372036854775808",
		"1-1", "1;2", "1,2", "*", "%2a", "%25", "%", "%zz", "1%c0%af", "%ff",
	} {
		code, body := n.raw(t, "GET /v1/products/"+name+" HTTP/1.1\r\nHost: mesh\r\nConnection: close\r\nAuthorization: Bearer reader\r\n\r\n")
		if code < 300 || code >= 500 {
			t.Errorf("products/%s: %d %.200s", name, code, body)
		}
	}
	for _, key := range []string{"a\x01b", "a\x00", "a\x7f", "a\r\nX-Injected: 1\r\nY: b\x0b", strings.Repeat("k", 10_000), "\xff\xfe"} {
		text := "POST /v1/orders/1:release HTTP/1.1\r\nHost: mesh\r\nConnection: close\r\nAuthorization: Bearer buyer\r\nContent-Type: application/json\r\nContent-Length: 2\r\nIdempotency-Key: " + key + "\r\n\r\n{}"
		if code, body := n.raw(t, text); code >= 500 || code == http.StatusOK {
			t.Errorf("Idempotency-Key %.20q: %d %.200s", key, code, body)
		}
	}
}

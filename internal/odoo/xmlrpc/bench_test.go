package xmlrpc

import (
	"fmt"
	"strings"
	"testing"

	kolo "github.com/kolo/xmlrpc"
)

// productsAnswer is shaped like a read of n products with twenty fields: about
// 2 MB for a thousand.
func productsAnswer(n int) []byte {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<methodResponse>\n<params>\n<param>\n<value><array><data>\n")
	for i := range n {
		b.WriteString("<value><struct>\n")
		member := func(name, value string) {
			fmt.Fprintf(&b, "<member>\n<name>%s</name>\n<value>%s</value>\n</member>\n", name, value)
		}
		member("id", fmt.Sprintf("<int>%d</int>", i+1))
		for f := range 10 {
			member(fmt.Sprintf("text_field_%d", f), fmt.Sprintf("<string>Sterile gauze %d &amp; swab, 10 x 10 cm</string>", i))
		}
		for f := range 3 {
			member(fmt.Sprintf("relation_%d", f), "<array><data>\n<value><int>12</int></value>\n<value><string>All / Saleable</string></value>\n</data></array>")
		}
		for f := range 3 {
			member(fmt.Sprintf("price_%d", f), "<double>3.3000000000000003</double>")
		}
		member("seller_ids", "<array><data>\n<value><int>3</int></value>\n<value><int>1</int></value>\n</data></array>")
		member("active", "<boolean>1</boolean>")
		member("write_date", "<string>2026-11-23 14:57:39</string>")
		b.WriteString("</struct></value>\n")
	}
	b.WriteString("</data></array></value>\n</param>\n</params>\n\n</methodResponse>\n")
	return []byte(b.String())
}

// BenchmarkDecode reads a thousand products of twenty fields, here and with
// kolo's decoder as the reference.
func BenchmarkDecode(b *testing.B) {
	body := productsAnswer(1000)
	b.Run("here", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decode(body); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("kolo", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			answer := kolo.Response(body)
			if err := answer.Err(); err != nil {
				b.Fatal(err)
			}
			var v any
			if err := answer.Unmarshal(&v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

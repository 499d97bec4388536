package client

import (
	"context"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Pages calls a method that answers page by page, such as orders.ListOrders, until the last.
// The sequence ends with an error, where there is one.
func Pages[Request, Page proto.Message](ctx context.Context, list func(context.Context, Request, ...grpc.CallOption) (Page, error), request Request) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		asked := proto.CloneOf(request)
		for {
			page, err := list(ctx, asked)
			if !yield(page, err) || err != nil {
				return
			}
			token := text(page, "next_page_token")
			if token == "" {
				return
			}
			asked.ProtoReflect().Set(textField(asked, "page_token"), protoreflect.ValueOfString(token))
		}
	}
}

// Each goes through the records of all pages; of is a page's, such as
// (*orderv1.ListOrdersResponse).GetOrders.
func Each[Request, Page proto.Message, Record any](ctx context.Context, list func(context.Context, Request, ...grpc.CallOption) (Page, error), request Request, of func(Page) []Record) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for page, err := range Pages(ctx, list, request) {
			if err != nil {
				var none Record
				yield(none, err)
				return
			}
			for _, record := range of(page) {
				if !yield(record, nil) {
					return
				}
			}
		}
	}
}

package rpc

import (
	"context"
	"fmt"
	"sync/atomic"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// validator checks requests against the rules that stand in the contract.
type validator struct {
	rules atomic.Pointer[ruleBook]
}

// ruleBook is compiled when the services are known, so that no call waits for it.
type ruleBook struct {
	validate protovalidate.Validator
	// ruled tells, for each covered method, whether its request has rules at all.
	ruled map[string]bool
}

func newValidator() (*validator, error) {
	lazy, err := protovalidate.New()
	if err != nil {
		return nil, fmt.Errorf("making the validator: %w", err)
	}
	v := &validator{}
	v.rules.Store(&ruleBook{validate: lazy})
	return v, nil
}

func (v *validator) cover(services []protoreflect.ServiceDescriptor) error {
	book := &ruleBook{ruled: make(map[string]bool)}
	var requests []protoreflect.MessageDescriptor
	for _, service := range services {
		methods := service.Methods()
		for i := range methods.Len() {
			request := methods.Get(i).Input()
			requests = append(requests, request)
			book.ruled[fullMethod(methods.Get(i))] = hasRules(request, make(map[protoreflect.FullName]bool))
		}
	}
	var err error
	if book.validate, err = protovalidate.New(protovalidate.WithMessageDescriptors(requests...)); err != nil {
		return fmt.Errorf("compiling the rules of the requests: %w", err)
	}
	v.rules.Store(book)
	return nil
}

// around checks the request of a unary call and the first message of a stream.
func (v *validator) around(ctx context.Context, call *Call, next Next) error {
	book := v.rules.Load()
	if ruled, known := book.ruled[call.Method]; known && !ruled {
		return next(ctx)
	}
	if err := call.Look(book.check); err != nil {
		return err
	}
	return next(ctx)
}

func (b *ruleBook) check(request any) error {
	message, ok := request.(proto.Message)
	if !ok {
		return fmt.Errorf("request of type %T is no proto message", request)
	}
	return b.validate.Validate(message)
}

// hasRules tells whether a message, or one inside it, has a rule.
func hasRules(message protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool) bool {
	if seen[message.FullName()] {
		return false
	}
	seen[message.FullName()] = true
	if proto.HasExtension(message.Options(), validate.E_Message) {
		return true
	}
	oneofs, fields := message.Oneofs(), message.Fields()
	for i := range oneofs.Len() {
		if proto.HasExtension(oneofs.Get(i).Options(), validate.E_Oneof) {
			return true
		}
	}
	for i := range fields.Len() {
		field := fields.Get(i)
		if proto.HasExtension(field.Options(), validate.E_Field) || field.Message() != nil && hasRules(field.Message(), seen) {
			return true
		}
	}
	return false
}

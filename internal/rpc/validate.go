package rpc

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// validator checks requests against the rules that stand in the contract. All of a process
// share the compiled rules, which take some megabytes.
type validator struct {
	// ruled tells, for each covered method, whether its request has rules at all.
	ruled atomic.Pointer[map[string]bool]
}

// cover compiles the rules when the services are known, so that no call waits for it.
func (v *validator) cover(services []protoreflect.ServiceDescriptor) error {
	ruled := make(map[string]bool)
	for _, service := range services {
		methods := service.Methods()
		for i := range methods.Len() {
			request := methods.Get(i).Input()
			var broken *protovalidate.CompilationError
			if err := protovalidate.Validate(dynamicpb.NewMessage(request)); errors.As(err, &broken) {
				return fmt.Errorf("compiling the rules of %s: %w", request.FullName(), err)
			}
			ruled[fullMethod(methods.Get(i))] = hasRules(request, make(map[protoreflect.FullName]bool))
		}
	}
	v.ruled.Store(&ruled)
	return nil
}

// around checks the request of a unary call and the first message of a stream.
func (v *validator) around(ctx context.Context, call *Call, next Next) error {
	if all := v.ruled.Load(); all != nil {
		if ruled, known := (*all)[call.Method]; known && !ruled {
			return next(ctx)
		}
	}
	if err := call.Look(followsRules); err != nil {
		return err
	}
	return next(ctx)
}

func followsRules(request any) error {
	message, ok := request.(proto.Message)
	if !ok {
		return fmt.Errorf("request of type %T is no proto message", request)
	}
	return protovalidate.Validate(message)
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

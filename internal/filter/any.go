package filter

import (
	"go.einride.tech/aip/filtering"
	expr "google.golang.org/genproto/googleapis/api/expr/v1alpha1"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// conditions answers what one element has to fulfil, where an operator stands before
// conditions and not before a value.
func conditions(call *expr.Expr_Call) (*expr.Expr, bool) {
	if call.GetFunction() != filtering.FunctionHas || len(call.GetArgs()) != 2 {
		return nil, false
	}
	inner := call.GetArgs()[1]
	if inner.GetCallExpr() == nil || isSign(inner) {
		return nil, false
	}
	return inner, true
}

// isSign tells whether an expression is a value with a minus before it.
func isSign(e *expr.Expr) bool {
	call := e.GetCallExpr()
	return call.GetFunction() == filtering.FunctionNot && call.GetArgs()[0].GetCallExpr() == nil
}

// oneElement compiles conditions that one and the same element of a list fulfils.
func (c *compiler) oneElement(path string, inner *expr.Expr) (predicate, error) {
	steps, key, err := c.resolve(path)
	if err != nil {
		return nil, err
	}
	last := steps[len(steps)-1]
	if key == "" && last.Message() == nil && collectionOf(last) != "" {
		return c.oneNamed(path, steps, inner)
	}
	if key != "" || last.IsMap() || last.Message() == nil || isValue(last.Message()) {
		return nil, noFieldsOfItsOwn(path, last)
	}
	passes, err := c.in(last.Message()).compile(inner)
	if err != nil {
		return nil, problem("in %s.any(…): %v", path, err)
	}
	holds := func(v protoreflect.Value, set bool) bool { return set && passes(v.Message()) }
	return func(m protoreflect.Message) bool { return anyElement(m, steps, holds) }, nil
}

// isValue tells whether a message is compared as a whole, such as an amount or a time.
func isValue(m protoreflect.MessageDescriptor) bool {
	return m.ParentFile().Package() == "google.type" || m.ParentFile().Package() == "google.protobuf"
}

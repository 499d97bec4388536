package fault

import (
	"fmt"
	"strings"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
)

const reasonPrefix = "REASON_"

// Rule is what the contract says about one reason.
type Rule struct {
	Reason errorsv1.Reason
	// Name is what stands in ErrorInfo.reason.
	Name string
	// Code is the gRPC code that goes with the reason.
	Code codes.Code
	// WhoActs is who has to do something, in lower case: "operator".
	WhoActs string
	// Retry says whether the call can be tried again, in lower case: "same_request".
	Retry string
	// WhatToDo is a sentence or two for people.
	WhatToDo string
	// HTTP is the status over REST; 0 for the one that goes with the code.
	HTTP int
}

// ruleTable reads the contract once; it never changes afterwards.
var ruleTable = sync.OnceValues(loadRules)

// Rules is the closed list, in the order of the contract. It fails when a
// reason has no rule, which is a fault of the contract.
func Rules() ([]Rule, error) {
	table, err := ruleTable()
	if err != nil {
		return nil, err
	}
	var list []Rule
	values := errorsv1.Reason(0).Descriptor().Values()
	for i := range values.Len() {
		if r, ok := table[errorsv1.Reason(values.Get(i).Number())]; ok {
			list = append(list, r)
		}
	}
	return list, nil
}

func loadRules() (map[errorsv1.Reason]Rule, error) {
	table := make(map[errorsv1.Reason]Rule)
	values := errorsv1.Reason(0).Descriptor().Values()
	for i := range values.Len() {
		value := values.Get(i)
		if value.Number() == 0 {
			continue
		}
		r, err := readRule(value)
		if err != nil {
			return nil, err
		}
		table[r.Reason] = r
	}
	return table, nil
}

func readRule(value protoreflect.EnumValueDescriptor) (Rule, error) {
	option, _ := proto.GetExtension(value.Options(), errorsv1.E_Rule).(*errorsv1.ReasonRule)
	if option.GetCode() == 0 || option.GetWhoActs() == 0 || option.GetRetry() == 0 || option.GetWhatToDo() == "" {
		return Rule{}, fmt.Errorf("the contract gives no complete rule for %s", value.Name())
	}
	return Rule{
		Reason:   errorsv1.Reason(value.Number()),
		Name:     strings.TrimPrefix(string(value.Name()), reasonPrefix),
		Code:     codes.Code(option.GetCode()),
		WhoActs:  strings.ToLower(strings.TrimPrefix(option.GetWhoActs().String(), "ACTOR_")),
		Retry:    strings.ToLower(strings.TrimPrefix(option.GetRetry().String(), "RETRY_")),
		WhatToDo: option.GetWhatToDo(),
		HTTP:     int(option.GetHttpStatus()),
	}, nil
}

// ruleOf gives the rule of a reason; a reason that the contract does not know is
// answered as INTERNAL.
func ruleOf(reason errorsv1.Reason) Rule {
	table, err := ruleTable()
	if err == nil {
		if r, ok := table[reason]; ok {
			return r
		}
		if r, ok := table[errorsv1.Reason_REASON_INTERNAL]; ok {
			return r
		}
	}
	return Rule{Reason: errorsv1.Reason_REASON_INTERNAL, Name: "INTERNAL", Code: codes.Internal}
}

// HTTPStatus is the status over REST of a reason as it stands in ErrorInfo, such as
// "STALE_ETAG"; 0 for the one that goes with its gRPC code.
func HTTPStatus(reason string) int {
	value, known := errorsv1.Reason_value[reasonPrefix+reason]
	if !known {
		return 0
	}
	return ruleOf(errorsv1.Reason(value)).HTTP
}

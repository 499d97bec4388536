package main

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/services/inventory"
)

// A stream shows its first row before it knows the next ones: its columns are as
// wide as what mostly comes.
const (
	widthOfTime   = len("2026-11-23T12:00:00Z")
	widthOfDate   = len("2026-11-23")
	widthOfMoney  = len("12345.00 EUR")
	widthOfNumber = len("1234.5")
	widthOfID     = len("123456")
	widthOfText   = 16
	// widthOfTitle is that of what people call products, suppliers and places.
	widthOfTitle = 40
)

// usualWidths are how wide columns have to be for most records of a collection.
func usualWidths(of collection, columns []column) []int {
	var all []int
	for _, c := range columns {
		all = append(all, usualWidth(of, c[len(c)-1]))
	}
	return all
}

func usualWidth(of collection, fd protoreflect.FieldDescriptor) int {
	switch {
	case fd.Enum() != nil:
		return widthOfEnum(fd.Enum())
	case fd.Message() != nil:
		return map[protoreflect.FullName]int{
			"google.protobuf.Timestamp": widthOfTime, "google.type.Date": widthOfDate, "google.type.Money": widthOfMoney, "google.type.Decimal": widthOfNumber,
		}[fd.Message().FullName()]
	case fd.Kind() == protoreflect.BoolKind:
		return len("yes")
	case fd.Kind() != protoreflect.StringKind:
		return widthOfNumber
	case fd.Name() == "name" && of.name == inventory.Positions:
		return len(of.name) + len("/1234-123-1234-0-0")
	case fd.Name() == "name":
		return len(of.name) + len("/") + widthOfID
	case strings.HasSuffix(string(fd.Name()), "_name"):
		return widthOfTitle
	}
	return widthOfText
}

// widthOfEnum is that of the longest value.
func widthOfEnum(enum protoreflect.EnumDescriptor) int {
	widest := 0
	for i := range enum.Values().Len() {
		widest = max(widest, len(enumText(enum, enum.Values().Get(i).Number())))
	}
	return widest
}

package export

import (
	"slices"
	"strings"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

type link = inventoryv1.DocumentLink

// orderOf is the link to the order behind an event; nil where there is none.
func orderOf(e *event) *link { return firstLink(e, isOrder) }

// movementOf is the link to the document of the movement itself, such as a
// receipt; nil where there is none.
func movementOf(e *event) *link {
	return firstLink(e, func(d *link) bool { return !isOrder(d) })
}

func isOrder(d *link) bool { return d.GetType() == inventoryv1.DocumentType_DOCUMENT_TYPE_ORDER }

func isReceipt(d *link) bool { return d.GetType() == inventoryv1.DocumentType_DOCUMENT_TYPE_RECEIPT }

func firstLink(e *event, is func(*link) bool) *link {
	if i := slices.IndexFunc(e.GetDocuments(), is); i >= 0 {
		return e.GetDocuments()[i]
	}
	return nil
}

// receiptOf is the name of the receipt behind an event.
func receiptOf(e *event) string {
	if d := movementOf(e); isReceipt(d) {
		return d.GetDocument()
	}
	return ""
}

func documentTypeOf(e *event) (Value, error) {
	d := movementOf(e)
	if d == nil {
		return Value{}, nil
	}
	return Value{Set: true, Text: documentType(d)}, nil
}

func documentType(d *link) string {
	return strings.TrimPrefix(d.GetType().String(), "DOCUMENT_TYPE_")
}

// documentsOf lists all links of an event of which the plain columns do not say
// everything.
func documentsOf(e *event) (Value, error) {
	order, movement := orderOf(e), movementOf(e)
	told := func(d *link) bool {
		if d == order {
			return d.GetNumber() == ""
		}
		return d == movement && d.GetLineId() == "" && (isReceipt(d) || d.GetDocument() == "")
	}
	if !slices.ContainsFunc(e.GetDocuments(), func(d *link) bool { return !told(d) }) {
		return Value{}, nil
	}
	type shown struct {
		Type     string `json:"type"`
		Document string `json:"document,omitempty"`
		Number   string `json:"number,omitempty"`
		LineID   string `json:"line_id,omitempty"`
	}
	var all []shown
	for _, d := range e.GetDocuments() {
		all = append(all, shown{documentType(d), d.GetDocument(), d.GetNumber(), d.GetLineId()})
	}
	return document(all)
}

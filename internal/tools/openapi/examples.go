package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// recorded is a call that was made, and what it was answered.
type recorded struct {
	About  string         `json:"about"`
	Path   string         `json:"path"`
	Body   any            `json:"body,omitempty"`
	Status int            `json:"status"`
	Query  map[string]any `json:"query,omitempty"`
	Answer any            `json:"answer"`
}

// addExamples puts recorded answers beside what they are answers to; a file is called as
// the operation that was called.
func (d *document) addExamples(folder string) error {
	by := map[string]object{}
	for _, verbs := range d.object["paths"].(object) {
		for _, operation := range verbs.(object) {
			by[operation.(object)["operationId"].(string)] = operation.(object)
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var calls []recorded
		if err := json.Unmarshal(text, &calls); err != nil {
			return fmt.Errorf("reading %s: %w", file, err)
		}
		id := strings.TrimSuffix(filepath.Base(file), ".json")
		if by[id] == nil {
			return fmt.Errorf("%s: %w: there is no operation %s", file, fs.ErrNotExist, id)
		}
		for _, call := range calls {
			if err := d.addExample(by[id], call); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	return nil
}

func (d *document) addExample(operation object, call recorded) error {
	if call.Status != 200 {
		return d.addRefusal(operation, call)
	}
	success := operation["responses"].(object)["200"].(object)
	for _, content := range success["content"].(object) {
		examples, _ := content.(object)["examples"].(object)
		if examples == nil {
			examples = object{}
			content.(object)["examples"] = examples
		}
		examples[exampleName(call.About)] = object{"summary": call.About, "value": call.Answer}
	}
	if body, ok := operation["requestBody"].(object); ok && call.Body != nil {
		for _, content := range body["content"].(object) {
			content.(object)["examples"] = object{exampleName(call.About): object{"summary": call.About, "value": call.Body}}
		}
	}
	list, _ := operation["parameters"].([]any)
	for _, p := range list {
		p := p.(object)
		if value, ok := call.Query[text(p["name"])]; ok && p["example"] == nil {
			p["example"] = value
		}
	}
	return nil
}

// addRefusal shows a refusal in the answers that share it.
func (d *document) addRefusal(operation object, call recorded) error {
	ref, ok := operation["responses"].(object)[fmt.Sprint(call.Status)].(object)
	if !ok {
		return errors.New("the operation is not refused with the status that was recorded")
	}
	name := strings.TrimPrefix(text(ref["$ref"]), "#/components/responses/")
	shared := d.object["components"].(object)["responses"].(object)[name].(object)
	content := shared["content"].(object)[mimeJSON].(object)
	content["examples"] = object{exampleName(call.About): object{"summary": call.About, "value": call.Answer}}
	return nil
}

func exampleName(about string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(about))
}

package storetest

import (
	"fmt"
	"testing"
)

func testLogTruncate(t *testing.T, open OpenLog) {
	l := newLog(t, open)
	appendAll(t, l, "a", "b", "c", "d")
	for _, step := range []struct {
		before uint64
		oldest uint64
		left   []string
	}{
		{0, 1, []string{"a", "b", "c", "d"}},
		{1, 1, []string{"a", "b", "c", "d"}},
		{3, 3, []string{"c", "d"}},
		{2, 3, []string{"c", "d"}}, // what is gone stays gone
		{4, 4, []string{"d"}},
	} {
		if err := l.Truncate(t.Context(), step.before); err != nil {
			t.Fatalf("Truncate(%d): %v", step.before, err)
		}
		wantLog(t, l, step.oldest, step.left...)
	}
}

func testLogTruncateAll(t *testing.T, open OpenLog) {
	dir := t.TempDir()
	l := open(t, dir)
	appendAll(t, l, "a", "b", "c")
	if err := l.Truncate(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	wantLog(t, l, 4)
	closeStore(t, l)
	l = open(t, dir)
	defer closeStore(t, l)
	wantLog(t, l, 4)
	if got := appendAll(t, l, "d"); got != 4 {
		t.Errorf("position %d, want 4", got)
	}
	wantLog(t, l, 4, "d")
}

func testLogReopen(t *testing.T, open OpenLog) {
	dir := t.TempDir()
	var texts []string
	id := ""
	for round := range 4 {
		l := open(t, dir)
		if id != "" && l.ID() != id {
			t.Errorf("ID %q became %q", id, l.ID())
		}
		id = l.ID()
		wantLog(t, l, 1, texts...)
		for i := range 30 {
			text := fmt.Sprintf("%d-%d", round, i)
			appendAll(t, l, text)
			texts = append(texts, text)
		}
		closeStore(t, l)
	}
}

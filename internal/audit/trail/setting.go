package trail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"odoomesh/internal/audit"
	"odoomesh/internal/store"
)

// longestChange is how much of what has changed a record says, in bytes.
const longestChange = 32 << 10

// Setting records that something which is set by a text, such as the access file, is
// another than when it was last recorded; nothing where it is the same, over restarts too.
// The leaf has the hashes of both, and what changed says, out of the text before, what that
// means: it is empty the first time.
func (t *Trail) Setting(ctx context.Context, name string, text []byte, changed func(before []byte) string) error {
	// A stop does not come between the record and what it is about.
	ctx = context.WithoutCancel(ctx)
	key := append([]byte{settingTag}, name...)
	before, err := t.fact(key)
	if err != nil || bytes.Equal(before, text) {
		return err
	}
	means := cutChange(changed(before))
	t.add(audit.Statement{
		Leaf:    audit.Leaf{Time: t.Clock.Now(), Kind: audit.OfSetting, Before: hashOf(before), After: hashOf(text), Outcome: audit.Answered},
		Payload: audit.Payload{Subject: name, Explanation: means},
	})
	if err := t.settle(ctx); err != nil {
		return err
	}
	t.one.Lock()
	defer t.one.Unlock()
	if _, err := t.Journal.Record(ctx, t.Clock.Now(), nil, []store.Fact{{Key: key, Value: text}}); err != nil {
		return fmt.Errorf("keeping what is set: %w", err)
	}
	return nil
}

func cutChange(text string) string {
	if len(text) > longestChange {
		text = strings.ToValidUTF8(text[:longestChange], "") + "…"
	}
	return text
}

func (t *Trail) fact(key []byte) ([]byte, error) {
	facts := t.Journal.Facts()
	defer facts.Close()
	value, err := facts.Get(key)
	if err != nil {
		return nil, fmt.Errorf("reading what was set: %w", err)
	}
	return value, nil
}

// hashOf names a text; empty for none.
func hashOf(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

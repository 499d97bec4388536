package storetest

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"odoomesh/internal/store"
)

// appendForever appends batches of several sizes and says after each what its
// last position is. Every few batches one is larger than a small transaction, one has
// payloads that are, and another is the first that is kept.
func appendForever(l store.Log) error {
	for n := l.Head(); ; n++ {
		size, padding := 1+int(n%5)*8, 100
		if n%17 == 16 {
			size, padding = 60, 50_000
		}
		if n%29 == 28 {
			size, padding = 3, 2_500_000
		}
		payloads := make([][]byte, size)
		for i := range payloads {
			payloads[i] = fmt.Appendf(nil, "%d %d %d ", n, i, size)
			payloads[i] = append(payloads[i], bytes.Repeat([]byte{byte(n)}, padding)...)
		}
		first, err := appendBatch(l, n, payloads)
		if err != nil {
			return err
		}
		if n%10 == 9 {
			if err := l.Truncate(context.Background(), first); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintln(os.Stdout, first+uint64(size)-1); err != nil {
			return err
		}
	}
}

// lastBatch is the fact that tells which batch came last.
var lastBatch = []byte("last batch")

// appendBatch records which batch it was, where the log can keep that.
func appendBatch(l store.Log, n uint64, payloads [][]byte) (uint64, error) {
	if j, ok := l.(store.Journal); ok {
		return j.Record(context.Background(), noon, store.Drafts("p", payloads...), []store.Fact{{Key: lastBatch, Value: fmt.Append(nil, n)}})
	}
	return l.Append(context.Background(), noon, store.Drafts("p", payloads...))
}

// checkLastBatch wants the fact to be that of the last batch that is there.
func checkLastBatch(l store.Log, batch int) error {
	j, ok := l.(store.Journal)
	if !ok {
		return nil
	}
	f := j.Facts()
	defer f.Close()
	value, err := f.Get(lastBatch)
	if err == nil && string(value) != fmt.Sprint(batch) {
		err = fmt.Errorf("the facts tell of batch %s, the entries of %d", value, batch)
	}
	return err
}

// batchReader checks that the entries of a log are whole batches.
type batchReader struct {
	batch, index, left int
}

func (b *batchReader) next(payload []byte) error {
	var batch, index, size int
	if _, err := fmt.Sscanf(string(payload[:min(len(payload), 64)]), "%d %d %d ", &batch, &index, &size); err != nil {
		return err
	}
	head := fmt.Sprintf("%d %d %d ", batch, index, size)
	padding := payload[len(head):]
	if len(padding) == 0 || !bytes.Equal(padding, bytes.Repeat([]byte{byte(batch)}, len(padding))) {
		return fmt.Errorf("batch %d: the payload is damaged", batch)
	}
	if b.left == 0 {
		b.batch, b.index, b.left = batch, 0, size
	}
	if batch != b.batch || index != b.index {
		return fmt.Errorf("batch %d entry %d stands where batch %d entry %d should", batch, index, b.batch, b.index)
	}
	b.index++
	b.left--
	return nil
}

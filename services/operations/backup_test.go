package operations_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"google.golang.org/grpc"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/fault"
	"odoomesh/services/operations"
)

// taken is a stream that puts a backup together.
type taken struct {
	grpc.ServerStream
	whole    bytes.Buffer
	largest  int
	messages int
	progress *operationsv1.Progress
	breaks   error
}

func (s *taken) Context() context.Context { return context.Background() }

func (s *taken) Send(m *operationsv1.BackupResponse) error {
	s.whole.Write(m.GetData())
	s.largest, s.progress = max(s.largest, len(m.GetData())), m.GetProgress()
	s.messages++
	return s.breaks
}

// A backup comes in messages that a client takes without being told to, and whole.
func TestABackupComesInPieces(t *testing.T) {
	for _, size := range []int{0, 1, 1 << 20, 5<<20 + 3} {
		mesh := told{backup: bytes.Repeat([]byte("backup"), size/6+1)[:size]}
		out := &taken{}
		if err := operations.New(mesh).Backup(&operationsv1.BackupRequest{}, out); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(out.whole.Bytes(), mesh.backup) || out.largest > 1<<20 || out.progress.GetDone() != 7 || out.progress.GetTotal() != 9 {
			t.Errorf("%d of %d bytes came, %d at once, with %v", out.whole.Len(), size, out.largest, out.progress)
		}
	}
}

// What breaks off ends with an error, so that nobody takes a part for the whole.
func TestABackupThatBreaksOffEndsWithAnError(t *testing.T) {
	broken := told{backup: make([]byte, 3<<20), err: errors.New("x")}
	if err := operations.New(broken).Backup(&operationsv1.BackupRequest{}, &taken{}); fault.ReasonOf(err) != errorsv1.Reason_REASON_INTERNAL {
		t.Errorf("a store that fails: %v", err)
	}
	gone := &taken{breaks: context.Canceled}
	if err := operations.New(told{backup: make([]byte, 3<<20)}).Backup(&operationsv1.BackupRequest{}, gone); fault.ReasonOf(err) != errorsv1.Reason_REASON_CANCELLED || gone.messages != 1 {
		t.Errorf("a caller who goes away: %v after %d messages", err, gone.messages)
	}
}

package operations

import (
	"bytes"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/fault"
)

// pieceSize is about how much of a backup one message has, in bytes: less than what a
// client of gRPC takes by default.
const pieceSize = 1 << 20

// Backup sends a backup.
func (s *Service) Backup(_ *operationsv1.BackupRequest, out operationsv1.OperationsService_BackupServer) error {
	p := &pieces{out: out}
	if err := s.mesh.Backup(out.Context(), p, p.report); err != nil {
		return fault.FromError(err)
	}
	return p.flush()
}

// pieces sends what is written to it in messages.
type pieces struct {
	out      operationsv1.OperationsService_BackupServer
	waiting  bytes.Buffer
	progress *operationsv1.Progress
}

// Write implements io.Writer.
func (p *pieces) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		n := min(len(rest), pieceSize-p.waiting.Len())
		p.waiting.Write(rest[:n])
		if rest = rest[n:]; p.waiting.Len() < pieceSize {
			break
		}
		if err := p.flush(); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// report notes how far the backup is.
func (p *pieces) report(done, total int64) error {
	p.progress = &operationsv1.Progress{Done: done, Total: total}
	return p.out.Context().Err()
}

func (p *pieces) flush() error {
	piece := &operationsv1.BackupResponse{Data: bytes.Clone(p.waiting.Bytes()), Progress: p.progress}
	p.waiting.Reset()
	return p.out.Send(piece)
}

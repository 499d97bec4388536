package audit

import (
	"encoding/json"
	"errors"
	"fmt"

	"odoomesh/internal/audit/tlog"
)

// proofFormat names the form of a proof's file.
const proofFormat = "odoomesh audit proof 1"

// Proof shows records to somebody who has nothing but the public key of the log.
type Proof struct {
	Format string `json:"format"`
	// Checkpoint is what the log has signed.
	Checkpoint string   `json:"checkpoint"`
	Records    []Proven `json:"records"`
}

// Proven is a record with the hashes that lead from it to the checkpoint.
type Proven struct {
	Sealed
	Index  uint64   `json:"index"`
	Hashes [][]byte `json:"hashes"`
}

// Shown is a record that a proof shows.
type Shown struct {
	Leaf Leaf `json:"record"`
	// Payload is nil where it was erased.
	Payload *Payload `json:"payload,omitempty"`
}

// Marshal is the proof as a file.
func (p Proof) Marshal() ([]byte, error) {
	p.Format = proofFormat
	raw, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing a proof: %w", err)
	}
	return append(raw, '\n'), nil
}

// Check reads a proof, and answers the records that it proves.
func Check(raw []byte, key tlog.Key) (tlog.Checkpoint, []Shown, error) {
	var p Proof
	if err := json.Unmarshal(raw, &p); err != nil || p.Format != proofFormat {
		return tlog.Checkpoint{}, nil, errors.New("this is no proof of an audit: meshctl audit prove writes one")
	}
	c, err := tlog.ParseCheckpoint([]byte(p.Checkpoint), key)
	if err != nil {
		return c, nil, err
	}
	if len(p.Records) == 0 {
		return c, nil, errors.New("the proof shows no record")
	}
	shown := make([]Shown, len(p.Records))
	for i, r := range p.Records {
		if err := c.Includes(r.Leaf, r.Index, r.Hashes); err != nil {
			return c, nil, fmt.Errorf("records[%d]: %w", i, err)
		}
		if shown[i].Leaf, shown[i].Payload, err = r.Open(); err != nil {
			return c, nil, fmt.Errorf("records[%d]: %w", i, err)
		}
	}
	return c, shown, nil
}

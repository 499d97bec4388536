package audit

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Kind is what sort of thing a record tells.
type Kind string

const (
	// OfTransition: an intent has changed its state.
	OfTransition Kind = "transition"
	// OfCall: a call has ended.
	OfCall Kind = "call"
	// OfSum: several calls have ended, of which none has a record of its own.
	OfSum Kind = "sum"
	// OfOdoo: it was found, or accepted, that Odoo is not the one that it was.
	OfOdoo Kind = "odoo"
	// OfSetting: what is set, such as by the access file, is another than before.
	OfSetting Kind = "setting"
	// OfProposal: a step of a proposal to change what is governed was taken.
	OfProposal Kind = "proposal"
	// OfLog: something was done to the audit itself, or to what it follows.
	OfLog Kind = "log"
)

// Leaf is the part of a record that stays for ever.
type Leaf struct {
	// Sequence counts the records from 1 on.
	Sequence uint64    `json:"sequence"`
	Time     time.Time `json:"time"`
	Kind     Kind      `json:"kind"`
	// Method is the full name of the method; empty where nobody has called.
	Method string `json:"method,omitempty"`
	// Command, Intent, Document, Before and After are of a transition: the states in words
	// of the contract, such as "STATE_DONE".
	Command  string `json:"command,omitempty"`
	Intent   string `json:"intent,omitempty"`
	Document string `json:"document,omitempty"`
	Before   string `json:"before,omitempty"`
	After    string `json:"after,omitempty"`
	// Ledger is the place in the ledger that a record was made of.
	Ledger uint64 `json:"ledger,omitempty"`
	// Outcome is "OK" or the reason of a refusal.
	Outcome string `json:"outcome,omitempty"`
	// Count is how many calls a sum is of.
	Count uint64 `json:"count,omitempty"`
	// Commitment is what the payload is known again by: nobody can find another payload
	// for it, and without the salt nobody can find out by trying which it is of.
	Commitment []byte `json:"commitment"`
}

// Payload is the part of a record that can be erased.
type Payload struct {
	Principal string `json:"principal,omitempty"`
	Proof     string `json:"proof,omitempty"`
	Address   string `json:"address,omitempty"`
	// CallID is the id that the mesh gave to the call; RequestID the one that the caller
	// gave to a command.
	CallID    string `json:"call_id,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	// Subject is what a call names.
	Subject string `json:"subject,omitempty"`
	// Owner is whose intent it is, where somebody else has changed its state.
	Owner       string `json:"owner,omitempty"`
	Explanation string `json:"explanation,omitempty"`
	Evidence    string `json:"evidence,omitempty"`
	Reason      string `json:"reason,omitempty"`
	// Request is what a command asked for, serialized, as the method of the leaf takes it.
	Request []byte `json:"request,omitempty"`
	// Until is when the last call of a sum came; the leaf has the time of the first.
	Until time.Time `json:"until,omitzero"`
}

// Statement is a record before it is written: its place and its commitment come then.
type Statement struct {
	Leaf    Leaf
	Payload Payload
}

// saltBytes is how long a salt is.
const saltBytes = 32

// Sealed is a record as it is kept: the bytes of the leaf, and what opens its commitment.
type Sealed struct {
	Leaf []byte `json:"leaf"`
	// Salt and Payload are empty where they were erased.
	Salt    []byte `json:"salt,omitempty"`
	Payload []byte `json:"payload,omitempty"`
}

// Seal gives a statement its place.
func Seal(s Statement, sequence uint64) (Sealed, error) {
	var sealed Sealed
	var err error
	if sealed.Payload, err = json.Marshal(s.Payload); err != nil {
		return sealed, fmt.Errorf("writing what a record says: %w", err)
	}
	sealed.Salt = make([]byte, saltBytes)
	_, _ = rand.Read(sealed.Salt) // it never fails
	s.Leaf.Sequence, s.Leaf.Time, s.Leaf.Commitment = sequence, s.Leaf.Time.UTC(), commitment(sealed.Salt, sealed.Payload)
	if sealed.Leaf, err = json.Marshal(s.Leaf); err != nil {
		return sealed, fmt.Errorf("writing a record: %w", err)
	}
	return sealed, nil
}

func commitment(salt, payload []byte) []byte {
	m := hmac.New(sha256.New, salt)
	m.Write(payload)
	return m.Sum(nil)
}

// Open reads a record, and tells whether its payload is the one that the leaf commits to.
// The payload is nil where it was erased.
func (s Sealed) Open() (Leaf, *Payload, error) {
	leaf, err := ReadLeaf(s.Leaf)
	if err != nil {
		return leaf, nil, err
	}
	if len(s.Salt) == 0 && len(s.Payload) == 0 {
		return leaf, nil, nil
	}
	if len(s.Salt) != saltBytes || !hmac.Equal(leaf.Commitment, commitment(s.Salt, s.Payload)) {
		return leaf, nil, fmt.Errorf("what is said of record %d is not what it was written with", leaf.Sequence)
	}
	var payload Payload
	if err := json.Unmarshal(s.Payload, &payload); err != nil {
		return leaf, nil, fmt.Errorf("reading what record %d says: %w", leaf.Sequence, err)
	}
	return leaf, &payload, nil
}

// ReadLeaf reads the part of a record that stays.
func ReadLeaf(raw []byte) (Leaf, error) {
	var leaf Leaf
	if err := json.Unmarshal(raw, &leaf); err != nil {
		return leaf, fmt.Errorf("reading a record of the audit: %w", err)
	}
	if leaf.Sequence == 0 || len(leaf.Commitment) != sha256.Size {
		return leaf, errors.New("reading a record of the audit: it has no sequence, or commits to nothing")
	}
	return leaf, nil
}

// Split takes apart a salt and the payload behind it.
func Split(raw []byte) (salt, payload []byte) {
	n := min(saltBytes, len(raw))
	return raw[:n:n], raw[n:]
}

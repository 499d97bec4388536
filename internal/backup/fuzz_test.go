package backup

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/encoding/protodelim"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/store"
)

// counting counts what it receives of each part.
type counting struct {
	parts []PartContents
	ended int
}

func (c *counting) Begin(Contents) error { return nil }

func (c *counting) Part(p PartContents) error {
	p.Head, p.Oldest, p.Facts = 0, 1, 0
	c.parts = append(c.parts, p)
	return nil
}

func (c *counting) Entry(store.Entry) error { c.parts[len(c.parts)-1].Head++; return nil }
func (c *counting) Fact(store.Fact) error   { c.parts[len(c.parts)-1].Facts++; return nil }
func (c *counting) PartEnd() error          { c.ended++; return nil }

// stands reads a file: it is refused, or all that it says it holds was received.
func stands(t *testing.T, file []byte) {
	got := &counting{}
	contents, err := Read(bytes.NewReader(file), got)
	if err != nil {
		return
	}
	if got.ended != len(contents.Parts) || len(got.parts) != got.ended {
		t.Fatalf("%d of %d parts ended", got.ended, len(contents.Parts))
	}
	for i, p := range contents.Parts {
		if got.parts[i].Entries() != p.Entries() || got.parts[i].Facts != p.Facts {
			t.Errorf("%d entries and %d facts of %+v", got.parts[i].Entries(), got.parts[i].Facts, p)
		}
	}
}

// sample are the items of a backup of one journal.
func sample() []*internalv1.BackupItem {
	return []*internalv1.BackupItem{
		{Item: &internalv1.BackupItem_Head{Head: &internalv1.BackupHead{Instance: "erp", Parts: []*internalv1.BackupPart{{Name: "ledger", Oldest: 4, Head: 4}}}}},
		{Item: &internalv1.BackupItem_Entry{Entry: &internalv1.BackupEntry{Position: 4, Collection: "intents", Payload: []byte("four")}}},
		{Item: &internalv1.BackupItem_Fact{Fact: &internalv1.BackupFact{Key: []byte("i1"), Value: []byte("one")}}},
		{Item: &internalv1.BackupItem_PartEnd{PartEnd: &internalv1.BackupPartEnd{Facts: 1}}},
		{Item: &internalv1.BackupItem_End{End: &internalv1.BackupEnd{}}},
	}
}

// framed is a file of one block, whose checksum is right whatever it holds.
func framed(t testing.TB, items []byte) []byte {
	var file bytes.Buffer
	w, err := newBlockWriter(&file)
	if err != nil {
		t.Fatal(err)
	}
	w.items.Write(items)
	if err := w.flush(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func delimited(t testing.TB, items ...*internalv1.BackupItem) []byte {
	var raw bytes.Buffer
	for _, item := range items {
		if _, err := protodelim.MarshalTo(&raw, item); err != nil {
			t.Fatal(err)
		}
	}
	return raw.Bytes()
}

// The reader stands whatever file it is given.
func FuzzFile(f *testing.F) {
	whole := framed(f, delimited(f, sample()...))
	f.Add(whole)
	f.Add(whole[:len(whole)-3])
	f.Add(append(bytes.Clone(whole), whole...))
	f.Add([]byte("odoomesh backup 1\n\xff\xff\xff\xff\x00\x00\x00\x00"))
	f.Fuzz(stands)
}

// The reader stands whatever items a file has whose checksums are right.
func FuzzItems(f *testing.F) {
	f.Add(delimited(f, sample()...))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, items []byte) { stands(t, framed(t, items)) })
}

// What is missing, out of place or there twice is refused also where the checksums are
// right.
func TestItemsOutOfPlaceAreRefused(t *testing.T) {
	if _, err := Verify(bytes.NewReader(framed(t, delimited(t, sample()...)))); err != nil {
		t.Fatal(err)
	}
	for drop := range sample() {
		items := sample()
		items = append(items[:drop], items[drop+1:]...)
		if _, err := Verify(bytes.NewReader(framed(t, delimited(t, items...)))); err == nil {
			t.Errorf("without item %d it is read", drop)
		}
		items = sample()
		items = append(items, items[drop])
		if _, err := Verify(bytes.NewReader(framed(t, delimited(t, items...)))); err == nil {
			t.Errorf("with item %d behind the end it is read", drop)
		}
		for with := range drop {
			items = sample()
			items[drop], items[with] = items[with], items[drop]
			if _, err := Verify(bytes.NewReader(framed(t, delimited(t, items...)))); err == nil {
				t.Errorf("with items %d and %d exchanged it is read", drop, with)
			}
		}
	}
}

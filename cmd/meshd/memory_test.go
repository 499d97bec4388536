package main

import "testing"

func TestGarbageIsBoundedAsLongAsWhatLivesLeavesRoom(t *testing.T) {
	for lives, want := range map[uint64]int64{
		0: memoryWithin, 200 << 20: memoryWithin, 400 << 20: 500 << 20, 8 << 30: 10 << 30,
	} {
		if got := limitFor(lives); got != want {
			t.Errorf("with %d bytes that live the limit is %d, want %d", lives, got, want)
		}
	}
}

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

func TestLittleGarbageIsLeftAlone(t *testing.T) {
	for lives, want := range map[uint64]int{
		0: 400, 20 << 20: 400, 64 << 20: 200, 100 << 20: 100, 128 << 20: 100, 200 << 20: 50, 8 << 30: 50,
	} {
		if got := percentFor(lives); got != want {
			t.Errorf("with %d bytes that live, %d percent, want %d", lives, got, want)
		}
	}
}

package odoosim_test

import (
	"strconv"
	"testing"

	"odoomesh/internal/odoosim"
)

func TestClinicalDataLoadsInEveryVersion(t *testing.T) {
	for _, v := range versions {
		t.Run(strconv.Itoa(v), func(t *testing.T) {
			s := newSim(t, odoosim.Options{Version: v})
			if err := s.LoadClinical(400); err != nil {
				t.Fatal(err)
			}
			for range 200 {
				if err := s.Step(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

package main

import (
	"thuoc/internal/fault"
	"thuoc/internal/run"
)

// papiFrame is the frame of the published figures: the 63 provinces before the merger.
const papiFrame = "province-63"

// findAll finds several units; the items hold the words that name none.
func findAll(f *run.Frame, words []string) (codes []string, items []fault.Item) {
	for _, w := range words {
		got, ok := f.Find(w)
		if !ok {
			items = append(items, fault.Item{Field: "--unit", What: got.What, Remedy: got.Remedy})
			continue
		}
		codes = append(codes, got.Code)
	}
	return codes, items
}

package main

import (
	"io"
	"testing"
)

// BenchmarkScore runs the whole default command in process: definitions read, figures decoded, two years scored, ranks
// drawn, the page written. Bound: 0.25 s, which leaves the built binary its 0.3 s with the start of a process.
func BenchmarkScore(b *testing.B) {
	for b.Loop() {
		if code := execute([]string{"score"}, func(string) string { return "" }, io.Discard, io.Discard); code != exitOK {
			b.Fatalf("exit code %d", code)
		}
	}
}

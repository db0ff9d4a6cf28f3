package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestBar(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	shown := func() string {
		text, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	b := &bar{out: file, what: "y1.csv", size: 200, start: time.Now()}
	b.at(100)
	b.done()
	if got := shown(); got != "" {
		t.Errorf("work under a second shows %q", got)
	}
	b.start = b.start.Add(-2 * time.Second)
	b.at(100)
	b.at(150) // too soon after the last
	if want := "\ry1.csv [" + strings.Repeat("█", 15) + strings.Repeat("·", 15) + "]  50%"; shown() != want {
		t.Errorf("%q, want %q", shown(), want)
	}
	b.done()
	if !strings.HasSuffix(shown(), "\r\x1b[K") {
		t.Error("the bar stays")
	}
}

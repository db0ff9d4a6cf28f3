package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// bar shows on a terminal how much of a file is read; elsewhere, and for work under a second, nothing.
type bar struct {
	out         *os.File // nil where nothing is shown
	what        string
	size        int64
	start, last time.Time
}

func newBar(what string, size int64) *bar {
	b := &bar{what: what, size: size, start: time.Now()}
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 && size > 0 {
		b.out = os.Stderr
	}
	return b
}

// at draws the bar, ten times a second from the first second on.
func (b *bar) at(done int64) {
	now := time.Now()
	if b.out == nil || now.Sub(b.start) < time.Second || now.Sub(b.last) < 100*time.Millisecond {
		return
	}
	b.last = now
	fmt.Fprint(b.out, "\r"+b.line(done))
}

// line is the bar as it stands.
func (b *bar) line(done int64) string {
	const width = 30
	share := min(1, float64(done)/float64(b.size))
	full := int(share * width)
	return fmt.Sprintf("%s [%s%s] %3.0f%%", b.what, strings.Repeat("█", full), strings.Repeat("·", width-full), 100*share)
}

// done takes the bar away.
func (b *bar) done() {
	if !b.last.IsZero() {
		fmt.Fprint(b.out, "\r\x1b[K")
	}
}

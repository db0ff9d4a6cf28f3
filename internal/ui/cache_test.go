package ui

import (
	"strings"
	"testing"
)

// TestCacheForgets: the cache stays within its bound, and what is read again stays.
func TestCacheForgets(t *testing.T) {
	c := Cache[*Body]{Bytes: 32 << 20}
	for i := range 100 {
		c.Put(strings.Repeat("k", i+1), NewBody("text/html", []byte(strings.Repeat("x", 1<<20))))
		if _, ok := c.Get("k"); !ok {
			t.Fatalf("what is read every time was forgotten after %d others", i)
		}
	}
	total := 0
	for _, generation := range []map[string]*Body{c.now, c.before} {
		for _, b := range generation {
			total += b.Size()
		}
	}
	if total > c.Bytes {
		t.Errorf("the cache holds %d bytes, its bound is %d", total, c.Bytes)
	}
	c.Put("huge", NewBody("text/html", make([]byte, c.Bytes/4)))
	if _, ok := c.Get("huge"); ok {
		t.Error("one answer may take a quarter of the memory")
	}
}

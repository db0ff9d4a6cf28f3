package e2e

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestWeight counts what a reader's first page and the next one cost on the wire, headers included. A budget in KB of
// 1000 bytes stands beside each.
func TestWeight(t *testing.T) {
	axeLibrary(t)
	browser := launch(t)
	for _, c := range []struct {
		name        string
		first, next string
		kb, nextKB  int64
	}{
		{"map", "/", "/ho-so/tra-vinh?nam=2022", 85, 25},
		{"map of 34", "/ban-do?dg=34&nam=2022", "/tinh/vinh-long?nam=2022", 85, 25},
		{"profile", "/ho-so/tra-vinh?nam=2022", "/", 70, 25},
		{"groups", "/nhom-ket-qua?nam=2022", "/noi-dung/d4?nam=2022", 70, 25},
		{"English profile", "/en/profiles/ba-ria-vung-tau?nam=2022", "/en/groups?nam=2022", 70, 25},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newReader(t, browser)
			r.goes(c.first)
			total, each := r.weight()
			t.Logf("%s: %d bytes", c.first, total)
			if total > c.kb*1000 {
				t.Errorf("%s weighs %d bytes, over %d KB: %s", c.first, total, c.kb, listed(each))
			}
			r.goes(c.next)
			total, each = r.weight()
			t.Logf("then %s: %d bytes", c.next, total)
			if total > c.nextKB*1000 {
				t.Errorf("%s as the next page weighs %d bytes, over %d KB: %s", c.next, total, c.nextKB, listed(each))
			}
		})
	}
}

// listed writes addresses with their bytes.
func listed(each map[string]int64) string {
	var b strings.Builder
	for _, u := range slices.Sorted(maps.Keys(each)) {
		b.WriteString("\n  " + lastOf(u) + " " + strconv.FormatInt(each[u], 10))
	}
	return b.String()
}

// lastOf is an address without its host.
func lastOf(address string) string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(address, "http://"), "/")
	return "/" + rest
}

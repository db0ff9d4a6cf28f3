package app

import (
	"testing"

	"thuoc/internal/inspect"
)

// What inspections found counts in reports as what it is.
func TestInspectedRow(t *testing.T) {
	for want, r := range map[string]inspect.Result{
		"inspected":                        {},
		"inspected re-inspected":           {Again: true},
		"found":                            {Finding: true},
		"found finding-fails finding-late": {Finding: true, Again: true, Overdue: true},
		"found finding-fails remedied":     {Finding: true, Again: true, Closed: true},
	} {
		if row := inspectedRow(r); row.Marks != want {
			t.Errorf("%+v counts as %q, want %q", r, row.Marks, want)
		}
	}
}

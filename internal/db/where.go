package db

import (
	"slices"
	"strings"
)

// Where is the condition of a list, put together test by test: all of them are to hold.
type Where struct {
	tests []string
	args  []any
}

// Only begins a condition with a test that always stands in it, as that of rights does.
func Only(test string, args ...any) *Where { return &Where{[]string{test}, slices.Clone(args)} }

// If adds a test where something is set.
func (w *Where) If(set bool, test string, args ...any) {
	if set {
		w.tests, w.args = append(w.tests, test), append(w.args, args...)
	}
}

// In adds that a column is among some values; none are no test.
func In[T any](w *Where, column string, among []T) {
	if len(among) == 0 {
		return
	}
	w.tests = append(w.tests, column+" IN ("+Marks(len(among))+")")
	for _, v := range among {
		w.args = append(w.args, v)
	}
}

// String gives the condition as it stands in a statement.
func (w *Where) String() string { return strings.Join(w.tests, " AND ") }

// Args gives the arguments of the condition, and after them those of what follows it in the statement.
func (w *Where) Args(more ...any) []any { return slices.Concat(w.args, more) }

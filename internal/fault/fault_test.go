package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestKindOf(t *testing.T) {
	invalid := New(Invalid, "%s is wrong", "x")
	for _, c := range []struct {
		err  error
		want Kind
	}{
		{invalid, Invalid},
		{fmt.Errorf("reading: %w", invalid), Invalid},
		{&Error{Kind: Busy, Err: invalid}, Busy}, // the outermost decides
		{io.EOF, Internal},
		{errors.Join(io.EOF, New(Gone, "withdrawn")), Gone},
	} {
		if got := KindOf(c.err); got != c.want {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
	}
}

func TestBatch(t *testing.T) {
	if err := Batch(nil); err != nil {
		t.Errorf("no faults made the error %v", err)
	}
	err := Batch([]Item{
		{File: "a.csv", Line: 3, Column: 2, Field: "value", What: T("%q is not a number.", "x"), Remedy: T("Write a number.")},
		{Line: 4, What: T("The row is empty.")},
		{File: "a.csv", Field: "unit", What: T("The column is missing.")},
	})
	want := `The input has faults; nothing was changed.
a.csv:3:2: value: "x" is not a number. Write a number.
4: The row is empty.
a.csv: unit: The column is missing.`
	if err.Error() != want || len(Items(err)) != 3 || KindOf(err) != Invalid {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// TestTextKeepsPercent: a sentence without arguments is not a format; "5 %" in it must survive.
func TestTextKeepsPercent(t *testing.T) {
	if got := T("a change of 5 % or more").String(); got != "a change of 5 % or more" {
		t.Error(got)
	}
}

func TestPlace(t *testing.T) {
	for want, it := range map[string]Item{
		"":                          {},
		"a.csv:3:2":                 {File: "a.csv", Line: 3, Column: 2},
		"a.xlsx [Danh sách] B3":     {File: "a.xlsx", Sheet: "Danh sách", Line: 3, Column: 2},
		"a.xlsx [Danh sách] 3":      {File: "a.xlsx", Sheet: "Danh sách", Line: 3},
		"a.xlsx [Danh sách]":        {File: "a.xlsx", Sheet: "Danh sách"},
		"a.xlsx [Danh sách] AA1":    {File: "a.xlsx", Sheet: "Danh sách", Line: 1, Column: 27},
		"a.xlsx [Danh sách] XFD900": {File: "a.xlsx", Sheet: "Danh sách", Line: 900, Column: 16384},
	} {
		if got := it.Place(); got != want {
			t.Errorf("%+v stands at %q, want %q", it, got, want)
		}
	}
}

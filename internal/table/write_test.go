package table

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var records = Records{
	Header: []string{"unit", "name", "value", "n", "known"},
	Rows: [][]Cell{
		{Str("01"), Str("Hà Nội, \"thủ đô\""), Num(43.960304), Int(1120), Bool(true)},
		{Str("22"), Str(""), Num(math.NaN()), None, Bool(false)},
	},
}

func TestWriteCSV(t *testing.T) {
	var b bytes.Buffer
	if err := records.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	want := "unit,name,value,n,known\n01,\"Hà Nội, \"\"thủ đô\"\"\",43.960304,1120,true\n22,,,,false\n"
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

func TestWriteJSON(t *testing.T) {
	var b bytes.Buffer
	if err := records.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	want := `[
{"unit":"01","name":"Hà Nội, \"thủ đô\"","value":43.960304,"n":1120,"known":true},
{"unit":"22","name":"","value":null,"n":null,"known":false}
]
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
	if !json.Valid(b.Bytes()) {
		t.Error("not JSON")
	}
	b.Reset()
	if err := (&Records{}).WriteJSON(&b); err != nil || !json.Valid(b.Bytes()) {
		t.Errorf("no records: %q, %v", b.String(), err)
	}
}

func TestPageIsAlignedByWhatTheEyeSees(t *testing.T) {
	decomposed := "Da\u0306\u0301k La\u0306\u0301k" // letters and marks apart
	p := Page{
		Title:   "Điểm",
		Lead:    []string{"Một câu."},
		Columns: []Head{{Name: "Tỉnh"}, {Name: "Điểm", Right: true}},
		Sections: []Section{
			{Heading: "Cao", Rows: [][]string{{"Thừa Thiên Huế", "46,04"}, {decomposed, "9,00"}}},
			{Heading: "Thấp", Rows: [][]string{{"Huế"}}},
		},
		Notes: []string{strings.Repeat("ghi chú ", 20)},
	}
	var b bytes.Buffer
	if err := p.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	want := `Điểm
Một câu.

Tỉnh             Điểm
─────────────────────
Cao
Thừa Thiên Huế  46,04
Dắk Lắk          9,00

Thấp
Huế

` + strings.TrimSpace(strings.Repeat("ghi chú ", 12)) + " ghi\n  chú " + strings.TrimSpace(strings.Repeat("ghi chú ", 7)) + "\n"
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

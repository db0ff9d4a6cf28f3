package inspect

import (
	"slices"
	"testing"

	"thuoc/internal/edition"
	"thuoc/internal/score"
)

// Of the published results of a year, what fell of a province is what the edition says fell, each once and at the finest
// part that is tested; a unit that no edition knows has nothing; and whoever leads the whole leads all of it.
func TestWhatFellIsWhatTheEditionTests(t *testing.T) {
	e, err := edition.Build(2023, edition.Made{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := e.Content()
	if err != nil {
		t.Fatal(err)
	}
	d, fell, tested := declined{content: c}, 0, 0
	for _, unit := range c.Present.Units {
		f := d.fallen(unit)
		fell, tested = fell+len(f.codes), tested+len(f.tested)
		for _, code := range f.tested {
			cell := c.Present.Cell(code, unit)
			if got, want := slices.Contains(f.codes, code), cell.Change.Verdict == score.Fell; got != want {
				t.Errorf("%s of %s counts as fallen: %v, the edition says %s", code, unit, got, cell.Change.Verdict)
			}
			for n := c.Node(code); n != nil; n = c.Node(n.Parent) {
				if n.Code != code && slices.Contains(f.tested, n.Code) {
					t.Errorf("%s counts beside its part %s", n.Code, code)
				}
			}
		}
		if whole := f.led(c, []string{c.Root().Code}); !slices.Equal(whole.codes, f.codes) || len(f.led(c, nil).tested) > 0 {
			t.Errorf("who leads the whole of %s leads %v of %v", unit, whole.codes, f.codes)
		}
		for _, part := range c.Root().Parts {
			for _, code := range f.led(c, []string{part.Code}).codes {
				if n := c.Node(code); n != part && c.Node(n.Parent) != part && c.Node(c.Node(n.Parent).Parent) != part {
					t.Errorf("%s is led with %s", code, part.Code)
				}
			}
		}
	}
	if fell == 0 || fell == tested {
		t.Errorf("%d of %d tested results fell: the year has both", fell, tested)
	}
	if none := d.fallen("98001"); len(none.tested) > 0 {
		t.Errorf("a commune that the edition does not know is tested: %v", none)
	}
}

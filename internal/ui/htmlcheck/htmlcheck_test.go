package htmlcheck

import "testing"

func TestSelectors(t *testing.T) {
	d, err := Parse([]byte(`<main id=m><p class="a b">One <b>two</b></p><p class=a lang=vi>Ba</p></main><p>out</p>`))
	if err != nil {
		t.Fatal(err)
	}
	for selector, want := range map[string]int{
		"p": 3, "main p": 2, ".a": 2, "p.a.b": 1, "#m": 1, "#m b": 1, "[lang]": 1, "p[lang=vi]": 1, `p[lang="en"]`: 0, "main#m p.a": 2, "i": 0,
	} {
		if got := len(d.All(selector)); got != want {
			t.Errorf("%s: %d elements, want %d", selector, got, want)
		}
	}
	if err := d.Has("p", "One two"); err != nil {
		t.Error(err)
	}
	if d.Has("p", "four") == nil || d.Has("i", "") == nil {
		t.Error("a text that is not there is found")
	}
	if _, err := d.One("p"); err == nil {
		t.Error("three are taken for one")
	}
}

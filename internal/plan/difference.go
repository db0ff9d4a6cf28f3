package plan

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// Difference is one line that two versions of a plan do not share.
type Difference struct {
	What string // title, year, basis, aim, duty …
	Key  string // which one of several: the code of an aim, code and part of a duty
	Was  string // "" = not there
	Now  string // "" = not there any more
}

// Compare holds two versions against each other. The order of lines does not count.
func Compare(was, now Frozen) ([]Difference, error) {
	a, err := was.lines()
	if err != nil {
		return nil, err
	}
	b, err := now.lines()
	if err != nil {
		return nil, err
	}
	var all []Difference
	for key := range maps.Keys(b) {
		if a[key] != b[key] {
			all = append(all, Difference{key.what, key.key, a[key], b[key]})
		}
	}
	for key := range maps.Keys(a) {
		if _, still := b[key]; !still {
			all = append(all, Difference{key.what, key.key, a[key], ""})
		}
	}
	slices.SortFunc(all, func(x, y Difference) int {
		return cmp.Or(cmp.Compare(x.What, y.What), cmp.Compare(x.Key, y.Key))
	})
	return all, nil
}

// lineKey names a line of a version.
type lineKey struct{ what, key string }

// lines are what a version says, one text a line.
func (f Frozen) lines() (map[lineKey]string, error) {
	var c Content
	if err := json.Unmarshal([]byte(f.Body), &c); err != nil {
		return nil, err
	}
	lines := map[lineKey]string{
		{"title", ""}: c.Title, {"kind", ""}: string(c.Kind), {"agency", ""}: c.Agency, {"base-year", ""}: strconv.Itoa(c.Base),
		{"years", ""}: strconv.Itoa(c.Year) + "–" + strconv.Itoa(c.Until), {"number", ""}: c.Number, {"signed", ""}: c.Signed,
		{"signer", ""}: c.Signer, {"paper", ""}: c.Paper,
	}
	put := func(what, key string, v any) error {
		text, err := json.Marshal(v)
		k := lineKey{what, key}
		for i := 2; lines[k] != ""; i++ {
			k.key = key + " " + strconv.Itoa(i) // several targets for one part of the index
		}
		lines[k] = string(text)
		return err
	}
	for _, b := range c.Bases {
		if err := put("basis", b.Number+" "+b.Title, b); err != nil {
			return nil, err
		}
	}
	for _, a := range c.Aims {
		if err := put("aim", a.Family+" "+a.Code+" "+string(a.Kind), a); err != nil {
			return nil, err
		}
	}
	for _, d := range c.Duties {
		if err := put("duty", d.Code+" "+string(d.Part)+" "+d.Agency, d); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

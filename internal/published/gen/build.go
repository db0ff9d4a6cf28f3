package main

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"thuoc/internal/published/cells"
)

// spelled are the two province names of papi_scores.csv that differ from name_en of provinces_63.csv.
var spelled = map[string]string{"Ho Chi Minh City": "Ho Chi Minh", "Thua Thien Hue": "Hue"}

// groups numbers the printed groups from the highest.
var groups = map[string]string{"high": "1", "upper-middle": "2", "lower-middle": "3", "low": "4"}

// stored are the levels of papi_scores.csv that are columns of provinces: what their numbers are, and the ending to
// take off the code. National figures (province VIETNAM) are few and lie in package published as a table.
var stored = map[string]struct {
	kind   cells.Kind
	suffix string
}{
	"composite_unweighted":    {cells.Value, ""},
	"composite_derived":       {cells.Value, ""},
	"composite_weighted":      {cells.Value, ""},
	"dimension":               {cells.Value, ""},
	"subdimension":            {cells.Value, ""},
	"indicator":               {cells.Value, ""},
	"composite_unweighted_se": {cells.SE, "_SE"},
	"composite_weighted_se":   {cells.SE, "_SE"},
	"dimension_variance":      {cells.Variance, "_VAR"},
	"observations":            {cells.Respondents, ""},
}

type columnKey struct {
	year int
	code string
	kind cells.Kind
}

// draft is a column before it is packed: one text a unit.
type draft struct {
	source string
	texts  []string
}

type table struct {
	units  []string       // codes, ascending
	byName map[string]int // English name → place in units
	drafts map[columnKey]*draft
}

func build(folder fs.FS) ([]byte, error) {
	t := table{byName: map[string]int{}, drafts: map[columnKey]*draft{}}
	if err := eachRow(folder, "provinces_63.csv", t.addUnit); err != nil {
		return nil, err
	}
	if err := eachRow(folder, "papi_scores.csv", t.addScore); err != nil {
		return nil, err
	}
	if err := t.addLevels(); err != nil {
		return nil, err
	}
	sections, err := t.sections()
	if err != nil {
		return nil, err
	}
	return cells.Encode(t.units, sections), nil
}

// eachRow calls use with every row of a CSV file as a map from column name to cell.
func eachRow(folder fs.FS, name string, use func(map[string]string) error) error {
	f, err := folder.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for i, cellsOfRow := range rows[1:] {
		row := map[string]string{}
		for j, column := range rows[0] {
			row[column] = cellsOfRow[j]
		}
		if err := use(row); err != nil {
			return fmt.Errorf("%s:%d: %w", name, i+2, err)
		}
	}
	return nil
}

func (t *table) addUnit(row map[string]string) error {
	t.byName[row["name_en"]] = len(t.units)
	t.units = append(t.units, row["code"])
	if !slices.IsSorted(t.units) {
		return fmt.Errorf("code %s breaks the order", row["code"])
	}
	return nil
}

func (t *table) addScore(row map[string]string) error {
	if row["province"] == "VIETNAM" {
		return nil
	}
	level, known := stored[row["level"]]
	unit, found := t.byName[cmp.Or(spelled[row["province"]], row["province"])]
	year, err := strconv.Atoi(row["year"])
	if !known || !found || err != nil {
		return fmt.Errorf("unknown level %q, province %q or year %q", row["level"], row["province"], row["year"])
	}
	// "S1#2022 group from S6 ranges" names the sources of the value and of the group, "S1#2017_Process sum of six
	// dimensions" the source of the parts.
	source, groupSource, _ := strings.Cut(row["source"], " group from ")
	source, _, _ = strings.Cut(source, " ")
	groupSource, _, _ = strings.Cut(groupSource, " ")
	code := strings.TrimSuffix(row["code"], level.suffix)
	for _, cell := range []struct {
		kind         cells.Kind
		text, source string
	}{
		{level.kind, row["value"], source},
		{cells.Lo, row["lo"], source},
		{cells.Hi, row["hi"], source},
		{cells.Group, groups[row["group"]], groupSource},
	} {
		if err := t.put(columnKey{year, code, cell.kind}, unit, cell.text, cell.source); err != nil {
			return err
		}
	}
	if row["group"] != "" && groups[row["group"]] == "" {
		return fmt.Errorf("unknown group %q", row["group"])
	}
	return nil
}

func (t *table) put(key columnKey, unit int, text, source string) error {
	if text == "" {
		return nil
	}
	d := t.drafts[key]
	if d == nil {
		d = &draft{source: source, texts: make([]string, len(t.units))}
		t.drafts[key] = d
	}
	if d.texts[unit] != "" || d.source != source {
		return fmt.Errorf("%d %s: a second value for %s, or a second source %s beside %s", key.year, key.code, t.units[unit], source, d.source)
	}
	d.texts[unit] = text
	return nil
}

// addLevels works out what every printed interval truly covers: with half-width m·SE, the normal distribution gives
// erf(m/√2), kept to four decimals. An SE of zero is a broken cell and says nothing.
func (t *table) addLevels() error {
	for key, lo := range maps.Clone(t.drafts) {
		if key.kind != cells.Lo {
			continue
		}
		hi := t.drafts[columnKey{key.year, key.code, cells.Hi}]
		se := t.drafts[columnKey{key.year, key.code, cells.SE}]
		if hi == nil || se == nil {
			return fmt.Errorf("%d %s: limits without an upper one or without a standard error", key.year, key.code)
		}
		for unit, text := range lo.texts {
			if text == "" {
				continue
			}
			level, err := coverage(text, hi.texts[unit], se.texts[unit])
			if err == nil {
				err = t.put(columnKey{key.year, key.code, cells.Level}, unit, level, lo.source)
			}
			if err != nil {
				return fmt.Errorf("%d %s of %s: %w", key.year, key.code, t.units[unit], err)
			}
		}
	}
	return nil
}

// coverage gives the level of one interval, empty where its SE is zero.
func coverage(texts ...string) (string, error) {
	var numbers [3]float64
	for i, text := range texts {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return "", err
		}
		numbers[i] = v
	}
	lo, hi, se := numbers[0], numbers[1], numbers[2]
	if se == 0 {
		return "", nil
	}
	return strconv.FormatFloat(math.Erf((hi-lo)/2/se/math.Sqrt2), 'f', 4, 64), nil
}

// kindOrder puts the value of a code before what belongs to it.
const kindOrder = string(cells.Value) + string(cells.SE) + string(cells.Variance) + string(cells.Lo) + string(cells.Hi) +
	string(cells.Level) + string(cells.Group) + string(cells.Respondents)

// sections packs the drafts: years ascend, codes stand in tree order, kinds in kindOrder.
func (t *table) sections() ([]cells.Section, error) {
	keys := slices.SortedFunc(maps.Keys(t.drafts), func(a, b columnKey) int {
		return cmp.Or(cmp.Compare(a.year, b.year), slices.Compare(branch(a.code), branch(b.code)),
			cmp.Compare(strings.IndexByte(kindOrder, byte(a.kind)), strings.IndexByte(kindOrder, byte(b.kind))))
	})
	var sections []cells.Section
	for _, key := range keys {
		d := t.drafts[key]
		column, err := cells.Pack(key.kind, key.code, d.source, d.texts)
		if err != nil {
			return nil, fmt.Errorf("%d: %w", key.year, err)
		}
		if len(sections) == 0 || sections[len(sections)-1].Year != key.year {
			sections = append(sections, cells.Section{Year: key.year})
		}
		last := &sections[len(sections)-1]
		last.Columns = append(last.Columns, column)
	}
	return sections, nil
}

// branch is a code's place in the tree: respondents, composites, then D1, 1.1, 1.1.1, 1.1.2, … 1.1.10, 1.2, D2 ….
func branch(code string) []int {
	switch code {
	case "N":
		return []int{-3}
	case "PAPI":
		return []int{-2}
	case "PAPI_W":
		return []int{-1}
	}
	var path []int
	for part := range strings.SplitSeq(strings.TrimPrefix(code, "D"), ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return []int{math.MaxInt} // unknown codes go last, where the tests find them
		}
		path = append(path, n)
	}
	return path
}

package portal

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"thuoc/internal/edition"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/ui/htmlcheck"
)

// The rule of this file: words that set figures apart (higher, lower, ahead, rose, fell, changed, differs …) stand in a
// title, a lead or a heading only in a sentence of the list below, and only where the figures behind that sentence carry
// it. The figures are tested here again, from the values and errors of the edition alone.

// apart are the words that claim a difference.
var apart = map[lang.Lang]*regexp.Regexp{
	lang.Vi: regexp.MustCompile(`(?i)\b(cao hơn|thấp hơn|hơn hẳn|kém hơn|tốt hơn|xấu hơn|trên trung vị|dưới trung vị|dẫn đầu|tụt|vượt|cải thiện)|(?:^|\s)(tăng|giảm|đổi|khác|hơn)(?:\s|$|[,.;])`),
	lang.En: regexp.MustCompile(`(?i)\b(higher|lower|above|below|ahead|behind|better|worse|rose|fell|rise|fall|changed|changes|increased?|decreased?|differs?|differ|exceeds?|beyond|improved|leads?)\b`),
}

// claim is a sentence that sets figures apart, and what must be true of the figures for it to stand.
type claim struct {
	key   string
	holds func(f *facts, args []string) error
}

// facts are the figures behind a page.
type facts struct {
	v *view
	c *edition.Content
}

var claims = []claim{
	{"%d topics above the median, %d below, beyond their error", (*facts).topicsApart},
	{"%d topics below the median beyond their error, none above", func(f *facts, args []string) error { return f.topicsApart([]string{"0", args[0]}) }},
	{"%d topics above the median beyond their error, none below", func(f *facts, args []string) error { return f.topicsApart([]string{args[0], "0"}) }},
	{"No topic differs from the median beyond its error", (*facts).topicsTogether},
	{"%s was ahead of %s", (*facts).higher}, // before the next, whose Vietnamese is a part of it
	{"%s is higher than %s", (*facts).higher},
	{"%d of %d differences exceed their error", (*facts).pairsApart},
	{"%d of %d neighbours differ beyond their error", (*facts).neighboursApart},
	{"Neighbours mostly cannot be told apart", (*facts).neighboursTogether},
	{"%d of %d differences can be tested; none exceeds its error", (*facts).pairsPartly},
	{"No difference exceeds its error", (*facts).pairsTogether},
	{"The parts do not differ clearly", (*facts).partsTogether},
	{"%d–%d: the measure changed %d times", (*facts).breaks},
	// Sentences that deny, ask, or speak of the index and not of figures.
	{"PAPI %d, %d provinces scored. The error of these scores was not published, so near scores say nothing about who is ahead.", (*facts).nothingKnown},
	{"PAPI %d, %d provinces scored, %d with a confidence interval; provinces with near scores mostly do not differ clearly.", (*facts).mostlyTogether},
	{"%s. Where two bands overlap much, nobody can say which province is ahead.", nil},
	{"Two to five of the former provinces. A difference counts only when it exceeds its own error.", nil},
	{"Up to five provinces beside the median of all. Where the measure changed the line is cut.", nil},
	{"What changed", nil},
	{"What changed in the index", nil},
}

// pattern is a sentence of the catalogue as a pattern: what is filled in is captured.
func pattern(l lang.Lang, key string) *regexp.Regexp {
	var args []any
	for _, m := range regexp.MustCompile(`%.`).FindAllString(key, -1) {
		switch m {
		case "%s":
			args = append(args, "§")
		case "%d":
			args = append(args, 90909)
		}
	}
	s := regexp.QuoteMeta(lang.Translate(l, fault.T(key, args...)))
	return regexp.MustCompile(`^` + strings.NewReplacer("§", "(.+?)", "90909", `([\d.,]+)`).Replace(s) + `$`)
}

// patterns are the claims as patterns, by language.
var patterns = func() map[lang.Lang][]*regexp.Regexp {
	all := map[lang.Lang][]*regexp.Regexp{}
	for _, l := range []lang.Lang{lang.Vi, lang.En} {
		for _, c := range claims {
			all[l] = append(all[l], pattern(l, c.key))
		}
	}
	return all
}()

// judge holds one sentence of a page to the rule; nil when it claims nothing or what it claims is so.
func (f *facts) judge(sentence string) error {
	for i, p := range patterns[f.v.lang] {
		if m := p.FindStringSubmatch(sentence); m != nil {
			if claims[i].holds == nil {
				return nil
			}
			return claims[i].holds(f, m[1:])
		}
	}
	for _, g := range f.c.Groups { // a group's name is a name, and so is a topic's
		sentence = strings.ReplaceAll(sentence, g.Names.In(f.v.lang), "")
	}
	if apart[f.v.lang].MatchString(sentence) {
		for _, n := range f.c.Nodes {
			sentence = strings.ReplaceAll(sentence, n.Names.In(f.v.lang), "")
		}
	}
	if m := apart[f.v.lang].FindString(sentence); m != "" {
		return fmt.Errorf("it says %q, which is in no claim that can be tested", strings.TrimSpace(m))
	}
	return nil
}

// clear tells whether two cells differ at 95 % when so many comparisons are looked at.
func clearOf(a, b *edition.Cell, looks int) bool {
	if a == nil || b == nil || !(a.SE > 0) || !(b.SE > 0) {
		return false
	}
	z := math.Sqrt2 * math.Erfinv(1-0.05/float64(looks))
	return math.Abs(a.Value-b.Value) > z*math.Sqrt(a.SE*a.SE+b.SE*b.SE)
}

// topics counts the dimensions of the page's province that lie clear of the median, all of them looked at together.
func (f *facts) topics() (above, below, known int) {
	t := f.v.table(f.c)
	place, err := f.v.place(f.v.atlas())
	if err != nil {
		return 0, 0, 0
	}
	dims := f.c.Level("dimension")
	scored := 0
	for _, n := range dims {
		if x := t.Cell(n.Code, place.Code); x != nil && x.OK() {
			scored++
		}
	}
	z := math.Sqrt2 * math.Erfinv(1-0.05/float64(scored))
	for _, n := range dims {
		x := t.Cell(n.Code, place.Code)
		if x == nil || !x.OK() || !(x.SE > 0) {
			continue
		}
		known++
		var all []float64
		for _, o := range t.Of(n.Code) {
			if o.OK() {
				all = append(all, o.Value)
			}
		}
		slices.Sort(all)
		middle := (all[(len(all)-1)/2] + all[len(all)/2]) / 2
		switch {
		case x.Value-middle > z*x.SE:
			above++
		case middle-x.Value > z*x.SE:
			below++
		}
	}
	return above, below, known
}

func (f *facts) topicsApart(args []string) error {
	above, below, known := f.topics()
	if known == 0 || args[0] != strconv.Itoa(above) || args[1] != strconv.Itoa(below) {
		return fmt.Errorf("the errors, known of %d, support %d above and %d below", known, above, below)
	}
	return nil
}

func (f *facts) topicsTogether([]string) error {
	if above, below, known := f.topics(); known == 0 || above+below > 0 {
		return fmt.Errorf("of %d known, %d are above and %d below", known, above, below)
	}
	return nil
}

// units are the provinces a page compares: those of its address, or the parts of a province.
func (f *facts) units() []*edition.Cell {
	var codes []string
	if f.v.route.name == "province" {
		place, err := f.v.place(atlases[present]())
		if err != nil {
			return nil
		}
		for _, p := range partsOf(place) {
			codes = append(codes, p.Code)
		}
	} else {
		codes = f.v.units
	}
	var list []*edition.Cell
	for _, code := range codes {
		list = append(list, f.c.Former.Cell(f.c.Root().Code, code))
	}
	return list
}

// clearPairs counts the pairs of the page's provinces that differ, all pairs looked at together.
func (f *facts) clearPairs() (clear, known, pairs int) {
	list := f.units()
	pairs = len(list) * (len(list) - 1) / 2
	for i, a := range list {
		for _, b := range list[i+1:] {
			if a.SE > 0 && b.SE > 0 {
				known++
			}
			if clearOf(a, b, pairs) {
				clear++
			}
		}
	}
	return clear, known, pairs
}

func (f *facts) higher(args []string) error {
	a := atlases[former]()
	find := func(name string) *edition.Cell {
		for _, p := range a.list {
			if f.v.name(p) == name {
				return f.c.Former.Cell(f.c.Root().Code, p.Code)
			}
		}
		return nil
	}
	x, y := find(args[0]), find(args[1])
	_, _, pairs := f.clearPairs()
	if x == nil || y == nil || x.Value <= y.Value || !clearOf(x, y, pairs) {
		return fmt.Errorf("%v and %v do not differ by the test of %d pairs", x, y, pairs)
	}
	return nil
}

func (f *facts) pairsApart(args []string) error {
	clear, known, _ := f.clearPairs()
	if args[0] != strconv.Itoa(clear) || args[1] != strconv.Itoa(known) {
		return fmt.Errorf("%d of %d pairs with known errors differ", clear, known)
	}
	return nil
}

func (f *facts) pairsTogether([]string) error {
	if clear, known, pairs := f.clearPairs(); clear > 0 || known < pairs {
		return fmt.Errorf("%d of %d pairs with known errors differ", clear, known)
	}
	return nil
}

// partsTogether holds where the two parts furthest apart do not differ and every error is known.
func (f *facts) partsTogether([]string) error {
	clear, known, pairs := f.clearPairs()
	if clear > 0 || known < pairs {
		return fmt.Errorf("%d of %d pairs differ, %d known", clear, pairs, known)
	}
	return nil
}

// breaks counts what the year's definitions declare, not what was drawn.
func (f *facts) breaks(args []string) error {
	code := f.v.code
	switch f.v.route.name {
	case "content":
		code = normalCode(f.v.arg)
	case "profile", "province":
		code = f.c.Root().Code
	}
	steps, err := site().steps(f.c, code)
	if err != nil {
		return err
	}
	broken := 0
	for i, s := range steps {
		if i > 0 && s.node.Compare.Verdict != "same" {
			broken++
		}
	}
	first, last := strconv.Itoa(steps[0].content.Year), strconv.Itoa(steps[len(steps)-1].content.Year)
	if args[0] != first || args[1] != last || args[2] != strconv.Itoa(broken) {
		return fmt.Errorf("the definitions declare %d breaks from %s to %s", broken, first, last)
	}
	return nil
}

func (f *facts) knownCells() (known []*edition.Cell) {
	code := f.v.code
	if f.v.route.name == "content" {
		code = normalCode(f.v.arg)
	}
	for _, x := range f.v.table(f.c).Of(code) {
		if x.OK() && x.SE > 0 {
			known = append(known, &x)
		}
	}
	return known
}

func (f *facts) nothingKnown([]string) error {
	if k := len(f.knownCells()); k > 0 {
		return fmt.Errorf("the errors of %d provinces are known", k)
	}
	return nil
}

// clearNeighbours counts the provinces that differ from the next one in the order of scores.
func (f *facts) clearNeighbours() (clear, all int) {
	known := f.knownCells()
	slices.SortFunc(known, func(a, b *edition.Cell) int { return compareFloat(a.Value, b.Value) })
	for i := 1; i < len(known); i++ {
		if clearOf(known[i-1], known[i], 1) {
			clear++
		}
	}
	return clear, len(known) - 1
}

func (f *facts) mostlyTogether(args []string) error {
	if args[2] != strconv.Itoa(len(f.knownCells())) {
		return fmt.Errorf("the errors of %d provinces are known", len(f.knownCells()))
	}
	return f.neighboursTogether(nil)
}

func (f *facts) neighboursTogether([]string) error {
	if clear, all := f.clearNeighbours(); all < 1 || 2*clear > all {
		return fmt.Errorf("%d of %d neighbours differ", clear, all)
	}
	return nil
}

func (f *facts) neighboursApart(args []string) error {
	if clear, all := f.clearNeighbours(); args[0] != strconv.Itoa(clear) || args[1] != strconv.Itoa(all) {
		return fmt.Errorf("%d of %d neighbours differ", clear, all)
	}
	return nil
}

func (f *facts) pairsPartly(args []string) error {
	clear, known, pairs := f.clearPairs()
	if clear > 0 || known == 0 || args[0] != strconv.Itoa(known) || args[1] != strconv.Itoa(pairs) {
		return fmt.Errorf("%d of %d pairs can be tested, %d differ", known, pairs, clear)
	}
	return nil
}

// everything tells whether all pages are read: some seven thousand, which takes a quarter of a minute.
var everything = os.Getenv("CI") == "true"

// everyView gives an address of every page of every year that shows figures, in both languages: the map and the groups of
// every topic above the indicators on both maps, every profile, every province, every topic, pairs and fives of
// provinces, and series. Outside the gate, which sets CI, one in twenty.
func everyView(t *testing.T) []string {
	t.Helper()
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	for _, year := range site().Shelf.Years() {
		c, err := site().Shelf.Content(year)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range c.Nodes {
			add("/noi-dung/%s?nam=%d", n.Code, year)
			add("/nhom-ket-qua?nam=%d&nd=%s", year, n.Code)
			if n.Level == "indicator" {
				continue
			}
			add("/ban-do?nam=%d&nd=%s", year, n.Code)
			add("/ban-do?nam=%d&nd=%s&dg=34", year, n.Code)
			add("/nhom-ket-qua?nam=%d&nd=%s&dg=34", year, n.Code)
			add("/noi-dung/%s?nam=%d&dg=34", n.Code, year)
		}
		former63 := atlases[former]().list
		for i, p := range former63 {
			add("/ho-so/%s?nam=%d", slug(p), year)
			add("/so-sanh?nam=%d&tinh=%s,%s", year, p.Code, former63[(i*7+31)%63].Code)
			add("/so-sanh?nam=%d&tinh=%s,%s,%s,%s", year, p.Code, former63[(i+11)%63].Code, former63[(i+29)%63].Code, former63[(i+47)%63].Code)
		}
		for _, p := range atlases[present]().list {
			add("/tinh/%s?nam=%d", slug(p), year)
		}
	}
	for _, p := range atlases[former]().list {
		add("/chuoi-thoi-gian?tinh=%s", p.Code)
		add("/chuoi-thoi-gian?nd=D4&tinh=%s", p.Code)
	}
	kept := all[:0]
	for i, a := range all {
		if everything || i%20 == 0 {
			kept = append(kept, a)
		}
	}
	return kept
}

// ofError finds the words by which a figure says what is known of its error.
var ofError = regexp.MustCompile(`(?i)sai số|khoảng tin cậy|error|interval|no province has a value|không tỉnh nào có giá trị|no topic has|không nội dung nào có`)

// rare are the claims no published year happens to support; their tests are in TestClaimsAreCaught and TestNeighbours.
var rare = map[string]bool{"%d of %d neighbours differ beyond their error": true, "Neighbours mostly cannot be told apart": true}

// TestClaims holds the titles and leads of every page of every year to the rule.
func TestClaims(t *testing.T) {
	made := map[string]int{}
	for _, address := range everyView(t) {
		for _, l := range []lang.Lang{lang.Vi, lang.En} {
			v := readView(t, address)
			v.lang = l
			v.format = "csv" // what is said, without the drawings
			pg, err := v.route.page(site(), v)
			if err != nil {
				if fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s: %v", address, err)
				}
				continue
			}
			c, err := v.content()
			if err != nil {
				t.Fatal(err)
			}
			f := &facts{v, c}
			sentences := []string{pg.title, pg.desc}
			if v.route.name == "content" {
				sentences = sentences[1:] // the title is the topic's name
			}
			for _, fig := range pg.figures {
				sentences = append(sentences, fig.Title)
				words := fig.Title + fig.Subtitle + fig.Note
				if !ofError.MatchString(words) {
					t.Errorf("%s in %s: the figure %s says nothing of its error: %s", address, l, fig.ID, words)
				}
			}
			for _, s := range sentences {
				if err := f.judge(s); err != nil {
					t.Errorf("%s in %s: %q: %v", address, l, s, err)
				}
				for i, p := range patterns[l] {
					if p.MatchString(s) {
						made[claims[i].key]++
					}
				}
			}
		}
	}
	for _, c := range claims { // a claim nobody makes guards nothing
		if c.holds != nil && made[c.key] == 0 && !rare[c.key] && everything {
			t.Errorf("no page says %q", c.key)
		}
	}
}

// TestClaimsAreCaught: the rule itself catches titles that claim too much.
func TestClaimsAreCaught(t *testing.T) {
	for address, titles := range map[string][]string{
		"/ho-so/tra-vinh?nam=2024":         {"2 trong 8 nội dung cao hơn trung vị các tỉnh", "Cao hơn trung vị nhiều nhất", "Trà Vinh tăng 0,5 điểm", "1 nội dung trên trung vị, 0 dưới, vượt sai số"},
		"/en/profiles/tra-vinh?nam=2024":   {"2 of 8 topics above the provinces' median", "Furthest above the median", "Trà Vinh rose by 0.5", "1 topics above the median, 0 below, beyond their error"},
		"/so-sanh?nam=2024&tinh=84,22":     {"Quảng Ninh cao hơn Trà Vinh", "Không hiệu số nào vượt quá sai số"},
		"/en/compare?nam=2022&tinh=84,86":  {"Tra Vinh is higher than Vinh Long", "No difference exceeds its error"},
		"/en/time-series?tinh=84":          {"2011–2024: the measure changed 2 times"},
		"/en/map?nam=2022":                 {"PAPI 2022, 61 provinces scored. The error of these scores was not published, so near scores say nothing about who is ahead."},
		"/en/provinces/vinh-long?nam=2021": {"The parts do not differ clearly", "Bến Tre was ahead of Trà Vinh"},
		"/en/groups?nam=2023&nd=PAPI":      {"Thái Nguyên leads"},
	} {
		v := readView(t, address)
		c, err := v.content()
		if err != nil {
			t.Fatal(err)
		}
		if v.code == "" {
			v.code = c.Root().Code
		}
		for _, s := range titles {
			if err := (&facts{v, c}).judge(s); err == nil {
				t.Errorf("%s: %q passes", address, s)
			}
		}
	}
}

// TestNeighbours: far apart and sure, neighbours differ and the title says how many; near each other they do not.
func TestNeighbours(t *testing.T) {
	v := readView(t, "/en/map?nam=2023")
	c, err := v.content()
	if err != nil {
		t.Fatal(err)
	}
	for step, want := range map[float64]string{5: "3 of 3 neighbours differ beyond their error", 0.5: "Neighbours mostly cannot be told apart"} {
		var cells []edition.Cell
		for i, unit := range []string{"01", "31", "48", "79"} {
			cells = append(cells, edition.Cell{Unit: unit, Status: "ok", Value: 40 + step*float64(i), SE: 0.5, Sure: 0.9, Group: i + 1})
		}
		if got := v.finding(v.atlas(), c.Root(), cells); got != want {
			t.Errorf("steps of %g: %q, want %q", step, got, want)
		}
	}
}

// TestArrows: an arrow stands only at a change that exceeds its own error at 95 %, both years known and comparable; and
// a list of changes holds nothing else.
func TestArrows(t *testing.T) {
	arrows := 0
	check := func(address string, c *edition.Content, x *edition.Cell, frame int, d *delta) {
		if d == nil || d.Class == "flat" {
			return
		}
		arrows++
		before, err := site().Shelf.Content(c.Year - 1)
		if err != nil {
			t.Fatal(err)
		}
		n := c.Node(x.Code)
		table := before.Former
		if frame == present {
			table = before.Present
		}
		y := table.Cell(n.Compare.Was, x.Unit)
		if n.Compare.Verdict != "same" || !clearOf(x, y, 1) || (d.Class == "up") != (x.Value > y.Value) {
			t.Errorf("%s: %s %s carries an arrow %s", address, x.Code, x.Unit, d.Class)
		}
	}
	for _, year := range site().Shelf.Years() {
		c, err := site().Shelf.Content(year)
		if err != nil {
			t.Fatal(err)
		}
		for _, frame := range []int{former, present} {
			address := fmt.Sprintf("year %d, %d provinces", year, frame)
			v := readView(t, fmt.Sprintf("/ban-do?nam=%d&dg=%d", year, frame))
			for i, x := range v.table(c).Cells {
				d := v.delta(&v.table(c).Cells[i], c)
				check(address, c, &x, frame, d)
			}
			cells := v.table(c).Of("PAPI")
			rows, _, _ := v.changes(c, c.Root(), v.atlas(), cells)
			for _, r := range rows {
				if r.Delta.Class == "flat" {
					t.Errorf("%s: %s is listed as changed", address, r.Name)
				}
			}
		}
	}
	if arrows == 0 {
		t.Error("no change of any year carries an arrow: 2022 to 2023 was tested")
	}
}

// TestRanksAreRanges: wherever a page writes ranks they are a range, and where no error is known there is none.
func TestRanksAreRanges(t *testing.T) {
	for _, year := range site().Shelf.Years() {
		c, err := site().Shelf.Content(year)
		if err != nil {
			t.Fatal(err)
		}
		v := readView(t, fmt.Sprintf("/ban-do?nam=%d", year))
		for _, table := range []*edition.Table{&c.Former, &c.Present} {
			for i := range table.Cells {
				x := &table.Cells[i]
				got := v.ranks(x)
				switch {
				case !x.Known() && got != "–":
					t.Errorf("%d %s %s: ranks %s without an error", year, x.Code, x.Unit, got)
				case x.Known() && !strings.Contains(got, "–"):
					t.Errorf("%d %s %s: the rank %s is no range", year, x.Code, x.Unit, got)
				}
			}
		}
	}
}

// TestUncertainGroups: a group below 60 % is hatched and said, on the map, in tables and in drawings; one at or above is
// neither.
func TestUncertainGroups(t *testing.T) {
	for _, year := range []int{2019, 2022, 2023} {
		c, err := site().Shelf.Content(year)
		if err != nil {
			t.Fatal(err)
		}
		unsure := 0
		for _, x := range c.Former.Of("PAPI") {
			if x.Uncertain() != (x.Sure < 0.60) {
				t.Errorf("%d %s: %v", year, x.Unit, x.Sure)
			}
			if x.Sure < 0.60 {
				unsure++
			}
		}
		d := page200(t, fmt.Sprintf("/?nam=%d&xem=bang", year))
		if got := len(d.All("td .grp.unsure")); got != unsure || unsure == 0 {
			t.Errorf("%d: %d groups are hatched in the table, %d are uncertain", year, got, unsure)
		}
		svg := get(t, fmt.Sprintf("/ban-do.svg?nam=%d", year)).Body.String()
		if n := strings.Count(svg, `fill="url(#m-h)"`); n < unsure {
			t.Errorf("%d: %d hatchings on the map, %d groups are uncertain", year, n, unsure)
		}
		html := get(t, fmt.Sprintf("/?nam=%d", year)).Body.String()
		if n := strings.Count(html, "chưa chắc về nhóm"); n < unsure {
			t.Errorf("%d: the map says “uncertain” %d times for %d provinces", year, n, unsure)
		}
	}
}

// TestHeadings: what templates add to titles claims nothing either.
func TestHeadings(t *testing.T) {
	for _, address := range bothLanguages(t) {
		v := readView(t, address)
		if _, err := v.route.page(site(), v); err != nil {
			t.Fatal(err)
		}
		c, err := v.content()
		if err != nil {
			t.Fatal(err)
		}
		f := &facts{v, c}
		if v.route.name == "methods" || v.route.name == "faq" {
			continue // they explain what may be called a change
		}
		d := page200(t, address)
		for _, h := range []string{"h1", "h2", "h3", "caption", "summary"} {
			for _, n := range d.All("main " + h) {
				s := htmlcheck.Text(n)
				if h == "caption" {
					s, _, _ = strings.Cut(s, ". ")
				}
				if named(c, v, s) {
					continue
				}
				if err := f.judge(s); err != nil {
					t.Errorf("%s: <%s> %q: %v", address, h, s, err)
				}
			}
		}
	}
}

// named tells whether a heading is the name of a topic, with or without its code.
func named(c *edition.Content, v *view, s string) bool {
	return slices.ContainsFunc(c.Nodes, func(n *edition.Node) bool { return strings.HasSuffix(s, n.Names.In(v.lang)) })
}

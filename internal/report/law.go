package report

import (
	_ "embed"
	"strings"
	"sync"

	"thuoc/internal/clock"
	"thuoc/internal/lang"
)

// Law is a cut-off, or a last day for sending, that a document sets or a province once had: what a calendar is begun from.
type Law struct {
	ID     string
	Kind   Kind
	Cut    int        // day of the period's last month; 0 = the document sets none
	Due    int        // day for sending; 0 = the document sets none
	Text   lang.Names // the document
	Since  clock.Date // the first day of its force; zero where it is one province's practice
	Until  clock.Date // the last; zero while it is in force
	Source string
	Sure   Sureness
}

// Sureness is how sure a fact is.
type Sureness string

// The degrees.
const (
	Sourced     Sureness = "source"
	Inferred    Sureness = "inferred"    // a part of it follows from something else
	Old         Sureness = "old"         // one province's rule, no longer in force
	Unconfirmed Sureness = "unconfirmed" // seen in one place only, and another was seen too
)

// decree is what the national regime of periodic reports is called.
var decree = lang.Names{VI: "Nghị định 09/2019/NĐ-CP", EN: "Decree 09/2019/NĐ-CP"}

// oldRule is the rule of one province, kept as an example.
var oldRule = lang.Names{VI: "Công văn 2539/UBND-SNV ngày 08/05/2012 (Bà Rịa – Vũng Tàu)", EN: "Dispatch 2539/UBND-SNV of 08/05/2012 (Bà Rịa – Vũng Tàu)"}

// Laws are the cut-offs of the national regime with their dates of force, and one province's old days for sending.
var Laws = []Law{
	{ID: "BC-CLOSE-Q", Kind: Quarter, Cut: 14, Text: decree, Since: clock.MustDate("2019-03-12"), Sure: Unconfirmed,
		Source: "Điều 12; github.com/diepxuan/diepxuan.github.io@fbaa690e van-ban/ (16–15: giao-thong-van-tai/duong-sat.md)"},
	{ID: "BC-CLOSE-H", Kind: Half, Cut: 14, Text: decree, Since: clock.MustDate("2019-03-12"), Sure: Sourced,
		Source: "github.com/diepxuan/diepxuan.github.io@fbaa690e van-ban/giao-thong-van-tai/hang-khong-dan-dung-viet-nam.md"},
	{ID: "BC-CLOSE-Y", Kind: Year, Cut: 14, Text: decree, Since: clock.MustDate("2019-03-12"), Sure: Sourced,
		Source: "github.com/diepxuan/diepxuan.github.io@fbaa690e van-ban/buu-chinh-vien-thong/cong-nghe-thong-tin.md"},
	{ID: "BRVT-M", Kind: Month, Due: 15, Text: oldRule, Source: "cchc.baria-vungtau.gov.vn", Sure: Old},
	{ID: "BRVT-Q", Kind: Quarter, Due: 5, Text: oldRule, Source: "cchc.baria-vungtau.gov.vn", Sure: Old},
	{ID: "BRVT-H", Kind: Half, Due: 5, Text: oldRule, Source: "cchc.baria-vungtau.gov.vn", Sure: Old},
	{ID: "BRVT-Y", Kind: Year, Due: 25, Text: oldRule, Source: "cchc.baria-vungtau.gov.vn", Sure: Old},
}

// InForce tells whether a document was in force on a day.
func (l Law) InForce(on clock.Date) bool {
	return !l.Since.IsZero() && !on.Before(l.Since) && (l.Until.IsZero() || !l.Until.Before(on))
}

// Occasion is an event of the year's course, as it was seen in provinces: no duty by itself.
type Occasion struct {
	When   string // in Vietnamese, as it was told
	Names  lang.Names
	Who    string
	Source string
	Sure   Sureness
}

//go:embed occasions.txt
var occasionText string

// Occasions are the events of the year's course.
var Occasions = sync.OnceValue(func() (all []Occasion) {
	for line := range strings.Lines(occasionText) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "|")
		all = append(all, Occasion{When: f[0], Names: lang.Names{VI: f[1], EN: f[2]}, Who: f[3], Source: f[4], Sure: Sureness(f[5])})
	}
	return all
})

package gazetteer

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"strings"

	"thuoc/internal/clock"
)

// Record is all that is known of one place: its states, oldest first, and the legal documents that made each begin and
// the last one end; "" where the document is not on record.
type Record struct {
	States []Place
	Laws   []string // of each state's beginning
	End    string   // of the end, where the last state ended
}

// Edge says how much of a former place went into a place of the day on which the former ended. Of a place that goes on
// the former and the heir are the same.
type Edge struct {
	Former, Heir string // IDs
	Share        Share
	On           clock.Date
	Source       string
}

// Records yields every place once: provinces by ID, then the districts and communes before the merger, then those that
// began with it.
func Records() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for _, p := range provinces() {
			if !yield(recordOf(p.states)) {
				return
			}
		}
		r := units()
		for i := range r.before {
			states := []Place{r.formerPlace(int32(i))}
			if u := &r.before[i]; u.continues {
				states = append(states, r.presentStates(r.afterCode[u.code])...)
			}
			if !yield(recordOf(states)) {
				return
			}
		}
		for i := range r.after {
			if !r.after[i].continues && !yield(recordOf(r.presentStates(int32(i)))) {
				return
			}
		}
	}
}

// presentStates lists the states of a unit of the second list, oldest first.
func (r *registry) presentStates(i int32) []Place {
	states := []Place{r.presentPlace(i, Merger)}
	for last := states[0]; !last.State.To.IsZero(); {
		last = r.presentPlace(i, last.State.To)
		states = append(states, last)
	}
	return states
}

func recordOf(states []Place) Record {
	rec := Record{States: states}
	for _, s := range states {
		rec.Laws = append(rec.Laws, lawOf(s))
	}
	if last := states[len(states)-1]; !last.State.To.IsZero() {
		rec.End = endOf(last.Level)
	}
	return rec
}

// Edges yields the conversion table of the statistics office, and before it the merger of the provinces.
func Edges() iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		for _, p := range provinces() {
			former := p.states[0].ID
			if strings.HasSuffix(former, ".2025") {
				continue
			}
			last := p.states[len(p.states)-1]
			for _, heir := range provinceHeirs(last, Merger) {
				if !yield(Edge{former, heir.Place.ID, Whole, Merger, provinceMerger}) {
					return
				}
			}
		}
		r := units()
		for i := range r.before {
			for _, l := range r.before[i].links {
				if !yield(Edge{r.before[i].code, r.after[l.to].id(), l.share, Merger, conversionTable}) {
					return
				}
			}
		}
	}
}

// The documents behind the states, by plain citation: they are names and the same in both languages. Resolutions 203/2025
// and 175/2024 stand in none of the tables the record was made from and are cited as generally known.
const (
	provinceMerger  = "Nghị quyết 202/2025/QH15"
	communeList     = "Quyết định 19/2025/QĐ-TTg"
	districtsEnd    = "Nghị quyết 203/2025/QH15"
	regions2025     = "Nghị quyết 306/NQ-CP"
	conversionTable = "Cục Thống kê, bảng chuyển đổi 23/10/2025"
)

// changeLaws are the documents of later changes: of a province, and of the communes that became wards with it.
var changeLaws = map[string]struct{ province, communes string }{
	"2025-01-01": {province: "Nghị quyết 175/2024/QH15"},
	"2026-04-30": {"Nghị quyết 30/2026/QH16", "Nghị quyết 237/NQ-UBTVQH16"},
	"2026-09-01": {province: "Nghị quyết 36/2026/QH16"},
	"2026-09-20": {"Nghị quyết 39/2026/QH16", "Nghị quyết 388/NQ-UBTVQH16"},
}

// lawOf gives the document by which a state began.
func lawOf(s Place) string {
	laws := changeLaws[s.State.From.String()]
	switch {
	case s.State.From.IsZero():
		return ""
	case s.State.From != Merger && s.Level == ProvinceLevel:
		return laws.province
	case s.State.From != Merger:
		return laws.communes
	case s.Level != ProvinceLevel:
		return communeList
	case s.Life.From == Merger:
		return provinceMerger
	}
	return regions2025
}

// endOf gives the document by which the places of a level ended on the day of the merger.
func endOf(l Level) string {
	switch l {
	case ProvinceLevel:
		return provinceMerger
	case DistrictLevel:
		return districtsEnd
	}
	return communeList
}

// CodeAliases are codes that another official list gives to a place from the merger on, by the code it has here.
func CodeAliases() map[string]string {
	all := map[string]string{}
	for alias, code := range reissued {
		all[code] = alias
	}
	return all
}

// NameAliases are further names in use of the provinces that had a code, on any day.
func NameAliases(code string) []string { return aliases[code] }

// Digest is the SHA-256 of all embedded tables of places and people, in hexadecimal.
func Digest() string {
	h := sha256.New()
	for _, text := range []string{provincesText, unitsText, populationText, communesText} {
		h.Write([]byte(text))
	}
	return hex.EncodeToString(h.Sum(nil))
}

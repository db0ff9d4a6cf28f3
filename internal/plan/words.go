package plan

import (
	"regexp"
	"strings"

	"thuoc/internal/lang"
	"thuoc/internal/sheet"
	"thuoc/internal/target"
)

var stateNames = map[State]lang.Names{
	Draft: {VI: "Dự thảo", EN: "Draft"}, Comments: {VI: "Đang lấy ý kiến", EN: "Open to comments"}, Submitted: {VI: "Đã trình", EN: "Submitted"},
	Approved: {VI: "Đã phê duyệt", EN: "Approved"}, Issued: {VI: "Đã ban hành", EN: "Issued"}, Revised: {VI: "Đang sửa đổi", EN: "Being revised"},
	Closed: {VI: "Đã kết thúc", EN: "Closed"},
}

// Names gives the state in people's words.
func (s State) Names() lang.Names { return stateNames[s] }

var partNames = map[Part]lang.Names{Lead: {VI: "Chủ trì", EN: "Lead"}, Coordinate: {VI: "Phối hợp", EN: "Coordinate"}, Verify: {VI: "Thẩm tra", EN: "Verify"}}

// Names gives the part in people's words.
func (p Part) Names() lang.Names { return partNames[p] }

var dutyNames = map[DutyState]lang.Names{Asked: {VI: "Đã giao", EN: "Asked"}, Proposed: {VI: "Đã đề xuất", EN: "Proposed"},
	Accepted: {VI: "Đã chấp nhận", EN: "Accepted"}, Returned: {VI: "Đã trả lại", EN: "Returned"}}

// Names gives the state in people's words.
func (s DutyState) Names() lang.Names { return dutyNames[s] }

var kindNames = map[target.Kind]lang.Names{
	target.Points: {VI: "Điểm", EN: "Points"}, target.Change: {VI: "Mức tăng", EN: "Change"}, target.Hold: {VI: "Giữ điểm", EN: "Hold"},
	target.Rank: {VI: "Thứ hạng", EN: "Rank"}, target.Gain: {VI: "Số bậc tăng", EN: "Ranks gained"}, target.Group: {VI: "Nhóm", EN: "Group"},
	"": {VI: "Phân loại", EN: "Sorting only"},
}

// KindNames gives a kind of target in people's words.
func KindNames(k target.Kind) lang.Names { return kindNames[k] }

// SortingNames gives in people's words what a plan does with a part of the index; empty where it does not say.
func SortingNames(s target.Sorting) lang.Names {
	return map[target.Sorting]lang.Names{target.Keep: modeKeep, target.Fix: modeFix}[s]
}

// kindWords are further words for kinds of targets, folded.
var kindWords = map[string]target.Kind{"rank_gain": target.Gain, "rank gain": target.Gain, "tang hang": target.Gain, "tang bac": target.Gain,
	"hang": target.Rank, "percent": target.Points, "ty le": target.Points, "nhom diem": target.Group, "keep_fix": "", "keep fix": "",
	"giu": target.Hold, "muc tang diem": target.Change}

// parseKind reads a kind of target in words.
func parseKind(s string) (target.Kind, bool) {
	folded := lang.Fold(s)
	for k, n := range kindNames {
		if folded == lang.Fold(n.VI) || folded == lang.Fold(n.EN) || folded == lang.Fold(string(k)) {
			return k, true
		}
	}
	k, ok := kindWords[folded]
	return k, ok
}

var modeKeep, modeFix, modeHold = lang.Names{VI: "Giữ vững", EN: "Keep"}, lang.Names{VI: "Khắc phục", EN: "Fix"}, lang.Names{VI: "Giữ điểm", EN: "Hold"}

// modeOf is what a word says a plan does with a part of the index.
type modeOf struct {
	sorting target.Sorting
	hold    bool
}

var modeWords = map[string]modeOf{"fix": {sorting: target.Fix}, "khac phuc": {sorting: target.Fix}, "can khac phuc": {sorting: target.Fix}, "cai thien": {sorting: target.Fix},
	"keep": {sorting: target.Keep}, "keep_and_raise": {sorting: target.Keep}, "giu vung": {sorting: target.Keep}, "duy tri": {sorting: target.Keep},
	"giu vung va nang cao": {sorting: target.Keep}, "hold": {hold: true}, "giu diem": {hold: true}, "giu nguyen": {hold: true}, "raise": {}, "nang cao": {}, "tang": {}, "": {}}

// families are the indices that a plan names, by folded word.
var families = map[string]string{"papi": "papi", "par": "par-index", "par index": "par-index", "parindex": "par-index", "cchc": "par-index",
	"chi so cchc": "par-index", "chi so cai cach hanh chinh": "par-index", "sipas": "sipas", "chi so hai long": "sipas", "pci": "pci"}

var familyNames = map[string]string{"papi": "PAPI", "par-index": "PAR Index", "sipas": "SIPAS", "pci": "PCI"}

// familyOf gives the family that a word names; an index of the province's own becomes a family of its own, so that its
// numbers never meet those of another scale.
func familyOf(word string) string {
	folded := lang.Fold(word)
	if f, ok := families[folded]; ok {
		return f
	}
	return strings.Join(strings.FieldsFunc(folded, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "-")
}

// nameOfFamily writes a family as familyOf reads it.
func nameOfFamily(family string) string {
	if n, ok := familyNames[family]; ok {
		return n
	}
	return family
}

// amount is a target as it is written: a number between a sign of comparison and a unit, or only words.
type amount struct {
	op, number, unit string // op and unit "" where they are the usual ones of points
}

var amountText = regexp.MustCompile(`^(>=|=>|≥|>|<=|≤|<|=)?\s*([-+−]?\d+(?:[.,]\d+)?)\s*(.*)$`)

var (
	opSigns  = map[string]string{">=": "≥", "=>": "≥", "<=": "≤"}
	unitSame = map[string]bool{"points": true, "point": true, "diem": true, "rank": true, "ranks": true, "hang": true, "bac": true, "group": true, "nhom": true}
	unitSign = map[string]string{"percent": "%", "phan tram": "%"}
)

// amountOf reads a target from its cell, with what stands in the cells of its sign and its unit.
func amountOf(cell, op, unit string) (a amount, ok bool) {
	m := amountText.FindStringSubmatch(cell)
	if m == nil {
		return amount{}, false
	}
	a = amount{m[1], m[2], m[3]}
	if a.op == "" {
		a.op = op
	}
	if a.unit == "" {
		a.unit = unit
	}
	if sign, ok := opSigns[a.op]; ok {
		a.op = sign
	}
	folded := lang.Fold(a.unit)
	if sign, ok := unitSign[folded]; ok {
		a.unit = sign
	}
	if unitSame[folded] {
		a.unit = ""
	}
	return a, true
}

// usualOp is the comparison a kind of target means by itself.
func usualOp(k target.Kind) string {
	switch k {
	case target.Rank:
		return "≤"
	case target.Hold:
		return "="
	}
	return "≥"
}

// words gives the amount in the plan's own words where they say more than the number: "> 68.5", "≥ 85 %"; "" else.
func (a amount) words(k target.Kind) string {
	if (a.op == "" || a.op == usualOp(k)) && a.unit == "" {
		return ""
	}
	op := a.op
	if op == "" {
		op = usualOp(k)
	}
	return strings.TrimSpace(op + " " + a.number + " " + a.unit)
}

// parseSigned reads a number that may bear a plus.
func parseSigned(s string) (float64, bool) { return sheet.ParseNumber(strings.TrimPrefix(s, "+")) }

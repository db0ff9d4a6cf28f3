package gazetteer

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
)

var (
	dayBefore = clock.MustDate("2025-06-30")
	today     = clock.MustDate("2026-11-22")
)

func place(t testing.TB, code string, on clock.Date) Place {
	t.Helper()
	p, err := ByCode(code, on)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// kindVI are the Vietnamese kinds of the source lists.
var kindVI = map[string]Kind{
	"Quận": UrbanDistrict, "Huyện": RuralDistrict, "Thị xã": Town, "Thành phố": City,
	"Phường": Ward, "Xã": Commune, "Thị trấn": Township, "Đặc khu": SpecialZone,
}

func TestUnitsEqualTheSource(t *testing.T) {
	for _, row := range rows(t, "districts_2025-03-01.csv") {
		p := place(t, row["code"], day("2025-03-01"))
		if p.Name.VI != row["name"] || p.Kind != kindVI[row["type"]] || p.Parent != row["province_code"] || p.Full().VI != row["full_name"] {
			t.Errorf("got %+v, the source has %v", p, row)
		}
		if got := len(Children(p, dayBefore)); strconv.Itoa(got) != row["communes"] {
			t.Errorf("%s has %d communes, want %s", p.Name.VI, got, row["communes"])
		}
	}
	for _, row := range rows(t, "communes_2025-03-01.csv") {
		p := place(t, row["code"], day("2025-03-01"))
		if p.Name.VI != row["name"] || p.Kind != kindVI[row["type"]] || p.Parent != row["district_code"] {
			t.Errorf("got %+v, the source has %v", p, row)
		}
	}
	for _, row := range rows(t, "communes_34.csv") {
		for _, on := range []string{"2025-07-01", "2026-04-30", "2026-09-25"} {
			p := place(t, row["code"], day(on))
			above, _ := ByID(p.Parent, day(on))
			if p.Name.VI != row["name"] || p.Name.EN != row["name_en"] || p.Kind != kindVI[row["type_"+on]] ||
				above.Code != row["province_code"] || p.Full().VI != row["full_name_"+on] || !p.State.Holds(day(on)) {
				t.Errorf("%s: got %+v, the source has %v", on, p, row)
			}
		}
	}
}

func TestCounts(t *testing.T) {
	count := func(on clock.Date) map[Kind]int {
		got := map[Kind]int{}
		for _, province := range Provinces(on) {
			for _, p := range Children(province, on) {
				got[p.Kind]++
			}
		}
		return got
	}
	for on, want := range map[string]map[Kind]int{
		"2025-06-30": {RuralDistrict: 508, City: 87, Town: 52, UrbanDistrict: 49},
		"2025-07-01": {Commune: 2621, Ward: 687, SpecialZone: 13},
		"2026-04-30": {Commune: 2611, Ward: 697, SpecialZone: 13},
		"2026-09-19": {Commune: 2611, Ward: 697, SpecialZone: 13},
		"2026-09-20": {Commune: 2599, Ward: 709, SpecialZone: 13},
		"2025-02-28": {},
	} {
		if diff := cmp.Diff(want, count(day(on))); diff != "" {
			t.Errorf("%s: %s", on, diff)
		}
	}
}

// shareOf is what a row of the conversion table means.
func shareOf(row map[string]string) Share {
	switch row["detail"] {
	case "part", "other":
		if row["part"] == "full" {
			return Whole
		}
		return Part
	case "part_area_only":
		return AreaOnly
	case "part_area_all_population":
		return AllPeople
	case "part_population":
		return PeopleOnly
	case "whole_area":
		return AllArea
	}
	return Whole
}

// TestCrosswalkEqualsTheSource holds every edge of the conversion table, both ways, and that there are no others.
func TestCrosswalkEqualsTheSource(t *testing.T) {
	heirs, parts := map[string][]string{}, map[string][]string{}
	for _, row := range rows(t, "commune_crosswalk.csv") {
		if slices.Contains([]string{"unchanged", "renamed", "type_changed"}, row["detail"]) {
			p := place(t, row["old_code"], dayBefore)
			got := Heirs(p, today)
			if len(got) != 1 || got[0].Place.ID != p.ID || got[0].Place.Code != row["new_code"] || !p.Life.To.IsZero() {
				t.Errorf("%v: the place does not go on: %+v", row, got)
			}
			continue
		}
		heirs[row["old_code"]] = append(heirs[row["old_code"]], row["new_code"]+" "+string(shareOf(row)))
		parts[row["new_code"]] = append(parts[row["new_code"]], row["old_code"]+" "+string(shareOf(row)))
	}
	texts := func(links []Link) (list []string) {
		for _, l := range links {
			list = append(list, l.Place.Code+" "+string(l.Share))
		}
		return list
	}
	for code, want := range heirs {
		slices.Sort(want)
		if diff := cmp.Diff(want, texts(Heirs(place(t, code, dayBefore), today))); diff != "" {
			t.Errorf("heirs of %s: %s", code, diff)
		}
	}
	for code, want := range parts {
		slices.Sort(want)
		if diff := cmp.Diff(want, texts(Parts(place(t, code, today)))); diff != "" {
			t.Errorf("parts of %s: %s", code, diff)
		}
	}
	edges := 0
	for i := range units().before {
		edges += len(units().before[i].links)
	}
	if edges != 10570 {
		t.Errorf("%d edges, want 10,570", edges)
	}
}

// TestNothingIsLost: every former unit has an heir in the province that its own became part of.
func TestNothingIsLost(t *testing.T) {
	for i := range units().before {
		p := units().formerPlace(int32(i))
		links := Heirs(p, Merger)
		if len(links) == 0 {
			t.Errorf("%s has no heir", p.ID)
		}
		province, _ := ByID(units().before[i].province, dayBefore)
		want := Heirs(province, Merger)[0].Place.ID
		for _, l := range links {
			if l.Place.Parent != want {
				t.Errorf("%s of %s went to %s of %s", p.Full().VI, province.Name.VI, l.Place.Full().VI, l.Place.Parent)
			}
		}
	}
}

func TestMyHao(t *testing.T) {
	town := place(t, "328", dayBefore)
	if town.Full().VI != "Thị xã Mỹ Hào" || !town.Life.Ended(Merger) {
		t.Errorf("got %+v", town)
	}
	var heirs []string
	for _, l := range Heirs(town, today) {
		heirs = append(heirs, l.Place.Full().VI+" "+string(l.Share))
	}
	if diff := cmp.Diff([]string{"Phường Mỹ Hào part", "Phường Thượng Hồng part", "Phường Đường Hào part"}, heirs); diff != "" {
		t.Error(diff)
	}
	if _, err := ByCode("328", today); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a district after the merger: %v", err)
	}
}

func TestDates(t *testing.T) {
	if _, err := ByCode("00001", day("2024-01-01")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a commune before it is on record: %v", err)
	}
	tests := []struct{ code, on, id, full string }{
		{"00004", "2025-06-30", "00004", "Phường Trúc Bạch"},
		{"00004", "2025-07-01", "00004.2025", "Phường Ba Đình"},
		{"06970", "2025-06-30", "06970", "Thị trấn Ba Chẽ"},
		{"06970", "2025-07-01", "06978.2025", "Xã Ba Chẽ"},
		{"24235", "2025-06-30", "24235", "Xã Krông Na"},
		{"24235", "2025-07-01", "24235", "Xã Buôn Đôn"},
		{"84", "2025-06-30", "84", "Tỉnh Trà Vinh"},
	}
	for _, tt := range tests {
		if p := place(t, tt.code, day(tt.on)); p.ID != tt.id || p.Full().VI != tt.full {
			t.Errorf("%s on %s: %s %s, want %s %s", tt.code, tt.on, p.ID, p.Full().VI, tt.id, tt.full)
		}
	}
	byID := []struct{ id, on, full string }{
		{"24235", "2025-06-30", "Xã Krông Na"}, {"24235", "2026-01-01", "Xã Buôn Đôn"},
		{"00001", "2026-01-01", "Phường Phúc Xá"}, {"00004.2025", "2020-01-01", "Phường Ba Đình"},
		{"46", "2020-01-01", "Tỉnh Thừa Thiên Huế"}, {"46", "2026-01-01", "Thành phố Huế"}, {"84", "2026-01-01", "Tỉnh Trà Vinh"},
	}
	for _, tt := range byID {
		if p, ok := ByID(tt.id, day(tt.on)); !ok || p.Full().VI != tt.full {
			t.Errorf("%s on %s: %s, want %s", tt.id, tt.on, p.Full().VI, tt.full)
		}
	}
	for _, id := range []string{"", "84.2025", "328.2025", "99999", "97"} {
		if p, ok := ByID(id, today); ok {
			t.Errorf("%q is %+v", id, p)
		}
	}
}

// found writes the matches of a query as "full name (within) → heirs".
func found(query string, on clock.Date, limit int) []string {
	var list []string
	for _, m := range Search(query, on, limit) {
		text := m.Place.Full().VI
		for _, p := range m.Within {
			text += ", " + p.Full().VI
		}
		var heirs []string
		for _, l := range m.Heirs {
			heirs = append(heirs, l.Place.Full().VI)
		}
		if heirs != nil {
			text += " → " + strings.Join(heirs, ", ")
		}
		list = append(list, text)
	}
	return list
}

func TestSearch(t *testing.T) {
	const town = "Thị xã Mỹ Hào, Tỉnh Hưng Yên → Phường Mỹ Hào, Phường Thượng Hồng, Phường Đường Hào"
	tests := []struct {
		query, on string
		want      []string // the first answers
	}{
		{"my hao", "2026-11-22", []string{"Phường Mỹ Hào, Tỉnh Hưng Yên", town}},
		{"Mĩ Hào", "2026-11-22", []string{"Phường Mỹ Hào, Tỉnh Hưng Yên", town}},
		{"thị xã mỹ hào", "2026-11-22", []string{town}},
		{"my hao hung yen", "2026-11-22", []string{"Phường Mỹ Hào, Tỉnh Hưng Yên", town}},
		{"my hao", "2025-06-30", []string{"Thị xã Mỹ Hào, Tỉnh Hưng Yên"}},
		{"trà vinh", "2026-11-22", []string{"Phường Trà Vinh, Tỉnh Vĩnh Long", "Tỉnh Trà Vinh → Tỉnh Vĩnh Long"}},
		{"trà vinh", "2025-06-30", []string{"Tỉnh Trà Vinh", "Thành phố Trà Vinh, Tỉnh Trà Vinh"}},
		{"tp.hcm", "2026-11-22", []string{"Thành phố Hồ Chí Minh"}},
		{"Ho Chi Minh City", "2026-11-22", []string{"Thành phố Hồ Chí Minh"}},
		{"Saigon", "2023-12-31", []string{"Thành phố Hồ Chí Minh"}},
		{"My Hao town", "2026-11-22", []string{town}},
		{"phuong 1 quan 3", "2026-11-22", []string{"Phường 1, Quận 3, Thành phố Hồ Chí Minh → Phường Bàn Cờ"}},
		{"huế", "2020-01-01", []string{"Tỉnh Thừa Thiên Huế"}},
		{"huế", "2026-11-22", []string{"Thành phố Huế"}},
		{"ea h'leo", "2026-11-22", []string{"Xã Ea H'Leo, Tỉnh Đắk Lắk"}},
		{"krong na", "2026-11-22", []string{"Xã Buôn Đôn, Tỉnh Đắk Lắk"}},
		{"hoang sa", "2026-11-22", []string{"Đặc khu Hoàng Sa, Thành phố Đà Nẵng", "Huyện Hoàng Sa, Thành phố Đà Nẵng → Đặc khu Hoàng Sa"}},
		{"càng long vĩnh long", "2026-11-22", []string{"Xã Càng Long, Tỉnh Vĩnh Long"}},
	}
	for _, tt := range tests {
		got := found(tt.query, day(tt.on), len(tt.want))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s on %s: %s", tt.query, tt.on, diff)
		}
	}
	for _, nothing := range []string{"", "  ", "atlantis", "hung yen atlantis"} {
		if got := Search(nothing, today, 5); got != nil {
			t.Errorf("%q finds %v", nothing, got)
		}
	}
}

// TestEveryPlaceIsFound: each place answers to its own full name and surroundings, among the first ten.
func TestEveryPlaceIsFound(t *testing.T) {
	r := units()
	for i := 0; i < len(r.before)+len(r.after); i += 97 {
		id := ""
		if i < len(r.before) {
			id = r.before[i].code
		} else {
			id = r.after[i-len(r.before)].id()
		}
		p, _ := ByID(id, today)
		query := p.Full().VI
		for parent := p.Parent; parent != ""; {
			above, _ := ByID(parent, today)
			query, parent = query+" "+above.Full().VI, above.Parent
		}
		if !slices.ContainsFunc(Search(query, today, 10), func(m Match) bool { return m.Place.ID == id }) {
			t.Errorf("%q does not find %s", query, id)
		}
	}
}

// BenchmarkLoad reads the table of districts and communes. Bound: 15 ms, once a process.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		readRegistry()
	}
}

// BenchmarkFoldNames prepares the search. Bound: 25 ms, once a process.
func BenchmarkFoldNames(b *testing.B) {
	units()
	for b.Loop() {
		foldNames()
	}
}

// BenchmarkSearch looks through all names. Bound: 20 ms a search.
func BenchmarkSearch(b *testing.B) {
	for _, query := range []string{"my hao", "phuong 1 quan 3", "xa", "tan thanh long an"} {
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				Search(query, today, 20)
			}
		})
	}
}

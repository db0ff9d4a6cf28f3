package gazetteer

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/clock"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/reference"
)

var day = clock.MustDate

// rows reads a CSV file of the reference folder as maps from column name to cell.
func rows(t testing.TB, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(reference.Path(t, "data/"+name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]string
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, column := range all[0] {
			row[column] = line[i]
		}
		list = append(list, row)
	}
	return list
}

func province63(t *testing.T, code string) Place {
	t.Helper()
	p, err := ProvinceByCode(code, day("2024-12-31"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFrames(t *testing.T) {
	for on, want := range map[string]int{
		"2010-12-31": 0, "2011-01-01": 63, "2024-12-31": 63, "2025-01-01": 63, "2025-06-30": 63, "2025-07-01": 34, "2026-11-22": 34,
	} {
		list := Provinces(day(on))
		if len(list) != want {
			t.Errorf("%s: %d provinces, want %d", on, len(list), want)
		}
		for _, p := range list {
			if p.Name.VI == "" || p.Region.VI == "" || p.Kind.Names().VI == "" || !p.Life.Holds(day(on)) {
				t.Errorf("%s: %+v", on, p)
			}
		}
	}
}

// TestProvincesEqualTheSource compares the frames and their dated kinds with the lists they were made from.
func TestProvincesEqualTheSource(t *testing.T) {
	kinds := map[string]Kind{"Tỉnh": Province, "Thành phố trực thuộc Trung ương": City}
	check := func(on, name, kind, region string, got Place, err error) {
		if err != nil || SearchKey(got.Name.VI) != SearchKey(name) || got.Kind != kinds[kind] || got.Region.VI != region {
			t.Errorf("%s: %+v (%v), want %s, %s, %s", on, got, err, name, kind, region)
		}
	}
	for _, row := range rows(t, "provinces_63.csv") {
		got, err := ProvinceByCode(row["code"], day("2025-03-01"))
		check("2025-03-01", row["name"], row["type"], row["region_6_pre2025"], got, err)
	}
	for _, row := range rows(t, "provinces_34.csv") {
		for _, on := range []string{"2025-07-01", "2026-04-30", "2026-09-25"} {
			got, err := ProvinceByCode(row["code"], day(on))
			check(on, row["name"], row["type_"+on], row["region_6_2025"], got, err)
			if changed := row["changed_to_city"]; changed != "" && got.Kind == City && got.State.From != day(changed) {
				t.Errorf("%s became a city on %s, want %s", got.Name.VI, got.State.From, changed)
			}
		}
	}
}

func TestMergerEqualsTheSource(t *testing.T) {
	for _, row := range rows(t, "province_merger.csv") {
		heirs := Heirs(province63(t, row["old_code"]), day(row["effective"]))
		if len(heirs) != 1 || heirs[0].Place.Code != row["new_code"] || heirs[0].Share != Whole {
			t.Errorf("%v: heirs %+v", row, heirs)
			continue
		}
		if same := heirs[0].Place.ID == row["old_code"]; same != (row["role"] == "kept") {
			t.Errorf("%v: the heir is %s", row, heirs[0].Place.ID)
		}
	}
}

// TestPartsAreTheHeirsTurnedRound: p is among the parts of its heir, and nothing else is.
func TestPartsAreTheHeirsTurnedRound(t *testing.T) {
	parts := 0
	for _, now := range Provinces(Merger) {
		for _, part := range Parts(now) {
			parts++
			if heirs := Heirs(part.Place, Merger); len(heirs) != 1 || heirs[0].Place.ID != now.ID {
				t.Errorf("%s is a part of %s, its heirs are %+v", part.Place.ID, now.ID, heirs)
			}
			if part.Place.Life.To != Merger || now.Life.From != Merger {
				t.Errorf("%s ended on %s, %s began on %s", part.Place.ID, part.Place.Life.To, now.ID, now.Life.From)
			}
		}
	}
	if parts != 52 {
		t.Errorf("%d provinces were merged, want 52", parts)
	}
}

// TestOneCodeTwoProvinces: a code given again is another place.
func TestOneCodeTwoProvinces(t *testing.T) {
	before := province63(t, "52")
	after, err := ProvinceByCode("52", day("2025-07-01"))
	if err != nil {
		t.Fatal(err)
	}
	if before.Name.VI != "Bình Định" || after.Name.VI != "Gia Lai" || before.ID == after.ID {
		t.Errorf("52 was %s (%s) and is %s (%s)", before.Name.VI, before.ID, after.Name.VI, after.ID)
	}
}

func TestProvinceByName(t *testing.T) {
	tests := []struct{ name, on, want string }{
		{"Trà Vinh", "2022-12-31", "84"},
		{"tra vinh", "2022-12-31", "84"},
		{"Tỉnh Trà Vinh", "2022-12-31", "84"},
		{"Tra Vinh province", "2022-12-31", "84"},
		{"Ho Chi Minh City", "2023-12-31", "79"},
		{"TP.HCM", "2026-01-01", "79.2025"},
		{"Thành phố Hồ Chí Minh", "2026-01-01", "79.2025"},
		{"Thua Thien Hue", "2023-12-31", "46"},
		{"Thừa Thiên - Huế", "2023-12-31", "46"},
		{"Huế", "2023-12-31", "46"},
		{"Thừa Thiên Huế", "2026-01-01", "46"},
		{"Hoà Bình", "2020-01-01", "17"},
		{"Ba Ria-Vung Tau", "2020-01-01", "77"},
		{"Phú Thọ", "2025-06-30", "25"},
		{"Phú Thọ", "2025-07-01", "25.2025"},
		{"Gia Lai", "2025-06-30", "64"},
		{"Gia Lai", "2025-07-01", "52.2025"},
	}
	for _, tt := range tests {
		if got, err := ProvinceByName(tt.name, day(tt.on)); err != nil || got.ID != tt.want {
			t.Errorf("%s on %s: %s (%v), want %s", tt.name, tt.on, got.ID, err, tt.want)
		}
	}
}

func TestProvinceNotFound(t *testing.T) {
	_, former := ProvinceByName("Trà Vinh", day("2026-01-01"))
	_, unknown := ProvinceByName("Atlantis", day("2026-01-01"))
	_, code := ProvinceByCode("84", day("2026-01-01"))
	want := []string{
		"“Trà Vinh” là tỉnh đến trước ngày 01/07/2025; ngày 01/01/2026 thuộc Vĩnh Long.",
		"Không có tỉnh nào tên “Atlantis” vào ngày 01/01/2026.",
		"Không có tỉnh nào mang mã “84” vào ngày 01/01/2026.",
	}
	var got []string
	for _, err := range []error{former, unknown, code} {
		if fault.KindOf(err) != fault.NotFound {
			t.Fatalf("%v is %s", err, fault.KindOf(err))
		}
		got = append(got, strings.TrimSpace(lang.Explain(lang.Vi, err.(*fault.Error))))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNamesAreUnambiguous: on one day no two provinces answer to one name.
func TestNamesAreUnambiguous(t *testing.T) {
	for _, on := range []string{"2011-01-01", "2025-01-01", "2025-07-01", "2026-09-25"} {
		owner := map[string]string{}
		for _, p := range Provinces(day(on)) {
			for _, key := range provinceKeys(p) {
				if other := owner[key]; other != "" && other != p.ID {
					t.Errorf("%s: %q is %s and %s", on, key, other, p.ID)
				}
				owner[key] = p.ID
			}
		}
	}
}

func TestFull(t *testing.T) {
	hue, _ := ProvinceByCode("46", day("2025-01-01"))
	tests := []struct {
		p    Place
		want lang.Names
	}{
		{province63(t, "84"), lang.Names{VI: "Tỉnh Trà Vinh", EN: "Tra Vinh province"}},
		{province63(t, "46"), lang.Names{VI: "Tỉnh Thừa Thiên Huế", EN: "Thua Thien Hue province"}},
		{hue, lang.Names{VI: "Thành phố Huế", EN: "Hue City"}},
		{Place{Kind: Ward, Name: lang.Names{VI: "1", EN: "1"}}, lang.Names{VI: "Phường 1", EN: "Ward 1"}},
		{Place{Kind: SpecialZone, Name: lang.Names{VI: "Côn Đảo", EN: "Con Dao"}}, lang.Names{VI: "Đặc khu Côn Đảo", EN: "Con Dao special zone"}},
	}
	for _, tt := range tests {
		if got := tt.p.Full(); got != tt.want {
			t.Errorf("got %+v, want %+v", got, tt.want)
		}
	}
}

// BenchmarkProvinces lists the provinces of a day from the parsed table. Bound: 50 µs.
func BenchmarkProvinces(b *testing.B) {
	on := day("2023-12-31")
	for b.Loop() {
		if len(Provinces(on)) != 63 {
			b.Fatal("not 63")
		}
	}
}

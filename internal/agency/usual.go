package agency

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"thuoc/internal/clock"
	"thuoc/internal/lang"
)

// Reform is the first day of the provincial agencies as they were merged in 2025; by resolutions 390 to 395/NQ-HĐND of
// Lâm Đồng, which the other provinces are taken to have followed.
var Reform = clock.Date{Year: 2025, Month: 3, Day: 1}

// Lead is who usually answers for a sub-dimension of PAPI. No province printed the whole of it: it is inferred from the
// functions of the agencies and the nine that Hà Nội named for 2020, so somebody has to confirm it for a province.
type Lead struct {
	Code       string   // of the sub-dimension
	Lead       []string // names of agencies
	Coordinate []string // names of agencies, and of others: "hòa giải cơ sở"
	Doubt      bool     // even the inference is doubtful
}

//go:embed data/leads.csv
var leadsFile []byte

//go:embed data/succession.csv
var successionFile []byte

// rowsOf reads an embedded table without its header; a broken one is a defect of the build.
func rowsOf(b []byte) [][]string {
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		panic("agency: " + err.Error())
	}
	return rows[1:]
}

// heirsOfReform gives what became of a former agency's name on the day of the reform.
var heirsOfReform = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, r := range rowsOf(successionFile) {
		m[r[0]] = r[1]
	}
	return m
})

// UsualLeads gives who usually answers for each sub-dimension on a day.
func UsualLeads(on clock.Date) []Lead {
	var all []Lead
	for _, r := range rowsOf(leadsFile) {
		l := Lead{Code: r[0], Lead: strings.Split(r[1], "|"), Coordinate: strings.Split(r[3], "|"), Doubt: r[4] != ""}
		if !on.Before(Reform) {
			if r[2] != "" {
				l.Lead = strings.Split(r[2], "|")
			}
			for i, name := range l.Coordinate {
				if heir, ok := heirsOfReform()[name]; ok {
					l.Coordinate[i] = heir
				}
			}
		}
		all = append(all, l)
	}
	return all
}

// usualNames gives the names of the agencies that a province usually has on a day: those that lead or coordinate, and
// those that the reform names.
func usualNames(on clock.Date) []string {
	var all []string
	add := func(name string) {
		first, _ := utf8.DecodeRuneInString(name)
		if _, ok := BlocOf(name); ok && unicode.IsUpper(first) && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	for _, l := range UsualLeads(on) {
		for _, name := range slices.Concat(l.Lead, l.Coordinate) {
			add(name)
		}
	}
	for _, r := range rowsOf(successionFile) {
		if on.Before(Reform) {
			add(r[0])
		} else {
			add(r[1])
		}
	}
	return all
}

// blocPrefixes tells blocs by how folded names begin; the first that fits decides.
var blocPrefixes = []struct {
	bloc   Bloc
	begins string
}{
	{ServiceUnit, "trung tam"}, {ServiceUnit, "van phong dang ky"}, {ServiceUnit, "benh vien"}, {ServiceUnit, "truong "},
	{ServiceUnit, "tram y te"}, {ServiceUnit, "ban quan ly du an"},
	{Locality, "ubnd xa"}, {Locality, "ubnd phuong"}, {Locality, "ubnd dac khu"}, {Locality, "ubnd thi tran"},
	{Locality, "ubnd huyen"}, {Locality, "ubnd quan"}, {Locality, "ubnd thi xa"}, {Locality, "ubnd thanh pho"},
	{Front, "ubmttq"}, {Front, "mttq"}, {Front, "uy ban mttq"}, {Front, "uy ban mat tran"}, {Front, "mat tran"}, {Front, "hoi "},
	{Front, "lien doan"}, {Front, "doan thanh nien"}, {Front, "tinh doan"}, {Front, "thanh doan"},
	{Party, "tinh uy"}, {Party, "thanh uy"}, {Party, "dang uy"}, {Party, "ban noi chinh"}, {Party, "ban to chuc"}, {Party, "ban tuyen giao"},
	{Party, "van phong tinh uy"}, {Party, "van phong thanh uy"}, {Party, "uy ban kiem tra"},
	{Department, "so "}, {Department, "thanh tra"}, {Department, "van phong ubnd"}, {Department, "van phong hdnd"}, {Department, "van phong doan"},
	{Department, "cong an"}, {Department, "bo chi huy"}, {Department, "ban dan toc"}, {Department, "ban tiep cong dan"}, {Department, "ban quan ly"},
}

// BlocOf tells an agency's bloc by how its name begins, where that says so.
func BlocOf(name string) (Bloc, bool) {
	folded := strings.Replace(lang.Fold(name), "uy ban nhan dan", "ubnd", 1) + " "
	for _, p := range blocPrefixes {
		if strings.HasPrefix(folded, p.begins) {
			return p.bloc, true
		}
	}
	return "", false
}

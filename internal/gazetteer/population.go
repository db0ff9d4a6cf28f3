package gazetteer

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"

	"thuoc/internal/lang"
)

//go:embed population.txt
var populationText string

// Basis says what a number of people is.
type Basis string

// The bases. Numbers of different bases do not belong into one series: registers count more people than censuses.
const (
	Census         Basis = "census"          // census of 1 April
	Average        Basis = "average"         // average of the year by the statistics office
	AverageRevised Basis = "average-revised" // the same, revised after the census of 2019
	Resolution     Basis = "resolution"      // resolution 202/2025/QH15, from registers
	Rearrangement  Basis = "rearrangement"   // the same for provinces that were not merged, from the rearranging of communes
)

// Confidence says how a number is known.
type Confidence string

// The confidences.
const (
	Sourced  Confidence = "source"  // a source prints it
	Summed   Confidence = "derived" // computed from printed numbers
	Doubtful Confidence = "doubt"   // sources contradict each other or name no origin
)

// Population is the people of a province.
type Population struct {
	Year       int
	Basis      Basis
	Thousands  float64
	Confidence Confidence
	Sources    []string // keys, see Sources
}

// peopleTable is people, each list by year, and areas, by province ID.
type peopleTable struct {
	people map[string][]Population
	area   map[string]float64
}

var people = sync.OnceValue(func() (t peopleTable) {
	t.people, t.area = map[string][]Population{}, map[string]float64{}
	before, after := provinceIDs(unitRecord), provinceIDs(Merger)
	var list Population
	area := false
	for line := range strings.Lines(populationText) {
		words := strings.Fields(line)
		switch words[0] {
		case "#":
			continue
		case "=":
			year, _ := strconv.Atoi(words[1])
			list, area = Population{Year: year, Basis: Basis(words[2]), Sources: words[3:]}, words[2] == "area"
			continue
		}
		p := list
		number := strings.TrimRight(words[1], "dq")
		p.Thousands, _ = strconv.ParseFloat(number, 64)
		p.Confidence = map[string]Confidence{"": Sourced, "d": Summed, "q": Doubtful}[words[1][len(number):]]
		id := before[words[0]]
		if list.Basis == Resolution || list.Basis == Rearrangement || area {
			id = after[words[0]]
		}
		if area {
			t.area[id] = p.Thousands
		} else {
			t.people[id] = append(t.people[id], p)
		}
	}
	return t
})

// Populations lists what is known of the people of a province, by year. For a merged province the years before the
// merger are the sums of its former provinces, where all of them have a number of that year and basis.
func Populations(of Place) []Population {
	own := slices.Clone(people().people[of.ID])
	parts := Parts(of)
	if len(parts) == 0 {
		return own
	}
	var list []Population
	for _, first := range people().people[parts[0].Place.ID] {
		sum := Population{Year: first.Year, Basis: first.Basis, Confidence: Summed}
		complete := true
		for _, part := range parts {
			p, found := PopulationOf(part.Place, first.Year, first.Basis)
			complete = complete && found
			sum.Thousands += p.Thousands
			for _, source := range p.Sources {
				if !slices.Contains(sum.Sources, source) {
					sum.Sources = append(sum.Sources, source)
				}
			}
		}
		if complete {
			list = append(list, sum)
		}
	}
	return append(list, own...)
}

// PopulationOf gives the people of a province in a year on a basis; false where no number is known.
func PopulationOf(of Place, year int, basis Basis) (Population, bool) {
	list := Populations(of)
	i := slices.IndexFunc(list, func(p Population) bool { return p.Year == year && p.Basis == basis })
	if i < 0 {
		return Population{}, false
	}
	return list[i], true
}

// Area gives the area of a province of today in km², by resolution 202/2025/QH15 and the rearranging of communes; false
// for places of other levels and of former times.
func Area(of Place) (km2 float64, known bool) {
	km2, known = people().area[of.ID]
	return km2, known
}

// Source is where numbers of people were taken from.
type Source struct {
	Key     string
	Title   lang.Names
	Address string
}

// Sources lists the sources of populations and areas.
func Sources() []Source { return slices.Clone(populationSources) }

var populationSources = []Source{
	{"P1", lang.Names{VI: "Tổng cục Thống kê, tổng điều tra 01/4/2009, theo huyện", EN: "Statistics office, census of 1 April 2009, by district"},
		"github.com/rorygibb/dengue_vietnam_ms@b50fcd58 output/covariates/Population_Census_2009_2019.csv"},
	{"P2", lang.Names{VI: "Tổng cục Thống kê, kết quả toàn bộ tổng điều tra 01/4/2019, biểu 1", EN: "Statistics office, full results of the census of 1 April 2019, table 1"},
		"github.com/duynguyen158/vietnam-population-district@c3616578 vn_pop_dist.csv"},
	{"P3", lang.Names{VI: "Tổng cục Thống kê, dân số trung bình theo tỉnh 2010–2020", EN: "Statistics office, average population by province 2010–2020"},
		"github.com/ansoncaonguyen/vietnam-population-2022@fcf4582e data/dataset.csv"},
	{"P4", lang.Names{VI: "Cục Thống kê, dân số trung bình 2024, bảng E02.01", EN: "Statistics office, average population 2024, table E02.01"},
		"github.com/ura8107/vnmap@dfc51f8c data-raw/source/nso_province_stats_2024_63.csv"},
	{"P5", lang.Names{VI: "Niên giám thống kê Bình Định 2023", EN: "Statistical yearbook of Bình Định 2023"},
		"https://cucthongke.binhdinh.gov.vn/book/files/basic-html/page94.html"},
	{"P6", lang.Names{VI: "Niên giám thống kê Sóc Trăng 2023", EN: "Statistical yearbook of Sóc Trăng 2023"},
		"http://115.75.153.9:83/Tai_lieu_so_hoa/Nien%20giam%20thong%20ke%202023/files/basic-html/page83.html"},
	{"P7", lang.Names{VI: "Nghị quyết 202/2025/QH15, Điều 1", EN: "Resolution 202/2025/QH15, article 1"},
		"https://nld.com.vn/chi-tiet-dien-tich-dan-so-23-tinh-thanh-sau-sap-xep-don-vi-hanh-chinh-cap-tinh-196250612092419332.htm; https://sapnhap.bando.com.vn"},
	{"P8", lang.Names{VI: "Bản đồ hành chính của Bộ Nông nghiệp và Môi trường, đối chiếu với một bảng tổng hợp", EN: "Administrative map of the Ministry of Agriculture and Environment, compared with a compilation"},
		"https://pypi.org/project/countries-dictionary/2.1.0 (vietnam.py); https://vnsdi.mae.gov.vn/bandohanhchinh"},
	{"P9", lang.Names{VI: "Bản đồ hành chính của Bộ Nông nghiệp và Môi trường, cộng từ xã", EN: "Administrative map of the Ministry of Agriculture and Environment, sum of communes"},
		"https://vnsdi.mae.gov.vn/bandohanhchinh"},
	{"P10", lang.Names{VI: "Bản đồ sáp nhập của Nhà xuất bản Tài nguyên – Môi trường và Bản đồ", EN: "Merger map of the publishing house for resources, environment and maps"},
		"https://sapnhap.bando.com.vn; https://vnsdi.mae.gov.vn/bandohanhchinh"},
	{"P11", lang.Names{VI: "Bảng tổng hợp không nêu nguồn gốc; bản đồ hành chính cho số khác", EN: "Compilations that give no origin; the administrative map differs"},
		"https://vnsdi.mae.gov.vn/bandohanhchinh"},
	{"P12", lang.Names{VI: "Diện tích xã theo cơ sở dữ liệu đơn vị hành chính mã mở", EN: "Areas of communes in an open database of administrative units"},
		"github.com/thanglequoc/vietnamese-provinces-database@cd580632"},
}

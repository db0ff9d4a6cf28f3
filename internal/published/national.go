package published

import (
	"math"
	"slices"

	"thuoc/internal/lang"
)

// Measure says what a national figure is.
type Measure string

// The measures.
const (
	Mean     Measure = "mean"     // plain mean of the scored provinces
	Median   Measure = "median"   // median of the scored provinces
	Max      Measure = "max"      // best scored province
	Min      Measure = "min"      // lowest scored province
	National Measure = "national" // estimate for the country from the whole sample, not a mean of provinces
)

// Statistic is one printed number about the whole country. It has no published error.
type Statistic struct {
	Year    int
	Code    string
	Measure Measure // what it is
	Called  Measure // what the source calls it
	Value   float64
	Source  string
	Remark  string // key of what is doubtful about it, empty for most
}

// Statistics lists the national figures of a year, none for most.
func Statistics(year int) []Statistic {
	return slices.DeleteFunc(slices.Clone(statistics), func(s Statistic) bool { return s.Year != year })
}

var statistics = []Statistic{
	{2018, "PAPI", Mean, Mean, 43.78, "S12", "papi-2018-mean"},
	{2019, "PAPI", Mean, Mean, 43.61, "S12", ""},
	{2020, "PAPI", Mean, Mean, 42.105, "S9", "papi-2020-mean"},
	{2021, "PAPI", Max, Max, 48.059, "S9", ""},
	{2021, "PAPI", Mean, Mean, 42.407, "S9", ""},
	{2021, "PAPI", Median, Median, 42.269, "S9", ""},
	{2021, "PAPI", Min, Min, 37.223, "S9", ""},
	{2022, "D4", National, National, 6.71, "S10", ""},
	{2022, "PAPI", Mean, Mean, 42.34, "S6", ""},
	{2023, "D4", National, National, 6.77, "S10", ""},
	{2023, "PAPI", Median, Mean, 42.3265, "S11", "papi-2023-average"},
}

// Group is one of the four groups that a report sorts the provinces into.
type Group struct {
	Year      int
	Code      string
	Key       string     // as score.Figure names it: "high", "upper-middle", "lower-middle", "low"
	Name      lang.Names // as printed
	Lo, Hi    float64    // printed limits, NaN where not printed
	Provinces int        // how many the group holds
	Source    string
	Note      lang.Names // how the number of provinces is known, where it is not printed
}

// Groups lists the printed groups of a year, the highest first, none for most years.
func Groups(year int) []Group {
	return slices.DeleteFunc(slices.Clone(printedGroups), func(g Group) bool { return g.Year != year })
}

var (
	unknown = math.NaN()

	groupHigh    = lang.Names{VI: "Cao", EN: "High"}
	groupHighest = lang.Names{VI: "Cao nhất", EN: "High"}
	groupUpper   = lang.Names{VI: "Trung bình cao", EN: "Upper middle"}
	groupLower   = lang.Names{VI: "Trung bình thấp", EN: "Lower middle"}
	groupLow     = lang.Names{VI: "Thấp", EN: "Low"}
	groupLowest  = lang.Names{VI: "Thấp nhất", EN: "Low"}

	counted = lang.Names{VI: "Số tỉnh do đếm từ điểm đã công bố", EN: "Provinces counted from the published scores"}
)

var printedGroups = []Group{
	{2019, "PAPI", "high", groupHighest, unknown, unknown, 16, "S12", lang.Names{}},
	{2019, "PAPI", "upper-middle", groupUpper, unknown, unknown, 16, "S12", lang.Names{}},
	{2019, "PAPI", "lower-middle", groupLower, unknown, unknown, 15, "S12", lang.Names{}},
	{2019, "PAPI", "low", groupLowest, unknown, unknown, 16, "S12", lang.Names{}},
	{2020, "PAPI", "high", groupHighest, unknown, unknown, 16, "S13", lang.Names{}},
	{2020, "PAPI", "upper-middle", groupUpper, unknown, unknown, 16, "S13", lang.Names{}},
	{2020, "PAPI", "lower-middle", groupLower, unknown, unknown, 15, "S13", lang.Names{}},
	{2020, "PAPI", "low", groupLowest, unknown, unknown, 16, "S13", lang.Names{}},
	{2022, "PAPI", "high", groupHigh, 43.44, 47.88, 16, "S6", lang.Names{}},
	{2022, "PAPI", "upper-middle", groupUpper, 42.15, 43.25, 16, "S6", lang.Names{}},
	{2022, "PAPI", "lower-middle", groupLower, 40.74, 42.14, 15, "S6", lang.Names{}},
	{2022, "PAPI", "low", groupLow, 38.80, 40.72, 14, "S6", lang.Names{
		VI: "16 nếu tính cả hai tỉnh không có kết quả vào cuối", EN: "16 when the two provinces without a result are counted at the bottom"}},
	{2022, "D6", "high", groupHigh, 7.8579, 8.3148, 16, "S7", counted},
	{2022, "D6", "upper-middle", groupUpper, 7.5189, 7.8072, 16, "S7", counted},
	{2022, "D6", "lower-middle", groupLower, 7.2294, 7.5173, 15, "S7", counted},
	{2022, "D6", "low", groupLow, 6.4132, 7.2275, 16, "S7", counted},
	{2023, "PAPI", "high", groupHigh, 43.96, 46.04, 15, "S8", lang.Names{
		VI: "Hà Nội đứng thứ 15, cuối nhóm", EN: "Hà Nội is the 15th and last of the group"}},
	{2023, "PAPI", "upper-middle", groupUpper, 42.39, 43.95, 15, "S8", lang.Names{}},
	{2023, "PAPI", "lower-middle", groupLower, unknown, unknown, 15, "S8", lang.Names{
		VI: "Phần còn lại của 61, nguồn không nêu", EN: "The remainder of 61; the source does not state it"}},
	{2023, "PAPI", "low", groupLow, 38.97, unknown, 16, "S8", lang.Names{
		VI: "Một bài báo khác nêu 14", EN: "Another article says 14"}},
}

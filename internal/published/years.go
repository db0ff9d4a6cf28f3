package published

import (
	"slices"

	"thuoc/internal/lang"
	"thuoc/internal/published/cells"
)

// Year is what was published of one year.
type Year struct {
	Year   int
	Levels []Level // that have figures, from the top
	Scored int     // provinces with a composite

	// Derived says that no composite was printed: it is the sum of the printed dimensions.
	Derived bool

	// Interval is zero where no interval was printed.
	Interval Interval

	// MinAnswers is the rule printed in the workbook: an indicator is left blank where fewer people answered. Zero
	// where no rule is printed.
	MinAnswers int

	Sample Sample
}

// Interval is what a workbook says of its intervals and what they are.
type Interval struct {
	Label float64 // the coverage it prints, 0.95
	Level float64 // the coverage they have, 0.90
}

// minAnswers holds the years whose workbook prints its rule for blanks.
var minAnswers = map[int]int{2022: 15, 2023: 15}

// intervalLabel is the coverage the workbooks of 2019, 2022 and 2023 print beside their intervals.
const intervalLabel = 0.95

// Years lists the years that have figures, ascending.
func Years() []Year {
	var list []Year
	for _, year := range file().Years() {
		section, err := file().Section(year)
		if err != nil {
			panic(err) // as in file: a defect of the build
		}
		list = append(list, yearOf(section))
	}
	return list
}

func yearOf(section cells.Section) Year {
	y := Year{Year: section.Year, MinAnswers: minAnswers[section.Year], Derived: notesOn(section.Year, "PAPI")("") == compositeSum}
	for _, level := range levels {
		for c := range valueColumns(section.Columns) {
			if LevelOf(c.Code) == level {
				y.Levels = append(y.Levels, level)
				break
			}
		}
	}
	for _, c := range section.Columns {
		switch {
		case c.Code != "PAPI":
		case c.Kind == cells.Value:
			y.Scored = c.Len()
		case c.Kind == cells.Level:
			for _, level := range c.All() {
				y.Interval = Interval{intervalLabel, level}
				break
			}
		}
	}
	if i := slices.IndexFunc(samples, func(s Sample) bool { return s.Year == section.Year }); i >= 0 {
		y.Sample = samples[i]
	}
	return y
}

// Basis says how a number of respondents is known.
type Basis string

// The bases.
const (
	NotKnown     Basis = ""              // no number found in public sources
	Printed      Basis = "printed"       // a publication states it
	AtLeast      Basis = "at-least"      // a publication states "more than"
	ByDifference Basis = "by-difference" // cumulative totals less the other years
	Unconfirmed  Basis = "unconfirmed"   // quoted, but no publication was found that states it
)

// Sample is the size and layout of one year's survey. Zero means not known.
type Sample struct {
	Year        int
	Respondents int
	Basis       Basis // of Respondents
	Cumulative  int   // respondents since 2009, as printed
	Provinces   int   // with scores
	Districts   int
	Communes    int
	Villages    int
	Fieldwork   lang.Names
	Sources     []string
	Note        lang.Names
}

// Samples lists every survey year, from the pilot of 2009.
func Samples() []Sample { return slices.Clone(samples) }

var samples = []Sample{
	{Year: 2009, Provinces: 3, Sources: []string{"S19"}, Note: lang.Names{
		VI: "Khảo sát thử tại Phú Thọ, Đà Nẵng, Đồng Tháp", EN: "Pilot in Phú Thọ, Đà Nẵng and Đồng Tháp"}},
	{Year: 2010, Respondents: 5568, Basis: Printed, Provinces: 30, Sources: []string{"S20"}, Note: lang.Names{
		VI: "30 tỉnh, thành phố chọn bằng ghép cặp theo điểm xu hướng", EN: "30 provinces chosen by propensity score matching"}},
	{Year: 2011, Respondents: 13642, Basis: Unconfirmed, Provinces: 63, Districts: 207, Communes: 414, Villages: 828},
	{Year: 2012, Provinces: 63, Districts: 207, Communes: 414, Villages: 828},
	{Year: 2013, Provinces: 63, Districts: 207, Communes: 414, Villages: 828},
	{Year: 2014, Respondents: 13552, Basis: Printed, Provinces: 61, Districts: 207, Communes: 414, Villages: 828, Sources: []string{"S21"}},
	{Year: 2015, Provinces: 63, Districts: 207, Communes: 414, Villages: 828, Note: lang.Names{
		VI: "Năm đầu phỏng vấn bằng máy tính bảng", EN: "First year on tablets"}},
	{Year: 2016, Respondents: 14063, Basis: Printed, Provinces: 63, Districts: 207, Communes: 414, Villages: 828, Sources: []string{"S22"}, Note: lang.Names{
		VI: "Tệp dữ liệu vi mô công khai của đợt 2016 có 14.060 dòng", EN: "The public microdata of the 2016 wave have 14,060 rows"}},
	{Year: 2017, Provinces: 63},
	{Year: 2018, Respondents: 14300, Basis: AtLeast, Provinces: 61, Sources: []string{"S23"}},
	{Year: 2019, Provinces: 63},
	{Year: 2020, Respondents: 14732, Basis: Printed, Cumulative: 146233, Provinces: 63, Sources: []string{"S14"}},
	{Year: 2021, Respondents: 15893, Basis: ByDifference, Provinces: 60, Note: lang.Names{
		VI: "Tổng lũy kế đến 2022 trừ số của 2022 và lũy kế đến 2020: 178.243 − 16.117 − 146.233",
		EN: "Cumulative total to 2022 less 2022 and the cumulative total to 2020: 178,243 − 16,117 − 146,233"}},
	{Year: 2022, Respondents: 16117, Basis: Printed, Cumulative: 178243, Provinces: 61, Districts: 208, Communes: 416, Villages: 832, Sources: []string{"S15", "S6"}},
	{Year: 2023, Respondents: 19536, Basis: Printed, Cumulative: 197779, Provinces: 61, Sources: []string{"S16"}, Fieldwork: lang.Names{
		VI: "Tháng 8 – tháng 11/2023", EN: "August to November 2023"}},
	{Year: 2024, Respondents: 18894, Basis: Printed, Cumulative: 216673, Provinces: 61, Sources: []string{"S17", "S18"}},
}

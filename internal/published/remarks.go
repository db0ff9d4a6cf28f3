package published

import (
	"cmp"
	"slices"
	"sync"

	"thuoc/internal/lang"
)

// RemarkKind says what a remark is about.
type RemarkKind string

// The kinds of remarks.
const (
	Defect  RemarkKind = "defect"  // the published files are wrong or contradict each other
	Derived RemarkKind = "derived" // the value is not printed but follows from printed ones
	Reason  RemarkKind = "reason"  // why cells were not published
)

// Cell names one figure. An empty Unit stands for every province, an empty Code for every code.
type Cell struct {
	Year       int
	Unit, Code string
}

// Remark is what a reader must know about some published figures. Its key is what score.Figure.Note holds.
type Remark struct {
	Key     string
	Kind    RemarkKind
	Years   []int
	Cells   []Cell // the cells that carry the remark; none when it is about a whole file
	Text    lang.Names
	Sources []string
}

// Remarks lists everything known to be wrong, derived or explained in the published figures, by year.
func Remarks() []Remark { return slices.Clone(remarks) }

// RemarkOf finds the remark behind score.Figure.Note.
func RemarkOf(key string) (Remark, bool) {
	i := slices.IndexFunc(remarks, func(r Remark) bool { return r.Key == key })
	if i < 0 {
		return Remark{}, false
	}
	return remarks[i], true
}

// column is one code of one year; the empty code stands for all of them.
type column struct {
	year int
	code string
}

// remarkIndex holds the keys of remarks by column and then by unit. Reasons have their own index: they belong to the
// cells of a province that are absent, the others to those that are there.
var remarkIndex = sync.OnceValue(func() (index struct{ notes, reasons map[column]map[string]string }) {
	index.notes, index.reasons = map[column]map[string]string{}, map[column]map[string]string{}
	for _, r := range remarks {
		by := index.notes
		if r.Kind == Reason {
			by = index.reasons
		}
		for _, cell := range r.Cells {
			at := column{cell.Year, cell.Code}
			if by[at] == nil {
				by[at] = map[string]string{}
			}
			by[at][cell.Unit] = r.Key
		}
	}
	return index
})

// notesOn gives the remarks on a column of published cells: a function from unit to key, empty for most.
func notesOn(year int, code string) func(unit string) string {
	notes := remarkIndex().notes[column{year, code}]
	if len(notes) == 0 {
		return func(string) string { return "" }
	}
	return func(unit string) string { return cmp.Or(notes[unit], notes[""]) }
}

// reasonOf gives the key of the reason why a province's cells of a year are absent, empty where none is known.
func reasonOf(year int, unit string) string { return remarkIndex().reasons[column{year, ""}][unit] }

// compositeSum is the key of the remark that the composite of 2017 is a sum.
const compositeSum = "papi-2017-sum"

// cellsOf names one code list of one province and year.
func cellsOf(year int, unit string, codes ...string) []Cell {
	var list []Cell
	for _, code := range codes {
		list = append(list, Cell{year, unit, code})
	}
	return list
}

var remarks = []Remark{
	{
		Key: "papi-2011-labels", Kind: Defect, Years: []int{2011, 2012, 2013, 2014, 2015, 2016, 2017}, Sources: []string{"S2", "S4", "S18"},
		Text: lang.Names{
			VI: "Tệp công bố ghi tên gọi của năm 2018 lên các cột 2011–2017: nội dung 2.1–2.3 và 3.2–3.3 trước năm 2018 đo những điều khác. Chỉ so sánh theo khung chỉ số của từng năm.",
			EN: "The published files print the names of 2018 over the columns of 2011–2017: sub-dimensions 2.1–2.3 and 3.2–3.3 measured other things before 2018. Read them with the framework of their year.",
		},
	},
	{
		Key: "papi-rounding", Kind: Defect, Years: []int{2011, 2013, 2014}, Sources: []string{"S3", "S4"},
		Cells: []Cell{
			{2011, "04", "D3"}, {2011, "22", "D6"}, {2011, "94", "D5"}, {2013, "56", "D5"}, {2013, "79", "D5"},
			{2014, "35", "D5"}, {2014, "52", "D1"},
		},
		Text: lang.Names{
			VI: "Điểm chỉ số nội dung lệch 0,000002 so với tổng các nội dung thành phần, do làm tròn ở nguồn.",
			EN: "The dimension is 0.000002 away from the sum of its sub-dimensions, by rounding at the source.",
		},
	},
	{
		Key: compositeSum, Kind: Derived, Years: []int{2017}, Cells: []Cell{{2017, "", "PAPI"}}, Sources: []string{"S1"},
		Text: lang.Names{
			VI: "Không có điểm tổng hợp in sẵn của năm 2017; đây là tổng điểm của sáu chỉ số nội dung đã công bố.",
			EN: "No composite of 2017 is printed; this is the sum of the six published dimensions.",
		},
	},
	{
		Key: "papi-2018-mean", Kind: Defect, Years: []int{2018}, Sources: []string{"S12"},
		Text: lang.Names{
			VI: "Báo chí dẫn trung bình 43,78; trung bình của 61 tỉnh đủ dữ liệu là 44,0777, và là 43,80 nếu tính cả hai tỉnh chỉ có sáu chỉ số nội dung.",
			EN: "The press gives a mean of 43.78; the mean of the 61 complete provinces is 44.0777, and 43.80 with the two provinces that have only six dimensions.",
		},
	},
	{
		Key: "papi-interval-label", Kind: Defect, Years: []int{2019, 2022, 2023}, Sources: []string{"S1"},
		Text: lang.Names{
			VI: "Khoảng tin cậy in là “95%” nhưng bằng điểm ± 1,644965 sai số chuẩn, tức là khoảng 90%.",
			EN: "The intervals are printed as “95%” but are score ± 1.644965 standard errors, which is a 90% interval.",
		},
	},
	{
		Key: "papi-2019-copies", Kind: Defect, Years: []int{2020, 2021}, Sources: []string{"S1"},
		Text: lang.Names{
			VI: "Trong tệp chỉ tiêu, hai trang tính mang tên 2020 và 2021 là bản sao của 2019 và không được dùng: chưa tìm thấy chỉ tiêu của hai năm này.",
			EN: "In the workbook of indicators the sheets called 2020 and 2021 are copies of 2019 and are not used: the indicators of these two years were not found.",
		},
	},
	{
		Key: "papi-2020-mean", Kind: Defect, Years: []int{2020}, Sources: []string{"S9"},
		Text: lang.Names{
			VI: "Báo chí dẫn trung bình 42,105; trung bình của 63 tỉnh đã công bố là 42,7765.",
			EN: "The press gives a mean of 42.105; the mean of the 63 published provinces is 42.7765.",
		},
	},
	{
		Key: "papi-2021-reason", Kind: Reason, Years: []int{2021}, Cells: []Cell{{2021, "24", ""}, {2021, "27", ""}, {2021, "22", ""}}, Sources: []string{"S9"},
		Text: lang.Names{VI: "Không đủ dữ liệu, theo báo chí.", EN: "Not enough data, according to the press."},
	},
	{
		Key: "papi-2022-reason", Kind: Reason, Years: []int{2022}, Cells: []Cell{{2022, "24", ""}, {2022, "27", ""}}, Sources: []string{"R1"},
		Text: lang.Names{VI: "Dữ liệu khảo sát không bảo đảm chính xác, theo báo chí.", EN: "The survey data were not accurate, according to the press."},
	},
	{
		Key: "papi-2022-hanoi-d1", Kind: Defect, Years: []int{2022}, Cells: cellsOf(2022, "01", "D1"), Sources: []string{"S1", "S4"},
		Text: lang.Names{
			VI: "In là 5,8254 trong khi tổng các nội dung thành phần là 5,8261: hai nội dung chỉ có hai chữ số thập phân ở nguồn.",
			EN: "Printed 5.8254, while its sub-dimensions sum to 5.8261: two of them have only two decimals at the source.",
		},
	},
	{
		Key: "papi-2022-hanoi-decimals", Kind: Defect, Years: []int{2022}, Sources: []string{"S1", "S4"},
		Cells: cellsOf(2022, "01", "1.3", "1.4", "3.1.4", "5.1.1", "5.1.2", "5.1.3", "5.3.1", "5.3.2", "5.3.3", "5.3.4", "5.3.5", "8.3.2", "8.3.3"),
		Text: lang.Names{
			VI: "Hàng của Hà Nội năm 2022 có nhiều ô chỉ được gõ với hai chữ số thập phân.",
			EN: "Many cells in the row of Hà Nội of 2022 were typed with two decimals only.",
		},
	},
	{
		Key: "papi-2022-se-zero", Kind: Defect, Years: []int{2022}, Cells: []Cell{{2022, "94", "PAPI"}, {2022, "95", "PAPI"}, {2022, "96", "PAPI"}}, Sources: []string{"S1"},
		Text: lang.Names{
			VI: "Sai số chuẩn in là đúng 0 và hai cận bằng điểm: ô hỏng ở nguồn, sai số không biết.",
			EN: "The standard error is printed as exactly 0 and both limits equal the score: broken cells at the source, the error is unknown.",
		},
	},
	{
		Key: "papi-2022-zeros", Kind: Defect, Years: []int{2022}, Sources: []string{"S1", "S4"},
		Cells: append(cellsOf(2022, "27", "1.2.3", "1.2.4"), cellsOf(2022, "22", "1.2.3", "1.2.4", "6.4.3")...),
		Text: lang.Names{
			VI: "In là đúng 0, trong khi mọi tỉnh khác từ 40% trở lên: nhiều khả năng là ô thiếu số liệu bị ghi thành 0. Không đọc là một tỷ lệ.",
			EN: "Printed as exactly 0, while every other province has 40% or more: most likely a missing value written as 0. Not to be read as a share.",
		},
	},
	{
		Key: "papi-2023-votes-kept", Kind: Defect, Years: []int{2023}, Sources: []string{"S1"},
		Cells: []Cell{{2023, "", "1.2.3"}, {2023, "", "1.2.4"}},
		Text: lang.Names{
			VI: "59 trong 60 tỉnh có ở cả hai năm mang đúng trị số của năm 2022, đến chữ số cuối: số liệu được giữ lại từ trước, không phải đo lại năm 2023.",
			EN: "59 of the 60 provinces of both years bear the value of 2022 to the last digit: the figures were carried over, not measured again in 2023.",
		},
	},
	{
		Key: "papi-2022-respondents", Kind: Defect, Years: []int{2022}, Sources: []string{"S1", "S15", "S6"},
		Text: lang.Names{
			VI: "Số người trả lời theo tỉnh cộng lại là 16.120; tổng đã công bố là 16.117.",
			EN: "The respondents by province add up to 16,120; the published total is 16,117.",
		},
	},
	{
		Key: "papi-2023-respondents", Kind: Defect, Years: []int{2023}, Sources: []string{"S1", "S16"},
		Text: lang.Names{
			VI: "Số người trả lời của 61 tỉnh có điểm cộng lại là 18.940; tổng đã công bố của cả cuộc khảo sát là 19.536.",
			EN: "The respondents of the 61 scored provinces add up to 18,940; the published total of the survey is 19,536.",
		},
	},
	{
		Key: "papi-2023-average", Kind: Defect, Years: []int{2023}, Sources: []string{"S11"},
		Text: lang.Names{
			VI: "Con số 42,3265 được dẫn là “trung bình” thực ra là trung vị (điểm của Đắk Lắk).",
			EN: "The 42.3265 quoted as the “average” is in truth the median (the score of Đắk Lắk).",
		},
	},
	{
		Key: "papi-2023-reason", Kind: Reason, Years: []int{2023}, Cells: []Cell{{2023, "22", ""}, {2023, "74", ""}}, Sources: []string{"S8", "R2"},
		Text: lang.Names{
			VI: "Vấn đề kỹ thuật, theo một bài báo; kết quả vượt sai số thống kê cho phép, theo một bài khác.",
			EN: "Technical problems, according to one article; results beyond the allowed statistical error, according to another.",
		},
	},
}

package chart

import (
	"math"
	"strconv"

	"thuoc/internal/geo"
	"thuoc/internal/lang"
)

// units colours a map as a page would: groups in turn, one in five uncertain, one without data.
func units(f geo.Frame) map[string]Unit {
	out := map[string]Unit{}
	for i, t := range geo.TilesOf(f).Units {
		out[t.Code] = Unit{Fill: Groups[1+i%4], Uncertain: i%5 == 0, Href: "/ho-so/" + t.Code, Name: t.Name + ": 43,21 điểm", Label: t.Name, Value: "43,21"}
	}
	delete(out, "01")
	return out
}

// scenes is one of every kind, at both widths.
func scenes() map[string]*Scene {
	out := map[string]*Scene{}
	for _, w := range []float64{358, 720} {
		size := map[float64]string{358: "-narrow", 720: "-wide"}[w]
		for _, f := range []geo.Frame{geo.Former, geo.Present} {
			out["map-"+string(f)+size] = Map("m", geo.Coarse(f).Lay(w), units(f), "Bản đồ điểm tổng hợp", lang.Vi)
			out["tiles-"+string(f)+size] = TileMap("t", geo.TilesOf(f), units(f), "Bản đồ ô điểm tổng hợp", w, lang.Vi)
		}
		out["intervals"+size] = Intervals("i", rows(), []float64{43.4, 42.1, 40.7}, w, "Điểm và khoảng tin cậy", lang.Vi)
		out["strip"+size] = Strip("s", stripDots(), Estimate{Value: 40.7, SE: 0.79}, w, "Khoảng cách giữa các tỉnh", lang.Vi)
		out["compare"+size] = Compare("d", differences(), w, "Chênh lệch với Vĩnh Long", lang.Vi)
		out["groups"+size] = GroupBars("b", groupRows(), Groups[1:], w, "Xác suất nhóm", lang.Vi)
		out["profile"+size] = Profile("p", profileRows(), w, "Hồ sơ", lang.Vi)
		out["distribution"+size] = Distribution("n", scores(), func(v float64) Role { return Groups[1+int(max(0, min(3, (v-38)/2.5)))] }, 40.72, "Trà Vinh 40,72", w, "Phân bố điểm của 61 tỉnh", lang.Vi)
		out["multiples"+size] = Multiples("x", panels(), []Break{{Year: 2018}}, false, w, "Tám nội dung qua các năm", lang.Vi)
		out["series"+size] = Series("y", runs(), []Break{{Year: 2018, Label: "Khung mới: tám nội dung", Past: true}, {Year: 2021, Label: "3.2, 6.4 tính lại"}}, w, "Điểm qua các năm", lang.Vi)
	}
	framed := *out["map-province-63-wide"]
	framed.Legend = []Key{{Fill: GroupHigh, Text: "Cao nhất: 43,4–47,9"}, {Fill: GroupLow, Uncertain: true, Text: "Thấp nhất, chưa chắc"}}
	out["map-framed"] = framed.Framed("Điểm tổng hợp năm 2022 cao nhất ở Quảng Ninh", "Chỉ số PAPI tổng hợp, thang 10–80, năm 2022, chia bốn nhóm theo tứ phân vị", []string{"Nguồn: UNDP và các đơn vị thực hiện PAPI. 16.117 người trả lời, 61 tỉnh, thành phố."})
	out["profile"] = ProfileBar("p", Estimate{Value: 40.7, SE: 0.79}, []Segment{{38.8, 40.7, GroupLow}, {40.8, 42.1, GroupMidLow}, {42.2, 43.3, GroupMidHi}, {43.4, 47.9, GroupHigh}}, []float64{39, 41, 42, 43, 44, 47}, 260, "Trà Vinh")
	out["interval"] = Interval("c", Estimate{Value: 42, SE: 0.5}, 38, 48, 220, []float64{43.4}, "42,00 ± 0,98")
	out["interval-unknown"] = Interval("u", Estimate{Value: 42, SE: math.NaN()}, 38, 48, 220, nil, "42,00, sai số không công bố")
	out["share"] = GroupBar("g", []float64{0.5, 0.3, 0.2, 0}, Groups[1:], 90, "Xác suất nhóm")
	out["spark"] = Sparkline("k", runs()[0].Points, nil, 96, 28, "2011–2024")
	return out
}

func rows() []IntervalRow {
	out := []IntervalRow{{Name: "Thấp nhất", Fill: GroupLow, Head: true}}
	for i, name := range []string{"Trà Vinh", "Thừa Thiên Huế", "Bà Rịa - Vũng Tàu", "Thành phố Hồ Chí Minh"} {
		out = append(out, IntervalRow{Name: name, Text: "40,72", Note: "hạng 30–61", Est: Estimate{Value: 40.7 + float64(i), SE: 0.3 * float64(i), Printed: 1.645}, Strong: i == 0})
	}
	return out
}

func differences() []Difference {
	return []Difference{
		{Name: "Tham gia của người dân ở cấp cơ sở", Text: "+0,31 ± 0,24", Est: Estimate{Value: 0.31, SE: 0.12}, Clear: true},
		{Name: "Công khai, minh bạch", Text: "−0,09 ± 0,22", Est: Estimate{Value: -0.09, SE: 0.11}},
		{Name: "Kiểm soát tham nhũng", Text: "−0,44 ± 0,27", Est: Estimate{Value: -0.44, SE: 0.14}, Clear: true},
		{Name: "Quản trị điện tử", Text: "+0,10, sai số không công bố", Est: Estimate{Value: 0.1, SE: math.NaN()}},
	}
}

func groupRows() []GroupRow {
	return []GroupRow{
		{Name: "Trà Vinh", Shares: []float64{0.55, 0.3, 0.15, 0}, Text: "Thấp nhất, 55 %", Strong: true},
		{Name: "Quảng Ninh", Shares: []float64{0, 0, 0.02, 0.98}, Text: "Cao nhất, 98 %"},
		{Name: "Thừa Thiên Huế", Shares: []float64{0, 0.04, 0.31, 0.65}, Text: "Cao nhất, 65 %"},
	}
}

func profileRows() []ProfileRow {
	groups := []Segment{{38.8, 40.7, GroupLow}, {40.8, 42.1, GroupMidLow}, {42.2, 43.3, GroupMidHi}, {43.4, 47.9, GroupHigh}}
	var out []ProfileRow
	for i, name := range []string{"Tham gia của người dân ở cấp cơ sở", "Công khai, minh bạch trong việc ra quyết định", "Quản trị môi trường"} {
		out = append(out, ProfileRow{Name: name, Text: "40,72, Thấp nhất", Est: Estimate{Value: 40.7 + 2*float64(i), SE: []float64{0.79, 0, 0.4}[i]}, Groups: groups, Others: scores()})
	}
	return out
}

func scores() []float64 {
	var out []float64
	for i := range 61 {
		out = append(out, 42.5+3*math.Sin(float64(i)*1.7)+float64(i%7)*0.3)
	}
	return out
}

func panels() []Panel {
	var out []Panel
	for i := range 8 {
		r := runs()
		for k := range r[0].Points {
			r[0].Points[k].Value += float64(i%3) * 1.5
		}
		out = append(out, Panel{Name: strconv.Itoa(i+1) + " Công khai, minh bạch trong việc ra quyết định", Text: "5,01, chưa khác biệt rõ", Runs: r})
	}
	return out
}

func stripDots() []StripDot {
	var out []StripDot
	for i := range 61 {
		out = append(out, StripDot{Value: 38.8 + math.Mod(float64(i)*1.37, 9), Fill: Groups[1+i%4], Name: "Tỉnh", Strong: i == 7, Label: map[int]string{7: "Trà Vinh", 1: "Quảng Ninh"}[i]})
	}
	return out
}

func runs() []Run {
	var a, b []YearValue
	for y := 2011; y <= 2024; y++ {
		v := 33 + float64(y%5)
		if y == 2014 {
			v = math.NaN()
		}
		if y >= 2018 {
			v += 7
		}
		a, b = append(a, YearValue{y, v, map[bool]float64{true: 0.7}[y >= 2022]}), append(b, YearValue{Year: y, Value: v + 0.4})
	}
	return []Run{{Name: "Trà Vinh", Text: "41,00", Points: a, Role: Line1}, {Name: "Trung vị các tỉnh", Points: b, Role: Quiet, Dash: true}}
}

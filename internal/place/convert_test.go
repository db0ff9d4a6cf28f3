package place

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/lang"
)

func rowsOf(c Converted) map[string]ConvertedRow {
	m := map[string]ConvertedRow{}
	for _, r := range c.Rows {
		m[r.Version.Place] = r
	}
	return m
}

func TestConvertProvinces(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := seeded(t, d, "33", "34", "22", "17", "25", "26")
		in := Series{On: clock.MustDate("2022-12-31"), Year: 2022, Weight: WeighPeople, Figures: []Figure{
			{Place: "33", Value: 40, SE: 1}, {Place: "34", Value: 44, SE: 1}, {Place: "22", Value: 45, SE: 0.5}, {Place: "25", Value: 41, SE: 1},
		}}
		out, err := s.Convert(t.Context(), in, now)
		must(t, err)
		rows := rowsOf(out)
		joined := rows["33.2025"]
		if len(out.Rows) != 3 || !(joined.Value > 42 && joined.Value < 44) || !(joined.SE > 0.7 && joined.SE < 1) {
			t.Errorf("got %+v", out)
		}
		if whole := rows["22"]; whole.Value != 45 || whole.SE != 0.5 || whole.Version.Full().VI != "Thành phố Quảng Ninh" {
			t.Errorf("a province that was not merged: %+v", whole)
		}
		no := rows["25.2025"]
		if !math.IsNaN(no.Value) || lang.Translate(lang.Vi, no.Why) != "Không quy đổi được: Tỉnh Hòa Bình, Tỉnh Vĩnh Phúc không có giá trị." {
			t.Errorf("got %+v: %s", no, lang.Translate(lang.Vi, no.Why))
		}

		back, err := s.Convert(t.Context(), Series{On: now, Year: 2024, Weight: WeighPeople, Figures: []Figure{
			{Place: "33.2025", Value: 43, SE: 0.8}, {Place: "22", Value: 45, SE: 0.5},
		}}, dayBefore)
		must(t, err)
		rows = rowsOf(back)
		if len(back.Rows) != 3 || rows["33"].Value != 43 || !(rows["33"].SE > 0.8) || rows["22"].SE != 0.5 {
			t.Errorf("got %+v", back)
		}
	})
}

// A count by communes of then becomes one by communes of now where the law says whose people went; where it does not,
// the row says that nobody knows.
func TestConvertCommunes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		s := seeded(t, d, "33", "34")
		in := Series{On: dayBefore, Year: 2025, Total: true, Weight: WeighRespondents}
		must(t, d.View(t.Context(), func(q *db.Q) error {
			districts, err := Children(t.Context(), q, "33", dayBefore)
			for _, district := range districts {
				communes, err := Children(t.Context(), q, district.Place, dayBefore)
				if err != nil {
					return err
				}
				for _, c := range communes {
					in.Figures = append(in.Figures, Figure{Place: c.Place, Value: 10, SE: 1, Respondents: 20})
				}
			}
			return err
		}))
		out, err := s.Convert(t.Context(), in, now)
		must(t, err)
		sum, refused := 0.0, 0
		for _, r := range out.Rows {
			if r.Why.Key != "" {
				refused++
				continue
			}
			sum += r.Value
		}
		if refused == 0 || refused > len(out.Rows)/2 || sum == 0 || len(out.Rows) != 39 {
			t.Errorf("%d rows, %d refused, %v in all", len(out.Rows), refused, sum)
		}
		// a district's figure does not divide among the communes of today
		out, err = s.Convert(t.Context(), Series{On: dayBefore, Year: 2021, Weight: WeighPeople, Figures: []Figure{{Place: "328", Value: 74, SE: 1}}}, now)
		must(t, err)
		if len(out.Rows) != 1 {
			t.Fatalf("got %+v", out)
		}
		want := "Không quy đổi được: không ai biết dân số của Thị xã Mỹ Hào được chia thế nào."
		if diff := cmp.Diff(want, lang.Translate(lang.Vi, out.Rows[0].Why)); diff != "" {
			t.Error(diff)
		}
	})
}

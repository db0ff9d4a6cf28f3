package web

import (
	"testing"

	"thuoc/internal/lang"
	"thuoc/internal/report"
	"thuoc/internal/score"
)

// A result is said to have risen or fallen only where that was tested; a value without an error says so, and one without a
// value tells why.
func TestMeasuredRows(t *testing.T) {
	v := &visit{lang: lang.Vi}
	names := lang.Names{VI: "Tiếp công dân", EN: "Receiving citizens"}
	for _, c := range []struct {
		is                  report.Result
		value, rests, tells string
	}{
		{report.Result{Value: new(5.62), SE: new(0.38), N: 511, Was: new(5.03), Change: new(0.59), Says: score.NoEvidence}, "5,62", "sai số chuẩn 0,38; n = 511", "chưa đủ căn cứ là có thay đổi"},
		{report.Result{Value: new(5.52), SE: new(0.4), N: 1496, Was: new(4.38), Change: new(1.14), Says: score.Rose}, "5,52", "sai số chuẩn 0,40; n = 1.496", "tăng, vượt sai số"},
		{report.Result{Value: new(4.05), Was: new(3.97), Change: new(0.08), Says: score.NotTestable}, "4,05", "không công bố sai số", "chưa kiểm định"},
		{report.Result{Value: new(4.05), Was: new(3.97)}, "4,05", "không công bố sai số", "chưa kiểm định"},
		{report.Result{Value: new(4.05), Says: score.NotComparable}, "4,05", "không công bố sai số", "không so sánh được"},
		{report.Result{Value: new(4.05)}, "4,05", "không công bố sai số", "không có kỳ so sánh"},
		{report.Result{Why: lang.Names{VI: "Chưa đủ người trả lời."}}, "–", "", "Chưa đủ người trả lời."},
	} {
		c.is.Code, c.is.Names = "B1", names
		if row := v.measuredRow(c.is); row.Name != "Tiếp công dân (B1)" || row.Value != c.value || row.Rests != c.rests || row.Says != c.tells {
			t.Errorf("%+v is shown as %+v", c.is, row)
		}
	}
}

package demo

import (
	"fmt"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/report"
)

// The cut-off and the last day of the first report, in days before today; those of the second are a month later.
const cutOff, sentBy = 42, 37

// reports lets the departments report by month: a month that is over, one that is being judged, and the one that runs. It is
// called on the days of work.
func (b *builder) reports(before int) error {
	owner, chair := b.first(account.PlanOwner), b.first(account.ProvincialChair)
	heads := append([]string{environment}, otherLeads...)
	first := monthOf(b.at.day(cutOff))
	second := first.Next()
	switch before {
	case 55:
		return b.calendar(owner)
	case 41:
		return b.sendReports(heads[:7], first)
	case 33:
		if err := b.sendReports(heads[7:9], first); err != nil {
			return err
		}
		return b.judgeReports(owner, first, heads[:6], heads[6], heads[:3])
	case 24:
		if err := b.sendReports(heads[6:7], first); err != nil {
			return err
		}
		return b.onReport(heads[1], first, func(p report.Page) error {
			return b.Reports.Answer(b.ctx, b.headOf(heads[1]), p.ID, p.Rev, report.Current(p.Lines)[3].ID, "Trang 2 đã nêu lỗi của chính phòng chuyên môn (giả định).")
		})
	case 16:
		err := b.onReport(heads[1], first, func(p report.Page) error {
			return b.Reports.Decide(b.ctx, chair, p.ID, p.Rev, p.Replies[0].ID, 15, "Đơn vị có nêu nguyên nhân chủ quan; tính đủ điểm.")
		})
		for _, name := range heads[:2] {
			if err == nil {
				err = b.onReport(name, first, func(p report.Page) error { return b.Reports.Lock(b.ctx, owner, p.ID, p.Rev) })
			}
		}
		return err
	case 9:
		return b.sendReports(heads[:5], second)
	case 5:
		if err := b.sendReports(heads[5:7], second); err != nil {
			return err
		}
		return b.judgeReports(owner, second, heads[:2], heads[2], nil)
	}
	return nil
}

// monthOf is the monthly period whose last month a day lies in.
func monthOf(d clock.Date) report.Period {
	return report.Period{Kind: report.Month, Year: d.Year, N: int(d.Month)}
}

// calendar sets who reports when; the province's own committee reports to nobody here.
func (b *builder) calendar(owner account.Actor) error {
	cut, due := b.at.day(cutOff), b.at.day(sentBy)
	r := report.Rule{Home: b.home, Kind: report.Month, Who: report.Departments, Owes: true, Days: report.Days{Cut: cut.Day, Due: due.Day, Roll: report.RollNext},
		Since: clock.Date{Year: cut.Year, Month: cut.Month, Day: 1}, Law: "Quyết định 12/QĐ-UBND (giả định)"}
	if err := b.Reports.SetRule(b.ctx, owner, r); err != nil {
		return err
	}
	r.Who, r.Agency, r.Owes = report.OneAgency, b.body[committee].id, false
	return b.Reports.SetRule(b.ctx, owner, r)
}

// onReport does something with the report of an agency as it stands.
func (b *builder) onReport(agency string, p report.Period, do func(report.Page) error) error {
	all, err := b.Reports.List(b.ctx, b.headOf(agency), report.Filter{Agency: b.body[agency].id, Kind: p.Kind, Period: p.String(), Limit: 1})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("demo: %s has no report of %s", agency, p)
	}
	page, err := b.Reports.Get(b.ctx, b.headOf(agency), all[0].ID)
	if err != nil {
		return err
	}
	return do(page)
}

// sendReports opens and freezes what is due, and lets agencies send.
func (b *builder) sendReports(agencies []string, p report.Period) error {
	if _, err := b.Reports.Open(b.ctx, b.home); err != nil {
		return err
	}
	for i, name := range agencies {
		err := b.onReport(name, p, func(page report.Page) error {
			return b.Reports.Send(b.ctx, b.headOf(name), page.ID, page.Rev, b.account(i, page))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// account is what the i-th agency writes.
func (b *builder) account(i int, p report.Page) report.Entry {
	e := report.Entry{Text: report.Narrative{Results: "Đã triển khai các nhiệm vụ được giao, có minh chứng kèm theo (giả định).",
		Shortcomings: "Một số việc chậm ở khâu lấy ý kiến (giả định).", Causes: "Đơn vị bố trí người chưa kịp; chờ hướng dẫn của cấp trên (giả định).",
		Next: []report.Promise{{Text: "Phòng chuyên môn hoàn thành việc còn chậm và gửi minh chứng", Due: p.Due.Add(25)},
			{Text: "Lãnh đạo đơn vị kiểm tra việc niêm yết tại hai xã", Due: p.Due.Add(28)}}}}
	if i == 3 {
		e.Text.Shortcomings = "Không"
	}
	for n, x := range p.Promised {
		kept := []report.Kept{report.WasKept, report.InPart, report.NotKept}[(i+n)%3]
		e.Answers = append(e.Answers, report.Answered{Promise: x, Kept: kept, Words: "Có biên bản kèm theo; phần còn lại chuyển sang kỳ này (giả định)."})
	}
	if i == 1 && len(p.Promised) > 0 {
		e.Disputes = []report.Dispute{{Mark: report.Overdue, Words: "Một nhiệm vụ đã xin gia hạn trước ngày chốt, đang chờ quyết định."}}
	}
	return e
}

// judgeReports accepts some reports, returns one, and scores some of the accepted ones.
func (b *builder) judgeReports(owner account.Actor, p report.Period, accepted []string, returned string, scored []string) error {
	for _, name := range accepted {
		if err := b.onReport(name, p, func(page report.Page) error { return b.Reports.Accept(b.ctx, owner, page.ID, page.Rev, "") }); err != nil {
			return err
		}
	}
	err := b.onReport(returned, p, func(page report.Page) error {
		return b.Reports.Return(b.ctx, owner, page.ID, page.Rev, []report.Reason{report.VagueNext, report.Unproven}, "Nêu rõ phòng nào làm và kèm minh chứng cho kết quả thứ hai.")
	})
	for i, name := range scored {
		grades := []report.Grade{{Rule: "results", Points: []float64{20, 10, 20}[i], Words: "Kết quả có số liệu kèm minh chứng."},
			{Rule: "frank", Points: []float64{15, 8, 8}[i], Words: "Nguyên nhân nêu chủ yếu do nơi khác."}, {Rule: "next", Points: 15, Words: "Việc kỳ sau rõ người, rõ ngày."}}
		if err == nil {
			err = b.onReport(name, p, func(page report.Page) error { return b.Reports.Score(b.ctx, owner, page.ID, page.Rev, grades) })
		}
	}
	return err
}

package demo

import (
	"thuoc/internal/account"
	"thuoc/internal/fault"
	"thuoc/internal/follow"
	"thuoc/internal/workday"
)

// pursue keeps after the work: a meeting with two orders, one of them reported done, a letter to an agency that is late,
// and the reminders of a morning.
func (b *builder) pursue() error {
	owner := b.first(account.PlanOwner)
	today := owner.Day
	id, err := b.Follow.Call(b.ctx, owner, follow.Meeting{Issuer: b.home, Title: "Chuyên đề y tế cơ sở và giáo dục phổ thông", Code: "D1", Day: b.at.day(5),
		Venue: "Hội trường UBND tỉnh", Chair: "Phó Chủ tịch UBND tỉnh", Agenda: "Kết quả khảo sát về y tế, giáo dục\nNhiệm vụ quá hạn\nÝ kiến của xã, phường"})
	if err != nil {
		return err
	}
	if err := b.Follow.Close(b.ctx, owner, id, 1, follow.Held, "Thống nhất tập trung vào thái độ phục vụ và thời gian chờ tại trạm y tế xã."); err != nil {
		return err
	}
	orders := []follow.Directive{
		{Issuer: b.home, Meeting: id, Said: b.at.day(5), Speaker: "Phó Chủ tịch UBND tỉnh", Words: "Rà soát thời gian chờ khám tại các trạm y tế xã, báo cáo cách rút ngắn.", Agency: b.body[health].id, Due: workday.OnOrAfter(b.at.day(-10))},
		{Issuer: b.home, Meeting: id, Said: b.at.day(5), Speaker: "Phó Chủ tịch UBND tỉnh", Words: "Công khai các khoản thu đầu năm học tại từng trường.", Agency: b.body[schools].id, Due: workday.OnOrAfter(b.at.day(-3))},
	}
	if err := b.Follow.Direct(b.ctx, owner, orders); err != nil {
		return err
	}
	done := follow.DirectiveStep{Directive: orders[1].ID, Rev: 1, To: follow.Reported, Note: "Các trường đã niêm yết tại cổng và trên trang của trường."}
	if err := b.Follow.Move(b.ctx, b.headOf(schools), done); err != nil {
		return err
	}
	if err := b.urge(owner); err != nil {
		return err
	}
	for !workday.Works(today) {
		today = today.Add(-1)
	}
	_, err = b.Follow.Remind(b.ctx, today)
	return err
}

// urge writes to the first agency that is late with something.
func (b *builder) urge(owner account.Actor) error {
	for _, l := range leads {
		id, err := b.Follow.Urge(b.ctx, owner, follow.Urging{Issuer: b.home, Agency: b.body[l.agency].id, Due: workday.OnOrAfter(b.at.day(-2)),
			Words: "Đề nghị đơn vị hoàn thành các nhiệm vụ quá hạn và báo cáo kết quả kèm minh chứng."})
		if fault.KindOf(err) == fault.Conflict {
			continue
		}
		if err != nil {
			return err
		}
		letter := follow.Urging{ID: id, Rev: 1, Number: "88/UBND-NC", Signed: owner.Day, Signer: "Phó Chủ tịch Ủy ban nhân dân tỉnh Mẫu"}
		if err := b.Follow.Issue(b.ctx, owner, letter); err != nil {
			return err
		}
		return b.returned(owner, letter)
	}
	return nil
}

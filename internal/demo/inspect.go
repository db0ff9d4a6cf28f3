package demo

import (
	"bytes"

	"thuoc/internal/account"
	"thuoc/internal/inspect"
	"thuoc/internal/workday"
)

// onSite is what becomes of the province's inspections: a planned one that was concluded, whose findings stand at every
// state, a surprise among communes that was drawn and announced, and one among communes and departments that is sealed.
type onSite struct {
	list              string // id of the checklist
	planned, surprise string // ids of the inspections
	found             []string
}

// inspectedCommunes are those that the planned inspection visits.
var inspectedCommunes = leadingCommunes[:3]

// inspect takes the steps of the inspections on one of the days before today.
func (b *builder) inspect(before int) error {
	switch before {
	case 55:
		return b.all(b.planInspection, b.visitCommunes)
	case 41:
		return b.all(b.concludeInspection, b.planSurprise)
	case 33:
		return b.all(b.remedyFindings, b.drawSurprise)
	case 24:
		return b.all(b.verifyFindings)
	case 1:
		return b.all(b.sealNext)
	}
	return nil
}

// all takes steps one after another.
func (b *builder) all(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// inspector and chair are two people who may seal a draw.
func (b *builder) inspector() account.Actor { return b.first(account.Inspector) }
func (b *builder) chair() account.Actor     { return b.first(account.ProvincialChair) }

// team puts a checklist and a team of two to an inspection.
func (b *builder) team(id string) error {
	owner := b.first(account.PlanOwner)
	if err := b.Inspections.Choose(b.ctx, owner, id, []string{b.site.list}); err != nil {
		return err
	}
	for _, m := range []inspect.Member{{Inspection: id, User: b.inspector().User, Post: "Trưởng đoàn, Thanh tra tỉnh", Chief: true},
		{Inspection: id, User: b.first(account.Analyst).User, Post: "Thành viên, Sở Nội vụ"}} {
		if err := b.Inspections.Join(b.ctx, owner, m); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) planInspection() (err error) {
	owner, day := b.first(account.PlanOwner), b.at.day(55)
	b.site.list, err = b.Inspections.Write(b.ctx, owner, inspect.Checklist{Place: b.home, Theme: "Bộ phận một cửa", Since: b.at.day(60), Items: []inspect.Item{
		{Sort: inspect.YesNo, Text: "Niêm yết đủ thủ tục, phí, lệ phí?"}, {Sort: inspect.YesNo, Text: "Có thư xin lỗi cho mọi hồ sơ trễ hẹn?"},
		{Sort: inspect.Number, Text: "Số hồ sơ trễ hẹn trong tháng"}, {Sort: inspect.Words, Text: "Ý kiến của người dân đang chờ"}, {Sort: inspect.Photo, Text: "Ảnh bảng niêm yết"}}})
	if err != nil {
		return err
	}
	if b.site.planned, err = b.Inspections.Create(b.ctx, owner, inspect.Inspection{Kind: inspect.Planned, Joined: inspect.Both, Place: b.home, Plan: b.top,
		Title: "Kiểm tra việc thực hiện kế hoạch nâng chỉ số tại bộ phận một cửa", Decision: "41/QĐ-UBND", Decided: b.at.day(56), Signer: "Chủ tịch UBND tỉnh (giả định)",
		Since: day, Until: day.Add(14)}); err != nil {
		return err
	}
	if err := b.team(b.site.planned); err != nil {
		return err
	}
	for _, n := range inspectedCommunes {
		if err := b.Inspections.AddUnit(b.ctx, owner, b.site.planned, inspect.Unit{Place: commune(n)}, day); err != nil {
			return err
		}
	}
	return b.Inspections.Open(b.ctx, owner, b.site.planned)
}

// visitCommunes visits, asks, finds and records.
func (b *builder) visitCommunes() error {
	due := []int{20, 10, -12}
	for i, n := range inspectedCommunes {
		visit, err := b.Inspections.Begin(b.ctx, b.inspector(), b.site.planned, inspect.Unit{Place: commune(n)})
		if err != nil {
			return err
		}
		answers := []inspect.Answer{{Item: b.site.list + ":1", Value: []string{"no", "yes", "yes"}[i]}, {Item: b.site.list + ":2", Value: "no"},
			{Item: b.site.list + ":3", Value: []string{"14", "6", "9"}[i]}, {Item: b.site.list + ":4", Value: "Bà con mong được báo trước khi hồ sơ trễ hẹn."}}
		if err := b.Inspections.Send(b.ctx, b.inspector(), inspect.Sheet{Visit: visit, Key: "demo", Answers: answers}); err != nil {
			return err
		}
		for k, f := range []inspect.Finding{{Words: "Hồ sơ đất đai trễ hẹn không có thư xin lỗi.", Remedy: "Gửi thư xin lỗi kèm ngày hẹn mới cho mọi hồ sơ trễ hẹn.", Code: "C3"},
			{Words: "Bảng niêm yết thiếu mức phí của 5 thủ tục.", Remedy: "Niêm yết đủ mức phí, chụp ảnh cả bảng.", Code: "C1"}} {
			if k == 1 && i > 0 {
				continue
			}
			f.Visit, f.Item, f.Due = visit, b.site.list+":"+string(rune('2'-k)), workday.OnOrAfter(b.at.day(due[i]))
			id, err := b.Inspections.AddFinding(b.ctx, b.inspector(), f)
			if err != nil {
				return err
			}
			b.site.found = append(b.site.found, id)
		}
		if err := b.Inspections.Record(b.ctx, b.inspector(), inspect.Paper{Visit: visit, Dated: b.operator().Day, Present: "Chủ tịch UBND " + committeeOf(n)[len("UBND "):] + " (giả định)",
			Words: "Đoàn đã kiểm tra bộ phận một cửa, sổ theo dõi hồ sơ và bảng niêm yết.", Opinion: "Nhất trí với biên bản.", Signer: "Trưởng đoàn"}); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) concludeInspection() error {
	return b.Inspections.Conclude(b.ctx, b.chair(), inspect.Paper{Inspection: b.site.planned, Number: "12/KL-UBND", Dated: b.operator().Day, Signer: "Chủ tịch UBND tỉnh (giả định)",
		Words: "Ba xã, phường đã tổ chức bộ phận một cửa theo quy định.\nTồn tại chung: chưa gửi thư xin lỗi khi hồ sơ trễ hẹn.\nYêu cầu khắc phục đúng hạn; nội dung chưa đạt sẽ tái kiểm tra."})
}

// stepOf takes a step with the i-th finding.
func (b *builder) stepOf(i int, who account.Actor, m inspect.Move) error {
	p, err := b.Inspections.GetFinding(b.ctx, b.operator(), b.site.found[i])
	if err != nil {
		return err
	}
	m.Finding, m.Rev = p.ID, p.Rev
	return b.Inspections.Take(b.ctx, who, m)
}

// remedyFindings lets the first commune remedy both of its findings, and the second its own.
func (b *builder) remedyFindings() error {
	picture, err := photo(7)
	if err != nil {
		return err
	}
	ref, err := b.Blobs.Put(b.ctx, bytes.NewReader(picture))
	if err != nil {
		return err
	}
	for i, of := range []int{0, 0, 1} {
		m := inspect.Move{Step: inspect.Remedy, Note: "Đã khắc phục; ảnh kèm theo (giả định).", Proofs: inspect.Proofs{File: ref.SHA256, Mime: "image/jpeg", Size: ref.Size}}
		if err := b.stepOf(i, b.communeOfficial(of), m); err != nil {
			return err
		}
	}
	return nil
}

// verifyFindings closes one finding, and finds another not remedied, which is inspected again; the third waits.
func (b *builder) verifyFindings() error {
	if err := b.stepOf(0, b.inspector(), inspect.Move{Step: inspect.Close, Note: "Đã xem sổ gửi thư."}); err != nil {
		return err
	}
	if err := b.stepOf(1, b.inspector(), inspect.Move{Step: inspect.Fail, Note: "Bảng vẫn thiếu hai thủ tục."}); err != nil {
		return err
	}
	return b.stepOf(1, b.first(account.PlanOwner), inspect.Move{Step: inspect.Anew})
}

// planSurprise prepares and seals a draw of three communes.
func (b *builder) planSurprise() (err error) {
	owner, day := b.first(account.PlanOwner), b.at.day(33)
	if b.site.surprise, err = b.Inspections.Create(b.ctx, owner, inspect.Inspection{Kind: inspect.Surprise, Joined: inspect.PublicDuty, Place: b.home, Plan: b.top,
		Title: "Kiểm tra đột xuất giờ làm việc và tiếp dân", Decision: "47/QĐ-UBND", Decided: b.at.day(42), Signer: "Chủ tịch UBND tỉnh (giả định)", Since: day, Until: day.Add(40)}); err != nil {
		return err
	}
	if err := b.team(b.site.surprise); err != nil {
		return err
	}
	if err := b.Inspections.PrepareDraw(b.ctx, owner, inspect.Lot{Inspection: b.site.surprise, Size: 3, Day: day,
		Source: "Giải đặc biệt xổ số kiến thiết miền Bắc ngày hôm đó, đủ các chữ số (giả định)"}); err != nil {
		return err
	}
	return b.Inspections.Seal(b.ctx, b.chair(), b.site.surprise)
}

// sealNext prepares and seals a draw whose public number is not known yet: the departments too can be drawn, heavier by the
// results that fell of what they lead.
func (b *builder) sealNext() error {
	owner, day := b.first(account.PlanOwner), b.at.day(-6)
	id, err := b.Inspections.Create(b.ctx, owner, inspect.Inspection{Kind: inspect.Surprise, Joined: inspect.Reform, Place: b.home, Plan: b.top,
		Title: "Kiểm tra đột xuất cải cách hành chính quý tới", Decision: "58/QĐ-UBND", Decided: b.at.day(2), Signer: "Chủ tịch UBND tỉnh (giả định)", Since: day, Until: day.Add(30)})
	if err != nil {
		return err
	}
	if err := b.team(id); err != nil {
		return err
	}
	if err := b.Inspections.PrepareDraw(b.ctx, owner, inspect.Lot{Inspection: id, Pool: inspect.Everybody, Size: 4, Day: day,
		Source: "Giải đặc biệt xổ số kiến thiết miền Bắc ngày hôm đó, đủ các chữ số (giả định)"}); err != nil {
		return err
	}
	return b.Inspections.Seal(b.ctx, b.chair(), id)
}

// drawSurprise enters the number by one, draws by another, begins the first visit and announces the rest.
func (b *builder) drawSurprise() error {
	id := b.site.surprise
	if err := b.Inspections.Reveal(b.ctx, b.first(account.PlanOwner), id, "04719"); err != nil {
		return err
	}
	if err := b.Inspections.Draw(b.ctx, b.chair(), id, "04719"); err != nil {
		return err
	}
	drawn, err := b.Inspections.DrawnUnits(b.ctx, b.inspector(), id)
	if err != nil {
		return err
	}
	if _, err := b.Inspections.Begin(b.ctx, b.inspector(), id, drawn[0].Unit); err != nil {
		return err
	}
	return b.Inspections.Announce(b.ctx, b.inspector(), id)
}

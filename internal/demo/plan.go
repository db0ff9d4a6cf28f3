package demo

import (
	"bytes"
	"errors"
	"fmt"

	"thuoc/internal/account"
	"thuoc/internal/plan"
	"thuoc/internal/target"
)

// lead is who answers for a sub-dimension of the province's index: one agency, and those that coordinate.
type lead struct {
	code, agency string
	with         []string
	words        string // what the lead proposes
}

// leads are all leads, in the order of the index.
var leads = []lead{
	{"A1", environment, []string{front}, "Niêm yết danh sách hộ nghèo tại nhà văn hóa thôn và trên cổng thông tin của xã."},
	{"A2", finance, nil, "Hướng dẫn cấp xã công khai dự toán, quyết toán theo mẫu dễ đọc."},
	{"A3", environment, []string{works}, "Công khai kế hoạch sử dụng đất kèm bản đồ, lấy ý kiến trước khi trình."},
	{"B1", office, []string{inspection}, "Lãnh đạo tiếp công dân đúng lịch; kết quả đăng trong 5 ngày làm việc."},
	{"B2", inspection, nil, "Trả lời đúng hạn 95 % đơn kiến nghị."},
	{"B3", interior, []string{front}, "Tập huấn ban giám sát đầu tư của cộng đồng ở mọi xã, phường."},
	{"C1", justice, nil, "Chứng thực trong ngày; phiếu hẹn điện tử."},
	{"C2", works, []string{centre}, "Rút thời gian cấp giấy phép xây dựng nhà ở xuống 10 ngày làm việc."},
	{"C3", environment, []string{centre}, "Gọi điện báo trước khi hồ sơ đất đai trễ hẹn và xin lỗi bằng văn bản."},
	{"D1", health, nil, "Đo thời gian chờ khám hằng tháng tại các trạm y tế."},
	{"D2", schools, nil, "Công khai các khoản thu đầu năm học trên trang của từng trường."},
	{"D3", science, []string{centre, office}, "Tổ công nghệ số cộng đồng hướng dẫn nộp hồ sơ tại nhà."},
}

// planning leads the province's plan from a draft to the issued paper.
func (b *builder) planning() error {
	b.at.reach(165)
	owner := b.first(account.PlanOwner)
	p := plan.Plan{Head: plan.Head{Place: b.home, Agency: b.body[interior].id, Kind: plan.Scheme, Title: "Kế hoạch nâng cao chỉ số của tỉnh Mẫu (giả định)",
		Year: b.at.day(165).Year, Until: b.at.day(-past).Year, BaseYear: b.at.day(past).Year - 1, Edition: b.from.ID}}
	p.Bases = []plan.Basis{{Issuer: "Tỉnh ủy Mẫu (giả định)", Number: "07-NQ/TU", Dated: b.at.day(past), Title: "Nghị quyết về sự hài lòng của người dân (giả định)"}}
	p.Aims = b.aims()
	id, err := b.Plans.Create(b.ctx, owner, p)
	if err != nil {
		return err
	}
	b.top = id
	if err := b.ask(id, owner); err != nil {
		return err
	}
	if err := b.move(owner, plan.Move{Plan: id, To: plan.Comments}); err != nil {
		return err
	}
	if err := b.discuss(id); err != nil {
		return err
	}
	return b.issue(id)
}

// aims are the targets: of the province's own index by sub-dimension, and of two others as a whole.
func (b *builder) aims() []plan.Aim {
	all := []plan.Aim{b.aim(whole, target.Points, 0.9), b.aim("A", target.Change, 0.3), b.aim("B", target.Change, 0.3), b.aim("C", target.Hold, 0), b.aim("D", target.Change, 0.3)}
	for i, l := range leads {
		kind, rise := target.Change, 0.25
		if i%4 == 2 {
			kind, rise = target.Hold, 0
		}
		all = append(all, b.aim(l.code, kind, rise))
	}
	return append(all,
		plan.Aim{Family: "par-index", Code: "PAR", Kind: target.Group, Word: "A", Note: "Giả định: thuộc nhóm A."},
		plan.Aim{Family: "par-index", Code: "survey", Kind: target.Gain, Rank: new(5), Note: "Giả định: tăng ít nhất 5 bậc."},
		plan.Aim{Family: "sipas", Code: "SIPAS", Kind: target.Rank, Rank: new(20), Note: "Giả định: trong 20 tỉnh, thành phố dẫn đầu."})
}

// aim is a target for a node of the province's index. What fell since the survey before is to be mended.
func (b *builder) aim(code string, kind target.Kind, rise float64) plan.Aim {
	a := b.base[code]
	a.Kind, a.Sorting = kind, target.Keep
	if a.Change != nil && *a.Change < 0 {
		a.Sorting = target.Fix
	}
	switch {
	case kind == target.Points:
		a.Value, a.Change = new(round(*a.Baseline+rise)), new(rise)
	case kind == target.Change:
		a.Value, a.Change = new(rise), new(rise)
	default:
		a.Change = nil
	}
	return a
}

// ask gives the duties: most leads have proposed and were accepted, one was returned, one waits to be accepted, and one
// has not answered.
func (b *builder) ask(id string, owner account.Actor) error {
	var duties []plan.Duty
	for _, l := range leads {
		duties = append(duties, plan.Duty{Code: l.code, Agency: b.body[l.agency].id, Part: plan.Lead, Offered: true})
		for _, name := range l.with {
			duties = append(duties, plan.Duty{Code: l.code, Agency: b.body[name].id, Part: plan.Coordinate, Words: "Phối hợp theo chức năng."})
		}
	}
	if err := b.Plans.Ask(b.ctx, owner, id, duties); err != nil {
		return err
	}
	if _, err := b.Plans.ConfirmOffered(b.ctx, owner, id); err != nil {
		return err
	}
	b.at.reach(158)
	p, err := b.Plans.Get(b.ctx, owner, id)
	if err != nil {
		return err
	}
	for _, d := range p.Duties {
		if err := b.settleDuty(d); err != nil {
			return err
		}
	}
	return nil
}

// settleDuty lets a duty come as far as it has.
func (b *builder) settleDuty(d plan.Duty) error {
	owner := b.first(account.PlanOwner)
	accept := func() error { return b.Plans.Accept(b.ctx, owner, d) }
	if d.Part != plan.Lead {
		return accept()
	}
	l := leadOf(d.Code)
	if l.code == "C2" {
		return nil // asked, and no answer yet
	}
	d.Words, d.Post = l.words, b.body[l.agency].post
	if err := b.Plans.Propose(b.ctx, b.headOf(l.agency), d); err != nil {
		return err
	}
	d.Rev++
	switch l.code {
	case "D2":
		d.Reason = "Nêu rõ thời hạn và số trường; hiện chưa đo được."
		return b.Plans.Return(b.ctx, owner, d)
	case "D3":
		return nil // proposed, and waits
	}
	return accept()
}

func leadOf(code string) lead {
	for _, l := range leads {
		if l.code == code {
			return l
		}
	}
	return lead{}
}

// headOf is the head of a lead agency at work.
func (b *builder) headOf(name string) account.Actor {
	for i, other := range otherLeads {
		if other == name {
			return b.as(b.who[fmt.Sprintf("lead-head-%d%s", i+2, domain)])
		}
	}
	return b.first(account.LeadHead)
}

// discuss lets those who watch say what they think; everything is answered before the plan is submitted.
func (b *builder) discuss(id string) error {
	b.at.reach(150)
	for _, c := range []struct {
		role        account.Role
		code, words string
	}{
		{account.FrontMonitor, "A1", "Danh sách hộ nghèo cần niêm yết trước khi bình xét, không chỉ sau khi có kết quả."},
		{account.CouncilMonitor, "B2", "Đề nghị nêu số đơn kiến nghị quá hạn của năm trước để theo dõi."},
	} {
		if err := b.Plans.Say(b.ctx, b.first(c.role), id, c.code, c.words); err != nil {
			return err
		}
	}
	b.at.reach(146)
	comments, err := b.Plans.Comments(b.ctx, b.first(account.PlanOwner), id)
	if err != nil {
		return err
	}
	answers := map[string]string{"A1": "Tiếp thu: niêm yết cả dự thảo trước khi bình xét.", "B2": "Bổ sung bảng số đơn quá hạn vào báo cáo quý."}
	for _, c := range comments {
		if words := answers[c.Code]; words != "" {
			if err := b.Plans.Answer(b.ctx, b.first(account.PlanOwner), c.ID, words); err != nil {
				return err
			}
		}
	}
	return nil
}

// issue submits the plan, has it returned once, and issues it; the Front asks about it then and waits for the answer.
func (b *builder) issue(id string) error {
	owner, chair, vice := account.PlanOwner, account.ProvincialChair, account.ProvincialViceChair
	signed := b.at.day(128)
	ref, err := b.Blobs.Put(b.ctx, bytes.NewReader(paper("12/KH-UBND", "Plan of the invented province of Mau")))
	if err != nil {
		return err
	}
	for _, s := range []struct {
		before int
		by     account.Role
		move   plan.Move
	}{
		{142, owner, plan.Move{To: plan.Submitted}},
		{139, vice, plan.Move{To: plan.Draft, Note: "Bổ sung chỉ tiêu của nội dung C trước khi trình lại."}},
		{135, owner, plan.Move{To: plan.Submitted}},
		{130, vice, plan.Move{To: plan.Approved}},
		{128, chair, plan.Move{To: plan.Issued, Number: "12/KH-UBND", Signed: signed, Signer: "Chủ tịch Ủy ban nhân dân tỉnh Mẫu", Paper: ref.SHA256}},
	} {
		b.at.reach(s.before)
		s.move.Plan = id
		if err := b.move(b.first(s.by), s.move); err != nil {
			return err
		}
	}
	b.at.reach(127)
	return b.Plans.Say(b.ctx, b.first(account.FrontMonitor), id, "B3", "Kinh phí cho ban giám sát đầu tư của cộng đồng lấy từ nguồn nào?")
}

// move takes a step of a plan as it stands now.
func (b *builder) move(who account.Actor, m plan.Move) error {
	p, err := b.Plans.Get(b.ctx, who, m.Plan)
	if err != nil {
		return err
	}
	m.Rev = p.Rev
	return b.Plans.Go(b.ctx, who, m)
}

// cascade passes the plan down. Some communes have issued theirs, some are at it, and most have not begun.
func (b *builder) cascade() error {
	b.at.reach(126)
	var places []string
	for n := range communes {
		places = append(places, commune(n+1))
	}
	if _, err := b.Plans.Cascade(b.ctx, b.first(account.PlanOwner), b.top, places); err != nil {
		return err
	}
	all, err := b.Plans.Following(b.ctx, b.first(account.PlanOwner), b.top)
	if err != nil {
		return err
	}
	of := map[string]string{}
	for _, p := range all {
		of[p.Place] = p.ID
	}
	for i, n := range leadingCommunes {
		b.at.reach(118 - 5*i)
		if err := b.follow(i, n, of[commune(n)]); err != nil {
			return err
		}
	}
	return nil
}

// follow leads the plan of a commune as far as the commune has come.
func (b *builder) follow(i, n int, id string) error {
	if id == "" {
		return errors.New("demo: a commune has no plan of its own")
	}
	chair, official := b.communeChair(i), b.communeOfficial(i)
	steps := []func() error{
		func() error { return b.move(official, plan.Move{Plan: id, To: plan.Comments}) },
		func() error { return b.move(official, plan.Move{Plan: id, To: plan.Submitted}) },
		func() error { return b.move(chair, plan.Move{Plan: id, To: plan.Approved}) },
		func() error { return b.issueCommune(chair, n, id) },
	}
	far := len(steps)
	if i >= 6 {
		far = 9 - i - 1 // one submitted, one open to comments, one not begun
	}
	for _, step := range steps[:far] {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) issueCommune(chair account.Actor, n int, id string) error {
	number := fmt.Sprintf("%d/KH-UBND", 20+n)
	ref, err := b.Blobs.Put(b.ctx, bytes.NewReader(paper(number, fmt.Sprintf("Plan of the invented commune Mau %02d", n))))
	if err != nil {
		return err
	}
	return b.move(chair, plan.Move{Plan: id, To: plan.Issued, Number: number, Signed: b.operator().Day, Signer: "Chủ tịch Ủy ban nhân dân cấp xã", Paper: ref.SHA256})
}

// communeChair and communeOfficial are those of the i-th leading commune at work.
func (b *builder) communeChair(i int) account.Actor { return b.ofCommune(account.CommuneChair, i) }

func (b *builder) communeOfficial(i int) account.Actor {
	return b.ofCommune(account.CommuneOfficial, i)
}

func (b *builder) ofCommune(r account.Role, i int) account.Actor {
	if i == 0 {
		return b.first(r)
	}
	name := map[account.Role]string{account.CommuneChair: "commune-chair", account.CommuneOfficial: "commune-official"}[r]
	return b.as(b.who[fmt.Sprintf("%s-%d%s", name, i+1, domain)])
}

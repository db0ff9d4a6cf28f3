package demo

import (
	"bytes"
	"fmt"

	"thuoc/internal/account"
	"thuoc/internal/task"
	"thuoc/internal/workday"
)

// fate is how far a task has come.
type fate int

const (
	notBegun fate = iota
	underWay
	shown      // submitted, and nobody has judged what was shown
	judged     // submitted and judged to suffice; to be confirmed
	confirmed  //
	returned   // what was shown did not suffice
	late       // due before today, and not done
	asking     // more time is asked for
	extended   // more time was given
	suspended  //
	cancelled  //
	lateOnSite // due before today, begun
	fates      // how many there are
)

// due is how many days before today, or after, a task of a fate is due.
var due = [fates]int{notBegun: -60, underWay: -30, shown: -10, judged: 3, confirmed: 40, returned: -15, late: 12, asking: -4, extended: 20,
	suspended: -45, cancelled: 25, lateOnSite: 30}

// errand is a task of the province's plan as it is written there.
type errand struct {
	title, product string
	measure        task.Measure
	goal, cost     float64
}

// errands are the tasks by the sub-dimension they lift: each of its lead agency, and one of every leading commune.
var errands = map[string][]errand{
	"A1": {{"Ban hành mẫu niêm yết danh sách hộ nghèo", "Mẫu niêm yết", task.YesNo, 0, 0}, {"Kiểm tra việc niêm yết tại các xã, phường", "Biên bản kiểm tra", task.Count, 72, 120}},
	"A2": {{"Tập huấn công khai ngân sách cấp xã", "Lớp tập huấn", task.Count, 6, 90}, {"Đăng dự toán, quyết toán dạng dễ đọc", "Trang công khai", task.Percent, 0, 0}},
	"A3": {{"Công bố kế hoạch sử dụng đất kèm bản đồ", "Bản đồ trực tuyến", task.YesNo, 0, 300}, {"Lấy ý kiến nhân dân về kế hoạch sử dụng đất", "Báo cáo tổng hợp", "", 0, 0}},
	"B1": {{"Công bố lịch tiếp công dân của lãnh đạo", "Lịch tiếp công dân", task.YesNo, 0, 0}, {"Đăng kết quả xử lý sau tiếp công dân", "Kết quả đăng tải", task.Percent, 0, 0}},
	"B2": {{"Rà soát đơn kiến nghị quá hạn", "Danh sách đơn quá hạn", task.Count, 150, 0}, {"Gửi tin nhắn báo tiến độ xử lý đơn", "Tin nhắn tự động", task.Percent, 0, 45}},
	"B3": {{"Tập huấn ban giám sát đầu tư của cộng đồng", "Lớp tập huấn", task.Count, 12, 180}, {"Công khai kết luận giám sát", "Trang kết luận", "", 0, 0}},
	"C1": {{"Cắt giảm thời gian chứng thực", "Quy trình mới", task.YesNo, 0, 0}, {"Đặt máy lấy số ở bộ phận một cửa", "Máy lấy số", task.Count, 20, 400}},
	"C2": {{"Rút ngắn cấp phép xây dựng nhà ở", "Quyết định về quy trình", task.YesNo, 0, 0}, {"Công khai hồ sơ quá hạn cấp phép", "Danh sách trực tuyến", task.Percent, 0, 0}},
	"C3": {{"Thư xin lỗi khi hồ sơ đất đai trễ hẹn", "Mẫu thư và sổ theo dõi", task.Percent, 0, 0}, {"Gọi điện báo trước khi trễ hẹn", "Nhật ký cuộc gọi", task.Percent, 0, 0}},
	"D1": {{"Đo thời gian chờ khám tại trạm y tế", "Báo cáo tháng", task.Count, 12, 60}, {"Sửa nhà vệ sinh ở trạm y tế", "Trạm y tế đạt yêu cầu", task.Count, 18, 900}},
	"D2": {{"Công khai các khoản thu đầu năm học", "Bảng công khai", task.Percent, 0, 0}, {"Khảo sát phụ huynh về cơ sở vật chất", "Báo cáo khảo sát", task.YesNo, 0, 30}},
	"D3": {{"Tổ công nghệ số cộng đồng hướng dẫn tại nhà", "Lượt hướng dẫn", task.Count, 3000, 150}, {"Rút gọn biểu mẫu dịch vụ công trực tuyến", "Biểu mẫu điện tử", task.Count, 25, 0}},
}

// local are the tasks that each leading commune has of its own.
var local = []struct{ code, title, product string }{
	{"A1", "Niêm yết danh sách hộ nghèo tại nhà văn hóa các thôn", "Ảnh bảng niêm yết"},
	{"A2", "Công khai thu, chi ngân sách và các khoản đóng góp", "Ảnh bảng công khai"},
	{"B1", "Chủ tịch tiếp công dân hằng tuần", "Sổ tiếp công dân"},
	{"C1", "Trả kết quả chứng thực trong ngày", "Số hồ sơ trả trong ngày"},
}

// work gives the tasks of the plan and lets each come as far as it has.
func (b *builder) work() error {
	b.at.reach(70)
	owner := b.first(account.PlanOwner)
	var tasks []task.Task
	var doers []account.Actor
	for _, l := range leads {
		for _, e := range errands[l.code] {
			tasks = append(tasks, b.errand(l, e, fate(len(tasks))%fates))
			doers = append(doers, b.headOf(l.agency))
		}
	}
	for i, n := range leadingCommunes {
		for _, e := range local {
			f := fate(len(tasks)) % fates
			tasks = append(tasks, task.Task{Place: commune(n), Agency: b.body[committeeOf(n)].id, Post: b.body[committeeOf(n)].post, Block: "Xã, phường",
				Code: e.code, Title: e.title, Product: e.product, Measure: task.YesNo, Due: workday.OnOrAfter(b.at.day(due[f]))})
			doers = append(doers, b.communeOfficial(i))
		}
	}
	if err := b.Tasks.Add(b.ctx, owner, b.top, tasks); err != nil {
		return err
	}
	for i := range tasks {
		if i < 4 {
			if err := b.Tasks.Helpers(b.ctx, owner, tasks[i].ID, []task.Helper{{Agency: b.body[front].id, Words: "Giám sát và phản ánh"}}); err != nil {
				return err
			}
		}
	}
	for _, before := range []int{55, 41, 33, 24, 16, 9, 5, 1} {
		b.at.reach(before)
		if err := b.inspect(before); err != nil {
			return err
		}
		for i := range tasks {
			if f := fate(i) % fates; steps[f].begun == before || steps[f].ended == before {
				if err := b.live(f, before, i, tasks[i], doers[i]); err != nil {
					return err
				}
			}
		}
		if err := b.reports(before); err != nil {
			return err
		}
	}
	return nil
}

// errand is a task of a lead agency.
func (b *builder) errand(l lead, e errand, f fate) task.Task {
	t := task.Task{Place: b.home, Agency: b.body[l.agency].id, Post: b.body[l.agency].post, Block: "Sở, ban, ngành", Code: l.code, Title: e.title, Product: e.product,
		Measure: e.measure, Effect: new(0.05), Due: workday.OnOrAfter(b.at.day(due[f]))}
	if e.goal > 0 {
		t.Goal = new(e.goal)
	}
	if e.cost > 0 {
		t.Cost = new(e.cost)
	}
	return t
}

// steps says how many days before today each fate begins, and is sealed; 0 is never.
var steps = [fates]struct{ begun, ended int }{
	underWay: {41, 0}, shown: {41, 5}, judged: {33, 5}, confirmed: {55, 41}, returned: {33, 9}, asking: {33, 5}, extended: {41, 24},
	suspended: {33, 16}, cancelled: {55, 33}, lateOnSite: {55, 0},
}

// live takes the steps of a task on one of its days.
func (b *builder) live(f fate, before, i int, t task.Task, who account.Actor) error {
	if steps[f].begun == before {
		return b.report(t, who)
	}
	who.Proven, who.Day = b.at.Now(), b.operator().Day
	switch f {
	case shown, judged, confirmed, returned:
		return b.submit(f, i, t, who)
	case asking, extended:
		wanted := workday.OnOrAfter(b.at.day(due[f] - 35))
		return b.request(task.Request{Task: t.ID, Ask: task.Extend, Due: wanted, Reason: "Chờ hướng dẫn của cấp trên."}, who, f == extended)
	case suspended:
		return b.request(task.Request{Task: t.ID, Ask: task.Suspend, Reason: "Chờ bố trí kinh phí."}, who, true)
	case cancelled:
		return b.request(task.Request{Task: t.ID, Ask: task.Cancel, Reason: "Trùng với nhiệm vụ đã giao ở chương trình khác."}, who, true)
	}
	return nil
}

// page reads a task as it stands.
func (b *builder) page(id string) (task.Page, error) {
	return b.Tasks.Get(b.ctx, b.first(account.PlanOwner), id)
}

// take takes a step of a task as it stands now.
func (b *builder) take(who account.Actor, m task.Move) error {
	p, err := b.page(m.Task)
	if err != nil {
		return err
	}
	m.Rev = p.Rev
	return b.Tasks.Take(b.ctx, who, m)
}

// report says that a task was begun, and how much of it is done where that is counted.
func (b *builder) report(t task.Task, who account.Actor) error {
	m := task.Move{Task: t.ID, Step: task.Report, Note: "Đã triển khai; tiến độ theo kế hoạch."}
	switch t.Measure {
	case task.Count:
		m.Done = new(float64(int(*t.Goal / 3)))
	case task.Percent:
		m.Done = new(40.0)
	}
	return b.take(who, m)
}

// submit shows evidence and submits a task; what comes then depends on its fate.
func (b *builder) submit(f fate, i int, t task.Task, who account.Actor) error {
	shows, err := b.evidence(i, t)
	if err != nil {
		return err
	}
	for _, e := range shows {
		if err := b.Tasks.Show(b.ctx, who, e); err != nil {
			return err
		}
	}
	if err := b.take(who, task.Move{Task: t.ID, Step: task.Submit, Note: "Đã hoàn thành, đề nghị xác nhận."}); err != nil || f == shown {
		return err
	}
	inspector := b.first(account.Inspector)
	p, err := b.page(t.ID)
	if err != nil {
		return err
	}
	for _, e := range p.Evidence {
		verdict, reason := task.Sufficient, ""
		if f == returned {
			verdict, reason = task.Insufficient, "Chưa thấy ngày niêm yết; chụp lại cả bảng."
		}
		if err := b.Tasks.Judge(b.ctx, inspector, e.ID, verdict, reason); err != nil {
			return err
		}
	}
	switch f {
	case confirmed:
		return b.take(inspector, task.Move{Task: t.ID, Step: task.Confirm})
	case returned:
		return b.take(inspector, task.Move{Task: t.ID, Step: task.Return, Note: "Bổ sung minh chứng có ngày tháng."})
	}
	return nil
}

// evidence is what is shown for the i-th task: a photo of a board, and in turn a number, an address or a paper.
func (b *builder) evidence(i int, t task.Task) ([]task.Evidence, error) {
	picture, err := photo(i)
	if err != nil {
		return nil, err
	}
	board, err := b.Blobs.Put(b.ctx, bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	all := []task.Evidence{{Task: t.ID, Key: t.ID + "-1", Sort: task.Photo, Words: "Ảnh bảng niêm yết (giả định)", File: board.SHA256, Mime: "image/jpeg", Size: board.Size, Taken: b.at.Now()}}
	second := task.Evidence{Task: t.ID, Key: t.ID + "-2"}
	switch i % 3 {
	case 0:
		second.Sort, second.Figure, second.Words = task.Figure, new(float64(10+i)), "Số hồ sơ giải quyết (giả định)"
	case 1:
		second.Sort, second.Link, second.Words = task.Link, fmt.Sprintf("https://tinh-mau.example/cong-khai/%d", i), "Trang công khai (giả định)"
	default:
		ref, err := b.Blobs.Put(b.ctx, bytes.NewReader(paper(fmt.Sprintf("%d/BC", i), "Report (invented)")))
		if err != nil {
			return nil, err
		}
		second.Sort, second.File, second.Mime, second.Size, second.Words = task.File, ref.SHA256, "application/pdf", ref.Size, "Báo cáo (giả định)"
	}
	return append(all, second), nil
}

// request asks for something about a task; where it was decided, the owner of the plan granted it.
func (b *builder) request(r task.Request, who account.Actor, granted bool) error {
	if err := b.Tasks.Request(b.ctx, who, r); err != nil || !granted {
		return err
	}
	p, err := b.page(r.Task)
	if err != nil {
		return err
	}
	return b.Tasks.Decide(b.ctx, b.first(account.PlanOwner), p.Requests[len(p.Requests)-1].ID, true, "Đồng ý.")
}

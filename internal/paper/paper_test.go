package paper

import (
	"archive/zip"
	"bytes"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"thuoc/internal/clock"
	"thuoc/internal/docx"
	"thuoc/internal/follow"
	"thuoc/internal/lang"
	"thuoc/internal/plan"
	"thuoc/internal/report"
	"thuoc/internal/run"
	"thuoc/internal/score"
	"thuoc/internal/target"
	"thuoc/internal/task"
)

var (
	update = flag.Bool("update", false, "write the golden files anew")
	look   = flag.String("look", "", "write the documents into this folder, for looking at them")
)

var committee = Office{Issuer: "Ủy ban nhân dân tỉnh Mẫu", Symbol: "UBND", Place: "Mẫu", Number: "6", Date: clock.Date{Year: 2026, Month: 6, Day: 19},
	Signing:    docx.Signing{Body: "Ủy ban nhân dân", Instead: docx.Deputy, For: "Chủ tịch", Position: "Phó Chủ tịch", Name: "Nguyễn Văn Mẫu"},
	Recipients: []string{"Thường trực Tỉnh ủy (để báo cáo)", "Các sở, ban, ngành", "Ủy ban nhân dân các xã, phường"}, Archive: "NC"}

var department = Office{Parent: "Ủy ban nhân dân tỉnh Mẫu", Issuer: "Sở Nội vụ", Symbol: "SNV", Place: "Mẫu", Date: clock.Date{Year: 2026, Month: 7, Day: 3},
	Signing: docx.Signing{Position: "Giám đốc", Name: "Trần Thị Thử"}, Recipients: []string{"Ủy ban nhân dân tỉnh (để báo cáo)"}, Archive: "CCHC"}

var parts = map[string]string{"A1": "Danh sách hộ nghèo", "A2": "Thu, chi ngân sách cấp xã", "B1": "Tiếp xúc với chính quyền"}

// tasks are some of a plan, under two headings.
func tasks(n int) (list []task.Task) {
	for i := range n {
		list = append(list, task.Task{ID: fmt.Sprintf("t%d", i), Agency: "a1", Block: []string{"Nhiệm vụ chung", "Công khai, minh bạch"}[i%2], Code: "A1;A2", State: task.Doing,
			Title: "Niêm yết danh sách hộ nghèo, hộ cận nghèo tại trụ sở và nhà văn hóa thôn, kèm số điện thoại tiếp nhận phản ánh", Product: "Biên bản niêm yết, ảnh chụp",
			Due: clock.Date{Year: 2026, Month: 6, Day: 15}, FirstDue: clock.Date{Year: 2026, Month: 5, Day: 30}})
	}
	return list
}

func samplePlan() PlanPaper {
	value, base, change, rank := 4.9, 4.62, 0.28, 5
	p := &plan.Plan{Head: plan.Head{Kind: plan.Scheme, Title: "Kế hoạch nâng cao Chỉ số Hiệu quả quản trị và hành chính công cấp tỉnh năm 2026", Year: 2026, Until: 2026, BaseYear: 2025, Agency: "a1"},
		Bases: []plan.Basis{{Title: "Nghị quyết về sự hài lòng của người dân", Number: "07-NQ/TU", Dated: clock.Date{Year: 2026, Month: 1, Day: 12}, Issuer: "Tỉnh ủy Mẫu"}, {Title: "Luật Thực hiện dân chủ ở cơ sở ngày 10 tháng 11 năm 2022"}},
		Aims: []plan.Aim{{Family: "papi", Code: "A1", Kind: target.Points, Value: &value, Baseline: &base, Change: &change, Sorting: target.Fix}, {Family: "papi", Code: "A2", Kind: target.Hold, Baseline: &base, Sorting: target.Keep},
			{Family: "papi", Code: "PAPI", Kind: target.Gain, Rank: &rank}, {Family: "papi", Code: "B1", Kind: target.Group, Word: "trung bình cao"}},
		Duties: []plan.Duty{{ID: "du1", Code: "A1", Agency: "a1", Part: plan.Lead, Words: "Niêm yết danh sách hộ nghèo tại nhà văn hóa thôn và trên cổng thông tin của xã."}, {Code: "A1", Agency: "a2", Part: plan.Coordinate},
			{Code: "A2", Agency: "a2", Part: plan.Lead, Words: "Hướng dẫn cấp xã công khai dự toán, quyết toán theo mẫu dễ đọc."}, {Code: "B1", Agency: "gone", Part: plan.Lead}}}
	return PlanPaper{Plan: p, Office: committee, Agencies: map[string]string{"a1": "Sở Nội vụ", "a2": "Sở Tài chính"}, Parts: parts, Tasks: tasks(24), Beside: map[string][]string{"t0": {"Sở Tài chính"}}, Answers: map[string]string{"du1": "Giám đốc Trần Thị Mẫu, từ 01/02/2025"},
		Edition: "PAPI 2025, lần công bố 1", Hash: strings.Repeat("ab12", 16), Errors: map[string]string{"A1": "± 0,21 điểm, mức 95 %, n = 480"}}
}

func sampleUrging() follow.UrgingPage {
	u := follow.UrgingPage{Urging: follow.Urging{AsOf: clock.Date{Year: 2026, Month: 7, Day: 2}, Due: clock.Date{Year: 2026, Month: 7, Day: 15}, Words: "Phân công một lãnh đạo trực tiếp chỉ đạo."}}
	for i := range 6 {
		u.Items = append(u.Items, follow.UrgingItem{Task: fmt.Sprint(i), Title: "Niêm yết danh sách hộ nghèo, hộ cận nghèo tại trụ sở và nhà văn hóa thôn, kèm số điện thoại tiếp nhận phản ánh", Due: clock.Date{Year: 2026, Month: 6, Day: 15}, Late: 13})
	}
	return u
}

func rows(n int) (list []report.Row) {
	for i := range n {
		marks := []string{"given done", "given overdue", "given extended waiting"}[i%3]
		list = append(list, report.Row{Source: "task", Item: fmt.Sprint(i), Code: []string{"A1", "A2;B1"}[i%2], Title: "Công khai thu, chi ngân sách quý " + fmt.Sprint(i%4+1), Due: clock.Date{Year: 2026, Month: 5, Day: 1 + i%28}, Marks: marks})
	}
	return list
}

func sampleProgress() report.Paper {
	r := rows(12)
	return report.Paper{Report: report.Report{Kind: report.Half, Label: "2026-H1", From: clock.Date{Year: 2025, Month: 12, Day: 15}, Cut: clock.Date{Year: 2026, Month: 6, Day: 14}, Hash: strings.Repeat("0f", 32)},
		Unit: report.Party{Name: "Sở Nội vụ"}, To: report.Party{Name: "Ủy ban nhân dân tỉnh Mẫu"}, Figures: report.Figures(r), Before: report.Figures(r[:7]), Rows: r,
		Answers: []report.Answered{{Promise: report.Promise{Text: "Tập huấn công chức cấp xã", Due: clock.Date{Year: 2026, Month: 3, Day: 31}}, Kept: report.WasKept, Words: "Đã tổ chức 03 lớp."}},
		Text: report.Narrative{Results: "Đã công khai danh sách hộ nghèo tại 72/72 xã, phường.", Shortcomings: "Một số xã niêm yết chậm.", Causes: "Thiếu biểu mẫu thống nhất.",
			Proposals: "Ban hành biểu mẫu.", Next: []report.Promise{{Text: "Hoàn thành niêm yết đợt 2", Due: clock.Date{Year: 2026, Month: 9, Day: 30}}}},
		Disputes: []report.Dispute{{Mark: report.Overdue, Words: "02 nhiệm vụ đã nộp trước khi hệ thống ghi nhận."}}}
}

// sampleMeasures are a published measure whose changes were tested, and an own one that is held against a former edition.
func sampleMeasures() []report.Measure {
	day := clock.Date{Year: 2026, Month: 1, Day: 12}
	own := report.Measure{Source: run.Own, Own: true, Index: lang.Names{VI: "Chỉ số của tỉnh Mẫu"}, Period: "2025", Edition: strings.Repeat("1d", 32), Public: day, Unit: "Tỉnh Mẫu",
		Areas: []report.Area{{Name: "Xã Bình An", N: 812}, {Name: "Phường Hòa Lạc", N: 604}}, Answers: 1416, PSUs: 32, Strata: 10, Level: 0.95, Was: "2024", WasHash: strings.Repeat("2e", 32),
		Parts: []report.Result{{Code: "MAU", Names: lang.Names{VI: "Chỉ số của tỉnh Mẫu"}, Value: new(24.31), SE: new(0.21), Lo: new(23.88), Hi: new(24.74), N: 1416, Was: new(23.97)},
			{Code: "A", Depth: 1, Names: lang.Names{VI: "Công khai, minh bạch"}, Why: lang.Names{VI: "Chưa đủ người trả lời."}}}}
	papi := report.Measure{Source: run.UNDP, Index: lang.Names{VI: "PAPI"}, Period: "2025", Edition: strings.Repeat("3f", 32), Unit: "Tỉnh Mẫu", Areas: []report.Area{{Name: "Tỉnh Mẫu"}}, Fieldwork: lang.Names{VI: "tháng 8 đến tháng 11 năm 2025"},
		Level: 0.95, Was: "2024", WasHash: strings.Repeat("3f", 32),
		Parts: []report.Result{{Code: "PAPI", Names: lang.Names{VI: "Chỉ số PAPI"}, Value: new(42.17), SE: new(0.4), Lo: new(41.4), Hi: new(42.95), N: 318, Was: new(41.02), Change: new(1.15), ErrOf: new(0.52), Says: score.Rose},
			{Code: "1", Depth: 1, Names: lang.Names{VI: "Tham gia của người dân ở cấp cơ sở"}, Value: new(4.88), N: 318, Was: new(4.91), Change: new(-0.03), Says: score.NotTestable},
			{Code: "1.1", Depth: 2, Names: lang.Names{VI: "Tri thức công dân"}, Value: new(0.97), SE: new(0.05), N: 318, Was: new(0.96), Change: new(0.01), ErrOf: new(0.07), Says: score.NoEvidence},
			{Code: "1.2", Depth: 2, Names: lang.Names{VI: "Cơ hội tham gia"}, Value: new(1.11), SE: new(0.04), N: 318, Says: score.NotComparable}}}
	return []report.Measure{papi, own}
}

// sampleConsolidated is the report of so many units.
func sampleConsolidated(n int) report.Consolidated {
	c := report.Consolidated{Period: report.Period{Kind: report.Half, Year: 2026, N: 1}, First: clock.Date{Year: 2025, Month: 12, Day: 15}, Cut: clock.Date{Year: 2026, Month: 6, Day: 14}, Due: clock.Date{Year: 2026, Month: 6, Day: 19},
		Units: n, Sent: n - 4, Against: "2025-H2", Measures: sampleMeasures(), Kept: 31, InPart: 7, NotKept: 3, Hash: strings.Repeat("9a", 32)}
	var all []report.Row
	for i := range n {
		unit := report.Party{Unit: report.Unit{Place: "p", Agency: fmt.Sprint(i)}, Name: fmt.Sprintf("Ủy ban nhân dân xã Số %d", i+1), Bloc: "locality"}
		if i%9 == 0 {
			unit.Name, unit.Bloc = fmt.Sprintf("Sở Thử nghiệm %d", i+1), "department"
		}
		p := report.Planned{Unit: unit, Title: "Kế hoạch nâng cao chỉ số năm 2026"}
		if i%5 > 0 {
			p.Number, p.Date = fmt.Sprintf("%d/KH-UBND", i+10), clock.Date{Year: 2026, Month: 3, Day: 1 + i%28}
		}
		c.Planned = append(c.Planned, p)
		switch {
		case i < 4:
			c.Missing = append(c.Missing, report.Exception{Unit: unit})
		case i < 9:
			c.Late = append(c.Late, report.Exception{Unit: unit, Days: i, Sent: clock.Date{Year: 2026, Month: 6, Day: 22 + i%5}})
		}
		c.Shortcomings = append(c.Shortcomings, report.Said{Unit: unit, Text: "Niêm yết tại một số thôn còn chậm; chưa cập nhật trên cổng thông tin."})
		c.Causes = append(c.Causes, report.Said{Unit: unit, Text: "Thiếu người phụ trách trong tháng 4."})
		c.Next = append(c.Next, report.Said{Unit: unit, Text: "Hoàn thành niêm yết đợt 2 trước ngày 30/9/2026."})
		all = append(all, rows(12)...)
	}
	all = append(all, report.Row{Source: "inspection", Item: "k1", Marks: "inspected"}, report.Row{Source: "finding", Item: "f1", Marks: "found remedied"})
	figures := report.Figures(all)
	contents := map[string]int{}
	for i, f := range figures {
		x := report.Count{Figure: f, HasBefore: i%2 == 0, Before: f.Value / 2, BaseThen: f.Base / 2, Compared: n / 2, Now: f.Value / 2, BaseNow: f.Base / 2}
		if f.Code == "" {
			c.Figures = append(c.Figures, x)
			continue
		}
		if _, there := contents[f.Code]; !there {
			contents[f.Code] = len(c.Contents)
			c.Contents = append(c.Contents, report.Content{Code: f.Code, Units: n - 6})
		}
		at := contents[f.Code]
		c.Contents[at].Figures = append(c.Contents[at].Figures, x)
	}
	c.Text = report.Narrative{Results: "Chủ tịch Ủy ban nhân dân tỉnh đã chủ trì 02 hội nghị chuyên đề.", Shortcomings: "Việc công khai tại thôn chưa đều.", Causes: "Một số đơn vị chưa phân công người theo dõi.",
		Next: []report.Promise{{Text: "Tái kiểm tra 10 xã có tồn tại", Due: clock.Date{Year: 2026, Month: 10, Day: 31}}}, Proposals: "Đề nghị Bộ Nội vụ hướng dẫn biểu mẫu."}
	return c
}

// documents are one of each kind.
func documents() map[string]*docx.Document {
	draft := committee
	draft.Number, draft.Date = "", clock.Date{}
	all := map[string]*docx.Document{"plan": Plan(samplePlan()), "urging": Letter(sampleUrging(), department, "Sở Tài chính"), "progress": Progress(sampleProgress(), department, parts), "consolidated": Consolidated(sampleConsolidated(12), draft, parts)}
	maps.Copy(all, inspectionDocuments())
	return all
}

func template(t testing.TB) *docx.Template {
	t.Helper()
	tmpl, err := docx.Open(docx.Default())
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// documentOf takes the text of a Word file out, a paragraph a line.
func documentOf(t testing.TB, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("<w:p>", "\n<w:p>", "<w:tbl>", "\n<w:tbl>", "<w:tr>", "\n<w:tr>", "<w:sectPr", "\n<w:sectPr").Replace(string(data)) + "\n"
}

// TestGolden holds the XML of one document of each kind. It is golden because an office files these pages as they are: a
// change of a word or of a style is a change of the product, to be looked at as pages before it is taken
// (-update, and -look DIR for the pages).
func TestGolden(t *testing.T) {
	for name, d := range documents() {
		file := template(t).Write(d)
		if *look != "" {
			if err := os.WriteFile(filepath.Join(*look, name+".docx"), file, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		golden, got := filepath.Join("testdata", name+".xml"), documentOf(t, file)
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestEveryFigureIsTraced holds that the hash of every figure a report shows stands in its appendix of sources.
func TestEveryFigureIsTraced(t *testing.T) {
	progress, consolidated := sampleProgress(), sampleConsolidated(12)
	hashes := map[string][]string{}
	for _, f := range append(progress.Figures, whole(progress.Before)...) {
		hashes["progress"] = append(hashes["progress"], short(f.Hash))
	}
	for _, f := range consolidated.Figures {
		hashes["consolidated"] = append(hashes["consolidated"], short(f.Hash))
	}
	for _, content := range consolidated.Contents {
		for _, f := range content.Figures {
			if f.Mark == report.Given || f.Mark == report.Done || f.Mark == report.Overdue {
				hashes["consolidated"] = append(hashes["consolidated"], short(f.Hash))
			}
		}
	}
	for _, m := range consolidated.Measures {
		hashes["consolidated"] = append(hashes["consolidated"], short(m.Edition), short(m.WasHash))
	}
	hashes["conclusion"] = []string{short(conclusionHash(sampleConclusion()))}
	hashes["plan"], hashes["urging"] = []string{short(samplePlan().Hash)}, []string{short(listHash(sampleUrging().Items))}
	for name, d := range documents() {
		if len(d.Annexes) == 0 {
			continue // decisions and records hold no figures
		}
		last := d.Annexes[len(d.Annexes)-1]
		if last.Title != "Nguồn số liệu" {
			t.Errorf("%s ends with the appendix %q", name, last.Title)
		}
		untraced(t, name, d)
		said := fmt.Sprint(last.Body)
		for _, h := range hashes[name] {
			if !strings.Contains(said, h) {
				t.Errorf("%s does not trace %s", name, h)
			}
		}
	}
}

// A figure of a body is a number with its base, or one with decimals, or one that counts what a sentence names.
var figureSaid = regexp.MustCompile(`-?\d+,\d+|\d+/\d+ \(|(?:\d|\.)+ (?:kế hoạch|nội dung|nhiệm vụ|cơ quan|báo cáo|địa bàn|người|đơn vị|tầng|tồn tại)|: \d+(?:;|\.| \()`)

// untraced names every figure of a document's body whose numbers stand nowhere in its appendix of sources.
func untraced(t *testing.T, name string, d *docx.Document) {
	t.Helper()
	sources := d.Annexes[len(d.Annexes)-1].Body[0].(docx.Table)
	known := map[string]bool{}
	for _, r := range sources.Rows {
		for _, n := range regexp.MustCompile(`[+-]?\d[\d.,]*`).FindAllString(r.Cells[2]+" "+r.Cells[3], -1) {
			known[strings.TrimLeft(strings.Trim(n, ".,"), "0+-")] = true
		}
	}
	look := func(where, text string) {
		for _, f := range figureSaid.FindAllString(text, -1) {
			n := strings.TrimLeft(strings.Trim(regexp.MustCompile(`[\d.,]+`).FindString(f), ".,"), "0")
			if strings.Contains(text, f+"\u00a0%") || strings.HasSuffix(f, "\u00a0%") || n == "" && known[""] {
				continue // a share of a number and base that are traced
			}
			if !known[n] {
				t.Errorf("%s: %q of %q is not traced", name, f, where)
			}
		}
	}
	for _, b := range d.Body {
		switch b := b.(type) {
		case docx.Paragraph:
			look(b.Text, b.Text)
		case docx.Table:
			for _, r := range b.Rows {
				for _, cell := range r.Cells[min(2, len(r.Cells)):] {
					look(strings.Join(r.Cells, " | "), cell)
				}
			}
		}
	}
}

// TestUntracedIsFound holds that the check above can fail.
func TestUntracedIsFound(t *testing.T) {
	if figureSaid.FindString("trong đó 07 kế hoạch đã ban hành") == "" || figureSaid.FindString("12/30 (40,0\u00a0%)") == "" || figureSaid.FindString("4,88") == "" || figureSaid.FindString("quá hạn chưa gửi: 05; chưa gửi") == "" {
		t.Error("a figure is not seen")
	}
}

// TestNoCauseIsClaimed holds that a report without causes in somebody's words tells none.
func TestNoCauseIsClaimed(t *testing.T) {
	c := sampleConsolidated(12)
	c.Text, c.Causes = report.Narrative{}, nil
	for _, b := range Consolidated(c, committee, parts).Body {
		p, ok := b.(docx.Paragraph)
		if !ok {
			continue
		}
		low := strings.ToLower(p.Text)
		for _, claim := range []string{" do ", "vì ", "bởi", "dẫn đến", "nhờ "} {
			if strings.Contains(low, claim) {
				t.Errorf("a cause is claimed: %q", p.Text)
			}
		}
	}
}

// TestOffice opens one document of each kind in LibreOffice: pages, and words that must be on them.
func TestOffice(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("LibreOffice is needed: apt-get install libreoffice-writer poppler-utils fonts-liberation")
		}
		t.Skip("LibreOffice is not installed: documents are not opened")
	}
	dir := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + dir + "/profile", "--headless", "--convert-to", "pdf", "--outdir", dir}
	for name, d := range documents() {
		path := filepath.Join(dir, name+".docx")
		if err := os.WriteFile(path, template(t).Write(d), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	run := func(name string, args ...string) string {
		out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		return string(out)
	}
	run(office, args...)
	for name, says := range map[string][]string{
		"plan":         {"KẾ HOẠCH", "Số: 06/KH-UBND", "I. MỤC ĐÍCH, YÊU CẦU", "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "Phụ lục I", "DANH MỤC NHIỆM VỤ"},
		"urging":       {"/SNV-CCHC", "V/v đôn đốc", "Kính gửi: Sở Tài chính", "06 nhiệm vụ", "GIÁM ĐỐC"},
		"progress":     {"BÁO CÁO", "6 tháng đầu năm 2026", "Kính gửi: Ủy ban nhân dân tỉnh Mẫu", "NGUỒN SỐ LIỆU"},
		"decision":     {"QUYẾT ĐỊNH", "Số: 09/QĐ-UBND", "Điều 4.", "bốc thăm ngẫu nhiên", "Trưởng đoàn"},
		"record":       {"BIÊN BẢN", "từ 8 giờ 05 phút ngày 09/9/2026", "ĐẠI DIỆN ĐƠN VỊ", "TM. ĐOÀN KIỂM TRA"},
		"conclusion":   {"THÔNG BÁO", "Số: 12/TB-UBND", "05 tồn tại, hạn chế", "NGUỒN SỐ LIỆU"},
		"consolidated": {"II. ĐỊA BÀN KHẢO SÁT", "III. CÔNG TÁC KIỂM TRA, TÁI KIỂM TRA", "VI. NHIỆM VỤ TRỌNG TÂM THỜI GIAN TỚI"},
	} {
		text := run("pdftotext", "-layout", filepath.Join(dir, name+".pdf"), "-")
		for _, words := range says {
			if !strings.Contains(text, words) {
				t.Errorf("%s does not say %q", name, words)
			}
		}
	}
}

// BenchmarkConsolidated lays out and writes the report of 130 units. Bound: 3 s.
func BenchmarkConsolidated(b *testing.B) {
	tmpl, c := template(b), sampleConsolidated(130)
	for b.Loop() {
		tmpl.Write(Consolidated(c, committee, parts))
	}
}

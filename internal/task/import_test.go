package task_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/reference"
	"thuoc/internal/sheet"
	"thuoc/internal/task"
)

var operator = account.Program("operator", today)

// nine are the agencies that Hà Nội named as leads in 2020.
var nine = []string{"Sở Giáo dục và Đào tạo", "Sở Thông tin và Truyền thông", "Sở Lao động - Thương binh và Xã hội", "Sở Tài nguyên và Môi trường",
	"Sở Y tế", "Sở Tài chính", "Sở Công Thương", "Sở Xây dựng", "Sở Giao thông vận tải"}

// peopled adds the province and one commune as places, and agencies to the province.
func (h house) peopled(t testing.TB, names ...string) {
	t.Helper()
	must(t, h.db.Update(t.Context(), func(q *db.Q) error {
		if _, err := q.Exec(t.Context(), "INSERT INTO place_load (id, kind, actor, added, live) VALUES ('test', 'test', 'system', 0, 0)"); err != nil {
			return err
		}
		for _, p := range []struct {
			id, code, kind, name, parent string
			level                        int
		}{{province, "01", "city", "Hà Nội", "", 1}, {commune, "00004", "ward", "Ba Đình", province, 3}} {
			if _, err := q.Exec(t.Context(), "INSERT INTO place (id, level, load) VALUES (?, ?, 'test')", p.id, p.level); err != nil {
				return err
			}
			if _, err := q.Exec(t.Context(), `INSERT INTO place_version (place, since, known, code, level, kind, name, parent, law, key, aliases, load)
				VALUES (?, '2004-01-01', 1, ?, ?, ?, ?, ?, '', '', '', 'test')`, p.id, p.code, p.level, p.kind, p.name, p.parent); err != nil {
				return err
			}
		}
		return nil
	}))
	log, err := audit.New(bytes.Repeat([]byte{1}, 32))
	must(t, err)
	agencies := agency.New(agency.Options{DB: h.db, Log: log})
	for _, name := range names {
		_, err := agencies.Add(t.Context(), operator, agency.Addition{Place: province, Bloc: agency.Department, Name: name, Since: clock.MustDate("2008-08-01")})
		must(t, err)
	}
}

func listOf(name string, content []byte, year int) task.ListFile {
	return task.ListFile{Name: name, Content: content, Plan: name, Place: province, On: clock.Date{Year: year, Month: 1, Day: 1}, Year: year}
}

// load takes a real list in, twice, and gives its tasks.
func (h house) load(t *testing.T, name string, year int) ([]task.Task, task.ListReport) {
	t.Helper()
	content, err := os.ReadFile(reference.Path(t, "data/"+name))
	must(t, err)
	f := listOf(name, content, year)
	rep, err := h.Import(t.Context(), operator, f, true)
	must(t, err)
	none, err := h.List(t.Context(), operator, task.Filter{Plan: name})
	must(t, err)
	if len(none) != 0 {
		t.Fatalf("a dry run wrote %d tasks", len(none))
	}
	rep, err = h.Import(t.Context(), operator, f, false)
	must(t, err)
	again, err := h.Import(t.Context(), operator, f, false)
	must(t, err)
	if rep.Added != rep.Rows || again.Same != rep.Rows || again.Added != 0 {
		t.Errorf("%s: %d rows, %d added; again %d the same and %d added", name, rep.Rows, rep.Added, again.Same, again.Added)
	}
	tasks, err := h.List(t.Context(), operator, task.Filter{Plan: name, Limit: 100})
	must(t, err)
	return tasks, rep
}

func within(tasks []task.Task, block string) (of []task.Task) {
	for _, t := range tasks {
		if t.Block == block {
			of = append(of, t)
		}
	}
	return of
}

// Twenty tasks in three blocs, eight lines of the city, and nine leads by name.
func TestHanoiLoads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d)
		h.peopled(t, nine...)
		tasks, rep := h.load(t, "plan_hanoi_2021.csv", 2021)
		blocs := map[string]int{}
		for _, x := range tasks {
			blocs[x.Block]++
		}
		leads := within(tasks, "Sở được giao chủ trì chỉ số nội dung/thành phần (2020)")
		three := []int{blocs["Khối sở, ngành"], blocs["Khối quận, huyện, thị xã"], blocs["Khối đơn vị sự nghiệp"]}
		if !slices.Equal(three, []int{6, 11, 3}) || len(leads) != 9 || len(tasks) != 37 || rep.Led != 9 {
			t.Errorf("blocs of %v tasks, %d leads of which %d are on record, %d in all", three, len(leads), rep.Led, len(tasks))
		}
		agencies := map[string]bool{}
		for _, x := range leads {
			agencies[x.Agency] = true
			if x.Agency == "" || x.Who != "" {
				t.Errorf("%q is led by %q in words", x.Title, x.Who)
			}
		}
		if len(agencies) != 9 {
			t.Errorf("%d different leads", len(agencies))
		}
		for _, words := range []string{"sở, ngành", "UBND quận, huyện, thị xã", "Chủ tịch UBND cấp huyện, cấp xã", "đơn vị sự nghiệp", "UBND Thành phố"} {
			if !slices.Contains(rep.Words, words) {
				t.Errorf("%q is not among the words for leads: %q", words, rep.Words)
			}
		}
		blocks, err := h.Blocks(t.Context(), operator, "plan_hanoi_2021.csv", today)
		must(t, err)
		given := map[agency.Bloc]int{}
		for _, b := range blocks {
			given[b.Bloc] += b.All
			if b.Bloc != "" && len(b.Tasks) != b.All {
				t.Errorf("%s holds %d tasks and gives %d", b.Title, b.All, len(b.Tasks))
			}
		}
		if diff := cmp.Diff(map[agency.Bloc]int{agency.Department: 6, agency.Locality: 11, agency.ServiceUnit: 3, "": 17}, given); diff != "" || blocks[0].Bloc != agency.Department {
			t.Errorf("tasks by the bloc whose block they stand in: %s", diff)
		}
		local, err := h.List(t.Context(), operator, task.Filter{Plan: "plan_hanoi_2021.csv", Bloc: agency.Locality})
		must(t, err)
		if len(local) != 11 || local[0].Block != "Khối quận, huyện, thị xã" {
			t.Errorf("the localities have %d tasks", len(local))
		}
		if x := within(tasks, "Giao nhiệm vụ")[0]; x.Code != "D1;D2;D3;D4;D5;D6;D7;D8" {
			t.Errorf("D1-D8 is kept as %q", x.Code)
		}
		if x := within(tasks, "Khảo sát PAPI")[0]; x.Beside != "MTTQ các cấp; quận, phường được chọn" {
			t.Errorf("those who coordinate are kept as %q", x.Beside)
		}
	})
}

// Heads answer for each component, and what a result feeds is kept.
func TestHoChiMinhCityLoads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d)
		h.peopled(t)
		tasks, _ := h.load(t, "plan_hcmc_2024.csv", 2024)
		feeds := map[string]int{}
		for _, x := range tasks {
			feeds[x.Feeds]++
		}
		want := map[string]int{"": 8, "emulation": 1, "evaluation_of_head": 2, "evaluation_of_staff": 1}
		if diff := cmp.Diff(want, feeds); diff != "" {
			t.Errorf("what the tasks feed: %s", diff)
		}
		i := slices.IndexFunc(tasks, func(x task.Task) bool { return x.Who == "người đứng đầu" })
		if i < 0 || tasks[i].Feeds != "evaluation_of_head" || tasks[i].Product != "bảng phân công" || strings.Count(tasks[i].Code, ";") != 7 {
			t.Errorf("the heads' task is not kept: %d", i)
		}
	})
}

// Three indices, a remedial plan of each lead, and an end of the term that becomes a working day.
func TestTraVinhLoads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d)
		h.peopled(t, "Sở Nội vụ", "Tỉnh ủy")
		tasks, rep := h.load(t, "plan_travinh_2023.csv", 2023)
		all := ""
		for _, x := range tasks {
			all += x.Title
		}
		for _, index := range []string{"PAR Index", "PAPI", "SIPAS"} {
			if !strings.Contains(all, index) {
				t.Errorf("%s is not kept", index)
			}
		}
		if x := within(tasks, "Khắc phục")[0]; x.Product != "kế hoạch khắc phục" || x.Code != "D1;D2;D3;D4;D5;D6;D7;D8" || x.Who == "" {
			t.Errorf("the remedial plan of each lead is kept as %+v", x)
		}
		if rep.Led != 1 || rep.Dated != 1 {
			t.Errorf("%d led by agencies on record and %d dated; want Sở Nội vụ, and the end of 2025", rep.Led, rep.Dated)
		}
		first := tasks[0] // the one with a day
		if first.Due.String() != "2025-12-31" || first.When != "2025" {
			t.Errorf("“2025” is due on %s", first.Due)
		}
		page, err := h.Get(t.Context(), operator, first.ID)
		must(t, err)
		if len(page.Helpers) != 1 || page.Beside != "" {
			t.Errorf("Tỉnh ủy coordinates, kept as %v %q", page.Helpers, page.Beside)
		}
		// The lead of a part of the index adds the tasks of its own remedial plan.
		lead := account.Actor{User: "head", Day: today, Grants: []account.Grant{{Role: account.LeadHead, Agency: within(tasks, "Theo dõi")[0].Agency}}}
		own := listOf("own.csv", []byte("Nhiệm vụ,Chủ trì,Thời hạn\nKế hoạch khắc phục D5,Sở Nội vụ,quý IV/2023\n"), 2023)
		if rep, err := h.Import(t.Context(), lead, own, false); err != nil || rep.Added != 1 || rep.Dated != 1 {
			t.Errorf("its own remedial plan: %+v %v", rep, err)
		}
		_, err = h.Import(t.Context(), lead, listOf("other.csv", []byte("Nhiệm vụ,Chủ trì\nViệc của người khác,sở khác\n"), 2023), true)
		refused(t, fault.Forbidden, err)
	})
}

// The plan of a district town before the reform.
func TestMyHaoLoads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h := open(t, d)
		h.peopled(t)
		tasks, rep := h.load(t, "plan_myhao_2021.csv", 2021)
		if len(tasks) != 8 || !slices.Contains(rep.Words, "UBND thị xã") || tasks[0].Due.String() != "2021-12-31" {
			t.Errorf("%d tasks, led by %q, the first due on %s", len(tasks), rep.Words, tasks[0].Due)
		}
	})
}

// What was exported and is taken in again changes nothing: with the ids and without them, in both languages, after a task
// was extended, through the bytes of a workbook. A change beside an id is a fault of its cell.
func TestAnExportedListChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		h.peopled(t, "Sở Nội vụ", "Sở Văn hóa, Thể thao và Du lịch", "Sở Y tế")
		text := "Khối,Mã chỉ số,Nhiệm vụ,Chủ trì,Phối hợp,Sản phẩm,Thời hạn,Điểm dự kiến tăng,Cách đo,Số lượng,Kinh phí,Địa phương,Ghi chú\n" +
			"A,D5; D8,'=SUM(A1),Sở Nội vụ,\"Sở Y tế, Sở Văn hóa, Thể thao và Du lịch, tổ dân phố\",báo cáo,quý II/2026,\"0,15\",Số lượng,12,\"1,5\",,+84 liên hệ\n" +
			"A,,Hai việc,SỞ NỘI VỤ,sở Y tế,,hằng tháng,,Tỷ lệ %,,,Phường Ba Đình,\n" +
			"B,D1,Ba việc,\"sở, ngành\",\"MTTQ, đoàn thể\",,30/06/2026,,,,,00004,\n"
		f := listOf("x.csv", []byte(text), 2026)
		_, err := h.Import(ctx, h.owner, f, false)
		must(t, err)
		tasks, err := h.List(ctx, h.owner, task.Filter{Plan: f.Plan})
		must(t, err)
		page, err := h.Get(ctx, h.owner, tasks[0].ID)
		must(t, err)
		if len(page.Helpers) != 2 || page.Beside != "tổ dân phố" || page.Title != "=SUM(A1)" || tasks[2].Place != commune {
			t.Errorf("the first task is kept as %+v %v", page.Task, page.Helpers)
		}
		for _, l := range []lang.Lang{lang.Vi, lang.En} {
			list, err := h.Export(ctx, h.owner, task.Filter{Plan: f.Plan}, province, f.On, l)
			must(t, err)
			var book bytes.Buffer
			must(t, sheet.Write(&book, []sheet.Sheet{list}))
			again := f
			again.Name, again.Content = "x.xlsx", book.Bytes()
			rep, err := h.Import(ctx, h.owner, again, false)
			if err != nil || rep.Same != 3 || rep.Added != 0 {
				t.Errorf("%v: taken in again: %+v %v", l, rep, err)
			}
			for i := range list.Rows {
				list.Rows[i][0] = ""
			}
			book.Reset()
			must(t, sheet.Write(&book, []sheet.Sheet{list}))
			again.Content = book.Bytes()
			if rep, err = h.Import(ctx, h.owner, again, false); err != nil || rep.Same != 3 {
				t.Errorf("%v: taken in again without ids: %+v %v", l, rep, err)
			}
		}
		list, err := h.Export(ctx, h.owner, task.Filter{Plan: f.Plan}, province, f.On, lang.Vi)
		must(t, err)
		list.Rows[2][6] = "khác"
		var book bytes.Buffer
		must(t, sheet.Write(&book, []sheet.Sheet{list}))
		again := f
		again.Name, again.Content = "x.xlsx", book.Bytes()
		_, err = h.Import(ctx, h.owner, again, false)
		if items := fault.Items(err); len(items) != 1 || items[0].Place() != "x.xlsx [Nhiệm vụ] G3" {
			t.Errorf("a cell that differs: %v", err)
		}
	})
}

// Every fault of a list is told by its cell, and nothing of it is written.
func TestFaultsOfAListOfTasks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		h, ctx := open(t, d), t.Context()
		h.peopled(t)
		text := "Nhiệm vụ,Cách đo,Số lượng,Kinh phí,Địa phương\n" +
			"Một,,,,\n" + ",,,,00004\n" + "Ba,cân,,,\n" + "Bốn,đếm,,,\n" + "Năm,,,rẻ,\n" + "Sáu,,,,Hư Vô\n" + "Một,,,,\n" + "Tám,,#REF!,,\n"
		_, err := h.Import(ctx, h.owner, listOf("x.csv", []byte(text), 2026), false)
		var at []string
		for _, it := range fault.Items(err) {
			at = append(at, fmt.Sprint(fault.Letters(it.Column), it.Line))
		}
		if diff := cmp.Diff([]string{"A3", "B4", "C5", "D6", "E7", "A8", "C9"}, slices.Compact(at)); diff != "" {
			t.Errorf("cells at fault: %s\n%v", diff, err)
		}
		tasks, err := h.List(ctx, h.owner, task.Filter{})
		must(t, err)
		if len(tasks) != 0 {
			t.Errorf("%d tasks were written", len(tasks))
		}
		_, err = h.Import(ctx, h.foreign, listOf("x.csv", []byte("Nhiệm vụ\nMột\n"), 2026), true)
		refused(t, fault.Forbidden, err)
		_, err = h.Import(ctx, h.owner, listOf("x.csv", []byte("Việc\nMột\n"), 2026), true)
		refused(t, fault.Invalid, err)
		chosen := listOf("x.csv", []byte("Việc\nMột\n"), 2026)
		chosen.Mapping = sheet.Mapping{"title": "Việc"}
		_, err = h.Import(ctx, h.owner, chosen, false)
		must(t, err)
		rep, err := h.Import(ctx, h.owner, listOf("x.csv", []byte("Việc\nMột\nHai\n"), 2026), true)
		must(t, err)
		if rep.Same != 1 || rep.Added != 1 {
			t.Errorf("with the column remembered: %+v", rep)
		}
	})
}

// BenchmarkImport takes in a list of 5,000 tasks with leads, coordinators and deadlines. It must be below 5 s.
func BenchmarkImport(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		d, _ := dbtest.New(b, db.SQLite)
		h := open(b, d)
		h.peopled(b, nine...)
		var text strings.Builder
		text.WriteString("Khối,Mã chỉ số,Nhiệm vụ,Chủ trì,Phối hợp,Sản phẩm,Thời hạn\n")
		for i := range 5000 {
			fmt.Fprintf(&text, "Khối %d,D%d,Nhiệm vụ số %d về công khai và giải trình,%s,\"%s, MTTQ\",báo cáo,quý %d/2026\n", i%5, i%8+1, i, nine[i%9], nine[(i+1)%9], i%4+1)
		}
		f := listOf("x.csv", []byte(text.String()), 2026)
		told := 0
		f.Tell = func(done, of int) { told = min(done, of) }
		b.StartTimer()
		rep, err := h.Import(b.Context(), h.owner, f, false)
		if err != nil || rep.Added != 5000 || rep.Led != 5000 || rep.Dated != 5000 || told != 5000 {
			b.Fatalf("%+v %v, told of %d", rep, err, told)
		}
	}
}

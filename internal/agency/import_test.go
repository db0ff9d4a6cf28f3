package agency

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/lang"
	"thuoc/internal/sheet"
)

const list = `DANH BẠ CƠ QUAN TỈNH HƯNG YÊN
STT,Tên cơ quan,Khối,Mã ĐVHC,Trực thuộc,Thành lập từ ngày,Chức vụ,Họ và tên,Hình thức,Giữ chức vụ từ ngày,Quyết định bổ nhiệm
1,Sở Nội vụ,,,,01/07/2025,Giám đốc,Nguyễn Văn A,,01/07/2025,QĐ 12
2,Sở Nội vụ,,,,,Phó Giám đốc,Trần Thị B,,,
3,Sở Nội vụ,,,,,Phó Giám đốc,Lê Văn C,,,
4,Trung tâm Lưu trữ lịch sử,,,sở nội vụ,,Giám đốc,Phạm D,Phụ trách,2/7/2025,
5,UBND phường Mỹ Hào,,,,,Chủ tịch,Vũ E,,,
6,UBND phường Đường Hào,Địa phương,12127,,,Chủ tịch,,,,
7,Quỹ Bảo vệ môi trường,Đơn vị sự nghiệp,,,,,,,,
`

func (h *house) file(content string) File {
	return File{Name: "danh-ba.csv", Content: []byte(content), Place: province, On: day("2025-07-01")}
}

// all gives every row of the tables that a list fills, to see that nothing changed.
func (h *house) all() (counts []int) {
	for _, table := range []string{"agency", "agency_version", "post", "tenure", "official"} {
		h.view(func(q *db.Q) error {
			n, err := db.One[int](h.t.Context(), q, "SELECT count(*) FROM "+table)
			counts = append(counts, n)
			return err
		})
	}
	return counts
}

func TestImport(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.t.Context()
		want := Report{Header: 2, Rows: 7, Agencies: 5, Posts: 5, Tenures: 5}
		seen := func(rep Report) Report {
			return Report{Header: rep.Header, Rows: rep.Rows, Same: rep.Same, Agencies: rep.Agencies, Confirms: rep.Confirms, Posts: rep.Posts, Tenures: rep.Tenures, Ends: rep.Ends}
		}
		rep, err := h.Import(ctx, operator, h.file(list), true)
		h.must(err)
		if d := cmp.Diff(want, seen(rep)); d != "" || rep.Batch != "" {
			h.t.Error("dry run", d)
		}
		if d := cmp.Diff([]string{"STT"}, rep.Unused); d != "" {
			h.t.Error(d)
		}
		if d := cmp.Diff([]int{0, 0, 0, 0, 0}, h.all()); d != "" {
			h.t.Error("a dry run changed something", d)
		}
		rep, err = h.Import(ctx, operator, h.file(list), false)
		h.must(err)
		if d := cmp.Diff(want, seen(rep)); d != "" || rep.Batch == "" {
			h.t.Error(d)
		}
		if d := cmp.Diff([]int{5, 5, 5, 5, 5}, h.all()); d != "" {
			h.t.Error(d)
		}
		rep, err = h.Import(ctx, operator, h.file(list), false)
		h.must(err)
		if rep.Batch != "" || rep.Same != 7 {
			h.t.Errorf("the same file again: %+v", rep)
		}
		center, err := h.named("Trung tâm Lưu trữ lịch sử", "2025-07-02")
		h.must(err)
		office, err := h.named("Sở Nội vụ", "2025-07-02")
		h.must(err)
		h.view(func(q *db.Q) error {
			ward, err := Named(ctx, q, commune, "UBND phường Mỹ Hào", day("2025-07-01"))
			if err != nil || ward.Bloc != Locality || center.Parent != office.ID || center.Bloc != ServiceUnit {
				h.t.Errorf("the ward %+v %v, the centre %+v", ward, err, center)
			}
			head, err := HeadOn(ctx, q, center.ID, day("2025-07-02"))
			if err != nil || head.Name != "Phạm D" || head.Capacity != InCharge {
				h.t.Errorf("the centre's head: %+v %v", head, err)
			}
			return nil
		})
		batches, err := h.Batches(ctx, operator, province)
		if h.must(err); len(batches) != 1 || batches[0].Rows != 7 || batches[0].Tenures != 5 {
			h.t.Errorf("the lists taken in: %+v", batches)
		}
	})
}

// A later list brings a new head, which ends the former's tenure the day before, and confirms what was offered.
func TestImportChangesHeads(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.t.Context()
		second(h.Start(ctx, operator, province, day("2025-07-01")))
		rep, err := h.Import(ctx, operator, h.file("Cơ quan,Chức vụ,Họ tên,Thành lập từ ngày\nSở Y tế,Giám đốc,Nguyễn A,01/01/1997\n"), false)
		h.must(err)
		if rep.Confirms != 1 || rep.Agencies != 0 {
			h.t.Errorf("%+v", rep)
		}
		a, err := h.named("Sở Y tế", "1997-01-01")
		if h.must(err); !a.Confirmed || a.Since != day("1997-01-01") {
			h.t.Errorf("confirmed: %+v", a)
		}
		_, err = h.Import(ctx, operator, h.file("Cơ quan,Chức vụ,Họ tên\nSở Y tế,Giám đốc,Trần B\n"), false)
		h.fails(err, fault.Invalid) // since when?
		rep, err = h.Import(ctx, operator, h.file("Cơ quan,Chức vụ,Họ tên,Ngày bổ nhiệm,Quyết định bổ nhiệm\nSở Y tế,Giám đốc,Trần B,15/08/2025,QĐ 7\n"), false)
		h.must(err)
		if rep.Ends != 1 || rep.Tenures != 1 {
			h.t.Errorf("%+v", rep)
		}
		h.view(func(q *db.Q) error {
			for on, want := range map[string]string{"2025-08-14": "Nguyễn A", "2025-08-15": "Trần B"} {
				head, err := HeadOn(ctx, q, a.ID, day(on))
				if err != nil || head.Name != want {
					h.t.Errorf("on %s: %+v %v", on, head, err)
				}
			}
			return nil
		})
	})
}

// All faults of a list come at once, by line and column, and nothing changes.
func TestImportFaults(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.t.Context()
		h.add("Sở Tư pháp", Department, "2020-01-01")
		before := h.all()
		_, err := h.Import(ctx, operator, h.file("Tên cơ quan,Khối,Mã xã,Trực thuộc,Thành lập từ ngày,Chức vụ,Là người đứng đầu,Họ và tên,Hình thức,Giữ chức vụ từ ngày\n"+
			",,,,,,,,,1\n"+
			"Sở Y tế,,,Sở Kho bạc,31/02/2025,Giám đốc,có,A,,\n"+
			"Sở Nội vụ,,,,,Giám đốc,,A,,\n"+
			"Sở Nội vụ,Đơn vị sự nghiệp,,,,Giám đốc,không,a,,\n"+
			"Sở Nội vụ,,,,,Giám đốc,,B,,\n"+
			"Sở Nội vụ,,,,,Chánh Văn phòng,có,C,tạm,\n"+
			"Hợp phần X,,,,,,,,,\n"+
			"UBND xã Không Có,,,,,,,,,\n"+
			"Sở Công Thương,,99999,,,,,D,,\n"+
			"Sở Tư pháp,,,,01/01/2021,,,,,\n"+
			"Trung tâm K,,,Trung tâm L,,,,,,\n"+
			"Trung tâm L,,,Trung tâm K,,,,,,\n"+
			"Trung tâm M,,,,02/07/2025,,,,,\n"), false)
		var got []string
		for _, it := range fault.Items(err) {
			got = append(got, strings.TrimPrefix(it.Place(), "danh-ba.csv:")+" "+it.What.Key)
			if it.Remedy.Key == "" {
				h.t.Errorf("no remedy: %v", it)
			}
		}
		if d := cmp.Diff([]string{
			"2:1 The cell is empty.",
			"3:4 There is no agency “%s” here on %s.",
			"3:5 “%s” is not a date.",
			"5:2 Line %d says otherwise.",
			"5:7 On record, or on an earlier line, it is otherwise.",
			"5:8 The same person, post and capacity as on line %d.",
			"6:8 Line %d puts somebody else at the head of the agency.",
			"7:7 Another post heads the agency: %s.",
			"7:9 “%s” is no capacity.",
			"8:2 The bloc is missing, and the name does not tell it.",
			"9:3 Which place this locality serves is not said, and no place here has the name on %s.",
			"10:3 No place here had the code “%s” on %s.",
			"11:5 On record the agency has another first day, or none is known.",
			"12:4 An agency cannot belong to itself, nor to one that belongs to it.",
			"13:4 An agency cannot belong to itself, nor to one that belongs to it.",
			"14:5 The day lies after %s, of which the list speaks.",
		}, got); d != "" {
			h.t.Error(d)
		}
		if d := cmp.Diff(before, h.all()); d != "" {
			h.t.Error("something changed", d)
		}
	})
}

// A program that is killed half-way leaves nothing to be seen, and what it staged is swept away.
func TestImportCutOff(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.t.Context()
		h.must(h.d.Update(ctx, func(q *db.Q) error {
			if _, err := q.Exec(ctx, `INSERT INTO import_batch (id, kind, actor, place, sha256, "rows", agencies, posts, tenures, added, live)
				VALUES ('cut', 'agency', 'u', ?, '', 1, 1, 0, 0, ?, NULL)`, province, q.Now()); err != nil {
				return err
			}
			return stage(ctx, q, "cut", h.planned(ctx, q, list))
		}))
		page, total, err := h.List(ctx, operator, Filter{On: day("2025-07-01")})
		if h.must(err); total != 0 || len(page) != 0 {
			h.t.Errorf("half a list is seen: %+v", page)
		}
		h.clock.Advance(2 * time.Hour)
		h.must(h.Sweep(ctx))
		h.view(func(q *db.Q) error {
			n, err := db.One[int](ctx, q, "SELECT (SELECT count(*) FROM import_line) + (SELECT count(*) FROM import_batch) AS n")
			if err != nil || n != 0 {
				h.t.Errorf("%d rows are left (%v)", n, err)
			}
			return nil
		})
		rep, err := h.Import(ctx, operator, h.file(list), false)
		if h.must(err); rep.Agencies != 5 {
			h.t.Errorf("begun again: %+v", rep)
		}
	})
}

// planned gives the lines of a list.
func (h *house) planned(ctx context.Context, q *db.Q, content string) []line {
	f := h.file(content)
	sheets, err := sheet.Read(bytes.NewReader(f.Content), f.Name)
	h.must(err)
	t, err := sheet.Find(f.Name, sheets, Fields, nil)
	h.must(err)
	p, err := newPlanner(ctx, q, f, t)
	h.must(err)
	h.must(p.plan(ctx, q))
	return p.lines
}

// Whoever changes an agency, or adds one of the same name, while a list is staged makes it a conflict.
func TestImportMeetsAnEditor(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.t.Context()
		id := h.add("Sở Nội vụ", Department, "2025-07-01")
		for _, meddle := range []func(){
			func() {
				second(h.AddPost(ctx, operator, id, h.version(id), NewPost{Title: fmt.Sprint("Phó ", h.version(id))}))
			},
			func() { h.add("Quỹ Bảo vệ môi trường", ServiceUnit, "2025-07-01") },
		} {
			var lines []line
			h.must(h.d.View(ctx, func(q *db.Q) error { lines = h.planned(ctx, q, list); return nil }))
			meddle()
			before := h.all()
			_, err := h.take(ctx, operator, h.file(list), Report{}, lines)
			h.fails(err, fault.Conflict)
			if d := cmp.Diff(before, h.all()); d != "" {
				h.t.Error("something changed", d)
			}
		}
	})
}

// The columns somebody chose are found again, by a colleague of the same office too, and never stand in the way of a
// file of another make.
func TestImportRemembersColumns(t *testing.T) {
	each(t, func(h *house) {
		ctx := h.t.Context()
		grant := account.Grant{Role: account.PlanOwner, Place: province}
		mine := account.Actor{User: "me", Grants: []account.Grant{grant}, Day: day("2025-07-01")}
		colleague := account.Actor{User: "other", Grants: []account.Grant{grant}, Day: day("2025-07-01")}
		f := h.file("Bộ phận,Đơn vị\nSở Y tế,x\n")
		f.Mapping = sheet.Mapping{"name": "Bộ phận"}
		second(h.Import(ctx, mine, f, false))
		f = h.file("Đơn vị,Bộ phận\nx,Sở Xây dựng\n")
		rep, err := h.Import(ctx, colleague, f, true)
		if h.must(err); rep.Mapping["name"] != "Bộ phận" {
			h.t.Errorf("%+v", rep)
		}
		rep, err = h.Import(ctx, colleague, h.file("Đơn vị\nSở Xây dựng\n"), true)
		if h.must(err); rep.Mapping["name"] != "Đơn vị" {
			h.t.Errorf("another make: %+v", rep)
		}
		nobody := account.Actor{User: "u", Grants: []account.Grant{{Role: account.PlanOwner, Place: city}}, Day: day("2025-07-01")}
		_, err = h.Import(ctx, nobody, f, true)
		h.fails(err, fault.Forbidden)
	})
}

// The template is a list that Import understands.
func TestTemplate(t *testing.T) {
	for _, l := range []lang.Lang{lang.Vi, lang.En} {
		sheets := Template(l)
		sheets[0].Rows = append(sheets[0].Rows, []string{"Sở Y tế"})
		var b bytes.Buffer
		if err := sheet.Write(&b, sheets); err != nil {
			t.Fatal(err)
		}
		read, err := sheet.Read(&b, "mau.xlsx")
		if err != nil {
			t.Fatal(err)
		}
		tab, err := sheet.Find("mau.xlsx", read, Fields, nil)
		if err != nil || len(tab.Mapping) != len(Fields) || len(tab.Rows) != 1 {
			t.Errorf("%s: %+v %v", l, tab, err)
		}
	}
}

// BenchmarkImport takes in a workbook of 5,000 lines: 1,000 agencies with five posts each. Bound: 5 s.
func BenchmarkImport(b *testing.B) {
	rows := Template(lang.Vi)[0].Rows
	for i := range 5000 {
		row := make([]string, len(Fields))
		row[0], row[6] = fmt.Sprintf("Trung tâm số %d", i/5), fmt.Sprint([]string{"Giám đốc", "Phó Giám đốc", "Kế toán trưởng", "Chánh Văn phòng", "Trưởng phòng"}[i%5])
		row[8], row[10] = fmt.Sprintf("Người thứ %d", i), "01/07/2025"
		rows = append(rows, row)
	}
	var file bytes.Buffer
	if err := sheet.Write(&file, []sheet.Sheet{{Name: "A", Rows: rows}}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.StopTimer()
		d, c := dbtest.New(b, db.SQLite)
		h := newHouse(b, d, c)
		b.StartTimer()
		rep, err := h.Import(b.Context(), operator, File{Name: "f.xlsx", Content: file.Bytes(), Place: province, On: day("2025-07-01")}, false)
		if err != nil || rep.Tenures != 5000 {
			b.Fatal(rep, err)
		}
	}
}

// BenchmarkList shows a page of fifty among 3,321 communes' committees and their heads. Bound: 100 ms.
func BenchmarkList(b *testing.B) {
	var text strings.Builder
	text.WriteString("Tên cơ quan,Khối,Mã xã,Chức vụ,Họ và tên\n")
	for i := range 3321 {
		fmt.Fprintf(&text, "UBND xã số %d,Địa phương,12103,Chủ tịch,Người thứ %d\n", i, i)
	}
	d, c := dbtest.New(b, db.SQLite)
	h := newHouse(b, d, c)
	if _, err := h.Import(b.Context(), operator, h.file(text.String()), false); err != nil {
		b.Fatal(err)
	}
	owner := account.Actor{User: "u", Grants: []account.Grant{{Role: account.PlanOwner, Place: province}}, Day: day("2025-07-01")}
	for b.Loop() {
		page, total, err := h.List(b.Context(), owner, Filter{On: day("2025-07-01"), Place: province, Within: true})
		if err != nil || len(page) != 50 || total != 3321 || page[0].Head == nil {
			b.Fatal(len(page), total, err)
		}
	}
}

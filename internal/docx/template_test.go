package docx

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thuoc/internal/fault"
)

// changed gives the default template with parts changed or added, as an office or somebody worse would.
func changed(t testing.TB, changes map[string]func(string) string) []byte {
	t.Helper()
	parts := defaultTemplate(t).parts
	for name, change := range changes {
		found := false
		for i := range parts {
			if parts[i].name == name {
				parts[i].text, found = change(parts[i].text), true
			}
		}
		if !found {
			parts = append(parts, part{name, change("")})
		}
	}
	return pack(parts)
}

func replaced(old, new string) func(string) string {
	return func(s string) string { return strings.Replace(s, old, new, 1) }
}

func set(text string) func(string) string { return func(string) string { return text } }

func TestHostileTemplatesAreRefusedInWords(t *testing.T) {
	body := "word/document.xml"
	instr := func(code string) string {
		return `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>` + code[:2] + `</w:instrText></w:r><w:r><w:instrText>` + code[2:] + `</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p><w:tbl>`
	}
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"not a package":       {[]byte("hello"), "not a Word document"},
		"too large":           {make([]byte, mostBytes+1), "larger than"},
		"a spreadsheet":       {pack([]part{{"xl/workbook.xml", "<x/>"}}), "not a Word document"},
		"macros":              {changed(t, map[string]func(string) string{"word/vbaProject.bin": set("x")}), "macros"},
		"macros by type":      {changed(t, map[string]func(string) string{"[Content_Types].xml": replaced("wordprocessingml.document.main+xml", "document.macroEnabled.main+xml")}), "macros"},
		"an embedded object":  {changed(t, map[string]func(string) string{"word/embeddings/oleObject1.bin": set("x")}), "embedded"},
		"an object in text":   {changed(t, map[string]func(string) string{body: replaced("<w:tbl>", "<w:p><w:r><w:object/></w:r></w:p><w:tbl>")}), "embedded"},
		"another file":        {changed(t, map[string]func(string) string{body: replaced("<w:tbl>", `<w:altChunk r:id="x"/><w:tbl>`)}), "embedded"},
		"outside relation":    {changed(t, map[string]func(string) string{"word/_rels/document.xml.rels": replaced("</Relationships>", `<Relationship Id="x" TargetMode="External" Target="http://example.org/a.dotm"/></Relationships>`)}), "points outside"},
		"outside without say": {changed(t, map[string]func(string) string{"word/_rels/header1.xml.rels": set(`<Relationships><Relationship Target="file:///etc/passwd"/></Relationships>`)}), "points outside"},
		"a split DDE":         {changed(t, map[string]func(string) string{body: replaced("<w:tbl>", instr(`DDEAUTO c:\\cmd.exe`))}), "computed field DDEAUTO"},
		"an include":          {changed(t, map[string]func(string) string{body: replaced("<w:tbl>", `<w:p><w:fldSimple w:instr=" INCLUDETEXT x"/></w:p><w:tbl>`)}), "computed field INCLUDETEXT"},
		"an entity":           {changed(t, map[string]func(string) string{body: replaced("<w:document", `<!DOCTYPE x [<!ENTITY a "b">]><w:document`)}), "damaged"},
		"cut off":             {changed(t, map[string]func(string) string{body: func(s string) string { return s[:len(s)/2] }}), "damaged"},
		"wrongly nested":      {changed(t, map[string]func(string) string{body: replaced("</w:tbl>", "</w:tc>")}), "damaged"},
		"deeper than sense":   {changed(t, map[string]func(string) string{body: replaced("<w:tbl>", strings.Repeat("<w:x>", 300)+strings.Repeat("</w:x>", 300)+"<w:tbl>")}), "embedded"},
		"a bomb":              {changed(t, map[string]func(string) string{"word/media/a.png": set(strings.Repeat("0", mostOpened+1))}), "would fill"},
		"a part twice":        {pack(append(defaultTemplate(t).parts, part{"word/styles.xml", ""})), "damaged"},
		"a path out":          {changed(t, map[string]func(string) string{"../x": set("x")}), "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(c.file)
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want “%s”", err, c.says)
			}
		})
	}
}

func TestTemplatesSayWhatIsWrongWithTheirFields(t *testing.T) {
	file := changed(t, map[string]func(string) string{"word/document.xml": func(s string) string {
		s = strings.Replace(s, "{{noi_dung}}", "Nội dung: {{noi_dung}}", 1)
		s = strings.Replace(s, "{{ten_loai}}", "{{ten_loại}}", 1)
		s = strings.Replace(s, "{{trich_yeu}}", "{{trich_yeuu}}", 1)
		return strings.Replace(s, "{{phu_luc}}", "", 1)
	}})
	_, err := Open(file)
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatalf("no faults: %v", err)
	}
	var got []string
	for _, item := range e.Items {
		got = append(got, item.What.Key)
	}
	want := []string{"Two braces are opened and no field follows: “%s”.", "There is no field {{%s}}.", "The field {{%s}} takes a line of its own.",
		"The field {{%s}} is missing; what stands there would be lost.", "The field {{%s}} is missing; what stands there would be lost."}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if missing := defaultTemplate(t).Missing(); len(missing) != 0 {
		t.Errorf("the default template lacks %v", missing)
	}
}

// TestOfficeTemplate fills a template as Word saves one: a field split over runs with a proofing mark between, words of
// the office's own around fields, no styles of ours, no section type.
func TestOfficeTemplate(t *testing.T) {
	styles := xmlHead + `<w:styles xmlns:w="` + mainSpace + `"><w:style w:type="paragraph" w:styleId="can_cu"><w:name w:val="của cơ quan"/></w:style></w:styles>`
	body := xmlHead + `<w:document xmlns:w="` + mainSpace + `"><w:body><w:p><w:r><w:t>Số {</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:rPr><w:b/></w:rPr><w:t>{s</w:t></w:r><w:r><w:t>o}}, {{ky_hieu}}</w:t></w:r><w:r><w:t xml:space="preserve"> bản {{dia_danh}}.</w:t></w:r></w:p>` +
		`<w:tbl><w:tr><w:tc><w:p><w:r><w:t>{{co_quan_chu_quan}}</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:t>{{can_cu}}</w:t></w:r></w:p><w:p><w:r><w:t>{{noi_dung}}</w:t></w:r></w:p><w:p><w:r><w:t>{{phu_luc}}</w:t></w:r></w:p>` +
		`<w:sectPr><w:pgSz w:w="11907" w:h="16840"/><w:cols w:space="720"/></w:sectPr></w:body></w:document>`
	tmpl, err := Open(changed(t, map[string]func(string) string{"word/document.xml": set(body), "word/styles.xml": set(styles)}))
	if err != nil {
		t.Fatal(err)
	}
	d := decision()
	d.Parent = ""
	m := taken(t, tmpl.Write(d))
	m.says(t, `<w:t>Số 7</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:rPr><w:b/></w:rPr><w:t></w:t></w:r><w:r><w:t>, QĐ-UBND</w:t></w:r><w:r><w:t xml:space="preserve"> bản Mỹ Hào\.</w:t>`)
	m.says(t, `<w:tc><w:p><w:pPr><w:pStyle w:val="ke_ngang"/></w:pPr></w:p></w:tc>`) // a cell keeps a paragraph
	m.says(t, `<w:sectPr><w:pgSz w:w="11907" w:h="16840"/><w:cols w:space="720"/></w:sectPr></w:pPr></w:p><w:p><w:pPr><w:pStyle w:val="phu_luc_so"/>`)
	m.says(t, `<w:sectPr><w:type w:val="nextPage"/><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:pgNumType w:start="1"/><w:cols w:space="720"/></w:sectPr>`)
	if strings.Count(m.styles, `w:styleId="can_cu"`) != 1 || !strings.Contains(m.styles, `w:styleId="noi_dung"`) {
		t.Error("the office's style is not kept, or a missing one is not added")
	}
	if names := tmpl.Missing(); len(names) == 0 || names[0].Name != "co_quan_ban_hanh" {
		t.Errorf("missing: %v", names)
	}
}

func TestSameDocumentSameBytes(t *testing.T) {
	a, b := defaultTemplate(t).Write(decision()), defaultTemplate(t).Write(decision())
	if !bytes.Equal(a, b) {
		t.Error("two writings differ")
	}
}

// TestTablesRepeatTheirHeads and are not split within a row.
func TestTablesRepeatTheirHeads(t *testing.T) {
	m := write(t, decision())
	m.says(t, `<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	if rows, whole := strings.Count(m.document, "<w:tr>"), strings.Count(m.document, "<w:cantSplit/>"); rows != whole {
		t.Errorf("%d rows, %d kept whole", rows, whole)
	}
}

// TestOffice opens documents in LibreOffice: it reads them, and pages and words come out as they were meant.
func TestOffice(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("LibreOffice is needed: apt-get install libreoffice-writer poppler-utils fonts-liberation")
		}
		t.Skip("LibreOffice is not installed: documents are not opened")
	}
	dir := t.TempDir()
	for name, d := range map[string]*Document{"decision": decision(), "letter": letter()} {
		if err := os.WriteFile(filepath.Join(dir, name+".docx"), defaultTemplate(t).Write(d), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, args ...string) string {
		out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		return string(out)
	}
	run(office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "pdf", "--outdir", dir, filepath.Join(dir, "decision.docx"), filepath.Join(dir, "letter.docx"))
	for name, want := range map[string]struct {
		pages string
		says  []string
	}{
		"decision": {"7", []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 07/QĐ-UBND", "Mỹ Hào, ngày 05 tháng 02 năm 2026", "KT. CHỦ TỊCH", "Phụ lục II", "HỎA TỐC"}},
		"letter":   {"1", []string{"V/v đôn đốc thực hiện nhiệm vụ quá hạn", "Kính gửi:", "- Sở Y tế;", "TL. GIÁM ĐỐC"}},
	} {
		pdf := filepath.Join(dir, name+".pdf")
		if info := run("pdfinfo", pdf); !strings.Contains(strings.Join(strings.Fields(info), " "), "Pages: "+want.pages+" ") {
			t.Errorf("%s: want %s pages\n%s", name, want.pages, info)
		}
		text := run("pdftotext", "-layout", pdf, "-")
		for _, words := range want.says {
			if !strings.Contains(text, words) {
				t.Errorf("%s does not say %q", name, words)
			}
		}
		if name == "decision" && strings.Count(text, "Cơ quan chủ trì") != 4 {
			t.Errorf("the head of the table stands on %d pages, want 4", strings.Count(text, "Cơ quan chủ trì"))
		}
	}
}

// FuzzTemplate holds that whatever is sent as the text of a template is refused in words or filled into sound XML.
func FuzzTemplate(f *testing.F) {
	f.Add(defaultTemplate(f).texts[documentPart].raw)
	f.Add(`<w:document xmlns:w="` + mainSpace + `"><w:body><w:p><w:r><w:t>{{noi_dung}}</w:t></w:r></w:p><w:p><w:r><w:t>{{phu</w:t><w:t>_luc}}</w:t></w:r></w:p><w:sectPr/></w:body></w:document>`)
	parts, doc := defaultTemplate(f).parts, decision()
	doc.Annexes[0].Body = nil
	f.Fuzz(func(t *testing.T, document string) {
		found, err := scan(document)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("not worded: %v", err)
			}
			return
		}
		tmpl := &Template{parts: parts, texts: map[string]*text{documentPart: found}, used: map[string]Spot{}}
		if tmpl.look(documentPart, found) != nil || found.section == nil {
			return
		}
		again, err := scan(fill(found, doc))
		if err != nil || again.section == nil {
			t.Errorf("what was written cannot be read: %v", err)
		}
	})
}

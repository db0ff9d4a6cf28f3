package e2e

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// readsDocument: the year's report as a document, taken from the page that holds it and opened by LibreOffice. Its shape is
// that of Hà Nội's report 06/BC-UBND.
func (y *year) readsDocument() {
	o := y.as(yearOwner)
	o.sums("Năm 2026")
	o.clicks("Văn bản (Word)")
	text := o.opens(o.takes("Tải bản Word"))
	for _, want := range []string{
		"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "BÁO CÁO",
		"1. Ban hành kế hoạch", "1/65 (1,5 %) cơ quan, đơn vị, địa phương đã ban hành 01 kế hoạch", "05/KH-UBND",
		"II. ĐỊA BÀN KHẢO SÁT", "Tỉnh Lạng Sơn",
		"III. CÔNG TÁC KIỂM TRA, TÁI KIỂM TRA", "Cuộc kiểm tra đã kết luận trong kỳ 2", "Trong đó tái kiểm tra 1/2", "Đã khắc phục, được xác minh 2/2",
		"2. Kết quả đo lường theo nội dung của chỉ số", "45,00", "(1.2)", "Chưa kiểm định",
		"TỒN TẠI, HẠN CHẾ VÀ NGUYÊN NHÂN", "Một số xã chưa ban hành kế hoạch riêng.", "Công tác đôn đốc chưa thường xuyên.", "Thôn chưa bố trí được nhà văn hóa.",
		"NHIỆM VỤ TRỌNG TÂM THỜI GIAN TỚI", "Ban hành kế hoạch năm 2027 trong tháng 3.",
		"Nơi nhận", "NGUỒN SỐ LIỆU", "Mã kiểm chứng",
	} {
		if !strings.Contains(tight(text), tight(want)) {
			o.t.Errorf("the document does not say %q", want)
		}
	}
}

// picks chooses in a filter by words.
func (c *clerk) picks(name, words string) {
	c.t.Helper()
	c.does(`(s => { s.value = [...s.options].find(o => o.text.includes(` + quote(words) + `)).value })(document.querySelector("form.filter [name=` + name + `]"))`)
}

// takes downloads what a link offers, as the person who is signed in, and gives the file.
func (c *clerk) takes(words string) string {
	c.t.Helper()
	c.finds(words)
	href, err := ask[string](c.tab, `document.querySelector("[data-here]").href`)
	c.must(err)
	kept, err := chromedp.Call(c.ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{c.site}})
	c.must(err)
	q, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, href, nil)
	c.must(err)
	for _, k := range kept.Cookies {
		q.AddCookie(&http.Cookie{Name: k.Name, Value: k.Value})
	}
	r, err := http.DefaultClient.Do(q)
	c.must(err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	c.must(err)
	if r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") {
		c.t.Fatalf("%s: status %d, %q", href, r.StatusCode, r.Header.Get("Content-Disposition"))
	}
	file := filepath.Join(c.t.TempDir(), "van-ban.docx")
	c.must(os.WriteFile(file, body, 0o600))
	return file
}

// opens lets LibreOffice open a document and gives what it then reads.
func (c *clerk) opens(file string) string {
	c.t.Helper()
	dir := filepath.Dir(file)
	out, err := exec.CommandContext(c.t.Context(), "soffice", "-env:UserInstallation=file://"+dir+"/office", "--headless", "--convert-to", "pdf", "--outdir", dir, file).CombinedOutput()
	if err != nil {
		c.t.Fatalf("LibreOffice does not open the document: %v\n%s", err, out)
	}
	text, err := exec.CommandContext(c.t.Context(), "pdftotext", "-layout", strings.TrimSuffix(file, ".docx")+".pdf", "-").Output()
	c.must(err)
	return string(text)
}

// tellsPublic: commitments and progress are frozen by one, reviewed and published by another, and read by anybody.
func (y *year) tellsPublic() {
	y.on("2026-12-28")
	o := y.as(yearOwner)
	o.clicks("Kế hoạch")
	o.clicks(yearPlan)
	o.clicks("Công bố tiến độ")
	o.submits("chờ duyệt")

	c := y.as(yearChair)
	c.clicks("Các ấn bản")
	c.clicks("Cam kết và tiến độ, 28/12/2026")
	c.shows(yearPlan)
	c.clicks("Duyệt")
	c.ticks("verdict", "approve")
	c.fills("note", "Đúng với sổ theo dõi.")
	c.submits()
	c.clicks("Công bố")
	c.submits("công khai")

	anybody := y.stranger()
	anybody.goes("/")
	anybody.clicks("Kết quả của tỉnh")
	anybody.clicks("Cam kết và tiến độ")
	anybody.shows(yearPlan, "21/KH-UBND", leadAgency, "1/3")
}

// stranger is somebody who has not signed in.
func (y *year) stranger() *clerk {
	y.t.Helper()
	r := &clerk{&reader{open(y.t, launch(y.t), y.site), y.t, y.site}, y, "anybody"}
	r.must(r.look(desktop))
	return r
}

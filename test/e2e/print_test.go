package e2e

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// printed prints the page to A4, as a reader in dark mode would, and looks at the sheets: none empty, none dark.
func (tb *tab) printed() ([]finding, error) {
	yes := true
	r, err := chromedp.Call(tb.ctx, page.PrintToPDF, page.PrintToPDFParams{PrintBackground: &yes, PreferCSSPageSize: &yes, PaperWidth: 8.27, PaperHeight: 11.69})
	if err != nil {
		return nil, err
	}
	out, err := sheets(r.Data)
	if err != nil {
		return nil, err
	}
	if err := tb.media("print", "prefers-color-scheme", "dark"); err != nil {
		return nil, err
	}
	ground, err := ask[string](tb, `(() => {
		const of = e => getComputedStyle(e).backgroundColor, clear = "rgba(0, 0, 0, 0)";
		return [document.body, document.documentElement].map(of).find(c => c !== clear) || "rgb(255, 255, 255)";
	})()`)
	if err == nil && ground != "rgb(255, 255, 255)" {
		out = append(out, finding{"print", "page", "the sheet is printed on " + ground})
	}
	return out, err
}

var (
	pdfObject   = regexp.MustCompile(`(?s)(\d+) 0 obj\n(.*?)\nendobj`)
	pdfPage     = regexp.MustCompile(`/Type\s*/Page\b`)
	pdfContents = regexp.MustCompile(`/Contents (\d+) 0 R`)
	pdfMediaBox = regexp.MustCompile(`/MediaBox \[\s*0 0 ([0-9.]+) ([0-9.]+)\s*\]`)
	pdfText     = regexp.MustCompile(`(?m)(Tj|TJ)\s*$`)
)

// sheets reads a PDF as Chromium writes it and names the sheets without any text and those that are not A4.
func sheets(pdf []byte) ([]finding, error) {
	objects := map[string][]byte{}
	for _, m := range pdfObject.FindAllSubmatch(pdf, -1) {
		objects[string(m[1])] = m[2]
	}
	var out []finding
	n := 0
	for _, m := range pdfObject.FindAllSubmatch(pdf, -1) {
		if head, _, _ := bytes.Cut(m[2], []byte("stream")); !pdfPage.Match(head) {
			continue
		}
		n++
		where := fmt.Sprint("sheet ", n)
		if box := pdfMediaBox.FindSubmatch(m[2]); box == nil || !isA4(string(box[1]), string(box[2])) {
			out = append(out, finding{"print", where, fmt.Sprintf("not A4: %s", box)})
		}
		c := pdfContents.FindSubmatch(m[2])
		if c == nil {
			return nil, fmt.Errorf("the PDF's page %d has no contents that this test can read", n)
		}
		text, err := stream(objects[string(c[1])])
		if err != nil {
			return nil, fmt.Errorf("the PDF's page %d: %w", n, err)
		}
		if !pdfText.Match(text) {
			out = append(out, finding{"print", where, "the sheet has no text"})
		}
	}
	if n == 0 {
		out = append(out, finding{"print", "page", "no sheet came out"})
	}
	return out, nil
}

func isA4(width, height string) bool {
	w, _ := strconv.ParseFloat(width, 64)
	h, _ := strconv.ParseFloat(height, 64)
	return 594 <= w && w <= 597 && 840 <= h && h <= 843
}

// stream inflates the stream of a PDF object.
func stream(object []byte) ([]byte, error) {
	_, body, ok := bytes.Cut(object, []byte("stream\n"))
	if !ok {
		return nil, fmt.Errorf("no stream")
	}
	z, err := zlib.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	return io.ReadAll(z)
}

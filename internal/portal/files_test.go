package portal

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"thuoc/internal/ui/htmlcheck"
)

// TestDownloads asks for every file that any kind of page offers and reads it as its reader will: each is of its type,
// carries a name without accents, and holds what it says.
func TestDownloads(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range kinds {
		for _, n := range page200(t, a).All(".fig-t a") {
			href := attr(t, n, "href")
			path, _, _ := strings.Cut(href, "?")
			ext := path[strings.LastIndexByte(path, '.')+1:]
			if seen[href] || strings.HasPrefix(path, "/nhung/") {
				continue
			}
			seen[href] = true
			w := get(t, href)
			if w.Code != http.StatusOK {
				t.Errorf("%s is answered by %d", href, w.Code)
				continue
			}
			if !regexp.MustCompile(`^attachment; filename="thuoc-[a-z0-9.-]+\.` + ext + `"$`).MatchString(w.Header().Get("Content-Disposition")) {
				t.Errorf("%s is called %s", href, w.Header().Get("Content-Disposition"))
			}
			if err := opens(ext, w); err != nil {
				t.Errorf("%s: %v", href, err)
			}
		}
	}
	if len(seen) < 60 {
		t.Errorf("only %d files are offered", len(seen))
	}
}

// opens reads a file as a program would.
func opens(ext string, w *httptest.ResponseRecorder) error {
	wrongType := func(want string) error {
		if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, want) {
			return errors.New("its type is " + got)
		}
		return nil
	}
	switch ext {
	case "csv":
		rows, err := csv.NewReader(w.Body).ReadAll()
		if err == nil && len(rows) < 2 {
			err = errors.New("no row below the header")
		}
		return errors.Join(err, wrongType("text/csv"))
	case "xlsx":
		book, err := excelize.OpenReader(w.Body)
		if err != nil {
			return err
		}
		rows, err := book.GetRows(book.GetSheetName(0))
		if err == nil && (len(rows) < 2 || book.SheetCount != 2) {
			err = errors.New("no row below the header, or no sheet of notes")
		}
		return errors.Join(err, wrongType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
	case "svg":
		return errors.Join(wellFormed(w.Body.Bytes()), wrongType("image/svg+xml"))
	case "png":
		img, err := png.Decode(w.Body)
		if err == nil && img.Bounds().Dx() < 600 {
			err = errors.New("the picture is too small to print")
		}
		return errors.Join(err, wrongType("image/png"))
	}
	return errors.New("a file of no known kind")
}

// wellFormed reads an SVG to its end; one that travels alone says what it shows and leans on nothing outside.
func wellFormed(b []byte) error {
	dec := xml.NewDecoder(bytes.NewReader(b))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		if s, ok := tok.(xml.StartElement); ok {
			if slices.Contains([]string{"script", "image", "foreignObject", "use"}, s.Name.Local) {
				return errors.New("it holds <" + s.Name.Local + ">")
			}
		}
	}
	for _, want := range []string{`xmlns="http://www.w3.org/2000/svg"`, "<title>", "PAPI"} {
		if !bytes.Contains(b, []byte(want)) {
			return errors.New("it lacks " + want)
		}
	}
	return nil
}

// TestFilesSayTheSame: the CSV and the workbook of a figure hold the same numbers, to the last digit, in both languages.
func TestFilesSayTheSame(t *testing.T) {
	rows, err := csv.NewReader(get(t, "/nhom-ket-qua.csv?nam=2022").Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	english, err := csv.NewReader(get(t, "/en/groups.csv?nam=2022").Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(get(t, "/nhom-ket-qua.xlsx?nam=2022").Body)
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := book.GetRows(book.GetSheetName(0), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 64 || len(sheet) != len(rows) || len(english) != len(rows) {
		t.Fatalf("%d, %d and %d rows of 63 provinces", len(rows), len(sheet), len(english))
	}
	value := slices.Index(rows[0], "value")
	found := false
	for i := 1; i < len(rows); i++ {
		if rows[i][value] == "" {
			continue
		}
		a, err1 := strconv.ParseFloat(rows[i][value], 64)
		b, err2 := strconv.ParseFloat(sheet[i][value], 64)
		if err := errors.Join(err1, err2); err != nil || math.Abs(a-b) > 1e-12 || english[i][value] != rows[i][value] {
			t.Errorf("row %d: %v, %v, %s (%v)", i, a, b, english[i][value], err)
		}
		found = found || a == 40.71722681687167 && rows[i][slices.Index(rows[0], "unit")] == "84"
	}
	if !found {
		t.Error("Trà Vinh's score is not in the file to its last digit")
	}
}

// TestEmbedded: every figure that offers to be embedded can be, alone, with its source and the way to the whole page.
func TestEmbedded(t *testing.T) {
	count := 0
	for _, a := range []string{"/?nam=2022", "/nhom-ket-qua?nam=2022", "/ho-so/tra-vinh?nam=2022", "/tinh/vinh-long?nam=2022", "/noi-dung/D1?nam=2022", "/so-sanh?nam=2022&tinh=84&tinh=22", "/chuoi-thoi-gian?tinh=84"} {
		for _, n := range page200(t, a).All(".fig-t a") {
			href := attr(t, n, "href")
			if !strings.HasPrefix(href, "/nhung/") {
				continue
			}
			count++
			d := page200(t, href)
			if len(d.All("figure svg"))+len(d.All("figure table")) == 0 || len(d.All("header")) > 0 || len(d.All("footer")) > 0 {
				t.Errorf("%s shows no figure, or more than it", href)
			}
			if err := d.Has("figcaption", "PAPI"); err != nil {
				t.Errorf("%s: %v", href, err)
			}
			back := d.All("figcaption a")
			if len(back) == 0 {
				t.Errorf("%s does not lead to the whole page", href)
			} else if w := get(t, attr(t, back[len(back)-1], "href")); w.Code != http.StatusOK {
				t.Errorf("%s leads back to %d", href, w.Code)
			}
			if text := htmlcheck.Text(d.All("h1")[0]); text == "" {
				t.Errorf("%s has no title", href)
			}
		}
	}
	if count < 12 {
		t.Errorf("only %d figures can be embedded", count)
	}
}

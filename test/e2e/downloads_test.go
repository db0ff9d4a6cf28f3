package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestDownloads opens every file that the pages with figures offer, in both languages.
func TestDownloads(t *testing.T) {
	axeLibrary(t)
	for _, page := range []string{
		"/", "/ban-do?nam=2022&dg=34&xem=o-vuong", "/nhom-ket-qua?nam=2022", "/ho-so/tra-vinh?nam=2022", "/tinh/vinh-long?nam=2022",
		"/noi-dung/d4?nam=2022", "/noi-dung/4.1?nam=2022", "/so-sanh?nam=2022&tinh=84,01", "/chuoi-thoi-gian?tinh=84,01",
		"/en/groups?nam=2022", "/en/map?nam=2022",
	} {
		t.Run(strings.NewReplacer("/", " ", "?", " ").Replace(page), func(t *testing.T) {
			u, err := url.Parse(site(t) + page)
			if err != nil {
				t.Fatal(err)
			}
			status, d, err := fetch(u)
			if err != nil || status != http.StatusOK {
				t.Fatalf("%s: %d, %v", u, status, err)
			}
			opened := map[string]int{}
			for _, l := range d.links {
				open, ok := openers[path.Ext(l.Path)]
				if !ok {
					continue
				}
				opened[path.Ext(l.Path)]++
				if err := download(l, open); err != nil {
					t.Errorf("%s: %v", l.RequestURI(), err)
				}
			}
			for ext := range openers {
				if opened[ext] == 0 {
					t.Errorf("%s offers no %s", page, ext)
				}
			}
		})
	}
}

// openers read a file the way the program it is made for would.
var openers = map[string]func(b []byte, isMap bool) error{
	".csv": openCSV, ".xlsx": openXLSX, ".svg": openSVG, ".png": openPNG,
}

func download(u *url.URL, open func([]byte, bool) error) error {
	r, err := http.Get(u.String())
	if err != nil {
		return err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		return err
	case r.StatusCode != http.StatusOK:
		return fmt.Errorf("status %d", r.StatusCode)
	case !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment"):
		return errors.New("the file is not offered for keeping (Content-Disposition)")
	}
	isMap := strings.HasPrefix(strings.TrimPrefix(u.Path, "/en"), "/ban-do.") || strings.HasPrefix(u.Path, "/en/map.")
	return open(b, isMap && u.Query().Get("hinh") == "ban-do")
}

func openCSV(b []byte, _ bool) error {
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
	if err == nil && len(rows) < 2 {
		err = errors.New("no figures")
	}
	return err
}

func openXLSX(b []byte, _ bool) error {
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		return err
	}
	defer f.Close()
	cells := 0
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			return err
		}
		for _, row := range rows {
			cells += len(row)
		}
	}
	if cells < 10 {
		return fmt.Errorf("%d cells", cells)
	}
	return nil
}

func openPNG(b []byte, _ bool) error {
	picture, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return err
	}
	if at := picture.Bounds(); at.Dx() < 300 || at.Dy() < 40 {
		return fmt.Errorf("%d × %d points", at.Dx(), at.Dy())
	}
	return nil
}

// openSVG reads a drawing that must stand alone: well formed, nothing fetched, and on maps both archipelagos.
func openSVG(b []byte, isMap bool) error {
	dec := xml.NewDecoder(bytes.NewReader(b))
	var words strings.Builder
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.CharData:
			words.Write(token)
		case xml.StartElement:
			for _, a := range token.Attr {
				if (a.Name.Local == "href" || a.Name.Local == "src") && token.Name.Local != "a" && !strings.HasPrefix(a.Value, "#") && !strings.HasPrefix(a.Value, "data:") {
					return fmt.Errorf("<%s> needs %s from elsewhere", token.Name.Local, a.Value)
				}
			}
		}
	}
	for _, name := range []string{"Hoàng Sa", "Trường Sa", "Đà Nẵng", "Khánh Hòa"} {
		if isMap && !strings.Contains(words.String(), name) && !strings.Contains(words.String(), unmarked[name]) {
			return fmt.Errorf("the map does not show %s", name)
		}
	}
	return nil
}

// unmarked are the names as English pages write them.
var unmarked = map[string]string{"Hoàng Sa": "Hoang Sa", "Trường Sa": "Truong Sa", "Đà Nẵng": "Da Nang", "Khánh Hòa": "Khanh Hoa"}

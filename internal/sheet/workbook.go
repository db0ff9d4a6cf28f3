package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"thuoc/internal/fault"
)

// readWorkbook reads the visible sheets of a workbook.
func readWorkbook(data []byte, file string) (sheets []Sheet, err error) {
	if err := inspect(data, file); err != nil {
		return nil, err
	}
	defer func() {
		// The parts of a workbook point at each other by numbers that excelize follows unchecked. A file that points
		// nowhere is a fault of the file, not of the program.
		if recover() != nil {
			sheets, err = nil, damaged(file, nil)
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked, // equal: nothing is put on disk
	})
	if err != nil {
		return nil, damaged(file, err)
	}
	defer book.Close()
	if err := humanFormats(book); err != nil {
		return nil, damaged(file, err)
	}
	text := 0
	for _, name := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		s, err := readSheet(book, file, name, &text)
		if err != nil {
			return nil, err
		}
		if len(s.Rows) > 0 {
			sheets = append(sheets, s)
		}
	}
	if len(sheets) == 0 {
		return nil, refuse(file, fault.T("The file is empty."), fault.T("Send the file with its rows."))
	}
	return sheets, nil
}

// readSheet reads one sheet as a stream: rows and cells that lie far out take no memory. text counts what all sheets
// hold, since one shared text may be pointed at by any number of cells.
func readSheet(book *excelize.File, file, name string, text *int) (Sheet, error) {
	s := Sheet{Name: name}
	rows, err := book.Rows(name)
	if err != nil {
		return s, damaged(file, err)
	}
	defer rows.Close()
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns()
		if err != nil {
			return s, damaged(file, err)
		}
		for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
			cells = cells[:len(cells)-1]
		}
		if err := bounded(file, name, len(s.Rows), line, cells); err != nil {
			return s, err
		}
		for _, c := range cells {
			*text += len(c)
		}
		if *text > maxText {
			return s, swollen(file)
		}
		s.add(line, cells)
	}
	if err := rows.Error(); err != nil {
		return s, damaged(file, err)
	}
	return s, nil
}

// inspect looks at the parts of a workbook before anything is built of them.
func inspect(data []byte, file string) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return damaged(file, err)
	}
	if len(z.File) > maxParts {
		return swollen(file)
	}
	if err := kindOf(z, file); err != nil {
		return err
	}
	unpacked, marks := uint64(0), 0
	for _, part := range z.File {
		unpacked += part.UncompressedSize64
		if unpacked > maxUnpacked || part.UncompressedSize64 > maxUnpacked {
			return swollen(file)
		}
		if strings.HasPrefix(strings.ToLower(part.Name), "xl/worksheets/sheet") {
			continue // is read as a stream
		}
		n, err := countMarks(part)
		if err != nil {
			return damaged(file, err)
		}
		if marks += n; marks > maxMarks {
			return swollen(file)
		}
	}
	return nil
}

// countMarks counts the signs that begin markup. The zip reader itself refuses a part longer than it says.
func countMarks(part *zip.File) (n int, err error) {
	r, err := part.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	block := make([]byte, 64<<10)
	for {
		k, err := r.Read(block)
		n += bytes.Count(block[:k], []byte("<"))
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

// kindOf tells from the names of the parts whether a zip file is a workbook, and what it is otherwise.
func kindOf(z *zip.Reader, file string) error {
	has := func(pattern string) bool {
		return slices.ContainsFunc(z.File, func(f *zip.File) bool {
			name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
			return strings.HasPrefix(name, pattern) || strings.HasSuffix(name, "/"+pattern)
		})
	}
	xlsx := fault.T("Save the list in Excel as “Excel Workbook (*.xlsx)” and send that file.")
	switch {
	case has("vbaproject.bin"):
		return refuse(file, fault.T("The workbook holds macros (.xlsm)."), xlsx)
	case has("xl/workbook.bin"):
		return refuse(file, fault.T("This is a binary workbook (.xlsb)."), xlsx)
	case has("mimetype") && has("content.xml"):
		return refuse(file, fault.T("This is an OpenDocument file."), xlsx)
	case !has("[content_types].xml") || !has("xl/"):
		return strange(file)
	}
	return nil
}

func damaged(file string, cause error) error {
	return &fault.Error{Kind: fault.Invalid, Err: cause, Text: fault.T("The input has faults; nothing was changed."),
		Items: []fault.Item{{File: file, What: fault.T("The workbook is damaged and cannot be read."),
			Remedy: fault.T("Open it in Excel, save it again as “Excel Workbook (*.xlsx)” and send that file.")}}}
}

func swollen(file string) error {
	return tooLarge(fault.Item{File: file, What: fault.T("Unpacked, the workbook is far larger than a list can be."),
		Remedy: fault.T("Copy the rows of the list into a new workbook and send that.")})
}

// humanFormats gives every cell format of the book one of four: a date, a date with its time, a time, or plain. What a
// cell then reads as does not depend on the country its file was made in, and numbers keep all their digits. A format
// of zeros alone stays, for it writes codes: 00556.
func humanFormats(book *excelize.File) error {
	_, _ = book.GetStyle(-1) // there is none: only reads the styles of the file
	if book.Styles == nil || book.Styles.CellXfs == nil {
		return nil
	}
	codes := map[int]string{}
	if book.Styles.NumFmts != nil {
		for _, f := range book.Styles.NumFmts.NumFmt {
			codes[f.NumFmtID] = f.FormatCode
		}
	}
	had := len(book.Styles.CellXfs.Xf)
	ours := map[string]*int{}
	for _, code := range []string{"dd/mm/yyyy", "dd/mm/yyyy hh:mm", "hh:mm"} {
		id, err := book.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil || id >= len(book.Styles.CellXfs.Xf) {
			return fmt.Errorf("sheet: a format cannot be added: %w", err)
		}
		ours[code] = book.Styles.CellXfs.Xf[id].NumFmtID
	}
	none := -1 // no format has it: the value is given as it is kept
	kept := map[int]bool{*ours["dd/mm/yyyy"]: true, *ours["dd/mm/yyyy hh:mm"]: true, *ours["hh:mm"]: true}
	for i := range had {
		xf := &book.Styles.CellXfs.Xf[i]
		if xf.NumFmtID == nil {
			continue
		}
		code, custom := codes[*xf.NumFmtID]
		if !custom {
			code = builtIn(*xf.NumFmtID)
		}
		if strings.Trim(code, "0") == "" && len(code) > 1 {
			kept[*xf.NumFmtID] = true
			continue
		}
		xf.NumFmtID = &none
		if form := dateForm(code); form != "" {
			xf.NumFmtID = ours[form]
		}
	}
	all := book.Styles.NumFmts
	seen := map[int]bool{}
	n := 0
	for _, f := range all.NumFmt { // each format once, so that looking one up stays short
		if kept[f.NumFmtID] && !seen[f.NumFmtID] {
			seen[f.NumFmtID] = true
			all.NumFmt[n] = f
			n++
		}
	}
	all.NumFmt = all.NumFmt[:n]
	return nil
}

// builtIn gives a code for the numbers of formats that stand in no file (ECMA-376 part 1, 18.8.30).
func builtIn(id int) string {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id >= 57 && id <= 58:
		return "yyyy-mm-dd"
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47, id >= 55 && id <= 56:
		return "hh:mm"
	case id == 22:
		return "yyyy-mm-dd hh:mm"
	}
	return ""
}

// aside are the parts of a format code that are written as they stand, and its conditions and colours.
var aside = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|\\.|_.|\*.|;.*`)

// dateForm gives our form of a format that writes dates or times, "" for any other.
func dateForm(code string) string {
	bare := strings.ToLower(aside.ReplaceAllString(code, ""))
	if strings.Contains(bare, "general") {
		return ""
	}
	clock := strings.ContainsAny(bare, "hs")
	switch day := strings.ContainsAny(bare, "yd") || !clock && strings.Contains(bare, "m"); {
	case day && clock:
		return "dd/mm/yyyy hh:mm"
	case day:
		return "dd/mm/yyyy"
	case clock:
		return "hh:mm"
	}
	return ""
}

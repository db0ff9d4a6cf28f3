// Package upload looks at what people send as evidence before anybody else may see it: photos and papers.
//
// It promises that a photo leaves it as a new picture of bounded size, without a byte of what a camera wrote beside it;
// that the time and place of a photo are given apart, for whoever agreed to say them; and that whatever a browser or an
// office program would run is refused in words, as is what grows out of all measure when it is opened. Pure.
package upload

import (
	"archive/zip"
	"bytes"
	"path"
	"slices"
	"strings"

	"thuoc/internal/fault"
)

// MostBytes is the largest file that is taken.
const MostBytes = 20 << 20

// Paper is a file that is kept as it is.
type Paper struct {
	Mime string
	Name string // what the file is offered as: the last part of the sent name, without what a header cannot bear
}

// mostOpened bounds what a packed paper may grow to, in bytes.
const mostOpened = 200 << 20

// papers are the office formats by the part that only they have.
var papers = map[string]string{
	"word/document.xml":    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"xl/workbook.xml":      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

// Look tells what a file is by its bytes; its name is not believed. It takes PDF and the open office formats without
// macros.
func Look(name string, b []byte) (Paper, error) {
	p := Paper{Name: plain(name)}
	switch {
	case len(b) == 0:
		return p, fault.New(fault.Invalid, "The file is empty. Choose it again.")
	case len(b) > MostBytes:
		return p, fault.New(fault.Invalid, "The file is larger than %d MB. Send a smaller one.", MostBytes>>20)
	case bytes.HasPrefix(b, []byte("%PDF-")):
		p.Mime = "application/pdf"
		return p, nil
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		mime, err := office(b)
		p.Mime = mime
		return p, err
	}
	return p, refuse(b)
}

// refuse words why a file is not taken.
func refuse(b []byte) error {
	head := bytes.ToLower(b[:min(len(b), 1024)])
	holds := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(head, []byte(w)) })
	}
	switch {
	case bytes.HasPrefix(b, []byte("MZ")), bytes.HasPrefix(b, []byte("\x7fELF")), bytes.HasPrefix(b, []byte("#!")), bytes.HasPrefix(b, []byte("\xcf\xfa\xed\xfe")):
		return fault.New(fault.Invalid, "This file is a program. Programs are not taken as evidence.")
	case holds("<svg"):
		return fault.New(fault.Invalid, "An SVG drawing can hold scripts and is not taken. Send it as PNG, JPEG or PDF.")
	case holds("<!doctype", "<html", "<script", "<body", "<?xml"):
		return fault.New(fault.Invalid, "A web page can hold scripts and is not taken. Give its address as a link, or send it as PDF.")
	}
	return fault.New(fault.Invalid, "Files of this kind are not taken. Send PDF, DOCX, XLSX, PPTX, JPEG, PNG or WebP.")
}

// office gives the kind of a packed paper.
func office(b []byte) (mime string, err error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return "", &fault.Error{Kind: fault.Invalid, Text: fault.T("The file is damaged. Save it again and send it."), Err: err}
	}
	var opened uint64
	for _, f := range z.File {
		opened += f.UncompressedSize64
		if strings.EqualFold(path.Base(f.Name), "vbaProject.bin") {
			return "", fault.New(fault.Invalid, "This file holds macros. Save it without them and send it again.")
		}
		if mime == "" {
			mime = papers[f.Name]
		}
	}
	switch {
	case opened > mostOpened:
		return "", fault.New(fault.Invalid, "Opened, this file would fill %d MB. It is not taken.", opened>>20)
	case mime == "":
		return "", fault.New(fault.Invalid, "Packed files are not taken. Send each paper or photo by itself.")
	}
	return mime, nil
}

// plain gives the last part of a name without what a header or a file system cannot bear.
func plain(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`"/:*?<>|`, r) {
			return -1
		}
		return r
	}, name)
	r := []rune(name)
	return string(r[max(0, len(r)-120):])
}

package upload

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"

	"thuoc/internal/fault"
)

// pdf makes a file of objects, as much of one as is looked at.
func pdf(objects ...string) []byte {
	return []byte("%PDF-1.7\n" + strings.Join(objects, "\n") + "\n%%EOF\n")
}

// packing is an object that packs others.
func packing(filter, content string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	fmt.Fprint(w, content)
	w.Close()
	return "7 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /" + filter + " /Length " + fmt.Sprint(b.Len()) + " >>\nstream\n" + b.String() + "\nendstream\nendobj"
}

func TestSignedPapersRunNothing(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		says string // "" = taken
	}{
		"a scan":                  {pdf("1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj", "3 0 obj\n<< /Subtype /Image /Length 9 >>\nstream\n/JS /AA /x\nendstream\nendobj"), ""},
		"signed, with a link":     {pdf("1 0 obj\n<< /AcroForm << /SigFlags 3 >> /OpenAction [3 0 R /Fit] >>\nendobj", "4 0 obj\n<< /FT /Sig /A << /S /URI /URI (https://vi-du.vn) >> >>\nendobj", packing("FlateDecode", "1 0 << /Type /Page >>")), ""},
		"a script":                {pdf("1 0 obj\n<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>\nendobj"), "JavaScript"},
		"a script spelt in hex":   {pdf("1 0 obj\n<< /S /Java#53cript >>\nendobj"), "JavaScript"},
		"a script packed":         {pdf(packing("FlateDecode", "1 0 << /S /JavaScript >>")), "JavaScript"},
		"a program started":       {pdf("1 0 obj\n<< /S /Launch /F (cmd.exe) >>\nendobj"), "Launch"},
		"a file inside":           {pdf("1 0 obj\n<< /Type /EmbeddedFile >>\nstream\nMZ\nendstream\nendobj"), "EmbeddedFile"},
		"a form with scripts":     {pdf("1 0 obj\n<< /AcroForm << /XFA 2 0 R >> >>\nendobj"), "XFA"},
		"locked":                  {pdf("trailer << /Encrypt 9 0 R >>"), "locked"},
		"packed as nobody can":    {pdf(strings.Replace(packing("FlateDecode", "x"), "stream\nx", "stream\n!", 1)), "looked into"},
		"a bomb":                  {pdf(packing("FlateDecode", strings.Repeat(" ", mostInflated+1))), "looked into"},
		"cut off":                 {[]byte("%PDF-1.7\n1 0 obj"), "cut off"},
		"a stream without an end": {pdf("1 0 obj\n<< >>\nstream\nxx"), "cut off"},
		"a web page":              {[]byte("<html>%PDF-%%EOF"), "no PDF"},
		"nothing":                 {nil, "empty"},
		"too large":               {make([]byte, MostBytes+1), "larger"},
	} {
		t.Run(name, func(t *testing.T) {
			err := Signed(c.file)
			if c.says == "" && err != nil || c.says != "" && (fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
}

func FuzzSigned(f *testing.F) {
	f.Add(pdf("1 0 obj\n<< /Type /Catalog >>\nendobj", packing("FlateDecode", "1 0 << /S /JavaScript >>")))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := Signed(b); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("not worded: %v", err)
		}
	})
}

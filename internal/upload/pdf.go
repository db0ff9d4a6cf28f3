package upload

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"io"
	"regexp"

	"thuoc/internal/fault"
)

// runs are the names of a PDF under which something is run, sent or carried along. A signature, a link and the page to
// begin with are not among them.
var runs = map[string]bool{"JavaScript": true, "JS": true, "Launch": true, "SubmitForm": true, "ImportData": true, "RichMedia": true,
	"Rendition": true, "XFA": true, "EmbeddedFile": true, "EmbeddedFiles": true, "GoToE": true, "GoToR": true}

var (
	pdfName   = regexp.MustCompile(`/[^\s/<>\[\](){}%]+`)
	pdfStream = regexp.MustCompile(`>>\s*stream\r?\n`)
	hexInName = regexp.MustCompile(`#[0-9A-Fa-f]{2}`)
)

// mostInflated bounds what the packed objects of a PDF may grow to, in bytes.
const mostInflated = 64 << 20

// Signed tells whether a file is a PDF that runs nothing, as a signed paper that is kept must be. It looks at every object
// outside of streams and into the streams that pack objects; what it cannot look into, it refuses. Whether a digital
// signature in it is valid is not asked here.
func Signed(b []byte) error {
	switch {
	case len(b) == 0:
		return fault.New(fault.Invalid, "The file is empty. Choose it again.")
	case len(b) > MostBytes:
		return fault.New(fault.Invalid, "The file is larger than %d MB. Send a smaller one.", MostBytes>>20)
	case !bytes.HasPrefix(b, []byte("%PDF-")):
		return fault.New(fault.Invalid, "This is no PDF. Scan the signed paper, or save the signed file, as PDF.")
	case !bytes.Contains(b[max(0, len(b)-2048):], []byte("%%EOF")):
		return fault.New(fault.Invalid, "The PDF is cut off. Save it again and send it.")
	}
	left := int64(mostInflated)
	return lookInto(b, &left)
}

// lookInto looks at the objects of a PDF, or of a stream of objects.
func lookInto(b []byte, left *int64) error {
	for len(b) > 0 {
		at := pdfStream.FindIndex(b)
		head := b
		if at != nil {
			head = b[:at[1]]
		}
		packed, err := names(head)
		if err != nil || at == nil {
			return err
		}
		body := b[at[1]:]
		end := bytes.Index(body, []byte("endstream"))
		if end < 0 {
			return fault.New(fault.Invalid, "The PDF is cut off. Save it again and send it.")
		}
		if packed {
			if err := inflate(body[:end], left); err != nil {
				return err
			}
		}
		b = body[end+len("endstream"):]
	}
	return nil
}

// names refuses names under which something runs, and tells whether the last object packs others.
func names(b []byte) (packed bool, err error) {
	last := bytes.LastIndex(b, []byte(" obj"))
	for _, at := range pdfName.FindAllIndex(b, -1) {
		plain := hexInName.ReplaceAllFunc(b[at[0]+1:at[1]], func(x []byte) []byte {
			c, _ := hex.DecodeString(string(x[1:])) // the pattern has two digits
			return c
		})
		switch name := string(plain); {
		case runs[name]:
			return false, fault.New(fault.Invalid, "The PDF holds something that runs or a file inside it (%s). Print it to PDF anew and send that.", name)
		case name == "Encrypt":
			return false, fault.New(fault.Invalid, "The PDF is locked, so it cannot be looked into. Send it without a password.")
		case name == "ObjStm":
			packed = at[0] > last
		}
	}
	return packed, nil
}

// inflate looks into a stream of objects.
func inflate(b []byte, left *int64) error {
	r, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return fault.New(fault.Invalid, "The PDF packs its content in a way that cannot be looked into. Print it to PDF anew and send that.")
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, *left+1))
	if *left -= int64(len(data)); *left < 0 || err != nil && len(data) == 0 {
		return fault.New(fault.Invalid, "The PDF packs its content in a way that cannot be looked into. Print it to PDF anew and send that.")
	}
	_, err = names(data)
	return err
}

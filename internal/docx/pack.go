package docx

import (
	"archive/zip"
	"bytes"
	"time"
)

// part is one file of a package.
type part struct {
	name, text string
}

// packed is the time every file in a package bears, so that the same content is the same bytes.
var packed = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// pack writes a package.
func pack(parts []part) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		f, _ := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: packed}) // a Buffer does not fail
		_, _ = f.Write([]byte(p.text))
	}
	_ = z.Close()
	return b.Bytes()
}

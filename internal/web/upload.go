package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strings"

	"thuoc/internal/fault"
)

// uploaded is a file that came with a form.
type uploaded struct {
	multipart.File
	name string // as the person named it, without a folder
}

// upload gives the file of a field; nil when none was chosen.
func (v *visit) upload(field string) (*uploaded, error) {
	f, head, err := v.r.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	name := path.Base(strings.ReplaceAll(strings.ToValidUTF8(head.Filename, "�"), `\`, "/"))
	if head.Size == 0 {
		return nil, fault.Batch([]fault.Item{{Field: field, What: fault.T("The file %s is empty.", name), Remedy: fault.T("Choose another file.")}})
	}
	return &uploaded{f, name}, nil
}

// all reads the whole file of at most so many bytes.
func (u *uploaded) all(most int64) (name string, data []byte, err error) {
	data, err = io.ReadAll(io.LimitReader(u.File, most+1))
	if err == nil && int64(len(data)) > most {
		err = fault.New(fault.TooLarge, "The file %s is larger than %d KB.", u.name, most>>10)
	}
	return u.name, data, err
}

package web

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"thuoc/internal/account"
	"thuoc/internal/lang"
)

// metered counts what is read of a body.
type metered struct {
	io.Reader
	read int
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	m.read += n
	return n, err
}

// A form with a file is read of whoever may send it; of others no more than of any form, and too large a one is refused
// in words.
func TestUploadIsReadAfterTheDoor(t *testing.T) {
	h := one(t)
	h.user("xem@tinh.gov.vn", "Người Xem", account.Grant{Role: account.Interviewer, Place: made("province")})
	const most = 4 << 20
	taken := 0
	r := &route{name: "users", method: http.MethodPost, vi: "nguoi-dung/tep", en: "users/file", needs: account.InviteUser, upload: most,
		handle: func(v *visit) (*page, error) {
			_, header, err := v.r.FormFile("tep")
			if err != nil {
				return nil, err
			}
			taken = int(header.Size)
			return &page{none: true}, nil
		}}
	send := func(p *person, size int) (*httptest.ResponseRecorder, int) {
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		part, err := w.CreateFormFile("tep", "danh-sach.xlsx")
		must(t, err)
		_, err = part.Write(make([]byte, size))
		must(t, err)
		must(t, w.Close())
		body := &metered{Reader: &form}
		ask := httptest.NewRequest(http.MethodPost, "/app/nguoi-dung/tep", body)
		ask.Header.Set("Content-Type", w.FormDataContentType())
		at, err := url.Parse(h.site.URL)
		must(t, err)
		for _, c := range p.client.Jar.Cookies(at) {
			ask.AddCookie(c)
		}
		answer := httptest.NewRecorder()
		h.app.serve(r, lang.Vi).ServeHTTP(answer, ask)
		return answer, body.read
	}
	const slack = 64 << 10 // what a reader holds ahead
	for name, c := range map[string]struct {
		who    *person
		size   int
		status int
		most   int // bytes read
	}{
		"who may":            {h.admin, 3 << 20, http.StatusNoContent, most},
		"more than is taken": {h.admin, 6 << 20, http.StatusRequestEntityTooLarge, most + slack},
		"nobody":             {h.nobody(), 3 << 20, http.StatusSeeOther, mostForm + slack},
		"who may not":        {h.person("xem@tinh.gov.vn"), 3 << 20, http.StatusForbidden, 0},
	} {
		t.Run(name, func(t *testing.T) {
			taken = 0
			a, read := send(c.who, c.size)
			if a.Code != c.status || read > c.most || (taken == c.size) != (c.status == http.StatusNoContent) {
				t.Errorf("answered by %d after %d of %d bytes, %d taken", a.Code, read, c.size, taken)
			}
			if c.status == http.StatusRequestEntityTooLarge && !strings.Contains(a.Body.String(), "<h1>Quá lớn</h1>") {
				t.Errorf("said: %s", a.Body)
			}
		})
	}
	if len(h.errs) > 0 {
		t.Error(h.errs)
	}
}

package program

import (
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// Password is what Administrator signs in with.
const Password = "mot mat khau that dai 2025"

// Administrator invites an administrator at the console of a house that is served, and sets their password through the
// link. They sign in with the address.
func (s *Server) Administrator(binary, dir, address string) error {
	cmd := exec.Command(binary, "user", "add", "--data", dir, "--role", "administrator", "--name", "Lê Văn An", "--email", address)
	cmd.Env = append(os.Environ(), "THUOC_LANG=en")
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("thuoc user add: %w", err)
	}
	link, err := url.Parse(strings.TrimSpace(string(out)))
	if err != nil {
		return err
	}
	b, err := s.Browser()
	if err != nil {
		return err
	}
	return b.Send(link.Path, url.Values{"password": {Password}})
}

// Browser is somebody at the working pages, without script.
type Browser struct {
	Took   func(method string, took time.Duration) // is told of every answer; nil = nobody
	client *http.Client
	site   string
}

// Browser makes a browser in which nobody has signed in.
func (s *Server) Browser() (*Browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &Browser{site: s.URL, client: &http.Client{Jar: jar, Transport: &http.Transport{}, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// SignIn signs somebody in by the form.
func (b *Browser) SignIn(login string) error {
	return b.Send("/app/dang-nhap", url.Values{"login": {login}, "password": {Password}})
}

// Get reads a page to its end.
func (b *Browser) Get(path string) (page string, err error) {
	start := time.Now()
	r, err := b.client.Get(b.site + path)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	b.took(http.MethodGet, start)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: status %d", path, r.StatusCode)
	}
	return string(body), err
}

func (b *Browser) took(method string, start time.Time) {
	if b.Took != nil {
		b.Took(method, time.Since(start))
	}
}

// hidden are the fields that a form sends along.
var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// Form opens a page and gives what its form sends along unseen.
func (b *Browser) Form(path string) (url.Values, error) {
	page, err := b.Get(path)
	return Hidden(page), err
}

// Hidden gives the fields of a page's forms that are not shown, the first of each name.
func Hidden(page string) url.Values {
	fields := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		if !fields.Has(m[1]) {
			fields.Set(m[1], html.UnescapeString(m[2]))
		}
	}
	return fields
}

// Broken is an answer that began and did not end.
type Broken struct{ error }

// Post sends fields to an address and reads the answer to its end, whatever it is.
func (b *Browser) Post(path string, fields url.Values) (status int, page string, err error) {
	start := time.Now()
	r, err := b.client.PostForm(b.site+path, fields)
	if err != nil {
		return 0, "", err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return r.StatusCode, "", Broken{fmt.Errorf("%s: %w", path, err)}
	}
	b.took(http.MethodPost, start)
	return r.StatusCode, string(body), nil
}

// Send opens a form and sends it with some fields filled in. It is done when the answer leads on to another page: that is
// how the working pages acknowledge.
func (b *Browser) Send(path string, fields url.Values) error { return b.SendTo(path, path, fields) }

// SendTo is Send for a form that stands on one page and is sent to another address.
func (b *Browser) SendTo(on, path string, fields url.Values) error {
	all, err := b.Form(on)
	if err != nil {
		return err
	}
	maps.Copy(all, fields)
	status, _, err := b.Post(path, all)
	if err == nil && status != http.StatusSeeOther {
		err = fmt.Errorf("%s: status %d", path, status)
	}
	return err
}

// Move leads the browser to another server, where it is signed in as it was.
func (b *Browser) Move(s *Server) { b.site = s.URL }

// Close ends the browser's connections.
func (b *Browser) Close() { b.client.CloseIdleConnections() }

package e2e

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"thuoc/test/program"
)

// The people of the house, by the address they sign in with. All have program.Password but the last, whom a test lets in.
const (
	administrator = "quantri@tinh.example"
	analyst       = "phantich@tinh.example"
	chair         = "chutich@tinh.example"
	newcomer      = "myhao@tinh.example"
)

// appHouse is a founded house of Hưng Yên with its server, under a name: passkeys need one.
type appHouse struct {
	*program.Server
	binary, data string
	site         string // "http://localhost:41234"
}

// foundHouse founds a house, serves it and lets its first people in.
func foundHouse(t *testing.T) *appHouse {
	t.Helper()
	dir := t.TempDir()
	binary, err := program.Build(dir)
	if err != nil {
		t.Fatal(err)
	}
	h := &appHouse{binary: binary, data: filepath.Join(dir, "data")}
	if out, err := exec.Command(binary, "init", h.data, "--home", "33", "--on", "2025-07-01").CombinedOutput(); err != nil {
		t.Fatalf("thuoc init: %v\n%s", err, out)
	}
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	h.site = "http://localhost:" + port
	if h.Server, err = program.ServeHouse(binary, h.data, "--listen", "localhost:"+port, "--url", h.site); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Stop(); err != nil {
			t.Errorf("%v\n%s", err, h.Said())
		}
	})
	h.URL = h.site // where people reach it, which the listening address is not
	if err := errors.Join(h.Administrator(binary, h.data, administrator), h.accepts("analyst", "Phạm Thị Phân Tích", analyst),
		h.accepts("provincial_chair", "Trần Văn Chính", chair)); err != nil {
		t.Fatal(err)
	}
	return h
}

// freePort gives a port that nobody listens on.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

// invited invites somebody at the console and gives the path of their link.
func (h *appHouse) invited(role, name, address string) (string, error) {
	cmd := exec.Command(h.binary, "user", "add", "--data", h.data, "--role", role, "--name", name, "--email", address)
	cmd.Env = append(os.Environ(), "THUOC_LANG=en")
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("thuoc user add: %w", err)
	}
	link, err := url.Parse(strings.TrimSpace(string(out)))
	if err != nil {
		return "", err
	}
	return link.Path, nil
}

// accepts invites somebody and sets their password.
func (h *appHouse) accepts(role, name, address string) error {
	link, err := h.invited(role, name, address)
	if err != nil {
		return err
	}
	b, err := h.Browser()
	if err != nil {
		return err
	}
	defer b.Close()
	return b.Send(link, url.Values{"password": {program.Password}})
}

// reader is a person at the working app, in a profile of their own.
func (h *appHouse) reader(t *testing.T) *reader {
	t.Helper()
	r := &reader{open(t, launch(t), h.site), t, h.site}
	r.must(r.look(desktop))
	return r
}

// person is a reader who has signed in by the form.
func (h *appHouse) person(t *testing.T, login string) *reader {
	t.Helper()
	r := h.reader(t)
	r.signsIn(login, program.Password)
	return r
}

// signsIn fills in the form of signing in, wherever the browser was led to it.
func (r *reader) signsIn(login, password string) {
	r.t.Helper()
	if at, _ := ask[string](r.tab, `location.pathname`); !strings.Contains(at, "dang-nhap") {
		r.goes("/app/dang-nhap")
	}
	r.fills("login", login)
	r.fills("password", password)
	r.sends()
	if strings.Contains(r.at(), "dang-nhap") {
		r.t.Fatalf("%s is not let in: %s", login, r.reads())
	}
}

// signsOut opens the menu of one's own account and presses the button there.
func (r *reader) signsOut() {
	r.t.Helper()
	r.presses(`details:has(form[action$="/dang-xuat"]) > summary`)
	r.answered(`details[open] form[action$="/dang-xuat"] button`)
}

// fills writes into a field of the page's entry form, as typing does.
func (r *reader) fills(name, value string) {
	r.t.Helper()
	r.does(`(e => { e.value = ` + quote(value) + `; e.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("form.entry [name=` + name + `]"))`)
}

// ticks chooses a box or a radio button of the page's entry form.
func (r *reader) ticks(name, value string) {
	r.t.Helper()
	selector := `form.entry input[name=` + name + `]`
	if value != "" {
		selector += `[value="` + value + `"]`
	}
	r.presses(selector)
}

// sends sends the page's entry form and waits for the answer.
func (r *reader) sends() {
	r.t.Helper()
	r.answered(`form.entry p.end button`)
}

// acts presses the button that leads to an address which ends so, and waits for the answer.
func (r *reader) acts(ending string) {
	r.t.Helper()
	r.answered(`form.act[action$="` + ending + `"] button`)
}

// answered presses a button and waits until another document has come.
func (r *reader) answered(button string) {
	r.t.Helper()
	r.does(`window.before = true`)
	r.presses(button)
	r.waits(`!window.before && document.readyState === "complete"`)
}

// given is what the page shows to copy: a link or codes that are shown once.
func (r *reader) given() string {
	r.t.Helper()
	text, err := ask[string](r.tab, `document.querySelector(".note .copy code").textContent`)
	r.must(err)
	return text
}

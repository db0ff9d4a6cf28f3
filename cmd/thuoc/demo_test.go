package main

import (
	"bufio"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/demo"
)

// TestDemo starts the program itself, reads a page, and ends it by SIGTERM while requests are at work: every answer that
// was begun is whole, and the program ends with 0.
func TestDemo(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "demo", "--listen", "127.0.0.1:0", "--lang", "en")
	cmd.Args[0] = "thuoc"
	cmd.Path = link(t, self)
	temp := t.TempDir()
	cmd.Env = append(os.Environ(), "TMPDIR="+temp, "THUOC_DB=postgres://nobody@127.0.0.1:1/nothing")
	talk, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	lines := bufio.NewReader(talk)
	line, err := lines.ReadString('\n')
	at := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(line)
	if err != nil || at == "" {
		t.Fatalf("it says %q, %v", line, err)
	}
	go io.Copy(io.Discard, lines)
	read := func(path string) (int, bool) {
		resp, err := http.Get(at + path)
		if err != nil {
			return 0, false
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return resp.StatusCode, err == nil && strings.HasSuffix(strings.TrimSpace(string(body)), "</html>")
	}
	if code, whole := read("/"); code != http.StatusOK || !whole {
		t.Fatalf("the first page is answered by %d, whole %v", code, whole)
	}
	broken := make(chan string, 8)
	for range cap(broken) {
		go func() {
			for {
				switch code, whole := read("/ho-so/tra-vinh?nam=2022"); {
				case code == 0: // not accepted any more
					broken <- ""
					return
				case code != http.StatusOK || !whole:
					broken <- "a half answer"
					return
				}
			}
		}()
	}
	time.Sleep(200 * time.Millisecond)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for range cap(broken) {
		if s := <-broken; s != "" {
			t.Error(s)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v, %v", left, err)
	}
}

// TestDemoProvince: once the province is furnished, its sign-in page says whom there is to be, the address and the password
// are printed, and a folder that was named keeps it all for the next time.
func TestDemoProvince(t *testing.T) {
	if testing.Short() {
		t.Skip("furnishes a whole province")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path, data := link(t, self), t.TempDir()+"/trial"
	for range 2 {
		cmd := exec.Command(self, "demo", "--listen", "127.0.0.1:0", "--lang", "en", "--data", data)
		cmd.Args[0], cmd.Path = "thuoc", path
		talk, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer cmd.Process.Kill()
		lines := bufio.NewScanner(talk)
		for lines.Scan() && !strings.Contains(lines.Text(), "/app.") {
		}
		said := lines.Text()
		at := regexp.MustCompile(`http://127\.0\.0\.1:\d+/app`).FindString(said)
		if at == "" || !strings.Contains(said, "plan-owner@tinh-mau.example") || !strings.Contains(said, demo.Password) {
			t.Fatalf("it says %q", said)
		}
		page := signInPage(t, at)
		for _, r := range account.Roles {
			if !strings.Contains(page, demo.Login(r)) {
				t.Errorf("the sign-in page does not name %s", r)
			}
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, talk)
		if err := cmd.Wait(); err != nil {
			t.Errorf("it ends with %v", err)
		}
	}
}

// signInPage waits until the working app answers.
func signInPage(t *testing.T, at string) string {
	t.Helper()
	for range 100 {
		resp, err := http.Get(at)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err == nil && resp.StatusCode == http.StatusOK {
			return string(body)
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the working app does not answer")
	return ""
}

// link gives the test program the name under which it runs as thuoc (package testscript looks at the name).
func link(t *testing.T, self string) string {
	t.Helper()
	at := t.TempDir() + "/thuoc"
	if err := os.Symlink(self, at); err != nil {
		t.Fatal(err)
	}
	return at
}

// TestOrigin: whole addresses begin with what the operator names, else with this machine where its port is known.
func TestOrigin(t *testing.T) {
	for _, c := range []struct{ readers, listen, want string }{
		{"", ":8080", "http://localhost:8080"},
		{"", "127.0.0.1:9000", "http://127.0.0.1:9000"},
		{"", "127.0.0.1:0", ""},
		{"https://papi.example.vn", ":8080", "https://papi.example.vn"},
	} {
		var readers *url.URL
		if c.readers != "" {
			readers, _ = url.Parse(c.readers)
		}
		if got := origin(readers, c.listen); got != c.want {
			t.Errorf("origin(%q, %q) = %q, want %q", c.readers, c.listen, got, c.want)
		}
	}
}

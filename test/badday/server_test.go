package badday

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"thuoc/test/program"
)

// patience bounds every wait for an answer. It is no bound of performance: the machine may have other work.
const patience = 90 * time.Second

// binary is the program, built once for all tests of the package.
var binary = sync.OnceValues(func() (string, error) {
	var err error
	if folder, err = os.MkdirTemp("", "thuoc-badday"); err != nil {
		return "", err
	}
	return program.Build(folder)
})

var folder string // of the binary

// TestMain is the tests, or, in a process of its own, the program that TestReminderKilled kills.
func TestMain(m *testing.M) {
	if os.Getenv("THUOC_BADDAY_HOUSE") != "" {
		if err := serveAtWork(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// start serves the demo for the length of a test. A server that ends badly, or that reported a panic, fails the test.
func start(t *testing.T, args ...string) *program.Server {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the real program")
	}
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	s, err := program.Serve(path, args...)
	if err != nil {
		t.Fatal(err)
	}
	endsWell(t, s)
	return s
}

// endsWell stops a server after the test; one that ends badly, or that reported a panic, fails it.
func endsWell(t *testing.T, s *program.Server) {
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("the server did not end well: %v", err)
		}
		if strings.Contains(s.Said(), "panic") {
			t.Errorf("the server panicked:\n%s", s.Said())
		}
	})
}

// run runs a command of the program and gives its exit code and what it said. One that does not end in time, because it
// serves what it should have refused, is killed: its exit code is -1.
func run(t *testing.T, args ...string) (code int, out, talk string) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "THUOC_LANG=en")
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

// dial opens a connection to a server.
func dial(s *program.Server) (net.Conn, error) {
	c, err := net.DialTimeout("tcp", strings.TrimPrefix(s.URL, "http://"), patience)
	if err == nil {
		err = c.SetDeadline(time.Now().Add(patience))
	}
	return c, err
}

// whole reads an answer to its end and says what is missing of it.
func whole(r *http.Response) (body string, err error) {
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		return "", fmt.Errorf("after %d bytes: %w", len(b), err)
	case r.ContentLength >= 0 && int64(len(b)) != r.ContentLength:
		return "", fmt.Errorf("%d bytes of %d", len(b), r.ContentLength)
	case strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") && !bytes.HasSuffix(bytes.TrimSpace(b), []byte("</html>")):
		return "", fmt.Errorf("the page ends with %q", b[max(0, len(b)-40):])
	}
	return string(b), nil
}

// client makes a new connection for every request.
func client() *http.Client {
	return &http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true, MaxConnsPerHost: 0},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// well fails the test when the server does not serve a page as if nothing had been.
func well(t *testing.T, s *program.Server) {
	t.Helper()
	r, err := client().Get(s.URL + "/ho-so/tra-vinh?nam=2022")
	if err != nil {
		t.Fatal(err)
	}
	body, err := whole(r)
	if err != nil || r.StatusCode != http.StatusOK || !strings.Contains(body, "40,7172") {
		t.Errorf("the page after it: status %d, %d bytes, %v", r.StatusCode, len(body), err)
	}
}

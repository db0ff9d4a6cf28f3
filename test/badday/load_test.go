package badday

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/gazetteer"
	"thuoc/internal/lang"
	"thuoc/test/program"
)

// crowd opens n connections at once and sends each the same bytes; those that could be opened are closed with the test.
func crowd(t *testing.T, s *program.Server, n int, bytes string) []net.Conn {
	t.Helper()
	conns := make([]net.Conn, 0, n)
	t.Cleanup(func() {
		for _, c := range conns {
			c.Close()
		}
	})
	for range n {
		c, err := dial(s)
		if err == nil {
			_, err = io.WriteString(c, bytes)
		}
		if err != nil {
			t.Fatalf("connection %d: %v", len(conns), err)
		}
		conns = append(conns, c)
	}
	return conns
}

// TestSlowSenders: a thousand clients that never finish asking do not keep anybody from being served, and are sent off.
func TestSlowSenders(t *testing.T) {
	s := start(t)
	conns := crowd(t, s, 1000, "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
	well(t, s)
	for _, c := range conns[:10] {
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("after %s the server still waits for the end of the headers", patience)
		}
	}
	well(t, s)
}

// TestReadersThatDoNotRead: a thousand clients that ask for the largest files and read nothing keep nobody from being
// served.
func TestReadersThatDoNotRead(t *testing.T) {
	s := start(t)
	for _, path := range []string{"/ban-do.png?nam=2022&hinh=ban-do", "/nhom-ket-qua?nam=2022", largest(t, s)} {
		crowd(t, s, 400, "GET "+path+" HTTP/1.1\r\nHost: a\r\n\r\n")
	}
	// Their pages are rendered within moments; the time in which the server would give such readers up is far longer.
	for late := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		r, err := client().Get(s.URL + "/nhom-ket-qua?nam=2021")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := whole(r); err == nil && r.StatusCode == http.StatusOK {
			break
		}
		if time.Now().After(late) {
			t.Fatalf("nobody is served: status %d", r.StatusCode)
		}
	}
	well(t, s)
}

// largest finds the address of the file of an edition that is largest without compression.
func largest(t *testing.T, s *program.Server) string {
	t.Helper()
	r, err := client().Get(s.URL + "/du-lieu-mo")
	if err != nil {
		t.Fatal(err)
	}
	body, err := whole(r)
	if err != nil {
		t.Fatal(err)
	}
	best, size := "", int64(0)
	for i, part := range strings.Split(body, `href="`) {
		href, _, _ := strings.Cut(part, `"`)
		if i == 0 || !strings.HasPrefix(href, "/an-ban/") {
			continue
		}
		h, err := client().Head(s.URL + href)
		if err != nil {
			t.Fatal(err)
		}
		if h.Body.Close(); h.ContentLength > size {
			best, size = href, h.ContentLength
		}
	}
	if size < 100_000 {
		t.Fatalf("the page of open data leads to no large file: %q with %d bytes", best, size)
	}
	return best
}

// TestOverload asks for more pages at once than can be rendered: every answer is a whole page or a refusal that says
// when to come back, and afterwards all is as before.
func TestOverload(t *testing.T) {
	s := start(t)
	var served, shed atomic.Int64
	all := client()
	for paths := range slices.Chunk(unrendered(), 1200) { // a machine may be fast enough for one wave
		var wave sync.WaitGroup
		for _, path := range paths {
			wave.Go(func() {
				r, err := all.Get(s.URL + path)
				if err != nil {
					t.Errorf("%s: %v", path, err)
					return
				}
				_, err = whole(r)
				switch {
				case err != nil:
					t.Errorf("%s: half an answer: %v", path, err)
				case r.StatusCode == http.StatusOK:
					served.Add(1)
				case r.StatusCode == http.StatusServiceUnavailable && r.Header.Get("Retry-After") != "":
					shed.Add(1)
				default:
					t.Errorf("%s: status %d, Retry-After %q", path, r.StatusCode, r.Header.Get("Retry-After"))
				}
			})
		}
		wave.Wait()
	}
	t.Logf("%d served, %d asked to come back", served.Load(), shed.Load())
	if served.Load() == 0 {
		t.Error("nobody was served")
	}
	if shed.Load() == 0 {
		t.Error("nobody was asked to come back: the bound on requests at work was not reached, or there is none")
	}
	well(t, s)
}

// unrendered gives addresses of pages and pictures, each once.
func unrendered() []string {
	var paths []string
	for _, look := range []string{"/ho-so/%s?nam=%d", "/en/profiles/%s?nam=%d", "/ho-so/%s.svg?nam=%d", "/en/profiles/%s.svg?hinh=theo-nam&nam=%d"} {
		for _, p := range gazetteer.Provinces(clock.MustDate("2025-06-30")) {
			for year := 2011; year <= 2024; year++ {
				paths = append(paths, fmt.Sprintf(look, strings.ReplaceAll(lang.Fold(p.Name.VI), " ", "-"), year))
			}
		}
	}
	return paths
}

// TestStopUnderLoad: a server that is told to stop finishes what it began, breaks off no answer, and ends with 0.
func TestStopUnderLoad(t *testing.T) {
	s := start(t)
	slow, wait := begun(t, s)
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	var answers atomic.Int64
	var clients sync.WaitGroup
	for i := range 16 {
		clients.Go(func() {
			one := client()
			for n := 0; ; n++ {
				r, err := one.Get(fmt.Sprintf("%s/ho-so/tra-vinh?nam=%d", s.URL, 2011+(i+n)%14))
				if err != nil { // refused: the door is closed
					return
				}
				if _, err := whole(r); err != nil {
					t.Errorf("an answer was broken off: %v", err)
				}
				answers.Add(1)
			}
		})
	}
	for answers.Load() < 100 && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	if err := s.Terminate(); err != nil {
		t.Fatal(err)
	}
	clients.Wait()
	wait.SetDeadline(time.Now().Add(patience))
	if _, err := whole(slow); err != nil {
		t.Errorf("the answer that was begun before was broken off: %v", err)
	}
	if err := s.Wait(ctx); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	if answers.Load() < 100 {
		t.Errorf("only %d answers before the stop", answers.Load())
	}
}

// begun asks for a large file and reads no more than the head of the answer.
func begun(t *testing.T, s *program.Server) (*http.Response, net.Conn) {
	t.Helper()
	c := crowd(t, s, 1, "GET "+largest(t, s)+" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")[0]
	c.(*net.TCPConn).SetReadBuffer(64 << 10) // what the system does not take in advance the server must still send
	r, err := http.ReadResponse(bufio.NewReaderSize(c, 16), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r, c
}

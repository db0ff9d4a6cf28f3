// Package program builds the real program and runs it, for the tests that need it whole.
//
// It promises that what it runs is what the deployment guide makes of this checkout, and that a server it started is
// gone when the test that started it is.
package program

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience is how long a server may take to say its address, or to end after it was asked to.
const patience = 90 * time.Second

// Build builds the program into a folder and gives the path of the binary.
func Build(dir string) (string, error) {
	path := filepath.Join(dir, "thuoc")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "thuoc/cmd/thuoc")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build thuoc/cmd/thuoc: %w\n%s", err, out)
	}
	return path, nil
}

// Server is a running `thuoc demo` or `thuoc serve`.
type Server struct {
	URL   string        // "http://127.0.0.1:41234", without a slash at the end
	Took  time.Duration // from the start of the process until it said its address
	cmd   *exec.Cmd
	said  *log
	ended chan struct{}
	err   error // of the process; read it after ended
}

// Serve starts `thuoc demo` on a free port of this machine, with further arguments, and waits until it says its address.
func Serve(binary string, args ...string) (*Server, error) { return Start(binary, "demo", args...) }

// ServeHouse is Serve for a house: `thuoc serve --data DIR`.
func ServeHouse(binary, dir string, args ...string) (*Server, error) {
	return Start(binary, "serve", append([]string{"--data", dir}, args...)...)
}

// Start starts a command that serves.
func Start(binary, command string, args ...string) (*Server, error) {
	s := &Server{
		cmd:   exec.Command(binary, append([]string{command, "--listen", "127.0.0.1:0"}, args...)...),
		said:  &log{changed: make(chan struct{}, 1)},
		ended: make(chan struct{}),
	}
	s.cmd.Stderr, s.cmd.Stdout = s.said, io.Discard
	s.cmd.Env = append(os.Environ(), "THUOC_LANG=en")
	start := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { s.err = s.cmd.Wait(); close(s.ended) }()
	if err := s.awaitAddress(); err != nil {
		return nil, errors.Join(err, s.Kill())
	}
	s.Took = time.Since(start)
	return s, nil
}

var address = regexp.MustCompile(`http://[0-9.:\[\]]+`)

func (s *Server) awaitAddress() error {
	late := time.After(patience)
	for {
		if s.URL = address.FindString(s.said.String()); s.URL != "" {
			return nil
		}
		select {
		case <-s.said.changed:
		case <-s.ended:
			return fmt.Errorf("the server ended before it said its address (%v):\n%s", s.err, s.said)
		case <-late:
			return fmt.Errorf("no address within %s:\n%s", patience, s.said)
		}
	}
}

// Terminate asks the server to end, as a service manager does.
func (s *Server) Terminate() error { return s.cmd.Process.Signal(syscall.SIGTERM) }

// Wait waits for the end of the process: nil when it ended with 0.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case <-s.ended:
		return s.err
	case <-ctx.Done():
		return fmt.Errorf("the server has not ended: %w", ctx.Err())
	}
}

// Stop asks the server to end and waits for it; one that does not end in time is killed, which is an error.
func (s *Server) Stop() error {
	if err := s.Terminate(); errors.Is(err, os.ErrProcessDone) {
		return s.err
	} else if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := s.Wait(ctx)
	if ctx.Err() != nil {
		return errors.Join(err, s.Kill())
	}
	return err
}

// Kill ends the process at once. It has no effect on one that has ended.
func (s *Server) Kill() error {
	err := s.cmd.Process.Kill()
	<-s.ended
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// Said gives what the server has written to standard error.
func (s *Server) Said() string { return s.said.String() }

// Memory gives the bytes of real memory that the process holds, from /proc; it is an error where there is none.
func (s *Server) Memory() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10, err
		}
	}
	return 0, errors.New("no VmRSS in /proc")
}

// log keeps what a process writes and tells that there is more.
type log struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	select {
	case l.changed <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

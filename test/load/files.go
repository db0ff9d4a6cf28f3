package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// filesCommand makes this program the bare file server of a folder.
const filesCommand = "files"

// files serves a folder until the process ends, and says its address first.
func files(dir string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	return (&http.Server{Handler: http.FileServer(http.Dir(dir)), ReadHeaderTimeout: time.Second}).Serve(l)
}

// fileServer is a bare file server in a process of its own.
type fileServer struct {
	host string
	cmd  *exec.Cmd
}

func serveFiles(dir string) (*fileServer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &fileServer{cmd: exec.Command(self, filesCommand, dir)}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	host, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("the file server did not say its address: %w", err)
	}
	s.host = strings.TrimSpace(host)
	return s, nil
}

func (s *fileServer) stop() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

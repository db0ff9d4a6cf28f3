package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"
)

// client asks one address again and again over one connection. It shares the processors with the server it measures, so
// it does as little as a client can: the request is written beforehand, of the answer only status and length are read,
// and the body is passed over in the buffer it arrives in. It allocates nothing between two answers.
type client struct {
	conn    net.Conn
	in      *bufio.Reader
	request []byte
	took    []time.Duration
}

// dial connects to host; coding is what the client accepts, "br" as browsers do or "identity".
func dial(host, path, coding string) (*client, error) {
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return nil, err
	}
	request := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: %s\r\n\r\n", path, host, coding)
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), request: request, took: make([]time.Duration, 0, 1<<16)}, nil
}

// once asks and reads the answer to its end; it gives the length of the body.
func (c *client) once() (int, error) {
	if _, err := c.conn.Write(c.request); err != nil {
		return 0, err
	}
	length := -1
	for first := true; ; first = false {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")):
			return 0, fmt.Errorf("answered %q", line)
		case len(line) == 0 && length < 0:
			return 0, errors.New("an answer without a length")
		case len(line) == 0:
			return c.in.Discard(length)
		}
		if name, value, ok := bytes.Cut(line, []byte(": ")); ok && bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, err
			}
		}
	}
}

// until asks without a pause until a moment has come, and notes how long each answer took.
func (c *client) until(end time.Time) error {
	for start := time.Now(); start.Before(end); {
		if _, err := c.once(); err != nil {
			return err
		}
		now := time.Now()
		c.took, start = append(c.took, now.Sub(start)), now
	}
	return nil
}

// hammer asks for one address from all clients at once for a turn and gives how long each answer took.
func hammer(host, path, coding string) ([]time.Duration, error) {
	var mu sync.Mutex
	var all []time.Duration
	var failed error
	end := time.Now().Add(turn)
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			c, err := dial(host, path, coding)
			if err == nil {
				defer c.conn.Close()
				err = c.until(end)
			}
			mu.Lock()
			defer mu.Unlock()
			if c != nil {
				all = append(all, c.took...)
			}
			failed = errors.Join(failed, err)
		})
	}
	group.Wait()
	return all, failed
}

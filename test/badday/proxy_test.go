package badday

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// proxy stands before a database server and can be stopped and started, as the server itself can.
type proxy struct {
	t      *testing.T
	server string
	at     string // its own address, the same after every start
	url    string // of the database, through the proxy

	mu    sync.Mutex
	gate  net.Listener
	conns []net.Conn
}

func newProxy(t *testing.T, database string) *proxy {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, server: u.Host, at: "127.0.0.1:0"}
	p.start()
	p.at = p.gate.Addr().String()
	u.Host = p.at
	p.url = u.String()
	t.Cleanup(p.stop)
	return p
}

func (p *proxy) start() {
	p.t.Helper()
	l, err := net.Listen("tcp", p.at)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	p.gate = l
	p.mu.Unlock()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.join(c)
		}
	}()
}

// join ties a connection to one of the server.
func (p *proxy) join(c net.Conn) {
	s, err := net.Dial("tcp", p.server)
	if err != nil {
		c.Close()
		return
	}
	p.mu.Lock()
	p.conns = append(p.conns, c, s)
	p.mu.Unlock()
	go func() { io.Copy(s, c); s.Close() }()
	io.Copy(c, s)
	c.Close()
}

// stop ends every connection and takes no more.
func (p *proxy) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gate.Close()
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

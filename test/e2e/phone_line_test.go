package e2e

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"net"
	"net/url"
	"regexp"
	"sync"
	"testing"
	"time"
)

// line is the network between a telephone and the house. It can be down, slow, and break while something is asked: at a
// byte of the question, or at a byte of the answer. Once broken it is down until it is mended.
type line struct {
	server string
	at     string

	mu        sync.Mutex
	gate      net.Listener
	conns     map[net.Conn]bool
	where     *regexp.Regexp // the beginning of the question at which it breaks; nil = nowhere
	asked     int            // bytes of the question that pass; -1 = all
	answered  int            // bytes of the answer that pass; -1 = all
	questions int            // how many questions began so
	broken    chan struct{}  // closed once it broke

	perSecond int           // bytes each way; 0 = no bound
	delay     time.Duration // of every question
}

var (
	asksAnything  = regexp.MustCompile(`^(GET|POST|HEAD) `)
	sendsProgress = regexp.MustCompile(`^POST /app/nhiem-vu/[^/ ]+/tien-do `)
	opensWork     = regexp.MustCompile(`^GET /app/viec-cua-toi `)
)

// strung gives a line to a server, up, at an address that stays.
func strung(t *testing.T, server string) *line {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	l := &line{server: u.Host, at: "127.0.0.1:0", conns: map[net.Conn]bool{}, where: sendsProgress, asked: -1, answered: -1}
	l.mend(t)
	l.at = l.gate.Addr().String()
	t.Cleanup(l.cut)
	return l
}

// site is the house as the telephone knows it: by a name that browsers trust with service workers.
func (l *line) site() string {
	_, port, _ := net.SplitHostPort(l.at)
	return "http://localhost:" + port
}

// mend lets the line work again.
func (l *line) mend(t *testing.T) {
	t.Helper()
	gate, err := net.Listen("tcp", l.at)
	if err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	l.gate, l.asked, l.answered = gate, -1, -1
	l.mu.Unlock()
	go func() {
		for {
			c, err := gate.Accept()
			if err != nil {
				return
			}
			go l.join(c)
		}
	}()
}

// cut ends every connection and takes no more.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gate.Close()
	for c := range l.conns {
		c.Close()
	}
	clear(l.conns)
}

// breakAt lets the line break in the next question that begins so, and gives what is closed when it did.
func (l *line) breakAt(where *regexp.Regexp, asked, answered int) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.where, l.asked, l.answered, l.questions, l.broken = where, asked, answered, 0, make(chan struct{})
	return l.broken
}

// begun counts the questions since breakAt that began as it says.
func (l *line) begun() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.questions
}

// join ties a connection to one of the server.
func (l *line) join(c net.Conn) {
	s, err := net.Dial("tcp", l.server)
	if err != nil {
		c.Close()
		return
	}
	l.mu.Lock()
	l.conns[c], l.conns[s] = true, true
	l.mu.Unlock()
	aimed := false // the last question is one of those at which the line breaks
	look := func(b []byte) ([]byte, bool) {
		time.Sleep(l.pace(len(b), asksAnything.Match(b)))
		l.mu.Lock()
		defer l.mu.Unlock()
		if asksAnything.Match(b) {
			if aimed = l.where.Match(b); aimed {
				l.questions++
			}
		}
		return l.through(b, aimed, &l.asked)
	}
	hear := func(b []byte) ([]byte, bool) {
		time.Sleep(l.pace(len(b), false))
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.through(b, aimed, &l.answered)
	}
	go l.pass(s, c, look)
	l.pass(c, s, hear)
}

// pace is how long a piece takes.
func (l *line) pace(n int, begins bool) (d time.Duration) {
	if l.perSecond > 0 {
		d = time.Duration(n) * time.Second / time.Duration(l.perSecond)
	}
	if begins {
		d += l.delay
	}
	return d
}

// through gives what passes of a piece, and whether the line breaks after it. It is called with the lock held.
func (l *line) through(b []byte, aimed bool, left *int) ([]byte, bool) {
	if !aimed || *left < 0 {
		return b, false
	}
	if len(b) <= *left {
		*left -= len(b)
		return b, false
	}
	b = b[:*left]
	*left = -1
	return b, true
}

// pass hands on what one side says until it ends or the line breaks.
func (l *line) pass(to, from net.Conn, look func([]byte) ([]byte, bool)) {
	defer to.Close()
	defer from.Close()
	b := make([]byte, 2048)
	for {
		n, err := from.Read(b)
		if n > 0 {
			out, broke := look(b[:n])
			_, werr := to.Write(out)
			if broke {
				l.cut()
				close(l.broken)
			}
			if broke || werr != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// photoOf makes what a camera would: a picture of so many points, with its time, its place and its serial number in Exif.
func photoOf(t *testing.T, w, h int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			grain := byte(x*7919^y*104729) & 31 // as sensors have
			m.SetRGBA(x, y, color.RGBA{byte(x>>5) + grain, byte(y>>4) + grain, byte((x+y)>>6)*8 + grain, 255})
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, m, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	e := exifOf()
	head := append([]byte{0xff, 0xd8, 0xff, 0xe1, byte((len(e) + 2) >> 8), byte(len(e) + 2)}, e...)
	return append(head, plain.Bytes()[2:]...)
}

// exifOf is Exif that says 08:14:05 on 15/07/2025 at 16°48'58.68" N, 107°6'1.08" E, and a serial number.
func exifOf() []byte {
	be := binary.BigEndian
	var body []byte
	entry := func(tag, kind uint16, count, value uint32) {
		body = be.AppendUint16(body, tag)
		body = be.AppendUint16(body, kind)
		body = be.AppendUint32(body, count)
		body = be.AppendUint32(body, value)
	}
	count := func(n uint16) { body = be.AppendUint16(body, n) }
	next := func() { body = be.AppendUint32(body, 0) }
	const (
		own  = 8 + 2 + 24 + 4
		gps  = own + 2 + 36 + 4
		data = gps + 2 + 48 + 4
	)
	body = append([]byte("MM\x00\x2a"), 0, 0, 0, 8)
	count(2)
	entry(0x8769, 4, 1, own)
	entry(0x8825, 4, 1, gps)
	next()
	count(3)
	entry(0x9003, 2, 20, data)
	entry(0x9011, 2, 7, data+20)
	entry(0xa431, 2, 8, data+28)
	next()
	count(4)
	entry(1, 2, 2, 'N'<<24)
	entry(2, 5, 3, data+36)
	entry(3, 2, 2, 'E'<<24)
	entry(4, 5, 3, data+60)
	next()
	body = append(body, "2025:07:15 08:14:05\x00+07:00\x00\x00SERIAL7\x00"...)
	for _, r := range [][2]uint32{{16, 1}, {48, 1}, {5868, 100}, {107, 1}, {6, 1}, {108, 100}} {
		body = be.AppendUint32(be.AppendUint32(body, r[0]), r[1])
	}
	return append([]byte("Exif\x00\x00"), body...)
}

package mail_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/db/dbtest"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/mail"
)

var quiet = slog.New(slog.DiscardHandler)

// post is a sender that keeps what it was given and may be down.
type post struct {
	letters []string
	err     error
	losing  bool // takes the letter and says that it did not
}

func (p *post) Send(_ context.Context, id string, l mail.Letter) error {
	if p.err != nil && !p.losing {
		return p.err
	}
	p.letters = append(p.letters, id+" "+l.To+" "+l.Subject+" "+l.Body)
	return p.err
}

func queue(t *testing.T, d *db.DB, l mail.Letter) error {
	t.Helper()
	return d.Update(t.Context(), func(q *db.Q) error { return mail.Queue(t.Context(), q, l) })
}

func runner(d *db.DB, s mail.Sender) *job.Runner {
	r := job.New(d, quiet, 1)
	mail.Register(r, d, s)
	return r
}

func drain(t *testing.T, r *job.Runner) {
	t.Helper()
	if _, err := r.DrainTwice(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// left gives what the database still holds of letters.
func left(t *testing.T, d *db.DB) (texts []string) {
	t.Helper()
	err := d.View(t.Context(), func(q *db.Q) (err error) {
		texts, err = db.All[string](t.Context(), q, "SELECT address || subject || body AS text FROM mail ORDER BY id")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func TestALetterIsSentAndForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		p := &post{}
		r := runner(d, p)
		l := mail.Letter{To: "Nguyễn Văn A <a@example.vn>", Subject: "Lời mời", Body: "Xin mời", Key: "invite 1"}
		for range 3 {
			if err := queue(t, d, l); err != nil {
				t.Fatal(err)
			}
			drain(t, r)
		}
		if len(p.letters) != 1 || !strings.HasSuffix(p.letters[0], "Nguyễn Văn A <a@example.vn> Lời mời Xin mời") {
			t.Errorf("sent %q", p.letters)
		}
		if got := left(t, d); len(got) != 1 || got[0] != "" {
			t.Errorf("the database still holds %q", got)
		}
		clock.Advance(32 * 24 * time.Hour)
		drain(t, r)
		if got := left(t, d); len(got) != 0 {
			t.Errorf("a month later: %q", got)
		}
	})
}

// TestServerAway: the letter waits, is sent once the server is back, and a server that took it without saying so gets
// the same Message-ID again.
func TestServerAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		p := &post{err: errors.New("away")}
		r := runner(d, p)
		if err := queue(t, d, mail.Letter{To: "a@example.vn", Subject: "s", Body: "b"}); err != nil {
			t.Fatal(err)
		}
		for range 12 {
			drain(t, r)
			clock.Advance(time.Hour)
		}
		p.losing = true
		clock.Advance(3 * time.Hour)
		drain(t, r)
		clock.Advance(3 * time.Hour)
		p.err = nil
		drain(t, r)
		if len(p.letters) != 2 || p.letters[0] != p.letters[1] {
			t.Errorf("sent %q", p.letters)
		}
		clock.Advance(24 * time.Hour)
		drain(t, r)
		if len(p.letters) != 2 {
			t.Errorf("sent again: %q", p.letters)
		}
	})
}

func TestForget(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		p := &post{}
		if err := queue(t, d, mail.Letter{To: "a@example.vn", Subject: "s", Body: "b"}); err != nil {
			t.Fatal(err)
		}
		err := d.Update(t.Context(), func(q *db.Q) error { return mail.Forget(t.Context(), q, "a@example.vn") })
		if err != nil {
			t.Fatal(err)
		}
		drain(t, runner(d, p))
		if len(p.letters) != 0 || len(left(t, d)) != 0 {
			t.Errorf("sent %q, left %q", p.letters, left(t, d))
		}
	})
}

func TestWrongLetters(t *testing.T) {
	d, _ := dbtest.New(t, db.SQLite)
	for _, to := range []string{"", "nobody", "a@", "a@example.vn, b@example.vn", "a@example.vn\r\nBcc: b@example.vn"} {
		if err := queue(t, d, mail.Letter{To: to, Subject: "s"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", to, err)
		}
	}
	if err := queue(t, d, mail.Letter{To: "a@example.vn", Subject: "s\r\nBcc: b@example.vn"}); err == nil {
		t.Error("a subject of two lines was taken")
	}
}

func TestLogSenderMasks(t *testing.T) {
	var b bytes.Buffer
	s := mail.Log{To: slog.New(slog.NewTextHandler(&b, nil))}
	if err := s.Send(t.Context(), "id-1", mail.Letter{To: "Nguyễn Văn A <nguyenvana@example.vn>", Subject: "secret subject", Body: "secret link"}); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.Contains(got, "n•••@example.vn") || strings.Contains(got, "nguyenvana") || strings.Contains(got, "secret") || strings.Contains(got, "Văn") {
		t.Errorf("the log says %s", got)
	}
}

// server is a mail server that takes letters, or answers RCPT with something else.
type server struct {
	mu   sync.Mutex
	rcpt string // the answer to RCPT; "" takes
	got  string
}

func (s *server) answer(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rcpt = text
}

func (s *server) start(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	return l.Addr().String()
}

func (s *server) serve(c net.Conn) {
	defer c.Close()
	say := func(text string) { fmt.Fprintf(c, "%s\r\n", text) }
	say("220 test")
	for in := bufio.NewScanner(c); in.Scan(); {
		s.mu.Lock()
		rcpt := s.rcpt
		s.mu.Unlock()
		switch verb := strings.ToUpper(strings.Fields(in.Text() + " x")[0]); {
		case verb == "EHLO":
			say("250-test\r\n250 8BITMIME")
		case verb == "RCPT" && rcpt != "":
			say(rcpt)
		case verb == "DATA":
			say("354 go on")
			var b strings.Builder
			for in.Scan() && in.Text() != "." {
				b.WriteString(in.Text() + "\n")
			}
			s.mu.Lock()
			s.got = b.String()
			s.mu.Unlock()
			say("250 taken")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func TestSMTP(t *testing.T) {
	s := &server{}
	now := func() time.Time { return time.Date(2025, 7, 1, 8, 0, 0, 0, job.VietnamTime) }
	smtp, err := mail.NewSMTP("smtp://"+s.start(t)+"?from=thuoc@example.vn&tls=none", now)
	if err != nil {
		t.Fatal(err)
	}
	letter := mail.Letter{To: "Nguyễn Văn A <a@example.vn>", Subject: "Lời mời", Body: "Xin mời\n"}
	if err := smtp.Send(t.Context(), "0197-id", letter); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Message-ID: <0197-id@example.vn>\n", "Date: Tue, 01 Jul 2025 08:00:00 +0700\n", "From: <thuoc@example.vn>\n",
		"<a@example.vn>\n", "Subject: =?UTF-8?", "Content-Type: text/plain; charset=UTF-8\n",
	} {
		if !strings.Contains(s.got, want) {
			t.Errorf("the letter lacks %q:\n%s", want, s.got)
		}
	}
	d, _ := dbtest.New(t, db.SQLite)
	for answer, dead := range map[string]int{"450 a@example.vn is busy": 0, "550 no a@example.vn here": 1} {
		s.answer(answer)
		if err := queue(t, d, letter); err != nil {
			t.Fatal(err)
		}
		drain(t, runner(d, smtp))
		d.View(t.Context(), func(q *db.Q) error {
			letters, err := job.Dead(t.Context(), q, 10)
			if err != nil || len(letters) != dead {
				t.Errorf("%s: %d dead letters, want %d (%v)", answer, len(letters), dead, err)
			}
			errors, _ := db.All[string](t.Context(), q, "SELECT error FROM job WHERE kind = 'mail.send'")
			if strings.Contains(fmt.Sprint(errors), "a@example.vn") {
				t.Errorf("an address stands in the error of a job: %q", errors)
			}
			return nil
		})
		d.Update(t.Context(), func(q *db.Q) error { _, err := q.Exec(t.Context(), "DELETE FROM job"); return err })
	}
}

func TestSMTPAddresses(t *testing.T) {
	for _, bad := range []string{
		"", "mail.example.vn", "http://mail.example.vn?from=a@example.vn", "smtp://u:topsecret@?from=a@example.vn",
		"smtp://u:topsecret@mail.example.vn", "smtp://u:topsecret@[bad?from=a@example.vn", "smtp://u:topsecret@mail.example.vn?from=nobody",
	} {
		if _, err := mail.NewSMTP(bad, time.Now); fault.KindOf(err) != fault.Invalid || strings.Contains(err.Error(), "topsecret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, good := range []string{
		"smtp://u:p@mail.example.vn?from=a@example.vn", "smtps://u:p@mail.example.vn:4465?from=Th%C6%B0%E1%BB%9Bc%20%3Ca@example.vn%3E",
	} {
		if _, err := mail.NewSMTP(good, time.Now); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

// TestSMTPInsistsOnTLS: without tls=none nothing is sent to a server that offers no STARTTLS.
func TestSMTPInsistsOnTLS(t *testing.T) {
	s := &server{}
	smtp, err := mail.NewSMTP("smtp://"+s.start(t)+"?from=thuoc@example.vn", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := smtp.Send(t.Context(), "id", mail.Letter{To: "a@example.vn", Subject: "s"}); err == nil || s.got != "" {
		t.Errorf("sent in the clear: %v %q", err, s.got)
	}
}

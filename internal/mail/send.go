package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"thuoc/internal/fault"
	"thuoc/internal/job"
)

// Log is the sender of a program that was given no mail server: it writes that there was a letter, with the address
// masked. The text, which may hold a link to sign in with, is written at the level of debugging only.
type Log struct{ To *slog.Logger }

// Send writes the letter into the log.
func (s Log) Send(ctx context.Context, id string, l Letter) error {
	s.To.InfoContext(ctx, "letter not sent: no mail server is set", "mail", id, "to", mask(l.To), "bytes", len(l.Body))
	s.To.DebugContext(ctx, "letter", "mail", id, "to", l.To, "subject", l.Subject, "body", l.Body)
	return nil
}

// mask leaves of an address what tells an administrator where it would have gone: n•••@example.vn.
func mask(address string) string {
	a, err := mail.ParseAddress(address)
	if err != nil {
		return "•••"
	}
	name, domain, _ := strings.Cut(a.Address, "@")
	return string([]rune(name)[:1]) + "•••@" + domain
}

// SMTP sends through a mail server.
type SMTP struct {
	client *gomail.Client
	from   string
	domain string // of from, for the Message-ID
	now    func() time.Time
}

// NewSMTP makes a sender from an address: smtp://user:password@host:587?from=thuoc@example.vn, which insists on
// STARTTLS; smtps:// speaks TLS from the first byte; tls=none is for a server on the same machine.
func NewSMTP(address string, now func() time.Time) (*SMTP, error) {
	u, err := url.Parse(address)
	bad := fault.New(fault.Invalid, "The address of the mail server is not of the form smtp://user:password@host:587?from=name@agency.gov.vn.")
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, bad // and nothing of the address, which holds a password
	}
	from, err := mail.ParseAddress(u.Query().Get("from"))
	if err != nil {
		return nil, bad
	}
	options := []gomail.Option{gomail.WithTimeout(30 * time.Second), gomail.WithTLSPolicy(gomail.TLSMandatory)}
	if u.Query().Get("tls") == "none" {
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if u.Scheme == "smtps" {
		options = append(options, gomail.WithSSL(), gomail.WithPort(465))
	}
	if p, err := strconv.Atoi(u.Port()); err == nil {
		options = append(options, gomail.WithPort(p))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, bad
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	return &SMTP{client: client, from: from.String(), domain: domain, now: now}, nil
}

// Send hands the letter to the server. What the server refuses for good (a 5xx answer) becomes a dead letter; anything
// else is tried again. No error holds the address: errors are kept and logged.
func (s *SMTP) Send(ctx context.Context, id string, l Letter) error {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(m.From(s.from), m.To(l.To)); err != nil {
		return job.Permanent(errors.New("mail: the address cannot be used"))
	}
	m.Subject(l.Subject)
	m.SetDateWithValue(s.now())
	m.SetMessageIDWithValue(id + "@" + s.domain)
	m.SetBodyString(gomail.TypeTextPlain, l.Body)
	err := s.client.DialAndSendWithContext(ctx, m)
	refused, ok := errors.AsType[*gomail.SendError](err)
	switch {
	case err == nil:
		return nil
	case ok && refused.ErrorCode() >= 500 && !refused.IsTemp():
		return job.Permanent(fmt.Errorf("mail: the server refuses the letter (%d)", refused.ErrorCode()))
	case ok:
		return fmt.Errorf("mail: the server does not take the letter now (%d)", refused.ErrorCode())
	}
	return fmt.Errorf("mail: %w", err)
}

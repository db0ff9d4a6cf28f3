// Package mail sends letters: a transaction puts a letter into a queue in the database, and a job sends it.
//
// It promises that a letter is sent only when the transaction that wrote it was committed; that it is tried again for
// a day while the mail server is away; that a letter with a key is written once, however often it is asked for; and
// that address and text are gone from the database once it is sent. A server that takes a letter and dies before it
// says so may receive it twice; both copies bear one Message-ID.
package mail

import (
	"context"
	"errors"
	"net/mail"
	"strings"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
)

// Letter is a letter of plain text.
type Letter struct {
	To      string // an address, "Nguyễn Văn A <a@example.vn>" or bare
	Subject string // one line
	Body    string
	Key     string // a letter of this key is written once; "" means every time
}

// Sender hands a letter to the world: Log or SMTP. id is the same at every try.
type Sender interface {
	Send(ctx context.Context, id string, l Letter) error
}

// send is the job that sends one letter.
type send struct {
	ID string `json:"id"`
}

func (send) Kind() string { return "mail.send" }

// tidy is the job that forgets letters sent long ago.
type tidy struct{}

func (tidy) Kind() string { return "mail.tidy" }

// kept is how long a sent letter's key is remembered.
const kept = 30 * 24 * time.Hour

// retry keeps trying for more than a day, at most every two hours.
var retry = job.Retry{Attempts: 20, First: 30 * time.Second, Most: 2 * time.Hour}

// Check tells what is wrong with an address, or nil.
func Check(address string) error {
	if _, err := mail.ParseAddress(address); err != nil || strings.ContainsAny(address, "\r\n") {
		return fault.New(fault.Invalid, "This is not an e-mail address. Write it as name@agency.gov.vn.")
	}
	return nil
}

// Queue puts a letter into the transaction.
func Queue(ctx context.Context, q *db.Q, l Letter) error {
	if err := Check(l.To); err != nil {
		return err
	}
	if strings.ContainsAny(l.Subject, "\r\n") {
		return errors.New("mail: a subject is one line")
	}
	var key *string
	if l.Key != "" {
		key = &l.Key
	}
	id := q.NewID()
	n, err := q.Exec(ctx, `INSERT INTO mail (id, key, address, subject, body, added) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (key) DO NOTHING`, id, key, l.To, l.Subject, l.Body, q.Now())
	if err != nil || n == 0 {
		return err
	}
	return job.Add(ctx, q, send{ID: id})
}

// Forget removes every letter to an address that is still here, as erasing a person's data asks.
func Forget(ctx context.Context, q *db.Q, address string) error {
	_, err := q.Exec(ctx, "DELETE FROM mail WHERE address = ?", address)
	return err
}

// ForgetKeyed removes every letter whose key begins so, sent or not.
func ForgetKeyed(ctx context.Context, q *db.Q, prefix string) error {
	_, err := q.Exec(ctx, "DELETE FROM mail WHERE substr(key, 1, ?) = ?", len(prefix), prefix)
	return err
}

// Register lets a runner send what is queued.
func Register(r *job.Runner, d *db.DB, s Sender) {
	job.Handle(r, retry, func(ctx context.Context, args send) error { return deliver(ctx, d, s, args.ID) })
	job.Handle(r, job.DefaultRetry, func(ctx context.Context, _ tidy) error {
		return d.Update(ctx, func(q *db.Q) error {
			_, err := q.Exec(ctx, "DELETE FROM mail WHERE sent < ?", q.Now().Add(-kept))
			return err
		})
	})
	r.Cron(tidy{}, job.Daily(3, 20))
}

// row is a letter as it waits.
type row struct {
	Address string `db:"address"`
	Subject string `db:"subject"`
	Body    string `db:"body"`
}

// deliver sends one letter. One that was sent or forgotten is no error: the job ran before.
func deliver(ctx context.Context, d *db.DB, s Sender, id string) error {
	var l row
	var waiting bool
	err := d.View(ctx, func(q *db.Q) (err error) {
		l, waiting, err = db.Maybe[row](ctx, q, "SELECT address, subject, body FROM mail WHERE id = ? AND sent IS NULL", id)
		return err
	})
	if err != nil || !waiting {
		return err
	}
	if err := s.Send(ctx, id, Letter{To: l.Address, Subject: l.Subject, Body: l.Body}); err != nil {
		return err
	}
	return d.Update(ctx, func(q *db.Q) error {
		_, err := q.Exec(ctx, "UPDATE mail SET sent = ?, address = '', subject = '', body = '' WHERE id = ?", q.Now(), id)
		return err
	})
}

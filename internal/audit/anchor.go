package audit

import (
	"context"
	"fmt"
	"time"

	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/lang"
	"thuoc/internal/mail"
)

// anchor is the daily job that sends the head out of the house.
type anchor struct{}

func (anchor) Kind() string { return "audit.anchor" }

// Register lets a runner mail the head of the chain to the auditor every day at six in the morning. address gives where
// to; "" sends nothing.
func Register(r *job.Runner, d *db.DB, in lang.Lang, address func(context.Context, *db.Q) (string, error)) {
	job.Handle(r, job.DefaultRetry, func(ctx context.Context, _ anchor) error { return mailHead(ctx, d, in, address) })
	r.Cron(anchor{}, job.Daily(6, 0))
}

// anchorKey begins the key of every letter that holds a head; the day follows.
const anchorKey = "audit.anchor "

// Mailed gives when a head was last sent to the auditor: zero when none was, or none that is remembered.
func Mailed(ctx context.Context, q *db.Q) (time.Time, error) { return mail.LastSent(ctx, q, anchorKey) }

// mailHead seals what waits and queues the letter. Its key is the day, so that a second run writes no second letter.
func mailHead(ctx context.Context, d *db.DB, in lang.Lang, address func(context.Context, *db.Q) (string, error)) error {
	if _, err := Seal(ctx, d); err != nil {
		return err
	}
	return d.Update(ctx, func(q *db.Q) error {
		to, err := address(ctx, q)
		if err != nil || to == "" {
			return err
		}
		head, err := CurrentHead(ctx, q)
		if err != nil {
			return err
		}
		today := q.Now().In(job.VietnamTime)
		day := fmt.Sprintf("%02d/%02d/%d", today.Day(), today.Month(), today.Year())
		return mail.Queue(ctx, q, mail.Letter{
			To:      to,
			Subject: lang.Translate(in, fault.T("The audit log on %s", day)),
			Body: lang.Translate(in, fault.T("Keep this letter. It proves later that nothing written up to now was changed or removed.\n\n"+
				"Anchor: %s\n\nTo check, run: thuoc verify audit --anchor %s\n", head.String(), head.String())),
			Key: anchorKey + today.Format("2006-01-02"),
		})
	})
}

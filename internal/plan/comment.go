package plan

import (
	"context"
	"strings"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Comment is what a monitor or an agency says of a plan, and the answer.
type Comment struct {
	ID       string    `db:"id"`
	Plan     string    `db:"plan"`
	Code     string    `db:"code"` // the part of the index it speaks of; "" = the whole
	At       time.Time `db:"at"`
	Actor    string    `db:"actor"`
	Words    string    `db:"words"`
	Answer   string    `db:"answer"`
	Answered time.Time `db:"answered"` // zero while it is open
	Answerer string    `db:"answerer"`
}

// Say comments on a plan. Whoever may read a plan and has the right to comment may, in every state but the first draft
// and the closed one.
func (s *Store) Say(ctx context.Context, actor account.Actor, plan, code, words string) error {
	if words == "" {
		return fault.New(fault.Invalid, "Write what you have to say.")
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		p, err := read(ctx, q, actor, plan)
		if err != nil {
			return err
		}
		if !actor.MayAnywhere(account.CommentPlan) {
			return fault.New(fault.Forbidden, "Your role does not allow this here.")
		}
		if p.State == Draft || p.State == Closed {
			return fault.New(fault.Conflict, "The plan is %s; it is not open to comments.", p.State.Names())
		}
		id := q.NewID()
		if _, err := q.Exec(ctx, `INSERT INTO plan_comment (id, plan, code, at, actor, words, answer, answered, answerer)
			VALUES (?, ?, ?, ?, ?, ?, '', NULL, '')`, id, plan, code, q.Now(), actor.User, words); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "plan.comment", Object: "comment:" + id, Content: []byte(words)})
	})
}

// Answer answers a comment, once; whoever answers for the plan does.
func (s *Store) Answer(ctx context.Context, actor account.Actor, comment, words string) error {
	if words == "" {
		return fault.New(fault.Invalid, "Write the answer; it will be shown beside the comment.")
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		plan, ok, err := db.Maybe[string](ctx, q, "SELECT plan FROM plan_comment WHERE id = ?", comment)
		if err != nil || !ok {
			return orNotFound(err)
		}
		p, err := get(ctx, q, plan)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, account.WritePlan, p.subject()); err != nil {
			return err
		}
		n, err := q.Exec(ctx, "UPDATE plan_comment SET answer = ?, answered = ?, answerer = ? WHERE id = ? AND answered IS NULL", words, q.Now(), actor.User, comment)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "Somebody has answered this comment already.")
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "plan.answer", Object: "comment:" + comment, Content: []byte(words)})
	})
}

// answered gives a fault for every comment of a plan that waits for an answer. Whoever does not agree with one says so in
// the answer: it need not be followed, but it is answered.
func answered(ctx context.Context, q *db.Q, plan string) error {
	open, err := db.All[Comment](ctx, q, `SELECT id, plan, code, at, actor, words, answer, answered, answerer FROM plan_comment
		WHERE plan = ? AND answered IS NULL ORDER BY id`, plan)
	if err != nil || len(open) == 0 {
		return err
	}
	who := make([]string, len(open))
	for i, c := range open {
		who[i] = c.Actor
	}
	names, err := account.Names(ctx, q, who...)
	if err != nil {
		return err
	}
	items := make([]fault.Item, len(open))
	for i, c := range open {
		what := fault.T("A comment waits for an answer: “%s”", shortened(c.Words))
		if name := names[c.Actor]; name != "" {
			what = fault.T("A comment of %s waits for an answer: “%s”", name, shortened(c.Words))
		}
		items[i] = fault.Item{Field: strings.TrimSpace("comment " + c.Code), What: what,
			Remedy: fault.T("Answer it. Where you do not agree, the answer says why; then the plan can be submitted.")}
	}
	return fault.Batch(items)
}

// shortened is the beginning of a text that is quoted.
func shortened(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return s
}

// Comments gives what was said of a plan, the open ones first.
func (s *Store) Comments(ctx context.Context, actor account.Actor, plan string) ([]Comment, error) {
	return view(ctx, s.db, func(q *db.Q) ([]Comment, error) {
		if _, err := read(ctx, q, actor, plan); err != nil {
			return nil, err
		}
		return db.All[Comment](ctx, q, `SELECT id, plan, code, at, actor, words, answer, answered, answerer FROM plan_comment
			WHERE plan = ? ORDER BY CASE WHEN answered IS NULL THEN 0 ELSE 1 END, id`, plan)
	})
}

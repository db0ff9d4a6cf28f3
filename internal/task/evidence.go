package task

import (
	"context"
	"net/url"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Sort is what kind of thing a piece of evidence is.
type Sort string

// The sorts.
const (
	File   Sort = "file"
	Photo  Sort = "photo"
	Link   Sort = "link"
	Figure Sort = "figure"
)

// Verdict is what somebody else says of evidence.
type Verdict string

// The verdicts; "" until it is judged.
const (
	Sufficient   Verdict = "sufficient"
	Insufficient Verdict = "insufficient"
)

// Evidence is one thing shown for a task.
type Evidence struct {
	ID      string    `db:"id"`
	Task    string    `db:"task"`
	Key     string    `db:"key"` // made by the sender: the same thing sent twice arrives once
	At      time.Time `db:"at"`
	Actor   string    `db:"actor"`
	Sort    Sort      `db:"kind"`
	Words   string    `db:"words"`
	File    string    `db:"file"` // sha256 of the bytes, stripped of what a camera writes beside the picture
	Mime    string    `db:"mime"`
	Size    int64     `db:"size"`
	Link    string    `db:"link"`
	Figure  *float64  `db:"figure"`
	Taken   time.Time `db:"taken"` // when and where a photo was taken, if the sender agreed to say so
	Lat     *float64  `db:"lat"`
	Lon     *float64  `db:"lon"`
	Verdict Verdict   `db:"verdict"`
	Reason  string    `db:"reason"`
	Judge   string    `db:"judge"`
	Judged  time.Time `db:"judged"`
}

const evidenceColumns = "id, task, key, at, actor, kind, words, file, mime, size, link, figure, taken, lat, lon, verdict, reason, judge, judged"

// wrong says what evidence lacks.
func (e Evidence) wrong() error {
	switch {
	case e.Key == "":
		return fault.New(fault.Invalid, "The evidence has no key of its own.")
	case (e.Sort == File || e.Sort == Photo) && e.File == "":
		return fault.New(fault.Invalid, "Attach the file.")
	case e.Sort == Link && !e.Linked():
		return fault.New(fault.Invalid, "This is no address of a page. Write it as https://….")
	case e.Sort == Figure && e.Figure == nil:
		return fault.New(fault.Invalid, "Write the number.")
	case e.Sort != File && e.Sort != Photo && e.Sort != Link && e.Sort != Figure:
		return fault.New(fault.Invalid, "“%s” is no kind of evidence.", string(e.Sort))
	}
	return nil
}

// Linked tells whether evidence that is a link leads to the address of a page, and to nothing that a browser would run.
func (e Evidence) Linked() bool {
	u, err := url.Parse(e.Link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// Show adds evidence to a task that is not settled. The same key again changes nothing and is no fault: a phone that lost
// its network may ask until it hears an answer.
func (s *Store) Show(ctx context.Context, actor account.Actor, e Evidence) error {
	if err := e.wrong(); err != nil {
		return err
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		t, err := find(ctx, q, e.Task)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, account.DoTask, t.subject()); err != nil {
			return err
		}
		return s.show(ctx, q, actor, t, e)
	})
}

// show writes evidence down, unless it is there.
func (s *Store) show(ctx context.Context, q *db.Q, actor account.Actor, t *Task, e Evidence) error {
	there, err := db.One[int](ctx, q, "SELECT count(*) FROM evidence WHERE task = ? AND key = ?", t.ID, e.Key)
	if err != nil || there > 0 {
		return err
	}
	if !t.State.Running() && t.State != Submitted {
		return fault.New(fault.Conflict, "The task is %s; nothing can be added to it.", t.State.Text())
	}
	id := q.NewID()
	if _, err := q.Exec(ctx, `INSERT INTO evidence (id, task, key, at, actor, kind, words, file, mime, size, link, figure, taken, lat, lon,
		verdict, reason, judge, judged) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '', NULL)`,
		id, t.ID, e.Key, q.Now(), actor.User, e.Sort, e.Words, e.File, e.Mime, e.Size, e.Link, e.Figure, e.Taken, e.Lat, e.Lon); err != nil {
		return err
	}
	return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "evidence.show", Object: "evidence:" + id, Content: []byte(e.File + e.Link + e.Words)})
}

// Exhibit reads one piece of evidence, for who may read its task.
func (s *Store) Exhibit(ctx context.Context, actor account.Actor, id string) (e Evidence, err error) {
	err = s.db.View(ctx, func(q *db.Q) (err error) {
		if e, err = exhibit(ctx, q, id); err != nil {
			return err
		}
		t, err := find(ctx, q, e.Task)
		if err != nil {
			return err
		}
		helpers, err := db.All[Helper](ctx, q, "SELECT agency, words FROM task_helper WHERE task = ? ORDER BY agency", t.ID)
		if err != nil {
			return err
		}
		return mayRead(ctx, q, actor, t, helpers)
	})
	if err != nil {
		return Evidence{}, err
	}
	return e, nil
}

func exhibit(ctx context.Context, q *db.Q, id string) (Evidence, error) {
	e, ok, err := db.Maybe[Evidence](ctx, q, "SELECT "+evidenceColumns+" FROM evidence WHERE id = ?", id)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "This evidence is not there.")
	}
	return e, err
}

// Judge says whether a piece of evidence suffices. Whoever showed it does not; what does not suffice needs a reason.
func (s *Store) Judge(ctx context.Context, actor account.Actor, id string, v Verdict, reason string) error {
	if v != Sufficient && v != Insufficient {
		return fault.New(fault.Invalid, "Say whether the evidence suffices.")
	}
	if v == Insufficient && reason == "" {
		return fault.New(fault.Invalid, "Write the reason; whoever does the task will read it.")
	}
	return s.db.Update(ctx, func(q *db.Q) error {
		e, err := exhibit(ctx, q, id)
		if err != nil {
			return err
		}
		t, err := find(ctx, q, e.Task)
		if err != nil {
			return err
		}
		if err := actor.May(ctx, q, account.JudgeTask, t.subject()); err != nil {
			return err
		}
		if e.Actor == actor.User || t.Reporter == actor.User {
			return fault.New(fault.Forbidden, "Nobody judges their own work. Ask another person who may.")
		}
		if _, err := q.Exec(ctx, "UPDATE evidence SET verdict = ?, reason = ?, judge = ?, judged = ? WHERE id = ?", v, reason, actor.User, q.Now(), id); err != nil {
			return err
		}
		if err := tell(ctx, q, actor, t.ID, "judge-"+string(v), reason, nil); err != nil {
			return err
		}
		return s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "evidence." + string(v), Object: "evidence:" + id, Content: []byte(reason)})
	})
}

package follow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/lang"
	"thuoc/internal/mail"
	"thuoc/internal/workday"
)

// remindJob reminds people of what is due, every morning.
type remindJob struct{}

func (remindJob) Kind() string { return "follow.remind" }

// Register lets a runner remind at seven in the morning.
func (s *Store) Register(r *job.Runner) {
	job.Handle(r, job.DefaultRetry, func(ctx context.Context, _ remindJob) error {
		_, err := s.Remind(ctx, clock.Of(s.db.Now().In(job.VietnamTime)))
		return err
	})
	r.Cron(remindJob{}, job.Daily(7, 0))
}

// told is one reminder to be written down.
type told struct {
	Item
	kind Kind
	step Step
	rung Rung // of the person
	user string
}

// batch is how many reminders one transaction writes.
const batch = 500

// Remind tells everybody what a day has to tell, and gives how many reminders are new. Run again, after a kill or by two
// programs at once, it tells nobody twice: a reminder is known by its thing, the thing's day, the step and the person,
// and a letter leaves in the transaction that notes it. On a day of rest it does nothing.
func (s *Store) Remind(ctx context.Context, day clock.Date) (sent int, err error) {
	if !workday.Works(day) {
		return 0, nil
	}
	list, err := s.toTell(ctx, day)
	if err != nil {
		return 0, err
	}
	for part := range slices.Chunk(list, batch) {
		n := 0
		err := s.db.Update(ctx, func(q *db.Q) error {
			n = 0
			for i := range part {
				fresh, err := write(ctx, q, day, &part[i])
				if err != nil {
					return err
				}
				n += fresh
			}
			return nil
		})
		if err != nil {
			return sent, err
		}
		sent += n
	}
	if err := s.writeLetters(ctx); err != nil {
		return sent, err
	}
	if sent == 0 {
		return 0, nil
	}
	return sent, s.db.Update(ctx, func(q *db.Q) error {
		return s.log.Append(ctx, q, audit.Entry{Actor: "system", Action: "reminder.send", Object: "day:" + day.String(), Content: fmt.Append(nil, sent)})
	})
}

func write(ctx context.Context, q *db.Q, day clock.Date, t *told) (int, error) {
	n, err := q.Exec(ctx, `INSERT INTO reminder (id, kind, subject, due, step, user_id, rung, place, agency, title, day, mail, letter, seen)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL) ON CONFLICT (kind, subject, due, step, user_id) DO NOTHING`,
		q.NewID(), t.kind, t.ID, t.Due, t.step.Days, t.user, t.rung, t.Place, t.Agency, t.Title, day, t.step.Mail)
	return int(n), err
}

// toTell finds every step that a day has reached, and whom it concerns.
func (s *Store) toTell(ctx context.Context, day clock.Date) (list []told, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		ladders, err := laddersOn(ctx, q, day)
		if err != nil {
			return err
		}
		before, after := ladders.most.reach()
		people := audience{day: day, known: map[account.Subject]map[Rung][]string{}}
		for _, source := range s.sources {
			items, err := source.Due(ctx, q, day.Add(-before), day.Add(after))
			if err != nil {
				return err
			}
			for _, item := range items {
				place, err := people.place(ctx, q, item.subject())
				if err != nil {
					return err
				}
				ladder, err := ladders.at(ctx, q, place)
				if err != nil {
					return err
				}
				step, says := ladder.At(item.Due, day)
				if !says {
					continue
				}
				reached, err := people.upTo(ctx, q, item.subject(), step.To)
				if err != nil {
					return err
				}
				for _, p := range reached {
					list = append(list, told{item, source.Kind, step, p.rung, p.user})
				}
			}
		}
		return nil
	})
	return list, err
}

// audience finds who stands on which rung over a thing, asking once for each unit.
type audience struct {
	day    clock.Date
	known  map[account.Subject]map[Rung][]string
	places map[account.Subject]string
}

func (a *audience) place(ctx context.Context, q *db.Q, on account.Subject) (string, error) {
	if p, ok := a.places[on]; ok {
		return p, nil
	}
	p, err := placeOf(ctx, q, on)
	if a.places == nil {
		a.places = map[account.Subject]string{}
	}
	a.places[on] = p
	return p, err
}

// standing is somebody on a rung.
type standing struct {
	user string
	rung Rung
}

// upTo gives who is told: everybody up to a rung, each once, on their lowest. Where nobody stands on the rungs up to it,
// it goes further up: a thing that is nobody's is somebody's above.
func (a *audience) upTo(ctx context.Context, q *db.Q, on account.Subject, top Rung) (people []standing, err error) {
	rungs, ok := a.known[on]
	if !ok {
		if rungs, err = a.find(ctx, q, on); err != nil {
			return nil, err
		}
		a.known[on] = rungs
	}
	seen := map[string]bool{}
	for i, r := range Rungs {
		if i > slices.Index(Rungs, top) && len(people) > 0 {
			break
		}
		for _, user := range rungs[r] {
			if !seen[user] {
				seen[user] = true
				people = append(people, standing{user, r})
			}
		}
	}
	return people, nil
}

func (a *audience) find(ctx context.Context, q *db.Q, on account.Subject) (map[Rung][]string, error) {
	rungs := map[Rung][]string{}
	place, err := a.place(ctx, q, on)
	if err != nil {
		return nil, err
	}
	for _, r := range Rungs {
		roles, around := r.roles()
		found, err := account.Addressees(ctx, q, a.day, account.Subject{Agency: on.Agency, Place: place}, around, roles...)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			rungs[r] = append(rungs[r], f.User)
		}
	}
	return rungs, nil
}

// letters is how many people one transaction writes to.
const letters = 50

// writeLetters writes to everybody who has reminders that no letter told yet: one letter each.
func (s *Store) writeLetters(ctx context.Context) error {
	for {
		n := 0
		err := s.db.Update(ctx, func(q *db.Q) error {
			users, err := db.All[string](ctx, q, "SELECT DISTINCT user_id FROM reminder WHERE mail = 1 AND letter IS NULL ORDER BY user_id LIMIT ?", letters)
			n = len(users)
			for _, user := range users {
				if err == nil {
					err = s.writeLetter(ctx, q, user)
				}
			}
			return err
		})
		if err != nil || n < letters {
			return err
		}
	}
}

// writeLetter writes one letter of all that somebody is to be told, and notes that it was. Who has no address reads it in
// the app alone.
func (s *Store) writeLetter(ctx context.Context, q *db.Q, user string) error {
	told, err := db.All[Reminder](ctx, q, "SELECT "+reminderColumns+" FROM reminder r WHERE r.user_id = ? AND r.mail = 1 AND r.letter IS NULL ORDER BY r.due, r.id", user)
	if err != nil {
		return err
	}
	to, ok, err := account.AddresseeOf(ctx, q, user)
	if err != nil {
		return err
	}
	if ok && to.Email != "" {
		if err := mail.Queue(ctx, q, s.letter(to, told, clock.Of(q.Now().In(job.VietnamTime)))); err != nil {
			return err
		}
	}
	_, err = q.Exec(ctx, "UPDATE reminder SET letter = ? WHERE user_id = ? AND mail = 1 AND letter IS NULL", q.Now(), user)
	return err
}

// mostTold is how many things a letter names; the rest stand in the app.
const mostTold = 20

// letter words a letter: in Vietnamese, then in English.
func (s *Store) letter(to account.Addressee, told []Reminder, day clock.Date) mail.Letter {
	late := 0
	for _, r := range told {
		if r.Due.Before(day) {
			late++
		}
	}
	subject := fault.T("%d things to do, %d of them late", len(told), late)
	var words [2]string
	for i, l := range []lang.Lang{lang.Vi, lang.En} {
		var b strings.Builder
		fmt.Fprintf(&b, "%s\n\n", lang.Translate(l, fault.T("Dear %s,", to.Name)))
		for _, r := range told[:min(len(told), mostTold)] {
			fmt.Fprintf(&b, "- %s: %s\n", r.Title, lang.Translate(l, r.says(day)))
		}
		if more := len(told) - mostTold; more > 0 {
			fmt.Fprintf(&b, "- %s\n", lang.Translate(l, fault.T("and %d more", more)))
		}
		if s.base != "" {
			fmt.Fprintf(&b, "\n%s\n%s%s\n", lang.Translate(l, fault.T("Open them here; the link opens nothing to others:")), s.base, work[i])
		}
		words[i] = b.String()
	}
	return mail.Letter{To: to.Email, Subject: lang.Translate(lang.Vi, subject) + " / " + lang.Translate(lang.En, subject),
		Body: words[0] + "\n----\n\n" + words[1], Key: "reminder " + told[0].ID}
}

// work is where people find what waits for them.
var work = [2]string{"/app/viec-cua-toi", "/en/app/my-work"}

// says is a reminder in words.
func (r *Reminder) says(day clock.Date) fault.Text {
	on := fault.T("on %s", r.Due)
	switch {
	case r.Due.Before(day):
		return fault.T("was due %s, %d working days ago", on, workday.Between(r.Due, day))
	case r.Due == day:
		return fault.T("is due today")
	}
	return fault.T("is due %s, in %d working days", on, workday.Between(day, r.Due))
}

package follow

import (
	"cmp"
	"context"
	"slices"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/job"
	"thuoc/internal/task"
	"thuoc/internal/workday"
)

// Absence is why a unit is an owner in name only.
type Absence string

// The absences, the gravest first.
const (
	Nobody Absence = "nobody" // no account may act for it
	Never  Absence = "never"  // its people have moved no task, ever
	Silent Absence = "silent" // they have not for a long time, though tasks run
)

var absenceTexts = map[Absence]fault.Text{
	Nobody: fault.T("nobody has an account for it"), Never: fault.T("its people have never moved a task"),
	Silent: fault.T("its people have moved no task for long"),
}

// Text gives the absence in words.
func (a Absence) Text() fault.Text { return absenceTexts[a] }

// Phantom is a unit that is named on tasks and never came.
type Phantom struct {
	Place, Agency string
	Why           Absence
	Tasks, Late   int       // running ones, and those of them past their day
	Since         time.Time // when the first of them was given
	Last          time.Time // when its people last moved a task; zero = never
}

// grace and silence are how many working days a unit has from its first task on, and may be silent while tasks run.
const (
	grace   = 10
	silence = 30
)

// Holdings gives what every unit has to do, of those the actor follows.
func (s *Store) Holdings(ctx context.Context, actor account.Actor) (list []task.Holding, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		list, err = task.Holdings(ctx, q, actor, account.ReadFollowing)
		return err
	})
	return list, err
}

// Phantoms gives the units that are named on running tasks and whose people never act, of those the actor follows: the
// gravest first, then by how many tasks wait. That a unit does not act here says nothing of what it does on paper.
func (s *Store) Phantoms(ctx context.Context, actor account.Actor) (list []Phantom, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		all, err := task.Holdings(ctx, q, actor, account.ReadFollowing)
		if err != nil {
			return err
		}
		people := audience{day: actor.Day, known: map[account.Subject]map[Rung][]string{}}
		for _, h := range all {
			p, absent, err := phantom(ctx, q, h, &people)
			if err != nil {
				return err
			}
			if absent {
				list = append(list, p)
			}
		}
		return nil
	})
	grave := []Absence{Nobody, Never, Silent}
	slices.SortStableFunc(list, func(a, b Phantom) int {
		return cmp.Or(cmp.Compare(slices.Index(grave, a.Why), slices.Index(grave, b.Why)), cmp.Compare(b.Late, a.Late), cmp.Compare(b.Tasks, a.Tasks))
	})
	return list, err
}

func phantom(ctx context.Context, q *db.Q, h task.Holding, people *audience) (p Phantom, absent bool, err error) {
	p = Phantom{Place: h.Place, Agency: h.Agency, Tasks: h.Tasks, Late: h.Late, Since: h.Since}
	rungs, err := people.find(ctx, q, account.Subject{Place: h.Place, Agency: h.Agency})
	if err != nil {
		return p, false, err
	}
	users := slices.Concat(rungs[Responsible], rungs[Head])
	if len(users) == 0 {
		p.Why = Nobody
		return p, true, nil
	}
	if p.Last, err = task.LastAct(ctx, q, users); err != nil {
		return p, false, err
	}
	ago := func(t time.Time) int { return workday.Between(clock.Of(t.In(job.VietnamTime)), people.day) }
	if p.Last.IsZero() {
		p.Why = Never
		return p, ago(h.Since) > grace, nil
	}
	p.Why = Silent
	return p, ago(p.Last) > silence, nil
}

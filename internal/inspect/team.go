package inspect

import (
	"context"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/agency"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Member is somebody in a team, as long as they were.
type Member struct {
	ID         string    `db:"id"`
	Inspection string    `db:"inspection"`
	User       string    `db:"user_id"`
	Post       string    `db:"post"` // what they are in the team, and where they come from
	Chief      bool      `db:"chief"`
	Joined     time.Time `db:"joined"`
	By         string    `db:"added_by"`
	Left       time.Time `db:"left_at"` // zero while they are in it
}

const memberColumns = "id, inspection, user_id, post, chief, joined, added_by, left_at"

func teamOf(ctx context.Context, q *db.Q, inspection string) ([]Member, error) {
	return db.All[Member](ctx, q, "SELECT "+memberColumns+" FROM inspection_member WHERE inspection = ? ORDER BY chief DESC, id", inspection)
}

// inTeam tells whether somebody is in the team now.
func inTeam(ctx context.Context, q *db.Q, inspection, user string) (bool, error) {
	n, err := db.One[int](ctx, q, "SELECT count(*) FROM inspection_member WHERE inspection = ? AND user_id = ? AND left_at IS NULL", inspection, user)
	return n > 0 && user != "", err
}

// holdsRoleIn is the condition that a grant g gives somebody a role in the unit of a finding f: its arguments are the
// person and the day, twice.
const holdsRoleIn = `g.user_id = ? AND g.revoked IS NULL AND g.since <= ? AND (g.until IS NULL OR g.until >= ?)
	AND ((g.agency <> '' AND g.agency = f.agency) OR (g.agency = '' AND f.agency = '' AND g.place = f.place))`

// belongs tells whether somebody belongs to a unit, by the roles they hold there today.
func belongs(ctx context.Context, q *db.Q, user string, u Unit) (bool, error) {
	n, err := db.One[int](ctx, q, "SELECT count(*) FROM role_grant g JOIN (SELECT CAST(? AS TEXT) AS place, CAST(? AS TEXT) AS agency) AS f ON "+holdsRoleIn,
		u.Place, u.Agency, user, today(q), today(q))
	return n > 0, err
}

// partial refuses whoever belongs to a unit: nobody inspects their own.
func partial(ctx context.Context, q *db.Q, user string, u Unit) error {
	own, err := belongs(ctx, q, user, u)
	if err == nil && own {
		err = fault.New(fault.Conflict, "Somebody of the team has a role in a unit that is inspected. Nobody inspects their own unit.")
	}
	return err
}

// serves tells whether somebody has a role today in the province of a place: by a place, or by an agency.
func serves(ctx context.Context, q *db.Q, user, place string) (bool, error) {
	held, err := db.All[Unit](ctx, q, "SELECT place, agency FROM role_grant WHERE user_id = ? AND revoked IS NULL AND since <= ? AND (until IS NULL OR until >= ?)", user, today(q), today(q))
	for _, at := range held {
		if err == nil && at.Agency != "" {
			at.Place, err = agency.SeatOf(ctx, q, at.Agency)
		}
		in := false
		if err == nil {
			in, err = account.Together(ctx, q, at.Place, place, today(q))
		}
		if in || err != nil {
			return in, err
		}
	}
	return false, err
}

// Eligible narrows people to those who have a role in the province of an inspection: whoever names its team learns of no
// others.
func (s *Store) Eligible(ctx context.Context, actor account.Actor, inspection string, users []string) (list []string, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		i, err := find(ctx, q, inspection)
		if err != nil {
			return err
		}
		if err := i.may(ctx, q, actor, account.PlanInspection); err != nil {
			return err
		}
		for _, user := range users {
			in, err := serves(ctx, q, user, i.Place)
			if err != nil {
				return err
			}
			if in {
				list = append(list, user)
			}
		}
		return nil
	})
	return list, err
}

// Join puts somebody into the team who has a role in its province. Whoever has one in a unit that is visited, or that may
// be drawn, cannot be; and whoever was in the team of this unit's last two inspections gives way to another in the third.
func (s *Store) Join(ctx context.Context, actor account.Actor, m Member) error {
	if m.User == "" || m.Post == "" {
		return fault.New(fault.Invalid, "Choose the person, and write what they are in the team.")
	}
	return s.change(ctx, actor, m.Inspection, account.PlanInspection, "join", "", func(q *db.Q, i *Inspection) error {
		if err := i.in(Prepared, Opened); err != nil {
			return err
		}
		team, err := teamOf(ctx, q, i.ID)
		if err != nil {
			return err
		}
		for _, o := range team {
			if o.User == m.User && o.Left.IsZero() {
				return fault.New(fault.Conflict, "This person is in the team already.")
			}
		}
		in, err := serves(ctx, q, m.User, i.Place)
		if err == nil && !in {
			err = fault.New(fault.Invalid, "This person has no role in this province.")
		}
		if err != nil {
			return err
		}

		d, ok, err := drawOf(ctx, q, i.ID)
		if err != nil {
			return err
		}
		if ok && !d.Drawn.IsZero() && d.Dropped.IsZero() && !d.Public() {
			return fault.New(fault.Conflict, "The team knows what was drawn: nobody joins it before the draw is announced.")
		}
		if err := impartial(ctx, q, i, m.User); err != nil {
			return err
		}
		if m.Chief { // the chief before stays as a member
			if _, err := q.Exec(ctx, "UPDATE inspection_member SET chief = 0 WHERE inspection = ? AND left_at IS NULL", i.ID); err != nil {
				return err
			}
		}
		_, err = q.Exec(ctx, "INSERT INTO inspection_member (id, inspection, user_id, post, chief, joined, added_by, left_at) VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
			q.NewID(), i.ID, m.User, m.Post, m.Chief, q.Now(), actor.User)
		return err
	})
}

// impartial tells whether somebody may be in the team of an inspection, as far as its units are known.
func impartial(ctx context.Context, q *db.Q, i *Inspection, user string) error {
	visits, err := visitsOf(ctx, q, i.ID)
	if err != nil {
		return err
	}
	for _, v := range visits {
		if err := partial(ctx, q, user, v.Unit); err != nil {
			return err
		}
		if err := rotated(ctx, q, i.ID, user, v.Unit); err != nil {
			return err
		}
	}
	if i.Kind != Surprise {
		return nil
	}
	d, ok, err := drawOf(ctx, q, i.ID)
	if err != nil || !ok || !d.Dropped.IsZero() {
		return err
	}
	return d.impartial(ctx, q, user)
}

// rotation is after how many inspections of a unit in a row somebody gives way.
const rotation = 2

// rotated tells whether somebody was in the teams of all of a unit's last inspections.
func rotated(ctx context.Context, q *db.Q, inspection, user string, u Unit) error {
	n, err := db.One[int](ctx, q, `SELECT count(*) FROM (SELECT v.inspection FROM visit v WHERE v.place = ? AND v.agency = ? AND v.began IS NOT NULL AND v.inspection <> ?
		ORDER BY v.began DESC, v.id DESC LIMIT ?) AS l JOIN inspection_member m ON m.inspection = l.inspection AND m.user_id = ?`, u.Place, u.Agency, inspection, rotation, user)
	if err == nil && n >= rotation {
		err = fault.New(fault.Conflict, "This person inspected one of the units the last %d times. Let another take their place.", rotation)
	}
	return err
}

// Leave takes somebody out of the team; that they were in it stays known.
func (s *Store) Leave(ctx context.Context, actor account.Actor, inspection, member string) error {
	return s.change(ctx, actor, inspection, account.PlanInspection, "leave", "", func(q *db.Q, i *Inspection) error {
		if err := i.in(Prepared, Opened); err != nil {
			return err
		}
		n, err := q.Exec(ctx, "UPDATE inspection_member SET left_at = ? WHERE id = ? AND inspection = ? AND left_at IS NULL", q.Now(), member, inspection)
		return db.Meanwhile(n, err)
	})
}

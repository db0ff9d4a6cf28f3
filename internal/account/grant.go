package account

import (
	"context"
	"regexp"
	"time"

	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
)

// Held is a grant with its history.
type Held struct {
	Grant
	Added     time.Time `db:"added"`
	AddedBy   string    `db:"added_by"`
	Revoked   time.Time `db:"revoked"` // zero while it was not
	RevokedBy string    `db:"revoked_by"`
}

// InForce tells whether the grant counts on a day.
func (h Held) InForce(on clock.Date) bool {
	return h.Revoked.IsZero() && !on.Before(h.Since) && (h.Until.IsZero() || !h.Until.Before(on))
}

const (
	grantColumns = "g.id, g.user_id, g.role, g.place, g.agency, g.since, g.until"
	inForce      = "g.revoked IS NULL AND g.since <= ? AND (g.until IS NULL OR g.until >= ?)"
)

// grantsInForce gives the grants that count on a day.
func grantsInForce(ctx context.Context, q *db.Q, user string, on clock.Date) ([]Grant, error) {
	return db.All[Grant](ctx, q, "SELECT "+grantColumns+" FROM role_grant g WHERE g.user_id = ? AND "+inForce+" ORDER BY g.id",
		user, on, on)
}

// Grants gives every grant an account has had, the newest first.
func (s *Store) Grants(ctx context.Context, a Actor, user string) (all []Held, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		if err := s.seen(ctx, q, a, ReadUsers, user); err != nil {
			return err
		}
		all, err = history(ctx, q, user)
		return err
	})
	return all, err
}

func history(ctx context.Context, q *db.Q, user string) ([]Held, error) {
	return db.All[Held](ctx, q, "SELECT "+grantColumns+`, g.added, g.added_by, g.revoked, g.revoked_by
		FROM role_grant g WHERE g.user_id = ? ORDER BY g.id DESC`, user)
}

// ofAgency are the roles that are held in an agency; the others are held over a place.
var ofAgency = map[Role]bool{LeadHead: true, LeadDrafter: true, Coordinator: true, ServiceUnit: true}

// placeID is the form of a place's id: its first code, with a year where the code had been another's.
var placeID = regexp.MustCompile(`^[0-9a-f][0-9a-f.-]{1,39}$`)

// check names what is wrong with a new grant.
func (g Grant) check() (faults []fault.Item) {
	add := func(field string, what, remedy fault.Text) {
		faults = append(faults, fault.Item{Field: field, What: what, Remedy: remedy})
	}
	switch {
	case !g.Role.Known():
		add("role", fault.T("There is no such role."), fault.T("Choose one of the list."))
	case g.Role == Administrator:
	case ofAgency[g.Role] && g.Agency == "":
		add("agency", fault.T("This role is held in an agency, and none is named."), fault.T("Choose the agency."))
	case !ofAgency[g.Role] && g.Place == "":
		add("place", fault.T("This role is held over a place, and none is named."), fault.T("Choose the place."))
	}
	if g.Place != "" && !placeID.MatchString(g.Place) {
		add("place", fault.T("This is not known here."), fault.T("Choose one of the list."))
	}
	if g.Agency != "" && !db.ValidID(g.Agency) {
		add("agency", fault.T("This is not known here."), fault.T("Choose one of the list."))
	}
	if g.Since.IsZero() {
		add("since", fault.T("The first day is missing."), fault.T("Say from which day the role is held."))
	}
	if !g.Until.IsZero() && g.Until.Before(g.Since) {
		add("until", fault.T("The last day is before the first."), fault.T("Correct one of the two days."))
	}
	return faults
}

// GrantRole gives somebody a role, and gives the grant's id. Nobody gives one to themselves. It needs Fresh.
func (s *Store) GrantRole(ctx context.Context, a Actor, g Grant) (id string, err error) {
	if err := fault.Batch(g.check()); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		if err := s.mayChange(ctx, q, a, GrantRole, g.User); err != nil {
			return err
		}
		if err := standing(ctx, q, g.User, Invited, Active, Blocked); err != nil {
			return err
		}
		id, err = s.putGrant(ctx, q, a, g)
		return err
	})
	return id, err
}

// putGrant writes a grant and its audit.
func (s *Store) putGrant(ctx context.Context, q *db.Q, a Actor, g Grant) (string, error) {
	if a.User == g.User {
		return "", fault.New(fault.Forbidden, "Nobody gives a role to themselves. Ask another administrator.")
	}
	g.ID = q.NewID()
	_, err := q.Exec(ctx, `INSERT INTO role_grant (id, user_id, role, place, agency, since, until, added, added_by, revoked_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '')`, g.ID, g.User, g.Role, g.Place, g.Agency, g.Since, g.Until, q.Now(), a.User)
	if err != nil {
		return "", err
	}
	return g.ID, s.audit(ctx, q, a.User, GrantRole, g.ID, g)
}

// RevokeGrant ends a grant at once. It stays in the history. The last administrator stays one.
func (s *Store) RevokeGrant(ctx context.Context, a Actor, id string) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		g, ok, err := db.Maybe[Grant](ctx, q, "SELECT "+grantColumns+" FROM role_grant g WHERE g.id = ?", id)
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "There is no such grant.")
		}
		if err != nil {
			return err
		}
		if err := a.May(ctx, q, RevokeRole, Subject{User: g.User}); err != nil {
			return err
		}
		if g.Role == Administrator {
			if err := s.keepAdministrator(ctx, q, g.User); err != nil {
				return err
			}
		}
		n, err := q.Exec(ctx, "UPDATE role_grant SET revoked = ?, revoked_by = ? WHERE id = ? AND revoked IS NULL", q.Now(), a.User, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "This role was taken back already.")
		}
		return s.audit(ctx, q, a.User, RevokeRole, id, nil)
	})
}

// keepAdministrator refuses to take from the last administrator what makes them one. It is asked before.
func (s *Store) keepAdministrator(ctx context.Context, q *db.Q, user string) error {
	on := today(q.Now())
	admins, err := db.All[string](ctx, q, "SELECT DISTINCT g.user_id FROM role_grant g JOIN account a ON a.id = g.user_id "+
		"WHERE g.role = ? AND a.state = ? AND "+inForce, Administrator, Active, on, on)
	if err == nil && len(admins) == 1 && admins[0] == user {
		err = fault.New(fault.Conflict, "This is the last administrator. Name another one first.")
	}
	return err
}

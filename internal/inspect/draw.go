package inspect

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"thuoc/internal/account"
	"thuoc/internal/audit"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/draw"
	"thuoc/internal/fault"
)

// Draw is how the units of a surprise inspection are drawn, and by whose hands.
type Draw struct {
	ID          string    `db:"id"`
	Inspection  string    `db:"inspection"`
	Bytes       []byte    `db:"frame"` // of the frame
	Prepared    time.Time `db:"prepared"`
	PreparedBy  string    `db:"prepared_by"`
	Commitment  string    `db:"commitment"` // "" until it is sealed
	Sealed      time.Time `db:"sealed"`
	SealedBy    string    `db:"sealed_by"`
	Number      string    `db:"number"`
	Numbered    time.Time `db:"numbered"`
	NumberedBy  string    `db:"numbered_by"`
	Drawn       time.Time `db:"drawn"`
	DrawnBy     string    `db:"drawn_by"`
	Announced   time.Time `db:"announced"`
	AnnouncedBy string    `db:"announced_by"`
	Dropped     time.Time `db:"dropped"`
	DroppedBy   string    `db:"dropped_by"`
	Reason      string    `db:"reason"`
	Secret      []byte    `db:"secret"` // sealed
}

const drawColumns = `d.id, d.inspection, d.frame, d.prepared, d.prepared_by, d.secret, d.commitment, d.sealed, d.sealed_by, d.number, d.numbered, d.numbered_by,
	d.drawn, d.drawn_by, d.announced, d.announced_by, d.dropped, d.dropped_by, d.reason`

// Public tells whether the whole of a draw is everybody's to see: once it is announced, or given up after its number
// was known.
func (d *Draw) Public() bool {
	return !d.Announced.IsZero() || !d.Dropped.IsZero() && d.Number != ""
}

// Frame reads the frame.
func (d *Draw) Frame() (*draw.Frame, error) {
	f, err := draw.ParseFrame(d.Bytes)
	if err != nil {
		return nil, fmt.Errorf("inspect: the frame of the draw %s: %w", d.ID, err)
	}
	return f, nil
}

// drawOf reads the last draw of an inspection.
func drawOf(ctx context.Context, q *db.Q, inspection string) (d Draw, ok bool, err error) {
	return db.Maybe[Draw](ctx, q, "SELECT "+drawColumns+" FROM draw d WHERE d.inspection = ? ORDER BY d.id DESC LIMIT 1", inspection)
}

// impartial refuses somebody who has a role in a unit that may be drawn.
func (d *Draw) impartial(ctx context.Context, q *db.Q, user string) error {
	f, err := d.Frame()
	if err != nil {
		return err
	}
	in := map[Unit]bool{} // of an agency without its place: grants of agencies name none
	for _, u := range f.Units {
		unit := unitOf(u.ID)
		if unit.Agency != "" {
			unit.Place = ""
		}
		in[unit] = true
	}
	held, err := db.All[Unit](ctx, q, `SELECT CASE WHEN agency = '' THEN place ELSE '' END AS place, agency FROM role_grant
		WHERE user_id = ? AND revoked IS NULL AND since <= ? AND (until IS NULL OR until >= ?)`, user, today(q), today(q))
	for _, u := range held {
		if in[u] {
			return fault.New(fault.Conflict, "Somebody of the team has a role in a unit that may be drawn. Nobody inspects their own unit.")
		}
	}
	return err
}

// Lot is what a draw is asked to be.
type Lot struct {
	Inspection string
	Pool       Pool       // "" is Communes
	Units      []Unit     // of the pool Chosen
	Theme      string     // of the pool Chosen: why these; it stands in the public file
	Size       int        // how many units
	Source     string     // the public number that is mixed in
	Day        clock.Date // on which it becomes known
}

// PrepareDraw makes the frame of a surprise inspection: the units of its pool as they stand today, with their facts.
// Prepared again, before it is sealed or after it was dropped, the frame is made anew.
func (s *Store) PrepareDraw(ctx context.Context, actor account.Actor, l Lot) error {
	if l.Pool = cmp.Or(l.Pool, Communes); !slices.Contains(Pools, l.Pool) {
		return fault.New(fault.Invalid, "“%s” is no pool of units.", string(l.Pool))
	}
	results, err := s.readDeclines(ctx, actor, l.Inspection)
	if err != nil {
		return err
	}
	return s.change(ctx, actor, l.Inspection, account.PrepareDraw, "frame", "", func(q *db.Q, i *Inspection) error {
		if i.Kind != Surprise {
			return fault.New(fault.Conflict, "Only a surprise inspection is drawn.")
		}
		if err := i.in(Prepared); err != nil {
			return err
		}
		d, ok, err := drawOf(ctx, q, i.ID)
		if err != nil {
			return err
		}
		if ok && !d.Sealed.IsZero() && d.Dropped.IsZero() {
			return fault.New(fault.Conflict, "The draw is sealed. It cannot be changed; it can be dropped with a reason.")
		}
		f, err := frame(ctx, q, i, l, results)
		if err != nil {
			return err
		}
		if len(f.Units) == 0 {
			return fault.New(fault.Conflict, "There is nobody to draw from here.")
		}
		f.ID = q.NewID()
		if err := f.Check(); err != nil {
			return err
		}
		if ok && d.Sealed.IsZero() {
			if _, err := q.Exec(ctx, "DELETE FROM draw WHERE id = ?", d.ID); err != nil {
				return err
			}
		}
		_, err = q.Exec(ctx, `INSERT INTO draw (id, inspection, frame, prepared, prepared_by, secret, commitment, sealed, sealed_by, number, numbered, numbered_by,
			drawn, drawn_by, announced, announced_by, dropped, dropped_by, reason) VALUES (?, ?, ?, ?, ?, NULL, '', NULL, '', '', NULL, '', NULL, '', NULL, '', NULL, '', '')`,
			f.ID, i.ID, f.Bytes(), q.Now(), actor.User)
		return err
	})
}

// step runs one step of a draw.
func (s *Store) step(ctx context.Context, actor account.Actor, inspection string, do account.Action, did string, f func(*db.Q, *Inspection, *Draw) error) error {
	return s.db.Update(ctx, func(q *db.Q) error {
		i, err := find(ctx, q, inspection)
		if err != nil {
			return err
		}
		if err := i.may(ctx, q, actor, do); err != nil {
			return err
		}
		d, ok, err := drawOf(ctx, q, inspection)
		if err != nil {
			return err
		}
		if !ok || !d.Dropped.IsZero() {
			return fault.New(fault.Conflict, "No draw is prepared.")
		}
		if err := f(q, i, &d); err != nil {
			return err
		}
		if err := s.log.Append(ctx, q, audit.Entry{Actor: actor.User, Action: "draw." + did, Object: "draw:" + d.ID, Content: []byte(d.Commitment + d.Number)}); err != nil {
			return err
		}
		return remember(ctx, q, actor, inspection, "draw-"+did, "")
	})
}

// errHands is that of a step that needs a second person.
func errHands() error {
	return fault.New(fault.Forbidden, "A draw takes two people at each step. Ask another person who may.")
}

// Seal fixes a prepared draw: a secret is made, and its hash with the frame's becomes the commitment, which everybody may
// see from then on. Who prepared it does not seal it. The commitment names the house's draw before it.
func (s *Store) Seal(ctx context.Context, actor account.Actor, inspection string) error {
	return s.step(ctx, actor, inspection, account.SealDraw, "seal", func(q *db.Q, i *Inspection, d *Draw) error {
		if !d.Sealed.IsZero() {
			return fault.New(fault.Conflict, "The draw is sealed already.")
		}
		if d.PreparedBy == actor.User {
			return errHands()
		}
		if err := ready(ctx, q, i); err != nil {
			return err
		}
		team, err := teamOf(ctx, q, i.ID)
		if err != nil {
			return err
		}
		for _, m := range team {
			if err := d.impartial(ctx, q, m.User); m.Left.IsZero() && err != nil {
				return err
			}
		}
		f, err := d.Frame()
		if err != nil {
			return err
		}
		if today(q).Compare(f.Day) >= 0 {
			return fault.New(fault.Conflict, "The public number may be known already. Prepare the draw with a later day.")
		}
		before, ok, err := db.Maybe[string](ctx, q, "SELECT commitment FROM draw WHERE sealed IS NOT NULL ORDER BY sealed DESC, id DESC LIMIT 1")
		if err != nil {
			return err
		}
		if ok {
			f.Before = before
		}
		var secret draw.Secret
		if _, err := io.ReadFull(s.random, secret[:]); err != nil {
			return fmt.Errorf("inspect: no randomness: %w", err)
		}
		d.Commitment = draw.Commit(f, secret).String()
		_, err = q.Exec(ctx, "UPDATE draw SET frame = ?, secret = ?, commitment = ?, sealed = ?, sealed_by = ? WHERE id = ?",
			f.Bytes(), s.seal.Seal(nil, nil, secret[:], []byte(d.ID)), d.Commitment, q.Now(), actor.User, d.ID)
		return err
	})
}

// Reveal enters the public number, on its day or after.
func (s *Store) Reveal(ctx context.Context, actor account.Actor, inspection, typed string) error {
	number, err := draw.Number(typed)
	if err != nil {
		return err
	}
	return s.step(ctx, actor, inspection, account.SealDraw, "number", func(q *db.Q, _ *Inspection, d *Draw) error {
		f, err := d.Frame()
		switch {
		case err != nil:
			return err
		case d.Sealed.IsZero():
			return fault.New(fault.Conflict, "The draw is not sealed yet.")
		case !d.Drawn.IsZero():
			return fault.New(fault.Conflict, "The draw has been made.")
		case today(q).Before(f.Day):
			return fault.New(fault.Conflict, "The public number becomes known on %s, not before.", f.Day)
		}
		d.Number = number
		_, err = q.Exec(ctx, "UPDATE draw SET number = ?, numbered = ?, numbered_by = ? WHERE id = ?", number, q.Now(), actor.User, d.ID)
		return err
	})
}

// Draw makes the draw: a second person types the public number from its source, and it must be the one that the first
// entered. What comes out is told to the team alone.
func (s *Store) Draw(ctx context.Context, actor account.Actor, inspection, typed string) error {
	number, err := draw.Number(typed)
	if err != nil {
		return err
	}
	return s.step(ctx, actor, inspection, account.SealDraw, "take", func(q *db.Q, _ *Inspection, d *Draw) error {
		switch {
		case d.Number == "":
			return fault.New(fault.Conflict, "The public number has not been entered yet.")
		case !d.Drawn.IsZero():
			return fault.New(fault.Conflict, "The draw has been made.")
		case d.NumberedBy == actor.User:
			return errHands()
		case d.Number != number:
			return fault.New(fault.Conflict, "This is not the number that the first person entered. Look both up at the source; the first may enter theirs again.")
		}
		_, err := q.Exec(ctx, "UPDATE draw SET drawn = ?, drawn_by = ? WHERE id = ?", q.Now(), actor.User, d.ID)
		return err
	})
}

// publish makes a draw public.
func (d *Draw) publish(ctx context.Context, q *db.Q, by string) error {
	_, err := q.Exec(ctx, "UPDATE draw SET announced = ?, announced_by = ? WHERE id = ? AND announced IS NULL", q.Now(), by, d.ID)
	return err
}

// Drawn is a unit that was drawn, with its visit where that has begun.
type Drawn struct {
	Unit
	Code  string
	Name  string
	Visit string // id; "" until it begins
}

// drawn gives what was drawn, to the team; to everybody else once it is public.
func (s *Store) drawn(ctx context.Context, q *db.Q, actor account.Actor, i *Inspection) ([]Drawn, error) {
	d, ok, err := drawOf(ctx, q, i.ID)
	if err != nil {
		return nil, err
	}
	if !ok || d.Drawn.IsZero() || !d.Dropped.IsZero() {
		return nil, fault.New(fault.Conflict, "The draw has not been made yet.")
	}
	in, err := inTeam(ctx, q, i.ID, actor.User)
	if err != nil {
		return nil, err
	}
	if !in && !d.Public() {
		return nil, fault.New(fault.Forbidden, "Only the team knows what was drawn until it is announced.")
	}
	p, err := s.proof(&d)
	if err != nil {
		return nil, err
	}
	visits, err := visitsOf(ctx, q, i.ID)
	if err != nil {
		return nil, err
	}
	units := map[string]draw.Unit{}
	for _, u := range p.Frame.Units {
		units[u.ID] = u
	}
	var all []Drawn
	for _, id := range p.Drawn {
		one := Drawn{Unit: unitOf(id), Code: units[id].Code, Name: units[id].Name}
		for _, v := range visits {
			if v.Unit == one.Unit && !v.Began.IsZero() {
				one.Visit = v.ID
			}
		}
		all = append(all, one)
	}
	return all, nil
}

// proof opens a draw.
func (s *Store) proof(d *Draw) (*draw.Proof, error) {
	plain, err := s.seal.Open(nil, nil, d.Secret, []byte(d.ID))
	if err != nil || len(plain) != draw.SecretSize {
		return nil, fault.New(fault.Conflict, "The secret of the draw cannot be opened: the key of the house is another one than when it was sealed.")
	}
	f, err := d.Frame()
	if err != nil {
		return nil, err
	}
	return draw.New(*f, draw.Secret(plain), d.Number), nil
}

// DrawnUnits is what was drawn, for who may know it.
func (s *Store) DrawnUnits(ctx context.Context, actor account.Actor, inspection string) (all []Drawn, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		i, err := find(ctx, q, inspection)
		if err != nil {
			return err
		}
		if err := i.may(ctx, q, actor, account.ReadInspections); err != nil {
			return err
		}
		all, err = s.drawn(ctx, q, actor, i)
		return err
	})
	return all, err
}

// Announce makes a draw public, with its proof, and puts the units that have not been visited yet on the list. The team
// does it: as long as it does not, nobody else can.
func (s *Store) Announce(ctx context.Context, actor account.Actor, inspection string) error {
	return s.step(ctx, actor, inspection, account.DoInspection, "announce", func(q *db.Q, i *Inspection, d *Draw) error {
		if !d.Announced.IsZero() {
			return fault.New(fault.Conflict, "The draw is announced already.")
		}
		all, err := s.drawn(ctx, q, actor, i)
		if err != nil {
			return err
		}
		for _, u := range all {
			if u.Visit == "" {
				if _, err := s.visit(ctx, q, actor, i, u.Unit, clock.Date{}, false); err != nil {
					return err
				}
			}
		}
		if err := d.publish(ctx, q, actor.User); err != nil || i.State != Prepared {
			return err
		}
		return i.move(ctx, q, Opened)
	})
}

// Drop gives up a draw, with a reason that everybody may read. One whose number was known is public from then on: nobody
// draws until it pleases and is silent about the rest.
func (s *Store) Drop(ctx context.Context, actor account.Actor, inspection, reason string) error {
	if reason == "" {
		return fault.New(fault.Invalid, "Write the reason.")
	}
	return s.step(ctx, actor, inspection, account.SealDraw, "drop", func(q *db.Q, i *Inspection, d *Draw) error {
		if err := i.in(Prepared); err != nil {
			return err
		}
		if !d.Announced.IsZero() {
			return fault.New(fault.Conflict, "The draw is announced already.")
		}
		_, err := q.Exec(ctx, "UPDATE draw SET dropped = ?, dropped_by = ?, reason = ? WHERE id = ?", q.Now(), actor.User, reason, d.ID)
		return err
	})
}

// Sealing is what everybody may know of a draw once it is sealed.
type Sealing struct {
	ID, Commitment     string
	Sealed             time.Time
	Announced, Dropped time.Time
	Reason             string // why it was dropped
	Proof              *draw.Proof
}

// Sealings lists the sealed draws of the house, the latest first, for everybody: their commitments, and of those that are
// public the proof where one is asked for by its id.
func (s *Store) Sealings(ctx context.Context, id string) (all []Sealing, err error) {
	err = s.db.View(ctx, func(q *db.Q) error {
		text, args := "SELECT "+drawColumns+" FROM draw d WHERE d.sealed IS NOT NULL", []any{}
		if id != "" {
			text, args = text+" AND d.id = ?", append(args, id)
		}
		rows, err := db.All[Draw](ctx, q, text+" ORDER BY d.sealed DESC, d.id DESC LIMIT 200", args...)
		if err != nil {
			return err
		}
		for _, d := range rows {
			one := Sealing{ID: d.ID, Commitment: d.Commitment, Sealed: d.Sealed, Announced: d.Announced, Dropped: d.Dropped, Reason: d.Reason}
			if id != "" && d.Public() {
				if one.Proof, err = s.proof(&d); err != nil {
					return err
				}
			}
			all = append(all, one)
		}
		return nil
	})
	if err == nil && id != "" && len(all) == 0 {
		err = fault.New(fault.NotFound, "This draw is not there.")
	}
	return all, err
}

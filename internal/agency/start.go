package agency

import (
	"context"
	"strings"

	"thuoc/internal/account"
	"thuoc/internal/clock"
	"thuoc/internal/db"
	"thuoc/internal/fault"
	"thuoc/internal/gazetteer"
	"thuoc/internal/place"
)

// resolutions are the documents by which the only province whose reform is known from its source merged its agencies.
const resolutions = "Nghị quyết 390-395/NQ-HĐND 18/02/2025 (Lâm Đồng)"

// Start offers the agencies that a province usually has on a day, unconfirmed, so that work can begin before anybody has
// typed a list; after the reform of 2025 also the agencies before it, with what became of each, so that the plans of
// those years find whom they name, unless the province is younger than the reform. An agency that is there already is left as it is, so Start may be repeated; one
// that was dismissed is offered again. It gives the number of agencies offered.
func (s *Store) Start(ctx context.Context, actor account.Actor, province string, on clock.Date) (offered int, err error) {
	if on.IsZero() {
		return 0, errNoDate()
	}
	err = s.db.Update(ctx, func(q *db.Q) error {
		offered = 0
		if err := actor.May(ctx, q, account.ChangeAgency, account.Subject{Place: province}); err != nil {
			return err
		}
		p, err := place.ByID(ctx, q, province, on)
		if err != nil {
			return err
		}
		if p.Parent != "" {
			return fault.New(fault.Invalid, "%s is not a province. The usual agencies are those of provinces.", p.Full())
		}
		o := offer{q: q, place: p, on: on, ids: map[string]string{}}
		if err := o.all(ctx); err != nil {
			return err
		}
		if offered = o.added; offered == 0 {
			return nil
		}
		return s.note(ctx, q, actor, account.ChangeAgency, "place:"+province, map[string]any{"offered": offered, "on": on})
	})
	return offered, err
}

// offer puts the usual agencies of one province in.
type offer struct {
	q     *db.Q
	place place.Version
	on    clock.Date
	ids   map[string]string // of the agencies there on the day, by usual name
	added int
}

func (o *offer) all(ctx context.Context) error {
	reformed := !o.on.Before(Reform)
	isNew := map[string]bool{}
	if reformed {
		for _, name := range usualNames(o.on) {
			isNew[name] = true
		}
		for _, name := range usualNames(Reform.Add(-1)) {
			delete(isNew, name)
		}
	}
	for _, name := range usualNames(o.on) {
		since := clock.Date{}
		if isNew[name] {
			since = Reform
		}
		if err := o.one(ctx, name, since); err != nil {
			return err
		}
	}
	history, err := place.History(ctx, o.q, o.place.Place)
	if err != nil || !reformed || Reform.Before(history[0].Since) {
		return err
	}
	for _, r := range rowsOf(successionFile) {
		if err := o.former(ctx, r[0], r[1]); err != nil {
			return err
		}
	}
	return nil
}

// local gives a usual name as the place writes it: a city's agencies are not the province's.
func (o *offer) local(name string) string {
	if o.place.Type != gazetteer.City {
		return name
	}
	if rest, ok := strings.CutSuffix(name, " tỉnh"); ok {
		return rest + " thành phố"
	}
	return strings.Replace(name, "Tỉnh ủy", "Thành ủy", 1)
}

// one offers an agency unless there is one of its name; since is zero where its first day is not known.
func (o *offer) one(ctx context.Context, name string, since clock.Date) error {
	local := o.local(name)
	a, err := Named(ctx, o.q, o.place.Place, local, o.on)
	if err == nil {
		o.ids[name] = a.ID
		return nil
	}
	if fault.KindOf(err) != fault.NotFound {
		return err
	}
	first, law := since, ""
	if since.IsZero() {
		first = o.on
	} else {
		law = resolutions
	}
	o.ids[name], err = o.put(ctx, local, first, !since.IsZero(), law)
	return err
}

func (o *offer) put(ctx context.Context, name string, first clock.Date, known bool, law string) (string, error) {
	bloc, _ := BlocOf(name)
	id := o.q.NewID()
	o.added++
	return id, insert(ctx, o.q, id, Addition{Place: o.place.Place, Bloc: bloc, Name: name, Law: law}, first, known, false)
}

// former offers an agency that ended with the reform, and links it to its heir. Of one that went on, only the link with
// those that it took in matters, and they bear it.
func (o *offer) former(ctx context.Context, name, heir string) error {
	if name == heir || o.ids[heir] == "" {
		return nil
	}
	eve := Reform.Add(-1)
	a, err := Named(ctx, o.q, o.place.Place, o.local(name), eve)
	if err == nil {
		if a.Confirmed || !a.Ended.IsZero() {
			return nil // somebody keeps its history
		}
	} else if fault.KindOf(err) != fault.NotFound {
		return err
	} else if a.ID, err = o.put(ctx, o.local(name), eve, false, ""); err != nil {
		return err
	}
	if _, err := o.q.Exec(ctx, "UPDATE agency SET until = ?, until_law = ? WHERE id = ?", eve, resolutions, a.ID); err != nil {
		return err
	}
	return link(ctx, o.q, a.ID, Link{Agency: o.ids[heir], Since: Reform, Law: resolutions})
}

package inspect

import (
	"context"
	"slices"

	"thuoc/internal/account"
	"thuoc/internal/db"
	"thuoc/internal/draw"
	"thuoc/internal/edition"
	"thuoc/internal/place"
	"thuoc/internal/plan"
	"thuoc/internal/score"
)

// declines are the editions in which the house looks for results that fell: the newest public one of every index of a place.
type declines []declined

// declined is what one edition says of changes.
type declined struct {
	hash, period string
	content      *edition.Content
}

// readDeclines opens the editions. It asks outside of any transaction, for files are read.
func (s *Store) readDeclines(ctx context.Context, actor account.Actor, inspection string) (all declines, err error) {
	var releases []edition.Release
	err = s.db.View(ctx, func(q *db.Q) error {
		i, err := find(ctx, q, inspection)
		if err != nil {
			return err
		}
		if err := i.may(ctx, q, actor, account.PrepareDraw); err != nil {
			return err
		}
		releases, err = edition.NewestPublic(ctx, q, i.Place)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, r := range releases {
		e, err := s.editions.OpenPublic(ctx, r)
		if err != nil {
			return nil, err
		}
		c, err := e.Content()
		if err != nil {
			return nil, err
		}
		all = append(all, declined{r.Hash, r.Period, c})
	}
	return all, nil
}

// of counts, for every unit of a frame, the results that fell, and says what that was read from. A commune's are its own,
// where an edition has it among its units. A department's are those of the whole place, of the parts of the index that it
// leads by the plan. A unit that no edition tests has none.
func (all declines) of(ctx context.Context, q *db.Q, i *Inspection, units []draw.Unit, by draw.Formula) (map[string]int64, []draw.Basis, error) {
	if !slices.ContainsFunc(by.Terms, func(t draw.Term) bool { return t.Key == Declined }) {
		return nil, nil, nil
	}
	home, err := place.ByID(ctx, q, i.Place, today(q))
	if err != nil {
		return nil, nil, err
	}
	leads, err := plan.Leads(ctx, q, i.Place, i.Plan)
	if err != nil {
		return nil, nil, err
	}
	fell, bases := map[string]int64{}, []draw.Basis(nil)
	for _, e := range all {
		basis := draw.Basis{Key: Declined, Edition: e.hash, Period: e.period}
		ofHome := e.fallen(home.Code)
		for _, u := range units {
			found := ofHome
			if who := unitOf(u.ID).Agency; who != "" {
				found = found.led(e.content, leads[who])
			} else if u.Code != home.Code {
				found = e.fallen(u.Code)
			}
			if len(found.tested) > 0 {
				basis.Tested++
			}
			fell[u.ID] += int64(len(found.codes))
		}
		bases = append(bases, basis)
	}
	if len(bases) == 0 {
		bases = []draw.Basis{{Key: Declined}}
	}
	return fell, bases, nil
}

// fallen is what fell of a unit's results, at the finest parts of the index where a change is tested.
type fallen struct {
	codes  []string
	tested []string // these, and those that did not fall
}

// fallen reads one unit of the edition by its code of today: a former province may have borne the same one.
func (e declined) fallen(unit string) (f fallen) {
	for _, t := range []*edition.Table{&e.content.Units, &e.content.Present} {
		if slices.Contains(t.Units, unit) {
			f.walk(t, e.content.Root(), unit)
			return f
		}
	}
	return f
}

// walk goes down to the finest tested parts of a node, and tells whether there was any.
func (f *fallen) walk(t *edition.Table, n *edition.Node, unit string) bool {
	if n == nil {
		return false
	}
	below := false
	for _, part := range n.Parts {
		below = f.walk(t, part, unit) || below
	}
	cell := t.Cell(n.Code, unit)
	if below || cell == nil {
		return below
	}
	switch cell.Change.Verdict {
	case score.Fell:
		f.codes = append(f.codes, n.Code)
	case score.Rose, score.NoEvidence:
	default:
		return false
	}
	f.tested = append(f.tested, n.Code)
	return true
}

// led narrows what fell to the parts under the codes that somebody leads.
func (f fallen) led(c *edition.Content, codes []string) (own fallen) {
	under := func(code string) bool {
		for n := c.Node(code); n != nil; n = c.Node(n.Parent) {
			if slices.Contains(codes, n.Code) {
				return true
			}
		}
		return false
	}
	for _, code := range f.tested {
		if under(code) {
			own.tested = append(own.tested, code)
		}
	}
	for _, code := range f.codes {
		if under(code) {
			own.codes = append(own.codes, code)
		}
	}
	return own
}
